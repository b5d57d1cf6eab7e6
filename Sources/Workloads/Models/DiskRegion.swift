package import Quantities

/// The part of a disk that a writer touches, its *working set*.
package struct DiskRegion: Sendable, Hashable {
  /// Where it begins, from the start of the disk.
  package var offset: ByteCount
  /// How long it is; `nil` reaches to the end of the disk.
  package var size: ByteCount?

  package init(offset: ByteCount = .zero, size: ByteCount? = nil) {
    self.offset = offset
    self.size = size
  }

  package static let wholeDisk = DiskRegion()

  /// The bytes of the region on a disk of `diskSize`.
  ///
  /// - Throws: ``WorkloadError/beyondDisk(needed:diskSize:)`` if the region ends behind the disk.
  func byteRange(onDiskOf diskSize: ByteCount) throws(WorkloadError) -> Range<UInt64> {
    let end = offset.bytes + (size?.bytes ?? 0)
    guard end <= diskSize.bytes else {
      throw .beyondDisk(needed: ByteCount(bytes: end), diskSize: diskSize)
    }
    return offset.bytes..<(size == nil ? diskSize.bytes : end)
  }
}
