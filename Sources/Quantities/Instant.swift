/// A moment of a run: whole nanoseconds since its start.
///
/// Negative instants lie before the start; a replica brought in complete may have one.
/// 64 bits reach 292 years.
@usableFromInline
package struct Instant: Sendable, Hashable, Comparable {
  @usableFromInline package let nanoseconds: Int64

  @inlinable
  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  package static let zero = Instant(nanoseconds: 0)
  /// Later than every event of any run.
  package static let distantFuture = Instant(nanoseconds: .max)

  // Spelled out, so that comparisons are inlined across modules.
  @inlinable
  package static func == (left: Instant, right: Instant) -> Bool { left.nanoseconds == right.nanoseconds }
  @inlinable
  package static func <= (left: Instant, right: Instant) -> Bool { left.nanoseconds <= right.nanoseconds }
  @inlinable
  package static func >= (left: Instant, right: Instant) -> Bool { left.nanoseconds >= right.nanoseconds }
  @inlinable
  package static func > (left: Instant, right: Instant) -> Bool { left.nanoseconds > right.nanoseconds }
  @inlinable
  package static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

  /// - Returns: The instant `span` later, or `distantFuture` if that is past the end of time.
  @inlinable
  package static func + (left: Instant, span: TimeSpan) -> Instant {
    let (sum, overflow) = left.nanoseconds.addingReportingOverflow(span.nanoseconds)
    return Instant(nanoseconds: overflow ? .max : sum)
  }

  @inlinable
  package static func - (left: Instant, span: TimeSpan) -> Instant {
    Instant(nanoseconds: left.nanoseconds - span.nanoseconds)
  }

  /// The time from `earlier` to `later`.
  ///
  /// - Precondition: `later` is not before `earlier`.
  @inlinable
  package static func - (later: Instant, earlier: Instant) -> TimeSpan {
    TimeSpan(nanoseconds: later.nanoseconds - earlier.nanoseconds)
  }
}

extension Instant {
  /// The moment for people, in whole milliseconds, rounded down; see ``TimeSpan/inMilliseconds``.
  package var inMilliseconds: Instant {
    nanoseconds < 0
      ? self : Instant(nanoseconds: TimeSpan(nanoseconds: nanoseconds).inMilliseconds.nanoseconds)
  }
}

extension Instant: CustomStringConvertible {
  /// The time since the start of the run, as `9h40m`.
  @usableFromInline
  package var description: String {
    nanoseconds < 0
      ? "-\(TimeSpan(nanoseconds: -nanoseconds))" : TimeSpan(nanoseconds: nanoseconds).description
  }
}
