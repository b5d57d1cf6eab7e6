import BlockStorage

/// One frame as it was received: sound, in its turn, decrypted and decompressed.
package struct Frame: Sendable, Hashable {
  package let header: FrameHeader
  /// The plain payload.
  package let payload: [UInt8]
}

/// Reads the frames of one direction of one connection from bytes that arrive in any pieces.
///
///     decoder.received(bytes)
///     while let frame = try decoder.nextFrame() { … }
///
/// No bytes make it trap, and none make it keep more memory than was received, 16 MiB for the frame in its turn
/// aside. After an error it yields nothing more: where the next frame would begin is unknown.
package struct FrameDecoder: Sendable {
  private let codec: FrameCodec
  private var buffer: [UInt8] = []
  /// Where the next frame begins in `buffer`.
  private var start = 0
  private var failure: FrameDecodingError?
  /// The number that the next frame must have.
  package private(set) var nextSequence: UInt64 = 0

  package init(codec: FrameCodec = .identity) { self.codec = codec }

  /// Bytes received that belong to no frame yet.
  package var pendingByteCount: Int { buffer.count - start }

  /// Takes the bytes that arrived behind those before.
  ///
  /// They are dropped after an error.
  package mutating func received(_ bytes: borrowing RawSpan) {
    guard failure == nil else { return }
    if start == buffer.count {
      buffer.removeAll(keepingCapacity: true)
      start = 0
    } else if start > buffer.count / 2 {
      // At most as many bytes are moved as were taken since the last time.
      buffer.removeSubrange(..<start)
      start = 0
    }
    bytes.withUnsafeBytes { buffer.append(contentsOf: $0) }
  }

  /// The next frame, or `nil` as long as it is not complete.
  ///
  /// - Throws: The first error again at every later call.
  package mutating func nextFrame() throws(FrameDecodingError) -> Frame? {
    if let failure { throw failure }
    do {
      let frame = try Self.frame(
        decoding: buffer.span.bytes.extracting(start..<buffer.count), expectedSequence: nextSequence,
        codec: codec)
      start += FrameHeader.frameSize(storedSize: frame.header.storedSize)
      nextSequence += 1
      return frame
    } catch {
      if case .truncated = error { return nil }
      failure = error
      buffer = []
      start = 0
      throw error
    }
  }

  /// The frame that `bytes` begin with.
  ///
  /// The header is judged as soon as it is complete, before anything is kept for its payload.
  package static func frame(
    decoding bytes: borrowing RawSpan, expectedSequence: UInt64, codec: FrameCodec
  ) throws(FrameDecodingError) -> Frame {
    let header = try FrameHeader(decoding: bytes)
    guard header.sequence == expectedSequence else {
      throw .outOfSequence(expected: expectedSequence, found: header.sequence)
    }
    try check(header, against: codec)
    let frameSize = FrameHeader.frameSize(storedSize: header.storedSize)
    guard bytes.byteCount >= frameSize else { throw .truncated(missing: frameSize - bytes.byteCount) }
    let stored = bytes.extracting(FrameHeader.size..<FrameHeader.size + header.storedSize)
    let headerChecksum: UInt64 = bytes.littleEndian(at: FrameHeader.size - 8)
    let checksum = stored.withUnsafeBytes { xxh64($0, seed: headerChecksum) }
    guard bytes.littleEndian(at: frameSize - FrameHeader.trailerSize) == checksum else {
      throw .damagedPayload
    }
    do {
      return Frame(
        header: header,
        payload: try plainPayload(
          of: stored, header: header, headerBytes: bytes.extracting(0..<FrameHeader.size), codec: codec))
    } catch {
      throw .codec(error)
    }
  }

  private static func check(
    _ header: FrameHeader, against codec: FrameCodec
  ) throws(FrameDecodingError) {
    // In the clear is refused as well: else who can change bytes could switch the encryption off.
    guard header.isEncrypted == (codec.encryption != nil) else {
      throw .unexpectedEncryption(isEncrypted: header.isEncrypted)
    }
    if header.isCompressed, codec.compression == nil { throw .unexpectedCompression }
    let unsealedSize = header.storedSize - (codec.encryption?.overhead ?? 0)
    let isConsistent =
      header.isCompressed
      ? unsealedSize > 0 && unsealedSize < header.plainSize : unsealedSize == header.plainSize
    guard isConsistent else {
      throw .inconsistentSizes(stored: header.storedSize, plain: header.plainSize)
    }
  }

  private static func plainPayload(
    of stored: borrowing RawSpan, header: FrameHeader, headerBytes: borrowing RawSpan, codec: FrameCodec
  ) throws(PayloadCodecError) -> [UInt8] {
    guard let encryption = codec.encryption else {
      guard header.isCompressed, let compression = codec.compression else {
        return stored.withUnsafeBytes { Array($0) }
      }
      return try compression.decompress(stored, plainSize: header.plainSize)
    }
    let opened = try encryption.open(stored, sequence: header.sequence, header: headerBytes)
    guard header.isCompressed, let compression = codec.compression else { return opened }
    return try compression.decompress(opened.span.bytes, plainSize: header.plainSize)
  }
}
