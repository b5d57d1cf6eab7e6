package import Inventory
package import Quantities

/// One sync of one machine: a full sync or a lightweight delta, complete or not.
package struct CycleRecord: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Everything is compared, and sent where it differs.
    case fullSync
    /// The extents written since the last instance are sent.
    case delta
  }

  package enum Outcome: Sendable, Hashable {
    /// The instance became recoverable.
    case completed
    /// The cycle was given up; what it had sent is no instance.
    case aborted(reason: String)
    /// The run ended before the cycle did.
    case inFlight
  }

  package let vm: VirtualMachineID
  /// The position among the machine's cycles, from zero.
  package let sequence: Int
  package let kind: Kind
  /// The moment of the source that the instance shows; the cycle started then.
  package let startedAt: Instant
  /// When the cycle completed, was given up or was cut off by the end of the run.
  package let endedAt: Instant
  package let outcome: Outcome
  /// The nominal size of the extents shipped, before compression and framing.
  package let payloadSize: ByteCount
  /// What crossed the network, all overheads included.
  package let wireSize: ByteCount
  /// What was read and compared by checksum.
  package let checksummedSize: ByteCount
  /// How many extents were copied aside because the guest wrote them before they were read.
  package let preservedExtentCount: Int

  /// - Precondition: The cycle does not end before it starts.
  package init(
    vm: VirtualMachineID, sequence: Int, kind: Kind, startedAt: Instant, endedAt: Instant, outcome: Outcome,
    payloadSize: ByteCount, wireSize: ByteCount, checksummedSize: ByteCount = .zero,
    preservedExtentCount: Int = 0
  ) {
    precondition(startedAt <= endedAt, "a cycle ends after it starts")
    self.vm = vm
    self.sequence = sequence
    self.kind = kind
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.outcome = outcome
    self.payloadSize = payloadSize
    self.wireSize = wireSize
    self.checksummedSize = checksummedSize
    self.preservedExtentCount = preservedExtentCount
  }

  package var duration: TimeSpan { endedAt - startedAt }

  package var isCompleted: Bool { outcome == .completed }

  package var isAborted: Bool {
    if case .aborted = outcome { true } else { false }
  }
}
