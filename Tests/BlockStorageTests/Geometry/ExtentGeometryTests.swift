import BlockStorage
import Quantities
import Testing

@Suite struct ExtentGeometryTests {
  @Test(arguments: [
    (ByteCount.gibibytes(1), ByteCount.kibibytes(8)),
    (.tebibytes(2), .kibibytes(8)), (.tebibytes(2) + .bytes(1), .kibibytes(16)),
    (.tebibytes(8), .kibibytes(16)), (.tebibytes(8) + .bytes(1), .kibibytes(32)),
    (.tebibytes(32), .kibibytes(32)), (.tebibytes(32) + .bytes(1), .kibibytes(64)),
    (.tebibytes(62), .kibibytes(64)),
  ])
  func `A disk of exactly a break keeps the smaller extent`(disk: ByteCount, extent: ByteCount) {
    #expect(ExtentGeometry.standardExtentSize(forDiskOf: disk) == extent)
    #expect(ExtentGeometry(diskSize: disk).extentSize == extent)
  }

  @Test(arguments: [
    // 512 + 2 × the bitmap, as observed: 10 GiB / 8 KiB / 8 = 163,840, a multiple of 2 KiB.
    (ByteCount.gibibytes(10), UInt64(328_192)), (.gibibytes(16), 524_800), (.gibibytes(40), 1_311_232),
    (.gibibytes(100), 3_277_312), (.tebibytes(2), 67_109_376), (.tebibytes(4), 67_109_376),
  ])
  func `Two bitmaps and the header give the observed size of the state file`(
    disk: ByteCount, file: UInt64
  ) {
    #expect(512 + 2 * ExtentGeometry(diskSize: disk).persistentBitmapSize.bytes == file)
  }

  @Test func `A bitmap is rounded up to 2 KiB`() {
    // 16,384 extents are 2,048 bytes of bits; one more begins the next 2 KiB.
    #expect(geometry(extentCount: 16_384).persistentBitmapSize == .kibibytes(2))
    #expect(geometry(extentCount: 16_385).persistentBitmapSize == .kibibytes(4))
  }

  @Test func `A partial last extent is an extent and weighs as one`() {
    let geometry = ExtentGeometry(diskSize: .bytes(20_000), extentSize: .kibibytes(8))
    #expect(geometry.extentCount == 3)
    #expect(geometry.nominalBytes(ofExtents: 3) == .kibibytes(24))
    #expect(geometry.extents(covering: 19_999..<20_000) == 2..<3)
  }

  @Test func `A byte range is rounded outward to extents`() {
    let geometry = geometry(extentCount: 4)
    #expect(geometry.extents(covering: 0..<1) == 0..<1)
    #expect(geometry.extents(covering: 0..<8_192) == 0..<1)
    #expect(geometry.extents(covering: 0..<8_193) == 0..<2)
    #expect(geometry.extents(covering: 8_191..<8_193) == 0..<2)
    #expect(geometry.extents(covering: 8_192..<32_768) == 1..<4)
    #expect(geometry.extents(covering: 8_192..<8_192).isEmpty)
    #expect(geometry.extents(covering: 32_768..<32_768).isEmpty)
  }

  @Test func `A geometry refuses what no disk has`() async {
    await #expect(processExitsWith: .failure) { _ = ExtentGeometry(diskSize: .zero) }
    await #expect(processExitsWith: .failure) {
      _ = ExtentGeometry(diskSize: .tebibytes(62) + .bytes(1))
    }
    await #expect(processExitsWith: .failure) {
      _ = ExtentGeometry(diskSize: .gibibytes(1), payloadWidth: 12)
    }
  }
}
