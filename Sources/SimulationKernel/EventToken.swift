/// Names one scheduled event, so that it can be cancelled.
///
/// A token stays valid for ever: once its event has left the queue, it names nothing, also
/// when the memory of that event serves another one.
@usableFromInline
package struct EventToken: Sendable, Hashable, BitwiseCopyable {
  /// The place in the queue's table of pending events.
  @usableFromInline let slot: UInt32
  /// How many events had used that place before.
  @usableFromInline let generation: UInt32

  @inlinable
  init(slot: UInt32, generation: UInt32) {
    self.slot = slot
    self.generation = generation
  }
}
