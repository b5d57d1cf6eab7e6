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
    5652504c02010000 0700000000000000 0200000000000000
    0000000000000000 1800000018000000 1ebc63f676920ff9
    0201000000000000 f200000000000000 f100000000000000
    f4c5a432ec82cda8
    """
  ),
  (
    .regionChecksums,
    """
    5652504c02020000 0700000000000000 0200000000000000
    0100000000000000 4800000048000000 f1e215a3c0bfcd89
    0000000004000000 0100000000000000 0a00000000000000 a100000000000000
    a200000000000000 a200000000000000 a300000000000000 a300000000000000
    a400000000000000
    52c76fa1e5e595aa
    """
  ),
  (
    .fullSyncData,
    """
    5652504c02030000 0700000000000000 0200000000000000
    0200000000000000 3000000030000000 03e6bd57c66d6def
    0201000000000000 0100000001000000 0200000000000000 0300000000000000
    0001020304050607 08090a0b0c0d0e0f
    bd9e97310743f93f
    """
  ),
  (
    .fullSyncEnded,
    """
    5652504c02040000 0700000000000000 0200000000000000
    0300000000000000 0800000008000000 2378223b5c6c1010
    0201000000000000
    c5159976ba3b4046
    """
  ),
  (
    .deltaData,
    """
    5652504c02050000 0700000000000000 0200000000000000
    0400000000000000 4800000048000000 8e445ff5988afb29
    0301000000000000 0000000002000000 0800000000000000 0a00000000000000
    0000000000000000 0100000000000000 b100000000000000 b200000000000000
    b300000000000000
    7fbe954d3ddd0bb8
    """
  ),
  (
    .deltaEnded,
    """
    5652504c02060000 0700000000000000 0200000000000000
    0500000000000000 5c0000005c000000 23462000dad81f18
    0301000000000000 fbffffffffffffff 0200000003000000 000000000a000000
    00000000c1000000 0000000008000000 d100000000000000 0000000000000000
    0000000000000000 0000000000000000 10000000d2000000 00000000
    6b07694fd6b19f08
    """
  ),
  (
    .fullSyncReady,
    """
    5652504c02810000 0700000000000000 0200000000000000
    0600000000000000 3400000034000000 56b91c532f61b31e
    0201000000000000 0200000002000000 0000000000000000 0300000000000000
    0500000000000000 0a00000000000000 00000000
    c3b52ba13c19c854
    """
  ),
  (
    .regionsCompared,
    """
    5652504c02820000 0700000000000000 0200000000000000
    0700000000000000 3800000038000000 8138cafab136337c
    0100000001000000 0200000000000000 0400000000000000 e100000000000000
    e200000000000000 e200000000000000 e300000000000000
    b9b819c9a121dcdb
    """
  ),
  (
    .fullSyncAccepted,
    """
    5652504c02830000 0700000000000000 0200000000000000
    0800000000000000 0800000008000000 e1930ee2080fdc08
    0201000000000000
    827cbd75ecda0dba
    """
  ),
  (
    .instanceCompleted,
    """
    5652504c02840000 0700000000000000 0200000000000000
    0900000000000000 0800000008000000 c393f4b41925230b
    0301000000000000
    848592d0872a7da7
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
