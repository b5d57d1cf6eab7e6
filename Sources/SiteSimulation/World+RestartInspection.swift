import ClusterModels
package import Inventory

/// A virtual machine that vSphere HA starts or is to start.
package struct RestartSight: Sendable, Hashable {
  package let machine: VirtualMachineID
  /// The hosts of its cluster.
  package let hosts: [HostID]
  /// The host on which it starts; `nil` while it waits.
  package let host: HostID?

  package init(_ machine: VirtualMachineID, hosts: [HostID], host: HostID?) {
    self.machine = machine
    self.hosts = hosts
    self.host = host
  }
}

extension World {
  /// The virtual machines that start, and those that wait for nothing but room and a free slot; nothing of it changes anything.
  package var restartSights: [RestartSight] {
    compute.clusters.flatMap { cluster in
      cluster.members.indices.compactMap { member in
        guard case .virtualMachine(let id) = cluster.members[member] else { return nil }
        let hosts = cluster.hosts.map { $0 }
        if case .starting(let host, _) = cluster.model.power(of: member) {
          return RestartSight(id, hosts: hosts, host: hosts[host])
        }
        return cluster.model.isToBeRestarted(member) ? RestartSight(id, hosts: hosts, host: nil) : nil
      }
    }
  }
}
