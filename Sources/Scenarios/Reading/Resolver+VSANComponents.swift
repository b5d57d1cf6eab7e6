import Inventory
import Quantities

extension Resolver {
  /// Compares the components of what is placed at the start, and of the first redo logs, with what the hosts of vSAN
  /// datastores may hold.
  mutating func checkVSANComponents() {
    guard !log.hasErrors, draft.limits.known == .product else { return }
    for (index, vsan) in vsans.enumerated() {
      guard let vsan else { continue }
      let domains = vsan.faultDomainCount
      func components(_ machine: Int, _ disk: Int, _ policy: PolicyName?) -> Int {
        let size = machines[machine].draft.disks.known?[disk].value.size.known ?? .zero
        return vsan.policy(policy).components(ofObject: size, hosts: domains)
      }
      var needed = 0
      for machine in machines.indices where machines[machine].datastore == index {
        for disk in (machines[machine].draft.disks.known ?? []).indices {
          needed += components(machine, disk, machines[machine].draft.storagePolicy.known)
        }
      }
      for replication in replications where replication.datastore == index {
        let policy = replication.draft.storagePolicy.known
        // Each disk has its base and a log; all configuration files are one object.
        for disk in replication.disks { needed += 2 * components(replication.machine, disk, policy) }
        needed += vsan.policy(policy).components(ofObject: .zero, hosts: domains)
      }
      let maximum = vsan.architecture.componentsPerHostMaximum
      guard needed > maximum * vsan.hosts.count, let span = datastores[index].draft.name.located?.span else {
        continue
      }
      let name = datastores[index].draft.name.known ?? "?"
      log.report(
        .tooManyComponents,
        "disks and replicas have \(needed) components on the datastore \(quoted(name)), more than the \(maximum) that each of its \(vsan.hosts.count) hosts holds",
        at: span, notes: [vsan.architecture.limitSource], help: "add hosts; or \(relaxation)")
    }
  }
}
