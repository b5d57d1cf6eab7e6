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

  /// What the content of an instance can be relied on for.
  package enum Consistency: String, Sendable, Hashable, CaseIterable {
    /// Nothing was asked of the guest: the disks are as after a crash.
    case crash
    /// File systems were flushed and frozen.
    case fileSystem
    /// Applications had written what they held as well.
    case application
  }

  /// What the source posted to vCenter about a cycle, as `hbr.primary.DeltaCompletedEvent`.
  ///
  /// Only what no ``EventRecord`` of the run stands for, so that every vCenter event is on exactly one record:
  /// the beginning of a full sync and the abort of a delta are in the run's events.
  package struct VCenterEvents: Sendable, Hashable {
    /// Posted when the cycle began.
    package var start: String?
    /// Posted when the cycle completed; its one argument is ``CycleRecord/wireSize`` in bytes.
    package var end: String?

    package init(start: String? = nil, end: String? = nil) {
      self.start = start
      self.end = end
    }
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
  /// What of ``wireSize`` was configuration files of the machine; of a delta that was cut off, what was handed over.
  package let configurationSize: ByteCount
  /// The most that the demand log took on the source's datastore, metadata included.
  package let demandLogPeak: ByteCount
  /// Of the instance; ``Consistency/crash`` for a full sync, which makes none.
  package let consistency: Consistency
  package let vcenterEvents: VCenterEvents

  /// - Precondition: The cycle does not end before it starts.
  package init(
    vm: VirtualMachineID, sequence: Int, kind: Kind, startedAt: Instant, endedAt: Instant, outcome: Outcome,
    payloadSize: ByteCount, wireSize: ByteCount, checksummedSize: ByteCount = .zero,
    preservedExtentCount: Int = 0, configurationSize: ByteCount = .zero, demandLogPeak: ByteCount = .zero,
    consistency: Consistency = .crash, vcenterEvents: VCenterEvents = VCenterEvents()
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
    self.configurationSize = configurationSize
    self.demandLogPeak = demandLogPeak
    self.consistency = consistency
    self.vcenterEvents = vcenterEvents
  }

  package var duration: TimeSpan { endedAt - startedAt }

  package var isCompleted: Bool { outcome == .completed }

  package var isAborted: Bool {
    if case .aborted = outcome { true } else { false }
  }
}
