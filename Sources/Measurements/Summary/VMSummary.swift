package import Inventory
package import Quantities

/// The line of one machine in a summary.
///
/// The lag is that of the measured time. Cycles and sizes are those of the whole run, warm-up included; the sizes are
/// of all cycles, so that what given-up cycles cost is in them.
package struct VMSummary: Sendable, Hashable {
  package let id: VirtualMachineID
  package let name: String
  /// Zero where there is none, since the storage of the machine follows each write.
  package let rpo: TimeSpan
  package let finalStatus: String
  /// The nominal size of the replicated disks.
  package let size: ByteCount
  package let lag: LagStatistics
  package let completedCycleCount: Int
  package let abortedCycleCount: Int
  /// How many full syncs were begun.
  package let fullSyncCount: Int
  package let payloadSize: ByteCount
  package let wireSize: ByteCount
  package let checksummedSize: ByteCount
  package let writtenSize: ByteCount
  package let verifiedInstanceCount: Int
  /// The most that the demand log of any cycle took.
  package let demandLogPeak: ByteCount
  package let configurationSize: ByteCount
  /// What failures of hosts and guests did to it, in the whole run.
  package let availability: AvailabilityRecord

  /// - Parameter cycles: Those of this machine.
  init(_ vm: VMRecord, cycles: [CycleRecord], measured: Range<Instant>) {
    id = vm.id
    name = vm.name
    rpo = vm.rpo
    finalStatus = vm.finalStatus
    size = vm.size
    lag = vm.lag.statistics(in: measured)
    completedCycleCount = cycles.count(where: \.isCompleted)
    abortedCycleCount = cycles.count(where: \.isAborted)
    fullSyncCount = cycles.count { $0.kind == .fullSync }
    payloadSize = cycles.reduce(.zero) { $0 + $1.payloadSize }
    wireSize = cycles.reduce(.zero) { $0 + $1.wireSize }
    checksummedSize = cycles.reduce(.zero) { $0 + $1.checksummedSize }
    writtenSize = vm.writtenSize
    verifiedInstanceCount = vm.verifiedInstanceCount
    demandLogPeak = cycles.reduce(.zero) { max($0, $1.demandLogPeak) }
    configurationSize = cycles.reduce(.zero) { $0 + $1.configurationSize }
    availability = vm.availability
  }

  /// The objective for people to read, or `nil` where there is none.
  package var objective: TimeSpan? { rpo > .zero ? rpo : nil }

  /// Whether this machine did worse than `other`.
  ///
  /// A machine that was unprotected for the whole of its time is worse than any other, and one of which no time was
  /// observed is worse than none. Then the higher share of its own RPO that the lag reached counts, then the longer time
  /// out of RPO or unprotected.
  package func isWorse(than other: VMSummary) -> Bool {
    guard lag.observedTime > .zero else { return false }
    guard other.lag.observedTime > .zero else { return true }
    guard let mine = lag.lagMaximum else { return other.lag.lagMaximum != nil }
    guard let theirs = other.lag.lagMaximum else { return false }
    let left = UInt128(mine.nanoseconds) * UInt128(other.rpo.nanoseconds)
    let right = UInt128(theirs.nanoseconds) * UInt128(rpo.nanoseconds)
    if left != right { return left > right }
    return lag.compliantTime < other.lag.compliantTime
  }
}
