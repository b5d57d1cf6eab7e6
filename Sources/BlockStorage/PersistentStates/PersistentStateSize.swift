package import Quantities

/// What the persistent state file of a disk takes in the datastore of its virtual machine.
///
///     PersistentStateSize(ExtentGeometry(diskSize: .gibibytes(10))).idle  // 328,192 bytes
///
/// | Part                                     | Bytes                                     |
/// |------------------------------------------|-------------------------------------------|
/// | header                                   | 512                                       |
/// | dirty bitmap, transfer bitmap            | each ⌈extents / 8⌉, rounded up to 2 KiB   |
/// | demand log, if an extent is preserved    | 512                                       |
/// | every preserved extent                   | 512 + extent size                         |
///
/// The published formula counts the 512 bytes of the demand log's header always. Idle files are observed without
/// them (328,192 bytes for 10 GiB), so they are taken here to come with the first preserved extent: *inferred*.
///
/// - Source: VMware Live Site Recovery, "Optimized reprotect": 512 + 2 × roundUpTo2KB(size / extent / 8) + 512
///   + 512 × changed / extent + changed; virtuallyhyper.com, 2012, for the idle file.
package struct PersistentStateSize: Sendable {
  package let geometry: ExtentGeometry

  /// Bytes of the header, of the demand log's header and of the metadata of a preserved extent.
  ///
  /// - Source: VMware Live Site Recovery, "Optimized reprotect".
  static let sectorSize: UInt64 = 512

  package init(_ geometry: ExtentGeometry) { self.geometry = geometry }

  /// The file without a demand log.
  package var idle: ByteCount { ByteCount(bytes: Self.sectorSize) + geometry.persistentBitmapSize * 2 }

  /// The file with a demand log of `preservedCount` extents.
  package func byteCount(preservedCount: Int) -> ByteCount {
    byteCount(preservedCount: preservedCount, bytesPerExtent: geometry.extentSize.bytes)
  }

  /// The file on thick storage, where it has room for every extent of the disk: about 1.06 × the disk.
  ///
  /// - Source: VMware Live Site Recovery, "Optimized reprotect", that it is sized from the disk; the factor of
  ///   1 + 512 / extent size is *inferred*.
  package var thickProvisioned: ByteCount { byteCount(preservedCount: geometry.extentCount) }

  /// What this process stores for it: as nominal, but of each preserved extent the payload only.
  package func stored(preservedCount: Int) -> ByteCount {
    byteCount(preservedCount: preservedCount, bytesPerExtent: UInt64(geometry.payloadWidth))
  }

  private func byteCount(preservedCount: Int, bytesPerExtent: UInt64) -> ByteCount {
    guard preservedCount > 0 else { return idle }
    let records = ByteCount(bytes: Self.sectorSize + bytesPerExtent) * UInt64(preservedCount)
    return idle + ByteCount(bytes: Self.sectorSize) + records
  }
}
