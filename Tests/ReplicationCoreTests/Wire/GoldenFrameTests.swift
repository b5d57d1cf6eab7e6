import Testing

@testable import ReplicationCore

/// One frame of each kind, byte by byte.
///
/// The bytes were made by another program from the documented layout, checksums included. Whoever must change
/// them changes the format: it needs another version number.
private let goldenFrames: [(kind: FrameKind, hex: String)] = [
  (
    .fullSyncBegan,
    """
    5652504c01010000 0700000000000000 0200000000000000
    0000000000000000 0800000008000000 883529b915a26775
    0201000000000000
    0c0b33a6d111ef89
    """
  ),
  (
    .regionChecksums,
    """
    5652504c01020000 0700000000000000 0200000000000000
    0100000000000000 3000000030000000 5a842ca314b56b24
    0000000004000000 0100000000000000 0a00000000000000 a100000000000000
    a200000000000000 a300000000000000
    41e0993ea8aff65a
    """
  ),
  (
    .fullSyncData,
    """
    5652504c01030000 0700000000000000 0200000000000000
    0200000000000000 3000000030000000 c423aa685279f85d
    0201000000000000 0100000001000000 0200000000000000 0300000000000000
    0001020304050607 08090a0b0c0d0e0f
    f8917ac38e1e72d5
    """
  ),
  (
    .fullSyncEnded,
    """
    5652504c01040000 0700000000000000 0200000000000000
    0300000000000000 0800000008000000 fdc10d7757065c2d
    0201000000000000
    e951f665cb56f272
    """
  ),
  (
    .deltaData,
    """
    5652504c01050000 0700000000000000 0200000000000000
    0400000000000000 4800000048000000 3127c6bd4c2e1de1
    0301000000000000 0000000002000000 0800000000000000 0a00000000000000
    0000000000000000 0100000000000000 b100000000000000 b200000000000000
    b300000000000000
    cf63d6f23a673555
    """
  ),
  (
    .deltaEnded,
    """
    5652504c01060000 0700000000000000 0200000000000000
    0500000000000000 5c0000005c000000 f6ebdbcd923ffb3d
    0301000000000000 fbffffffffffffff 0200000003000000 000000000a000000
    00000000c1000000 0000000008000000 d100000000000000 0000000000000000
    0000000000000000 0000000000000000 10000000d2000000 00000000
    dcd5fa0e9f097c7f
    """
  ),
  (
    .fullSyncReady,
    """
    5652504c01810000 0700000000000000 0200000000000000
    0600000000000000 3400000034000000 4bbf27e8cd929626
    0201000000000000 0200000002000000 0000000000000000 0300000000000000
    0500000000000000 0a00000000000000 00000000
    393718e4ac0c3ad3
    """
  ),
  (
    .regionsCompared,
    """
    5652504c01820000 0700000000000000 0200000000000000
    0700000000000000 2800000028000000 91487f5d91ea6eb1
    0100000001000000 0200000000000000 0400000000000000 e100000000000000
    e200000000000000
    5dd25574ab661f53
    """
  ),
  (
    .fullSyncAccepted,
    """
    5652504c01830000 0700000000000000 0200000000000000
    0800000000000000 0800000008000000 247a8c4a1900d2ea
    0201000000000000
    3e524c9a9d45abf2
    """
  ),
  (
    .instanceCompleted,
    """
    5652504c01840000 0700000000000000 0200000000000000
    0900000000000000 0800000008000000 9f244a65f3f6fe7b
    0301000000000000
    54f249a766d1fc72
    """
  ),
]

@Suite struct GoldenFrameTests {
  @Test func `Every kind of message has its golden bytes`() throws {
    let frames = try WireSamples.frames()
    #expect(goldenFrames.map(\.kind) == FrameKind.allCases)
    #expect(frames.count == goldenFrames.count)
    for (frame, golden) in zip(frames, goldenFrames) {
      #expect(frame == Self.bytes(golden.hex), "\(golden.kind)")
    }
  }

  @Test func `Golden bytes decode to messages that encode to the same bytes`() throws {
    var decoder = FrameDecoder()
    var encoder = FrameEncoder()
    for (kind, hex) in goldenFrames {
      let bytes = Self.bytes(hex)
      decoder.received(bytes)
      let frame = try #require(try decoder.nextFrame())
      #expect(frame.header.kind == kind)
      #expect(frame.header.address == WireSamples.address)
      var again: [UInt8] = []
      if kind.isFromSource {
        let message = try SourceMessage(decoding: frame, disks: WireSamples.disks)
        try encoder.encode(message, address: frame.header.address, into: &again)
      } else {
        let message = try TargetMessage(decoding: frame, disks: WireSamples.disks)
        try encoder.encode(message, address: frame.header.address, into: &again)
      }
      #expect(again == bytes, "\(kind)")
    }
  }

  private static func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
