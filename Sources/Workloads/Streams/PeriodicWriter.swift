/// The writer of ``WriteModel/periodic(size:offset:every:first:)``.
struct PeriodicWriter: Sendable {
  /// When the next write happens, on the writer's clock; `Int64.max` for never.
  private(set) var next: Int64
  /// How many writes have happened.
  private(set) var writeCount: UInt64 = 0
  let sizeBytes: UInt64
  private let periodNanoseconds: Int64
  private let extents: Range<Int>

  init(firstNanoseconds: Int64, periodNanoseconds: Int64, sizeBytes: UInt64, extents: Range<Int>) {
    next = firstNanoseconds
    self.periodNanoseconds = periodNanoseconds
    self.sizeBytes = sizeBytes
    self.extents = extents
  }

  /// Appends the extents once if a write happened from the last look until `end`, exclusive.
  ///
  /// - Precondition: `next < end`.
  mutating func draw(before end: Int64, appendingTo runs: inout [Range<Int>]) {
    let passed = (end - 1 - next) / periodNanoseconds
    writeCount += UInt64(passed) + 1
    // The last write that passed lies before `end`, so only the step behind it can leave the range.
    let (following, overflow) = (next + passed * periodNanoseconds)
      .addingReportingOverflow(periodNanoseconds)
    next = overflow ? .max : following
    runs.append(extents)
  }
}
