import BlockStorage
import ReplicationCore
import Testing
import WireCodecs

/// Frames through both codecs, as a connection sends them.
@Suite struct CodedFrameTests {
  private static let address = FrameAddress(replication: 1, session: 1)
  private static let encryption = AESGCMEncryption(key: Array(0..<32))
  private static let codecs = [
    FrameCodec.identity, FrameCodec(compression: LZ4Compression()), FrameCodec(encryption: encryption),
    FrameCodec(compression: LZ4Compression(), encryption: encryption),
  ]
  private static let payload = [UInt8](repeating: 3, count: 500)

  private static func frames(_ codec: FrameCodec, payloads: [[UInt8]]) throws -> [[UInt8]] {
    var encoder = FrameEncoder(codec: codec)
    return try payloads.map { payload in
      var bytes: [UInt8] = []
      try encoder.encode(.deltaData, payload: payload, address: address, into: &bytes)
      return bytes
    }
  }

  private static func firstError(_ frames: [[UInt8]], codec: FrameCodec) -> FrameDecodingError? {
    var decoder = FrameDecoder(codec: codec)
    for frame in frames { decoder.received(frame.span.bytes) }
    do throws(FrameDecodingError) {
      while try decoder.nextFrame() != nil {}
      return nil
    } catch {
      return error
    }
  }

  private static func frameCount(_ frames: [[UInt8]], codec: FrameCodec) -> Int {
    var decoder = FrameDecoder(codec: codec)
    for frame in frames { decoder.received(frame.span.bytes) }
    var count = 0
    do throws(FrameDecodingError) {
      while try decoder.nextFrame() != nil { count += 1 }
    } catch {}
    return count
  }

  @Test func `Payloads pass every codec, also those that do not shrink`() throws {
    let payloads = [[], [1], Array(0..<255), Self.payload]
    for codec in Self.codecs {
      var decoder = FrameDecoder(codec: codec)
      for (frame, payload) in zip(try Self.frames(codec, payloads: payloads), payloads) {
        decoder.received(frame.span.bytes)
        let received = try #require(try decoder.nextFrame())
        #expect(received.payload == payload)
        #expect(received.header.isCompressed == (codec.compression != nil && payload == Self.payload))
        #expect(received.header.isEncrypted == (codec.encryption != nil))
      }
    }
  }

  @Test func `A codec of one end only is refused`() throws {
    let expected: [[FrameDecodingError?]] = [
      // Read as plain, compressed, encrypted, both; what is never compressed can be read by who could.
      [nil, nil, .unexpectedEncryption(isEncrypted: false), .unexpectedEncryption(isEncrypted: false)],
      [
        .unexpectedCompression, nil, .unexpectedEncryption(isEncrypted: false),
        .unexpectedEncryption(isEncrypted: false),
      ],
      [.unexpectedEncryption(isEncrypted: true), .unexpectedEncryption(isEncrypted: true), nil, nil],
      [
        .unexpectedEncryption(isEncrypted: true), .unexpectedEncryption(isEncrypted: true),
        .unexpectedCompression, nil,
      ],
    ]
    for (codec, errors) in zip(Self.codecs, expected) {
      let frames = try Self.frames(codec, payloads: [Self.payload])
      #expect(Self.codecs.map { Self.firstError(frames, codec: $0) } == errors)
    }
  }

  @Test func `Every flipped bit of a sealed frame is found, also under checksums made to fit`() throws {
    let codec = Self.codecs[3]
    let frame = try Self.frames(codec, payloads: [Self.payload])[0]
    for bit in 0..<frame.count * 8 {
      var damaged = frame
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(Self.firstError([damaged], codec: codec) != nil)
      // What checksums cover is judged by the seal. Those of their bits that are put right again harm nothing.
      guard (8..<40).contains(bit / 8) || (48..<frame.count - 8).contains(bit / 8) else { continue }
      Self.repairChecksums(&damaged)
      let error = Self.firstError([damaged], codec: codec)
      switch bit / 8 {
      case 24..<32:
        guard case .outOfSequence = error else {
          Issue.record("bit \(bit): \(String(describing: error))")
          continue
        }
      case 32..<36:
        // Another stored size: the trailer is elsewhere, or still to come.
        #expect(Self.frameCount([damaged], codec: codec) == 0)
      case 36..<40:
        let isFound: Bool =
          switch error {
          case .oversizedPayload, .inconsistentSizes, .codec(.authenticationFailed): true
          default: false
          }
        #expect(isFound, "bit \(bit): \(String(describing: error))")
      default: #expect(error == .codec(.authenticationFailed), "bit \(bit)")
      }
    }
  }

  @Test func `A frame replayed within its connection or into another does not open`() throws {
    let codec = Self.codecs[3]
    let frames = try Self.frames(codec, payloads: [Self.payload, Self.payload])
    #expect(Self.firstError([frames[0], frames[0]], codec: codec) == .outOfSequence(expected: 1, found: 0))
    // With the number it ought to have, and checksums that fit.
    var renumbered = frames[0]
    renumbered[24] = 1
    Self.repairChecksums(&renumbered)
    #expect(Self.firstError([frames[0], renumbered], codec: codec) == .codec(.authenticationFailed))

    func keys(_ salt: UInt8) -> ConnectionKeys {
      ConnectionKeys(
        secret: Array(0..<32), sourceSalt: Array(repeating: salt, count: 32),
        targetSalt: Array(repeating: 5, count: 32))
    }
    let first = try Self.frames(FrameCodec(encryption: keys(1).fromSource), payloads: [Self.payload])
    #expect(Self.firstError(first, codec: FrameCodec(encryption: keys(1).fromSource)) == nil)
    for other in [keys(2).fromSource, keys(1).fromTarget] {
      #expect(
        Self.firstError(first, codec: FrameCodec(encryption: other)) == .codec(.authenticationFailed))
    }
  }

  @Test func `A small block that claims 16 MiB reserves nothing`() throws {
    let codec = LZ4Compression()
    let block: [UInt8] = [0x1f, 0, 1, 0, 255, 255]
    #expect(throws: PayloadCodecError.malformedCompression(plainSize: 1 << 24)) {
      try codec.decompress(block, plainSize: 1 << 24)
    }
  }

  /// Makes both checksums of a frame fit its bytes.
  private static func repairChecksums(_ frame: inout [UInt8]) {
    func littleEndian(_ value: UInt64) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
    let checksum = frame[..<40].withUnsafeBytes { xxh64($0) }
    frame.replaceSubrange(40..<48, with: littleEndian(checksum))
    let end = frame.count - 8
    let payloadChecksum = frame[48..<end].withUnsafeBytes { xxh64($0, seed: checksum) }
    frame.replaceSubrange(end..., with: littleEndian(payloadChecksum))
  }
}
