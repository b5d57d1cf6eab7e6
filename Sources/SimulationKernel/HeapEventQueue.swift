public import Quantities

/// The plain event queue: one heap, O(log *n*) for every event.
///
/// It is the oracle of ``EventQueue``'s tests and the measure of its benchmark.
@usableFromInline
package struct HeapEventQueue<Payload: BitwiseCopyable & Sendable>: ~Copyable, EventScheduling {
  @usableFromInline var heap = EventHeap<Payload>()
  @usableFromInline var slots = EventSlots()
  @usableFromInline var lastDue = Int64.min

  @inlinable
  package init() {}

  @inlinable
  package var count: Int { slots.liveCount }

  @inlinable
  package var nextDue: Instant? {
    mutating get {
      while heap.count > 0 {
        if slots.isPending(heap.first.token) { return Instant(nanoseconds: heap.first.due) }
        heap.removeFirst()
      }
      return nil
    }
  }

  @inlinable @discardableResult
  package mutating func schedule(_ payload: Payload, at due: Instant) -> EventToken {
    precondition(due.nanoseconds >= lastDue, "an event is not due before the last one popped")
    let token = slots.acquire()
    heap.push(ScheduledEvent(due: due.nanoseconds, token: token, payload: payload))
    return token
  }

  /// Removes a pending event; its entry is dropped when its time comes.
  ///
  /// - Parameter token: A token this queue returned.
  /// - Returns: Whether the event was pending.
  @inlinable @discardableResult
  package mutating func cancel(_ token: EventToken) -> Bool {
    slots.release(token)
  }

  @inlinable
  package mutating func popNext(notAfter limit: Instant) -> (due: Instant, payload: Payload)? {
    while heap.count > 0 {
      let event = heap.first
      if event.due > limit.nanoseconds { return nil }
      heap.removeFirst()
      if slots.release(event.token) {
        lastDue = event.due
        return (Instant(nanoseconds: event.due), event.payload)
      }
    }
    return nil
  }
}
