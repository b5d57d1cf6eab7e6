package import Quantities

/// What a host has for virtual machines.
package struct HostCapacity: Sendable, Hashable {
  /// Physical cores, threads not counted.
  package let cores: Int
  package let memory: ByteCount

  package init(cores: Int, memory: ByteCount) {
    self.cores = cores
    self.memory = memory
  }
}
