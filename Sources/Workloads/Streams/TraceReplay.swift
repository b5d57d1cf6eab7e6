import Quantities

/// The writer of ``WriteModel/trace(_:delay:repetition:)``.
struct TraceReplay: Sendable {
  /// When the next write happens, on the writer's clock; `Int64.max` for never.
  private(set) var next: Int64
  /// Of all passes so far.
  private(set) var writtenBytes: UInt64 = 0
  private let trace: WriteTrace
  /// `nil` where the recording is replayed once.
  private let periodNanoseconds: Int64?
  private var passStart: Int64
  private var position = 0

  /// - Precondition: A period is at least the trace's shortest.
  init(_ trace: WriteTrace, delayNanoseconds: Int64, periodNanoseconds: Int64?) {
    self.trace = trace
    self.periodNanoseconds = periodNanoseconds
    passStart = delayNanoseconds
    next = .max
    scheduleNext()
  }

  /// Appends the extents written from the last look until `end`, exclusive.
  ///
  /// - Precondition: `next < end`.
  mutating func draw(before end: Int64, cover: ExtentCover, appendingTo runs: inout [Range<Int>]) {
    let firstIndex = runs.count
    while next < end {
      let record = trace.records[position]
      runs.appendJoining(
        cover.extents(fromByte: record.byteOffset, to: record.byteEnd), from: firstIndex)
      writtenBytes += UInt64(record.byteLength)
      position += 1
      if position == trace.records.count, let periodNanoseconds {
        position = 0
        passStart = sumOrMaximum(passStart, periodNanoseconds)
      }
      scheduleNext()
    }
  }

  private mutating func scheduleNext() {
    next =
      position < trace.records.count
      ? sumOrMaximum(passStart, trace.records[position].time.nanoseconds) : .max
  }

  private func sumOrMaximum(_ left: Int64, _ right: Int64) -> Int64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? .max : sum
  }
}
