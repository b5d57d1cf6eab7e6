import BlockStorage
import Quantities
import RandomStreams
import Testing

@testable import ReplicationCore

@Suite struct NominalFrameSizeTests {
  private let parameters = ReplicationParameters()

  @Test func `Content counts in full, whatever stands for it`() {
    // 48 header + 8 sequence + 4 disk + 4 count + 2 · 16 runs + 3 · 8,192 content + 8 trailer.
    let message = WireSamples.sourceMessages[4]
    #expect(message.nominalFrameSize(parameters: parameters) == .bytes(24_680))
  }

  @Test func `Checksums count at the product's size`() {
    // 48 + 4 disk + 4 region + 16 run + 3 · 16 checksums + 8; then 48 + 4 + 4 + 16 + 2 · 16 + 8.
    #expect(WireSamples.sourceMessages[1].nominalFrameSize(parameters: parameters) == .bytes(128))
    #expect(WireSamples.targetMessages[1].nominalFrameSize(parameters: parameters) == .bytes(112))
  }

  /// Where payloads are whole extents, both sizes are one.
  @Test func `The nominal size is what a live frame has`() throws {
    let geometry = ExtentGeometry(diskSize: .kibibytes(64), payloadWidth: 8192)
    var batch = ExtentBatch(geometry: geometry)
    let content = [UInt8](repeating: 9, count: 3 * 8192)
    batch.append(1..<4, payloads: content.span.bytes)
    for message in [
      .deltaData(sequence: 1, disk: 0, batch: batch), WireSamples.sourceMessages[1],
      WireSamples.sourceMessages[5],
    ] as [SourceMessage] {
      var bytes: [UInt8] = []
      var encoder = FrameEncoder()
      try encoder.encode(message, address: WireSamples.address, into: &bytes)
      #expect(message.nominalFrameSize(parameters: parameters) == ByteCount(bytes: UInt64(bytes.count)))
    }
  }
}
