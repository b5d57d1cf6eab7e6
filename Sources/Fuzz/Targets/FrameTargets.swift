import BlockStorage
import RandomStreams
import ReplicationCore
import WireCodecs

extension FuzzTarget {
  private static let address = FrameAddress(replication: 3, session: 1)

  /// Streams of frames in the clear, and the messages in them.
  static let frames = FuzzTarget(
    name: "frames", sample: { stream(codec: .identity, &$0) }, repair: repairChecksums,
    check: { bytes throws(FuzzFailure) in try checkStream(bytes, codec: .identity) })

  /// Streams of compressed and encrypted frames; what opens must be what the sender would have sent.
  static let sealedFrames = FuzzTarget(
    name: "sealed-frames", sample: { stream(codec: sealed, &$0) }, repair: repairChecksums,
    check: { bytes throws(FuzzFailure) in try checkStream(bytes, codec: sealed) })

  private static let sealed = FrameCodec(
    compression: LZ4Compression(), encryption: AESGCMEncryption(key: Array(0..<32)))

  private static func stream(codec: FrameCodec, _ random: inout RandomStream) -> [UInt8] {
    var encoder = FrameEncoder(codec: codec)
    var bytes: [UInt8] = []
    for _ in 0...random.next(below: 3) {
      let kind = FrameKind.allCases[Int(random.next(below: UInt64(FrameKind.allCases.count)))]
      do throws(FrameEncodingError) {
        try encoder.encode(
          kind, payload: PayloadSamples.payload(of: kind, &random), address: address, into: &bytes)
      } catch {
        preconditionFailure("a sample is small")
      }
    }
    return bytes
  }

  /// Reads frames from pieces whose size depends on the length of the whole.
  private static func checkStream(_ bytes: [UInt8], codec: FrameCodec) throws(FuzzFailure) -> Verdict {
    var decoder = FrameDecoder(codec: codec)
    var encoder = FrameEncoder(codec: codec)
    var again: [UInt8] = []
    var verdict = Verdict.accepted
    let step = 1 + bytes.count * 31 % 400
    for start in stride(from: 0, to: bytes.count, by: step) {
      decoder.received(bytes.span.bytes.extracting(start..<min(start + step, bytes.count)))
      while true {
        let frame: Frame?
        do throws(FrameDecodingError) { frame = try decoder.nextFrame() } catch { return .refused }
        guard let frame else { break }
        do throws(FrameEncodingError) {
          try encoder.encode(
            frame.header.kind, payload: frame.payload, address: frame.header.address, into: &again)
        } catch {
          throw FuzzFailure(reason: "a frame of more than 16 MiB is accepted")
        }
        guard bytes.starts(with: again) else {
          throw FuzzFailure(reason: "frame \(frame.header.sequence) encodes to other bytes")
        }
        if try checkMessage(frame.payload, kind: frame.header.kind) == .refused { verdict = .refused }
      }
    }
    return decoder.pendingByteCount == 0 ? verdict : .refused
  }

  /// Recomputes the checksums of every frame that is complete.
  private static func repairChecksums(_ bytes: inout [UInt8]) {
    func put(_ value: UInt64, at offset: Int) {
      for index in 0..<8 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    }
    var start = 0
    while start + FrameHeader.size <= bytes.count {
      let checksum = bytes[start..<start + 40].withUnsafeBytes { xxh64($0) }
      put(checksum, at: start + 40)
      let storedSize = (0..<4).reduce(0) { $0 | Int(bytes[start + 32 + $1]) << (8 * $1) }
      let payload = start + FrameHeader.size..<start + FrameHeader.size + storedSize
      guard payload.upperBound + FrameHeader.trailerSize <= bytes.count else { return }
      put(bytes[payload].withUnsafeBytes { xxh64($0, seed: checksum) }, at: payload.upperBound)
      start = payload.upperBound + FrameHeader.trailerSize
    }
  }
}
