package import Quantities

/// How one virtual disk is divided into extents, the units that replication tracks and ships.
///
/// Two sizes belong to an extent. Its ``extentSize`` is nominal: it decides which guest bytes
/// dirty it, what it costs on the wire and in datastores. Its ``payloadWidth`` is what this process
/// holds for it: an 8-byte generation tag in a simulation, the whole extent in a live run.
///
///     let geometry = ExtentGeometry(diskSize: .gibibytes(100))
///     geometry.extentSize   // 8KiB
///     geometry.extentCount  // 13_107_200
///     geometry.extents(covering: 8_000..<9_000)  // 0..<2
package struct ExtentGeometry: Sendable, Hashable {
  package let diskSize: ByteCount
  package let extentSize: ByteCount
  /// Bytes held in this process for the content of one extent, a multiple of 8.
  package let payloadWidth: Int
  /// Extents of the disk, the last of which may reach beyond its end.
  package let extentCount: Int

  /// The width of a generation tag, the payload of a simulated extent.
  package static let tagWidth = 8

  /// - Parameters:
  ///   - extentSize: A power of two; the standard size for the disk when left out.
  ///   - payloadWidth: Bytes per extent in this process, a multiple of 8; a tag when left out.
  /// - Precondition: The disk is not empty and at most ``diskSizeMaximum``.
  package init(diskSize: ByteCount, extentSize: ByteCount? = nil, payloadWidth: Int = tagWidth) {
    let extentSize = extentSize ?? Self.standardExtentSize(forDiskOf: diskSize)
    precondition(
      diskSize > .zero && diskSize <= Self.diskSizeMaximum, "a disk has from 1 byte to 62 TiB")
    precondition(extentSize.bytes.nonzeroBitCount == 1, "an extent size is a power of two")
    precondition(
      payloadWidth > 0 && payloadWidth.isMultiple(of: 8), "a payload width is a multiple of 8")
    self.diskSize = diskSize
    self.extentSize = extentSize
    self.payloadWidth = payloadWidth
    extentCount = Int((diskSize.bytes - 1) / extentSize.bytes) + 1
  }

  /// The largest disk that can be replicated.
  ///
  /// - Source: ESXi 5.5 and later, "62 TB"; vSphere counts in powers of two.
  package static let diskSizeMaximum = ByteCount.tebibytes(62)

  /// The extent size that ESXi chooses for a disk.
  ///
  /// | Disk                    | Extent |
  /// |-------------------------|-------:|
  /// | up to 2 TiB             |  8 KiB |
  /// | above 2 up to 8 TiB     | 16 KiB |
  /// | above 8 up to 32 TiB    | 32 KiB |
  /// | above 32 TiB            | 64 KiB |
  ///
  /// - Source: ESXi advanced settings `HBR.HbrMinExtentSizeKB` (8), its lower, upper and maximum
  ///   sizes (16, 32, 64) and breaks (2,048, 8,192, 32,768 GB). A disk of exactly the break keeps the
  ///   smaller extent: 2 TiB and 4 TiB are both observed with ``persistentBitmapSize`` of 32 MiB.
  package static func standardExtentSize(forDiskOf size: ByteCount) -> ByteCount {
    if size <= .tebibytes(2) { return .kibibytes(8) }
    if size <= .tebibytes(8) { return .kibibytes(16) }
    if size <= .tebibytes(32) { return .kibibytes(32) }
    return .kibibytes(64)
  }

  /// The extents that hold the bytes of `byteRange`, rounded outward.
  ///
  /// - Parameter byteRange: Offsets from the start of the disk. An empty range is held by no extent.
  /// - Precondition: `byteRange` ends within the disk.
  package func extents(covering byteRange: Range<UInt64>) -> Range<Int> {
    precondition(byteRange.upperBound <= diskSize.bytes, "a byte range ends within the disk")
    let shift = extentSize.bytes.trailingZeroBitCount
    let first = Int(byteRange.lowerBound >> shift)
    guard !byteRange.isEmpty else { return first..<first }
    return first..<Int((byteRange.upperBound - 1) >> shift) + 1
  }

  /// What `extentCount` extents weigh on the wire and in a datastore.
  ///
  /// Every extent counts in full, also the last one of a disk that it exceeds, as the product
  /// ships whole extents.
  package func nominalBytes(ofExtents extentCount: Int) -> ByteCount {
    extentSize * UInt64(extentCount)
  }

  /// The room of one bitmap in the persistent state file: one bit per extent, rounded up to 2 KiB.
  ///
  /// A file of two bitmaps and its 512-byte header has 328,192 bytes for a disk of 10 GiB.
  ///
  /// - Source: VMware Live Site Recovery, "Optimized reprotect":
  ///   512 + 2 × roundUpTo2KB(size / extent / 8) + the demand log.
  package var persistentBitmapSize: ByteCount {
    .kibibytes((UInt64(extentCount) + 16_383) / 16_384 * 2)
  }

  /// Traps unless `extents` lie on the disk.
  @inline(__always)
  func validate(_ extents: Range<Int>) {
    precondition(
      extents.lowerBound >= 0 && extents.upperBound <= extentCount, "extents lie on the disk")
  }
}
