import BlockStorage
import Quantities
import RandomStreams
import Testing

@testable import ReplicationCore

@Suite struct FrameDecoderTests {
  /// Sends 20 random messages in pieces of 1 to 200 bytes.
  @Test(arguments: 0..<100 as Range<UInt64>)
  func `Messages arrive as they were sent, in whatever pieces`(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "frames-in-pieces")
    var encoder = FrameEncoder()
    var sent: [UInt8] = []
    for _ in 0..<20 {
      try encoder.encode(
        WireSamples.randomSourceMessage(&random), address: WireSamples.address, into: &sent)
    }

    var decoder = FrameDecoder()
    var encoderAgain = FrameEncoder()
    var received: [UInt8] = []
    var rest = sent[...]
    while !rest.isEmpty {
      let piece = rest.prefix(1 + Int(random.next(below: 200)))
      rest = rest.dropFirst(piece.count)
      decoder.received(Array(piece))
      while let frame = try decoder.nextFrame() {
        let message = try SourceMessage(decoding: frame, disks: WireSamples.disks)
        try encoderAgain.encode(message, address: frame.header.address, into: &received)
      }
    }
    #expect(received == sent)
    #expect(decoder.nextSequence == 20 && decoder.pendingByteCount == 0)
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `Answers arrive as they were sent`(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "answers")
    var encoder = FrameEncoder()
    var decoder = FrameDecoder()
    for _ in 0..<20 {
      let message = WireSamples.randomTargetMessage(&random)
      var bytes: [UInt8] = []
      try encoder.encode(message, address: WireSamples.address, into: &bytes)
      decoder.received(bytes)
      let frame = try #require(try decoder.nextFrame())
      #expect(try TargetMessage(decoding: frame, disks: WireSamples.disks) == message)
    }
  }

  @Test func `A frame that is cut anywhere waits for exactly what is missing`() throws {
    for (sequence, bytes) in try WireSamples.frames().enumerated() {
      for length in 0..<bytes.count {
        // As long as the header is not complete, nobody can know how long the frame is.
        let missing = (length < FrameHeader.size ? FrameHeader.size : bytes.count) - length
        #expect(throws: FrameDecodingError.truncated(missing: missing)) {
          try FrameDecoder.frame(
            decoding: bytes.span.bytes.extracting(0..<length), expectedSequence: UInt64(sequence),
            codec: .identity)
        }
      }
    }
  }

  @Test func `Every flipped bit of a frame is found`() throws {
    for (sequence, bytes) in try WireSamples.frames().enumerated() {
      for bit in 0..<bytes.count * 8 {
        var damaged = bytes
        damaged[bit / 8] ^= 1 << UInt8(bit % 8)
        let expected: FrameDecodingError =
          switch bit / 8 {
          case 0..<4: .badMagic(FrameHeader.magic ^ 1 << UInt32(bit))
          case 4: .unsupportedVersion(2 ^ 1 << UInt8(bit % 8))
          case 5..<FrameHeader.size: .damagedHeader
          default: .damagedPayload
          }
        #expect(throws: expected, "bit \(bit) of frame \(sequence)") {
          try FrameDecoder.frame(
            decoding: damaged.span.bytes, expectedSequence: UInt64(sequence), codec: .identity)
        }
      }
    }
  }

  @Test func `A payload under the header of another frame is found`() throws {
    // Both payloads are 8 bytes, and both frames are sound.
    var (one, other): ([UInt8], [UInt8]) = ([], [])
    var encoder = FrameEncoder()
    try encoder.encode(.fullSyncBegan(sequence: 1, keySeed: 1), address: WireSamples.address, into: &one)
    try encoder.encode(.fullSyncBegan(sequence: 2, keySeed: 2), address: WireSamples.address, into: &other)
    let mixed = one[..<FrameHeader.size] + other[FrameHeader.size...]
    var decoder = FrameDecoder()
    decoder.received(Array(mixed))
    #expect(throws: FrameDecodingError.damagedPayload) { try decoder.nextFrame() }
  }

  @Test func `A frame that is repeated, lost or overtaken is found`() throws {
    let frames = try WireSamples.frames()
    for (order, expected, found) in [
      ([0, 0], 1, 0), ([0, 1, 3], 2, 3), ([0, 2, 1], 1, 2), ([1], 0, 1),
    ] as [([Int], UInt64, UInt64)] {
      var decoder = FrameDecoder()
      for index in order { decoder.received(frames[index]) }
      for _ in order.dropLast(order == [0, 2, 1] ? 2 : 1) { #expect(try decoder.nextFrame() != nil) }
      #expect(throws: FrameDecodingError.outOfSequence(expected: expected, found: found)) {
        try decoder.nextFrame()
      }
    }
  }

  @Test func `After an error nothing more is read or kept`() throws {
    let frames = try WireSamples.frames()
    var decoder = FrameDecoder()
    decoder.received(frames[1])
    decoder.received(frames[0])
    #expect(throws: FrameDecodingError.outOfSequence(expected: 0, found: 1)) { try decoder.nextFrame() }
    decoder.received(frames[0])
    #expect(decoder.pendingByteCount == 0)
    #expect(throws: FrameDecodingError.outOfSequence(expected: 0, found: 1)) { try decoder.nextFrame() }
  }

  @Test func `What this version does not know is refused by name`() {
    func error(_ change: (inout [UInt8]) -> Void) -> FrameDecodingError? {
      var bytes = FrameHeader(
        kind: .fullSyncBegan, isCompressed: false, isEncrypted: false, address: WireSamples.address,
        sequence: 0, storedSize: 8, plainSize: 8
      ).encoded()
      change(&bytes)
      let checksum = bytes[..<40].withUnsafeBytes { xxh64($0) }
      bytes.replaceSubrange(40..., with: withUnsafeBytes(of: checksum.littleEndian) { Array($0) })
      do {
        _ = try FrameDecoder.frame(decoding: bytes.span.bytes, expectedSequence: 0, codec: .identity)
        return nil
      } catch {
        return error
      }
    }
    #expect(error { _ in } == .truncated(missing: 16))
    #expect(error { $0[5] = 0x7f } == .unknownKind(0x7f))
    #expect(error { $0[6] = 4 } == .unknownFlags(4))
    #expect(error { $0[7] = 1 } == .unknownFlags(256))
    #expect(error { $0[6] = 1 } == .unexpectedCompression)
    #expect(error { $0[6] = 2 } == .unexpectedEncryption(isEncrypted: true))
    #expect(error { $0[32] = 9 } == .inconsistentSizes(stored: 9, plain: 8))
    // 0x0100_0008 is 16 MiB and 8 bytes.
    #expect(error { $0[39] = 1 } == .oversizedPayload(.bytes(16_777_224)))
    #expect(error { $0[35] = 2 } == .oversizedPayload(.bytes(33_554_440)))
  }

  @Test func `A payload of 16 MiB is sent and one byte more is not`() throws {
    let limit = FrameHeader.plainSizeMaximum
    var encoder = FrameEncoder()
    var bytes: [UInt8] = [1, 2, 3]
    #expect(throws: FrameEncodingError.oversizedPayload(.bytes(16_777_217))) {
      try encoder.encode(
        .deltaData, payload: [UInt8](repeating: 0, count: limit + 1), address: WireSamples.address,
        into: &bytes)
    }
    #expect(bytes == [1, 2, 3] && encoder.nextSequence == 0)

    bytes = []
    try encoder.encode(
      .deltaData, payload: [UInt8](repeating: 7, count: limit), address: WireSamples.address, into: &bytes)
    #expect(bytes.count == 48 + limit + 8)
    var decoder = FrameDecoder()
    decoder.received(bytes)
    let frame = try #require(try decoder.nextFrame())
    #expect(frame.payload.count == limit && frame.payload.last == 7)
  }
}
