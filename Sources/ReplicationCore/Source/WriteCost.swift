/// What a guest's write, UNMAP or snapshot had to wait for: extents copied to the demand log before it.
///
/// Zero unless it hit extents of the instance in flight that were not yet read.
package struct WriteCost: Sendable, Hashable {
  /// Extents read from the disk and written to the demand log.
  package var copiedExtents: Int
  /// Whether the log had no more room for the copy, which is tried until the delta is given up.
  ///
  /// Only the first write that finds no room says so.
  package var findsLogFull: Bool

  package init(copiedExtents: Int, findsLogFull: Bool = false) {
    self.copiedExtents = copiedExtents
    self.findsLogFull = findsLogFull
  }

  package static let none = WriteCost(copiedExtents: 0)

  /// How many times the guest waits for a copy: *⌈extents / copies at a time⌉*.
  ///
  /// Each takes one read and one write of the datastore, of an extent each.
  package func rounds(limits: DemandLogLimits) -> Int {
    (copiedExtents + limits.concurrentCopies - 1) / limits.concurrentCopies
  }
}
