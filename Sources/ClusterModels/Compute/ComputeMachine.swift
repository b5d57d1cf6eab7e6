package import Inventory
package import Quantities

/// What a cluster knows of a machine: an appliance or a virtual machine, replicated or not.
package struct ComputeMachine: Sendable, Hashable {
  package internal(set) var demand: HostDemand
  package let priority: RestartPriority
  /// Whether vSphere HA starts it again after a failure.
  package let isProtected: Bool

  /// - Parameter reservation: The memory that it is guaranteed.
  package init(
    cpuCount: Int, memory: ByteCount, reservation: ByteCount = .zero, priority: RestartPriority = .medium,
    isProtected: Bool = true
  ) {
    demand = HostDemand(cpuCount: cpuCount, memory: memory, reservation: reservation)
    self.priority = priority
    self.isProtected = isProtected
  }
}
