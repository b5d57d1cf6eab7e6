public import Quantities

/// A queue of future events, the earliest first; events due together leave in the order they
/// were scheduled.
///
/// ``EventQueue`` is the one to use. ``HeapEventQueue`` is the plain one it is checked against.
@usableFromInline
package protocol EventScheduling<Payload>: ~Copyable {
  /// What an event says to whoever handles it: a small value, no object and no closure.
  associatedtype Payload: BitwiseCopyable & Sendable

  init()

  /// The number of events scheduled and neither popped nor cancelled.
  var count: Int { get }

  /// When the earliest event is due, or `nil` when there is none.
  ///
  /// Asking may rearrange the queue's memory, never the order of its events.
  var nextDue: Instant? { mutating get }

  /// Adds an event after all that are due at the same instant.
  ///
  /// - Returns: The token that ``cancel(_:)`` takes.
  /// - Precondition: `due` is not before the last popped event.
  @discardableResult
  mutating func schedule(_ payload: Payload, at due: Instant) -> EventToken

  /// Removes a pending event.
  ///
  /// - Parameter token: A token this queue returned.
  /// - Returns: Whether the event was pending; `false` once it was popped or cancelled.
  @discardableResult
  mutating func cancel(_ token: EventToken) -> Bool

  /// Removes the earliest event, unless it is due after `limit`.
  ///
  /// - Returns: The event, or `nil` when none is due by `limit`, which leaves the queue as it is.
  mutating func popNext(notAfter limit: Instant) -> (due: Instant, payload: Payload)?
}

extension EventScheduling where Self: ~Copyable {
  /// Removes the earliest event.
  ///
  /// - Returns: The event, or `nil` when the queue is empty.
  @inlinable
  package mutating func popNext() -> (due: Instant, payload: Payload)? {
    popNext(notAfter: Instant(nanoseconds: .max))
  }
}
