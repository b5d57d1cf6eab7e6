package import Inventory
package import Quantities

/// What a cluster knows of a machine: an appliance or a virtual machine, replicated or not.
package struct ComputeMachine: Sendable, Hashable {
  package let cpuCount: Int
  package let memory: ByteCount
  package let priority: RestartPriority
  /// Whether vSphere HA starts it again after a failure.
  package let isProtected: Bool

  package init(
    cpuCount: Int, memory: ByteCount, priority: RestartPriority = .medium, isProtected: Bool = true
  ) {
    self.cpuCount = cpuCount
    self.memory = memory
    self.priority = priority
    self.isProtected = isProtected
  }
}
