/// One entry of a queue: when it is due, the slot that says whether it is still wanted, and what it carries.
@usableFromInline
struct ScheduledEvent<Payload: BitwiseCopyable & Sendable>: BitwiseCopyable, Sendable {
  /// The instant, in nanoseconds.
  @usableFromInline let due: Int64
  @usableFromInline let token: EventToken
  @usableFromInline let payload: Payload

  @inlinable
  init(due: Int64, token: EventToken, payload: Payload) {
    self.due = due
    self.token = token
    self.payload = payload
  }
}
