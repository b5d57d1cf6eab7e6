package import Inventory
package import Quantities

/// A stretch of the measured time in which the lag of a machine exceeded its RPO.
package struct ViolationRecord: Sendable, Hashable {
  package let vm: VirtualMachineID
  /// When the newest instance became older than the RPO, or the end of the warm-up if it was so already.
  package let from: Instant
  /// When a completion brought the lag back to the RPO or below, or the end of the run.
  package let to: Instant
  /// Whether the machine was still behind when its track ended.
  package let isOpen: Bool
  /// The highest lag within.
  package let lagMaximum: TimeSpan
  /// The faults that lasted when the lag passed the RPO, of those that can touch the machine's replication.
  ///
  /// A fault that began later is no cause of the violation, even if it made it longer. Of a violation that began in
  /// the warm-up its true beginning counts, here and in ``faultsBefore``.
  package let faultsDuring: [FaultRecord]
  /// The faults that were over when the lag passed the RPO, but overlap the two RPOs before.
  ///
  /// In the RPO before, the instance that came too late should have come; in the one before that, the cycle whose
  /// delay it may have inherited: a machine that missed a cycle in an outage may be late again one RPO later.
  package let faultsBefore: [FaultRecord]

  package init(
    vm: VirtualMachineID, from: Instant, to: Instant, isOpen: Bool, lagMaximum: TimeSpan,
    faultsDuring: [FaultRecord], faultsBefore: [FaultRecord]
  ) {
    self.vm = vm
    self.from = from
    self.to = to
    self.isOpen = isOpen
    self.lagMaximum = lagMaximum
    self.faultsDuring = faultsDuring
    self.faultsBefore = faultsBefore
  }

  package var duration: TimeSpan { to - from }

  /// Whether a fault may have caused it: there is one in ``faultsDuring`` or ``faultsBefore``.
  package var hasFault: Bool { !faultsDuring.isEmpty || !faultsBefore.isEmpty }
}
