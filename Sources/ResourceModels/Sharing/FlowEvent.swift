/// A flow of one ``SharingSystem``, from its start until it finishes or is cancelled.
///
/// An identifier is never given to another flow.
package struct FlowID: Sendable, Hashable {
  let index: Int32
  let generation: UInt32
}

/// What a ``SharingSystem`` tells its driver.
package struct FlowEvent: Sendable, Equatable {
  package enum Kind: Sendable {
    /// The flow has served the bytes asked for; it goes on.
    case milestone
    /// The flow has served its size; its identifier is no longer valid.
    case finished
  }

  package let flow: FlowID
  /// What the driver gave at the start of the flow.
  package let tag: UInt64
  package let kind: Kind
  /// When it happened, between two whole nanoseconds; the kernel sees ``FluidTime/instant``.
  package let time: FluidTime
}
