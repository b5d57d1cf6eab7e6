package import Quantities

/// Full copies of a machine's disks at every moment that an instance may show.
///
/// Kept outside of the code under test: no bitmap, log or digest takes part.
package struct ImageHistory: Sendable {
  private struct Image: Sendable {
    let pointInTime: Instant
    let disks: [[UInt8]]
  }

  private var images: [Image] = []

  package init() {}

  /// An instance begins: its disks are as given.
  package mutating func began(at pointInTime: Instant, disks: [[UInt8]]) {
    images.append(Image(pointInTime: pointInTime, disks: disks))
  }

  /// What is wrong with an instance that shows a moment and holds these disks; `nil` if nothing.
  ///
  /// Disks may have grown or been added since: what is new holds zeros.
  package func defect(ofInstanceAt pointInTime: Instant, disks: [[UInt8]]) -> String? {
    let candidates = images.filter { $0.pointInTime == pointInTime }
    guard !candidates.isEmpty else { return "shows \(pointInTime), when no instance began" }
    let defects = candidates.map { Self.difference($0.disks, disks) }
    // Of two instances of one moment either may be the one.
    return defects.contains(nil) ? nil : defects.last?.map { "the instance of \(pointInTime): \($0)" }
  }

  /// The machine and its replica have a disk less.
  package mutating func removeDisk(_ position: Int) {
    images = images.map { image in
      guard image.disks.indices.contains(position) else { return image }
      var disks = image.disks
      disks.remove(at: position)
      return Image(pointInTime: image.pointInTime, disks: disks)
    }
  }

  /// Forgets the images before the oldest instance that can still be recovered or completed.
  package mutating func forget(before pointInTime: Instant) {
    images.removeAll { $0.pointInTime < pointInTime }
  }

  package var count: Int { images.count }

  /// As `==`, eight bytes at a time.
  private static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    guard one.count == other.count, one.count % 8 == 0 else { return one == other }
    return one.withUnsafeBytes { one in
      other.withUnsafeBytes { other in
        stride(from: 0, to: one.count, by: 8).allSatisfy {
          one.loadUnaligned(fromByteOffset: $0, as: UInt64.self)
            == other.loadUnaligned(fromByteOffset: $0, as: UInt64.self)
        }
      }
    }
  }

  private static func difference(_ past: [[UInt8]], _ found: [[UInt8]]) -> String? {
    if past.count == found.count, zip(past, found).allSatisfy({ areEqual($0, $1) }) { return nil }
    for disk in 0..<max(past.count, found.count) {
      let old = disk < past.count ? past[disk] : []
      let new = disk < found.count ? found[disk] : []
      let common = min(old.count, new.count)
      if old[..<common] != new[..<common] {
        let byte = (0..<common).first { old[$0] != new[$0] } ?? 0
        return "disk \(disk) differs from its past image in extent \(byte / 8)"
      }
      if old[common...].contains(where: { $0 != 0 }) || new[common...].contains(where: { $0 != 0 }) {
        return "disk \(disk) holds something behind the end of its past image"
      }
    }
    return nil
  }
}
