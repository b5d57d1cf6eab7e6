public import Quantities

/// The event queue of the simulator: a ladder queue.
///
/// Events wait unsorted in buckets and are sorted only when their bucket is the next one due, a few at
/// a time, so an event costs about the same however many are pending.
///
///     var queue = EventQueue<UInt64>()
///     queue.schedule(7, at: Instant(nanoseconds: 20))
///     queue.schedule(8, at: Instant(nanoseconds: 10))
///     queue.popNext()?.payload  // 8
///
/// From late to early:
///
/// - **Rungs.** Rung 0 divides the time ahead into buckets of equal width; its last bucket takes all
///   that lies beyond, and is divided in its turn once the others are empty. A bucket with too many
///   events to sort at once becomes a rung of its own, with narrower buckets. So the widths follow the
///   density of events, whatever their distribution.
/// - **Bottom.** The events of the bucket opened last, sorted. An event scheduled into its span is
///   inserted; when there are too many, the bottom becomes a rung.
/// - **Early events.** A bucket may be opened only to learn when its first event is due. What is
///   then scheduled before that bucket waits in a heap.
///
/// Events due at the same instant are always in the same one of these places, and move on together and
/// in order. So ties leave first come, first served without a sequence number. Many events due at one
/// instant cannot be divided: their bucket is handed to the bottom chunk by chunk.
///
/// A cancelled event's entry stays until it is met or until such entries outnumber the others, when
/// all are swept out.
///
/// - Complexity: Amortised, an event moves through at most one bucket for each three bits of the span of
///   time it was scheduled in, and in practice through one or two: O(1) in the number of events.
///   ``cancel(_:)`` is O(1). Scheduling before a bucket that was opened too early is O(log *n*).
/// - Source: Tang, Goh and Thng, "Ladder queue: An O(1) priority queue structure for large-scale
///   discrete event simulation" (2005). New here: a rest bucket on every rung, in place of one top;
///   widths of 2ᵏ ns; undivided ties; the heap of early events.
@usableFromInline
package struct EventQueue<Payload: BitwiseCopyable & Sendable>: ~Copyable, EventScheduling {
  @usableFromInline typealias Event = ScheduledEvent<Payload>

  /// The most rungs there can be.
  ///
  /// Rung 0 and rung 1 may span all time. From there on a rung spans at most one bucket of the rung
  /// above, and has buckets narrower by a factor of 2³ or more: 64 / 3 further rungs.
  @inlinable static var rungCountMaximum: Int { 24 }
  /// A bucket with more events than this is divided instead of sorted.
  @inlinable static var sortCountMaximum: Int { 32 }
  /// A bottom with more events than this becomes a rung.
  @inlinable static var bottomCountMaximum: Int { 64 }
  /// The room of the bottom, with slack so that it seldom must move to the front of its memory.
  @inlinable static var bottomCapacity: Int { 256 }

  @usableFromInline var slots = EventSlots()
  @usableFromInline var chunks = EventChunks<Payload>()
  /// The rungs, rung 0 first; those beyond `rungCount` are empty.
  @usableFromInline let rungs: UnsafeMutablePointer<LadderRung<Payload>>
  @usableFromInline var rungCount = 1
  /// Events `bottomHead..<bottomEnd` are the bottom, the earliest first.
  @usableFromInline let bottom: UnsafeMutablePointer<Event>
  @usableFromInline var bottomHead = 0
  @usableFromInline var bottomEnd = 0
  /// Events due before this instant are early events.
  @usableFromInline var bottomStart = Int64.min
  @usableFromInline var early = EventHeap<Payload>()
  /// Room to sort in.
  @usableFromInline let unsorted: UnsafeMutablePointer<Event>
  @usableFromInline let sortKeys: UnsafeMutablePointer<UInt64>
  /// Entries of cancelled events that are still somewhere.
  @usableFromInline var cancelledCount = 0
  /// When the last popped event was due.
  @usableFromInline var lastDue = Int64.min

  @inlinable
  package init() {
    rungs = .allocate(capacity: Self.rungCountMaximum)
    for level in 0..<Self.rungCountMaximum { (rungs + level).initialize(to: LadderRung()) }
    bottom = .allocate(capacity: Self.bottomCapacity)
    unsorted = .allocate(capacity: Self.sortCountMaximum)
    sortKeys = .allocate(capacity: Self.sortCountMaximum)
  }

  @inlinable
  deinit {
    for level in 0..<Self.rungCountMaximum { rungs[level].deallocate() }
    rungs.deallocate()
    bottom.deallocate()
    unsorted.deallocate()
    sortKeys.deallocate()
  }

  @inlinable
  package var count: Int { slots.liveCount }

  @inlinable
  package var nextDue: Instant? {
    mutating get {
      while let event = head() {
        if slots.isPending(event.token) { return Instant(nanoseconds: event.due) }
        removeHead()
        cancelledCount -= 1
      }
      return nil
    }
  }

  @inlinable @discardableResult
  package mutating func schedule(_ payload: Payload, at due: Instant) -> EventToken {
    precondition(due.nanoseconds >= lastDue, "an event is not due before the last one popped")
    let event = Event(due: due.nanoseconds, token: slots.acquire(), payload: payload)
    if event.due >= rungs.pointee.boundary {
      rungs.pointee.append(event, using: &chunks)
    } else {
      insertBelowRung0(event)
    }
    return event.token
  }

  @inlinable @discardableResult
  package mutating func cancel(_ token: EventToken) -> Bool {
    guard slots.release(token) else { return false }
    cancelledCount += 1
    if cancelledCount > count + 64 { sweepIfWorthwhile() }
    return true
  }

  @inlinable
  package mutating func popNext(notAfter limit: Instant) -> (due: Instant, payload: Payload)? {
    while let event = head() {
      if event.due > limit.nanoseconds { return nil }
      removeHead()
      if cancelledCount == 0 {
        slots.releasePending(event.token)
        lastDue = event.due
        return (Instant(nanoseconds: event.due), event.payload)
      }
      if slots.release(event.token) {
        lastDue = event.due
        return (Instant(nanoseconds: event.due), event.payload)
      }
      cancelledCount -= 1
    }
    return nil
  }

  /// The earliest entry, cancelled or not.
  @inlinable
  mutating func head() -> Event? {
    if early.count > 0 { return early.first }
    if bottomHead == bottomEnd && !openNextBucket() { return nil }
    return bottom[bottomHead]
  }

  /// Removes what ``head()`` returned.
  @inlinable
  mutating func removeHead() {
    if early.count > 0 { early.removeFirst() } else { bottomHead &+= 1 }
  }
}

/// The queue owns its memory alone, since it cannot be copied, and its payloads are Sendable.
extension EventQueue: @unchecked Sendable {}
