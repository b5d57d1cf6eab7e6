package import BlockStorage
package import Quantities

/// A disk of a test image: writable, over a point in time of the replica, which it leaves as it is.
///
/// It reads as the replica did at that point, but for what was written to it. Thrown away at clean-up.
///
/// A class, since a disk is a thing with an identity.
package final class TestImageDisk: ExtentReading, ExtentWriting {
  package typealias ReadFailure = Never
  package typealias WriteFailure = Never

  /// What lies below.
  package let replica: ReplicaImage
  private let overlay: ExtentStore
  private var written: DirtyBitmap

  init(over replica: ReplicaImage) {
    self.replica = replica
    overlay = ExtentStore(geometry: replica.geometry)
    written = DirtyBitmap(geometry: replica.geometry)
  }

  package var geometry: ExtentGeometry { replica.geometry }

  /// The nominal bytes of the extents that were written.
  package var writtenSize: ByteCount { geometry.nominalBytes(ofExtents: written.count) }

  package func prefetch(_ runs: Span<Range<Int>>) { replica.base.prefetch(runs) }

  package func write(_ extents: Range<Int>, payloads: RawSpan) {
    overlay.write(extents, payloads: payloads)
    written.mark(extents)
  }

  /// Records writes of one generation: every aligned 8 bytes of the runs hold `tag` from now on.
  package func fill(_ runs: [Range<Int>], tag: UInt64) {
    overlay.fill(runs, tag: tag)
    for run in runs { written.mark(run) }
  }

  package func read(_ extents: Range<Int>, appendingTo payloads: inout [UInt8]) {
    var rest = extents
    while !rest.isEmpty {
      let ours = written.nextRun(in: rest) ?? rest.upperBound..<rest.upperBound
      if ours.lowerBound > rest.lowerBound {
        replica.read(rest.lowerBound..<ours.lowerBound, appendingTo: &payloads)
      }
      if !ours.isEmpty { overlay.read(ours, appendingTo: &payloads) }
      rest = ours.upperBound..<rest.upperBound
    }
  }
}
