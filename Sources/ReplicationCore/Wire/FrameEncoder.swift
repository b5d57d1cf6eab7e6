import BlockStorage
import Quantities

/// Writes the frames of one direction of one connection.
///
///     var encoder = FrameEncoder()
///     var bytes: [UInt8] = []
///     try encoder.encode(message, address: address, into: &bytes)
///
/// The numbers of its frames start at 0, so a new connection needs a new encoder, and with encryption new keys.
package struct FrameEncoder: Sendable {
  private let codec: FrameCodec
  /// The number of the next frame.
  package private(set) var nextSequence: UInt64 = 0

  package init(codec: FrameCodec = .identity) { self.codec = codec }

  /// Appends the frame of `message` to `output`.
  ///
  /// - Throws: Nothing is appended then, and no number is used up.
  package mutating func encode(
    _ message: SourceMessage, address: FrameAddress, into output: inout [UInt8]
  ) throws(FrameEncodingError) {
    try encode(message.kind, address: address, into: &output, payload: message)
  }

  /// Appends the frame of `message` to `output`.
  ///
  /// - Throws: Nothing is appended then, and no number is used up.
  package mutating func encode(
    _ message: TargetMessage, address: FrameAddress, into output: inout [UInt8]
  ) throws(FrameEncodingError) {
    try encode(message.kind, address: address, into: &output, payload: message)
  }

  /// Appends a frame around the bytes of a payload to `output`.
  ///
  /// - Throws: Nothing is appended then, and no number is used up.
  package mutating func encode(
    _ kind: FrameKind, payload: [UInt8], address: FrameAddress, into output: inout [UInt8]
  ) throws(FrameEncodingError) {
    try encode(kind, address: address, into: &output, payload: EncodedPayload(bytes: payload))
  }

  private mutating func encode(
    _ kind: FrameKind, address: FrameAddress, into output: inout [UInt8], payload: some WirePayload
  ) throws(FrameEncodingError) {
    var size = SizeSink()
    payload.encode(into: &size)
    guard size.byteCount <= UInt64(FrameHeader.plainSizeMaximum) else {
      throw .oversizedPayload(ByteCount(bytes: size.byteCount))
    }
    let plainSize = Int(size.byteCount)
    let start = output.count
    let payloadStart = start + FrameHeader.size
    // The payload is written where a plain frame has it; only a codec needs a copy.
    var sink = ByteSink(bytes: output)
    output = []
    sink.bytes.reserveCapacity(
      start + FrameHeader.frameSize(storedSize: plainSize + FrameHeader.encryptionOverheadMaximum))
    sink.bytes.append(contentsOf: repeatElement(0, count: FrameHeader.size))
    payload.encode(into: &sink)
    output = sink.bytes
    sink.bytes = []
    precondition(output.count == payloadStart + plainSize, "a payload is as long as it was counted")

    let compressed = codec.compression?.compress(
      output.span.bytes.extracting(payloadStart..<output.count))
    let storedSize = (compressed?.count ?? plainSize) + (codec.encryption?.overhead ?? 0)
    let header = FrameHeader(
      kind: kind, isCompressed: compressed != nil, isEncrypted: codec.encryption != nil,
      address: address, sequence: nextSequence, storedSize: storedSize, plainSize: plainSize
    ).encoded()
    output.replaceSubrange(start..<payloadStart, with: header)
    if let compressed {
      precondition(compressed.count < plainSize, "what compression does not shrink is stored as it is")
      output.replaceSubrange(payloadStart..., with: compressed)
    }
    if let encryption = codec.encryption {
      let sealed = encryption.seal(
        output.span.bytes.extracting(payloadStart..<output.count), sequence: nextSequence, header: header)
      output.replaceSubrange(payloadStart..., with: sealed)
    }
    precondition(output.count == payloadStart + storedSize, "a seal adds what it said")
    let headerChecksum: UInt64 = header.span.bytes.littleEndian(at: FrameHeader.size - 8)
    let checksum = output.withUnsafeBytes {
      xxh64(UnsafeRawBufferPointer(rebasing: $0[payloadStart...]), seed: headerChecksum)
    }
    withUnsafeBytes(of: checksum.littleEndian) { output.append(contentsOf: $0) }
    nextSequence += 1
  }
}

/// A payload whose bytes are at hand.
private struct EncodedPayload: WirePayload {
  let bytes: [UInt8]

  func encode(into sink: inout some PayloadSink) { sink.append(bytes: bytes) }
}
