package import Inventory
package import Quantities

/// The figures of a run that a report begins with, derived from its record.
package struct RunSummary: Sendable, Hashable {
  /// One line per machine, in the order of the record.
  package let vms: [VMSummary]
  /// One line per link and direction, in the order of the record.
  package let links: [LinkSummary]
  /// The violations of the measured time, by their beginning, then by machine.
  package let violations: [ViolationRecord]
  /// The measured time of all replications together, as long as there were any.
  package let observedTime: TimeSpan
  package let violationTime: TimeSpan
  package let unprotectedTime: TimeSpan
  /// How long machines were not replicated, after their replica was recovered or removed: no part of ``observedTime``.
  package let notReplicatedTime: TimeSpan
  /// What the completed syncs of the run, full syncs included, add to the events that vCenter keeps.
  package let vcenterEventSize: ByteCount

  package init(_ record: RunRecord) {
    let cycles = Dictionary(grouping: record.cycles, by: \.vm)
    let measured = record.measured
    vms = record.vms.map { VMSummary($0, cycles: cycles[$0.id] ?? [], measured: measured) }
    links = record.links.map { LinkSummary($0, measuredFrom: measured.lowerBound) }
    violations = record.vms.flatMap { vm in
      vm.lag.violationsWithMaximum(in: measured).map {
        Self.violation(of: vm, in: $0.interval, lagMaximum: $0.lagMaximum, record: record)
      }
    }.sorted { ($0.from, $0.vm) < ($1.from, $1.vm) }
    observedTime = vms.reduce(.zero) { $0 + $1.lag.observedTime }
    violationTime = vms.reduce(.zero) { $0 + $1.lag.violationTime }
    unprotectedTime = vms.reduce(.zero) { $0 + $1.lag.unprotectedTime }
    notReplicatedTime = vms.reduce(.zero) { $0 + $1.lag.notReplicatedTime }
    let syncCount = vms.reduce(0) { $0 + $1.completedCycleCount }
    vcenterEventSize = record.vcenterEventSizePerSync * UInt64(syncCount)
  }

  private static func violation(
    of vm: VMRecord, in interval: Range<Instant>, lagMaximum: TimeSpan, record: RunRecord
  ) -> ViolationRecord {
    // A violation that the window cuts began earlier; what happened since cannot have caused it.
    let isCut = interval.lowerBound == record.measured.lowerBound
    let whole = isCut ? vm.lag.violations(in: vm.lag.start..<interval.upperBound).last : nil
    let began = whole?.lowerBound ?? interval.lowerBound
    let faults = record.faults.filter { $0.canTouch(vm.id) }
    let during = faults.filter { $0.lasts(at: began) }
    let cause = (began - vm.rpo - vm.rpo)..<began
    let before = faults.filter { $0.overlaps(cause) && !$0.lasts(at: began) }
    let end = vm.lag.observed(in: record.measured).upperBound
    let stillBehind = interval.upperBound == end && (vm.lag.lag(at: end).map { $0 > vm.rpo } ?? false)
    return ViolationRecord(
      vm: vm.id, from: interval.lowerBound, to: interval.upperBound, isOpen: stillBehind,
      lagMaximum: lagMaximum,
      faultsDuring: during, faultsBefore: before)
  }

  /// The share of the measured machine-time with a complete instance no older than the RPO, rounded down;
  /// `nil` if nothing was measured.
  package var complianceShare: Ratio? {
    Ratio(rounding: observedTime - violationTime - unprotectedTime, outOf: observedTime)
  }

  /// The machines from the worst to the best; equals stay in their order.
  package var vmsFromWorst: [VMSummary] {
    vms.enumerated().sorted { left, right in
      if left.element.isWorse(than: right.element) { return true }
      if right.element.isWorse(than: left.element) { return false }
      return left.offset < right.offset
    }.map(\.element)
  }

  package var worstVM: VMSummary? { vmsFromWorst.first }

  /// The violation with the highest lag of one machine; the first of equals.
  package func worstViolation(of vm: VirtualMachineID) -> ViolationRecord? {
    violations.filter { $0.vm == vm }.reduce(nil) { worst, next in
      guard let worst, worst.lagMaximum >= next.lagMaximum else { return next }
      return worst
    }
  }

  package var completedCycleCount: Int { vms.reduce(0) { $0 + $1.completedCycleCount } }
  package var abortedCycleCount: Int { vms.reduce(0) { $0 + $1.abortedCycleCount } }
  package var fullSyncCount: Int { vms.reduce(0) { $0 + $1.fullSyncCount } }
  package var payloadSize: ByteCount { vms.reduce(.zero) { $0 + $1.payloadSize } }
  package var wireSize: ByteCount { vms.reduce(.zero) { $0 + $1.wireSize } }
  package var writtenSize: ByteCount { vms.reduce(.zero) { $0 + $1.writtenSize } }
}
