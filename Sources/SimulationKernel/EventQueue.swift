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
/// - **Rungs.** Rung 0 divides the time ahead into buckets of equal width and lists what lies beyond them;
///   when the buckets are empty, it is laid out anew for the list. A bucket with too many
///   events to sort at once becomes a rung of its own, with narrower buckets. So the widths follow the
///   density of events, whatever their distribution.
/// - **Bottom.** The events of the bucket opened last, sorted. An event scheduled into its span is
///   inserted; when there are too many, the bottom becomes a rung.
/// - **Early events.** A bucket may be opened only to learn when its first event is due. What is
///   then scheduled before that bucket waits in a heap.
///
/// Events due at the same instant are always in the same one of these places, and move on together and
/// in order. So ties leave first come, first served, without a sequence number. Many events due at one
/// instant cannot be divided: their bucket is handed to the bottom chunk by chunk.
///
/// A cancelled event's entry stays until it is met, or until such entries outnumber the others and
/// all are swept out.
///
/// - Complexity: O(1) amortised in the number of events, for any distribution of due times: an event
///   moves down at most one rung for every three bits of the time ahead, in practice one or two. The
///   exception is what is scheduled before a bucket that ``nextDue`` or
///   ``popNext(notAfter:)`` opened without popping from it, O(log *n*).
/// - Source: Tang, Goh and Thng, "Ladder queue: An O(1) priority queue structure for large-scale
///   discrete event simulation" (2005). Other than there, every rung has its list of later events,
///   widths are powers of two, ties are never divided, and early events have a heap.
@usableFromInline
package struct EventQueue<Payload: BitwiseCopyable & Sendable>: ~Copyable, EventScheduling {
  @usableFromInline typealias Event = ScheduledEvent<Payload>

  /// The most rungs there can be.
  ///
  /// Rung 0 and rung 1 may span all time. From there on a rung spans at most one bucket of the rung
  /// before it, and its own are narrower by a factor of 2³ or more, which makes 64 / 3 rungs. Below
  /// one with buckets of 1 ns there can be one more: it holds a single instant, is closed once that
  /// has been opened, and is removed before another takes its place.
  @inlinable static var rungCountMaximum: Int { 24 }
  /// A bucket with more events than this is divided instead of sorted.
  @inlinable static var sortCountMaximum: Int { 32 }
  /// Events that may be further apart than 2 to this power, in ns, are divided instead of sorted.
  ///
  /// A sort key of 63 bits has room for the time and for the five bits of an index.
  @inlinable static var sortSpanBitsMaximum: UInt64 { 58 }
  /// A bottom with more events than this becomes a rung.
  @inlinable static var bottomCountMaximum: Int { 64 }
  /// The room of the bottom, with slack so that it seldom has to move to the front.
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
  /// The keys of the events being sorted.
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
    sortKeys = .allocate(capacity: Self.sortCountMaximum)
  }

  @inlinable
  deinit {
    for level in 0..<Self.rungCountMaximum { rungs[level].deallocate() }
    rungs.deallocate()
    bottom.deallocate()
    sortKeys.deallocate()
  }

  @inlinable
  package var count: Int { slots.liveCount }

  /// The number of entries in memory: the events, and those cancelled that were not yet swept out.
  @inlinable
  package var entryCount: Int { count + cancelledCount }

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
        // No entry is stale, so the slot need not be read, which in a large queue is a cache miss.
        slots.releasePending(event.token)
      } else if !slots.release(event.token) {
        cancelledCount -= 1
        continue
      }
      lastDue = event.due
      return (Instant(nanoseconds: event.due), event.payload)
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
