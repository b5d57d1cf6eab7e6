package import Quantities

/// The writes of one disk as they were recorded, in the order of their times.
///
/// Copies share the records, so that many disks can replay one recording.
///
/// - Invariant: The times are not negative and do not decrease; no write is empty.
package struct WriteTrace: Sendable, Equatable {
  package let records: [WriteRecord]
  /// How long was recorded: at least up to the last write, longer if other commands follow it.
  package let duration: TimeSpan
  /// All bytes written, overwrites counted again.
  package let writtenBytes: ByteCount
  /// The smallest disk on which the recording fits.
  package let neededDiskSize: ByteCount
  /// How many records were earlier than one before them, and have been moved to their place.
  package let reorderedCount: Int

  /// - Parameters:
  ///   - records: In any order. Those of one time keep their order.
  ///   - duration: Taken as the time of the last write where that is later.
  /// - Precondition: No record is empty or before zero.
  package init(_ records: [WriteRecord], duration: TimeSpan = .zero) {
    var latest = Instant.zero
    var written: UInt64 = 0
    var end: UInt64 = 0
    var reordered = 0
    for record in records {
      precondition(record.byteLength > 0, "a recording holds no empty write")
      precondition(record.time >= .zero, "a recording starts at zero")
      if record.time < latest { reordered += 1 }
      latest = max(latest, record.time)
      written += UInt64(record.byteLength)
      end = max(end, record.byteEnd)
    }
    self.records = reordered == 0 ? records : Self.sortedStably(records)
    self.duration = max(duration, latest - .zero)
    writtenBytes = ByteCount(bytes: written)
    neededDiskSize = ByteCount(bytes: end)
    reorderedCount = reordered
  }

  /// The shortest time after which the recording can start again: its duration, and one nanosecond
  /// more where its last write lies at the very end.
  package var shortestPeriod: TimeSpan {
    guard let last = records.last, last.time - .zero == duration else { return duration }
    return duration + .nanoseconds(1)
  }

  /// Sorts by time and position, because the standard library does not promise a stable sort.
  private static func sortedStably(_ records: [WriteRecord]) -> [WriteRecord] {
    records.indices
      .sorted { (records[$0].time, $0) < (records[$1].time, $1) }
      .map { records[$0] }
  }
}
