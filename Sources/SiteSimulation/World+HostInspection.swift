import ClusterModels
package import Inventory
import Quantities
import Scenarios

/// What takes room on hosts of a cluster that is looked at in detail.
package struct HostTenant: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case virtualMachine(VirtualMachineID)
    case appliance(ApplianceID)
  }

  package let kind: Kind
  /// The host that it runs or starts on, and while it moves the one that it moves to.
  package let hosts: [HostID]

  package init(_ kind: Kind, hosts: [HostID]) {
    self.kind = kind
    self.hosts = hosts
  }
}

/// What a checker may ask of hosts between two steps; nothing of it changes anything.
extension World {
  /// Whatever runs, starts or moves in a cluster that is looked at in detail, machines without replication and appliances
  /// among them.
  package var hostTenants: [HostTenant] {
    compute.clusters.flatMap { cluster in
      cluster.members.indices.compactMap { member in
        let hosts: [Int]
        switch cluster.model.power(of: member) {
        case .running(let host), .starting(let host, _): hosts = [host]
        case .moving(let host, let destination, _): hosts = [host, destination]
        case .off, .lost, .waiting: return nil
        }
        let kind: HostTenant.Kind =
          switch cluster.members[member] {
          case .virtualMachine(let id): .virtualMachine(id)
          case .appliance(let id): .appliance(id)
          }
        return HostTenant(kind, hosts: hosts.map { cluster.hosts[$0] })
      }
    }
  }

  /// Whether the machine of an appliance is on and has booted.
  package func isRunning(_ appliance: ApplianceID) -> Bool { compute.appliances[appliance.index].isRunning }
}
