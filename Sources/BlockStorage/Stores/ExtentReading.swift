/// Something that holds the extents of one disk and can be read: memory in a simulation, a file live.
package protocol ExtentReading: ~Copyable {
  /// Why a read can fail; `Never` for memory.
  associatedtype ReadFailure: Error

  var geometry: ExtentGeometry { get }

  /// Appends the payloads of `extents` to `payloads`, `geometry.payloadWidth` bytes each.
  ///
  /// - Precondition: `extents` lie on the disk.
  func read(_ extents: Range<Int>, appendingTo payloads: inout [UInt8]) throws(ReadFailure)

  /// Hints that `runs` are read or written next, so that they are fetched together.
  ///
  /// Changes nothing that can be seen. Does nothing unless a disk knows better.
  func prefetch(_ runs: Span<Range<Int>>)
}

extension ExtentReading where Self: ~Copyable {
  package func prefetch(_ runs: Span<Range<Int>>) {}
}

/// How many runs are prefetched before the first of them is used.
///
/// In memory a run costs a handful of cache misses, one after the other; runs that are fetched together
/// share the wait. Measured with 200 disks and runs of 16 tags: 8 gain most of what there is to gain,
/// 64 no more than 32.
let prefetchedRunCount = 32
