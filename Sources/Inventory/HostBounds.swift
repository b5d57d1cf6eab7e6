package import Quantities

/// The most that the machines of one host may need together.
///
/// A power-on fails where the host cannot set aside what the machine reserves and the overhead of running it. Configured
/// memory is no bound of vSphere, which reclaims it by ballooning and swapping; one can be set.
package struct HostBounds: Sendable, Hashable {
  package let cpuCount: Int
  /// Configured; `nil` for no bound.
  package let memory: ByteCount?
  /// Reservations with the overhead of the machines.
  package let reserved: ByteCount

  package init(of capacity: HostCapacity, under settings: HighAvailability) {
    cpuCount = capacity.cpuCount(overcommitment: settings.cpuOvercommitment)
    memory = settings.memoryOvercommitment.map { capacity.memory(overcommitment: $0) }
    reserved = capacity.memory
  }

  package func hold(_ demand: HostDemand) -> Bool {
    demand.cpuCount <= cpuCount && demand.reserved <= reserved && memory.map { demand.memory <= $0 } ?? true
  }
}
