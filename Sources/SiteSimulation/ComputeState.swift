import ClusterModels
import Inventory
import Quantities
import Scenarios
import SimulationKernel

/// The clusters that a scenario looks at in detail, and the appliances.
struct ComputeState {
  /// What a cluster calls a machine by its position.
  enum Member {
    case virtualMachine(VirtualMachineID)
    case appliance(ApplianceID)
  }

  /// A cluster with what its numbers stand for.
  struct ModelledCluster {
    var model: ComputeCluster
    let hosts: [HostID]
    var members: [Member]
    let settings: HighAvailability
    /// When it is advanced next, and which timer is for that.
    var due: Instant?
    var stamp: UInt64 = 0
  }

  /// A machine's place among the members of its cluster.
  struct Place: Equatable {
    let cluster: Int
    let member: Int
  }

  var clusters: [ModelledCluster] = []
  /// By host: its cluster and its number there; `nil` where the cluster is not looked at in detail.
  private(set) var hostPlaces: [(cluster: Int, host: Int)?]
  /// By virtual machine.
  private(set) var machinePlaces: [Place?]
  /// By appliance.
  private(set) var appliancePlaces: [Place?]
  var appliances: [ApplianceState]
  /// What keeps virtual machines off that are not replicated, by virtual machine.
  var shutdowns: [ActiveEntries<Void>]

  init(_ scenario: Scenario) {
    let inventory = scenario.inventory
    hostPlaces = inventory.hosts.map { _ in nil }
    machinePlaces = inventory.virtualMachines.map { _ in nil }
    appliancePlaces = inventory.appliances.map { _ in nil }
    appliances = inventory.appliances.map { _ in ApplianceState() }
    shutdowns = inventory.virtualMachines.map { _ in ActiveEntries() }
    for description in inventory.clusters {
      guard let settings = description.availability else { continue }
      let number = clusters.count
      for (position, host) in description.hosts.enumerated() { hostPlaces[host.index] = (number, position) }
      var members: [Member] = []
      var machines: [ComputeMachine] = []
      var hosts: [Int?] = []
      for (index, appliance) in inventory.appliances.enumerated() {
        guard let place = hostPlaces[appliance.host.index], place.cluster == number else { continue }
        appliancePlaces[index] = Place(cluster: number, member: members.count)
        members.append(.appliance(ApplianceID(index)))
        machines.append(
          ComputeMachine(cpuCount: appliance.cpuCount, memory: appliance.memory, priority: .highest))
        hosts.append(place.host)
      }
      for (index, machine) in inventory.virtualMachines.enumerated() {
        guard let place = hostPlaces[machine.host.index], place.cluster == number else { continue }
        machinePlaces[index] = Place(cluster: number, member: members.count)
        members.append(.virtualMachine(VirtualMachineID(index)))
        machines.append(
          ComputeMachine(
            cpuCount: machine.cpuCount, memory: machine.memory, reservation: machine.memoryReservation,
            priority: scenario.virtualMachines[index].guest.restartPriority))
        hosts.append(place.host)
      }
      clusters.append(
        ModelledCluster(
          model: ComputeCluster(
            hostCount: description.hosts.count, capacity: description.hostCapacity, machines: machines,
            initialHosts: hosts, parameters: settings, migrationDuration: scenario.profile.migrationDuration),
          hosts: description.hosts, members: members, settings: settings))
    }
  }

  /// The place of a virtual machine at a site other than where it began; `nil` where no cluster there is looked at in detail.
  ///
  /// What a recovery or a test registers there has no reservation.
  ///
  /// Each virtual machine has at most one copy at a site, so that it comes back to the place that it had before. Of several
  /// clusters at the site the one is taken that holds the vSAN datastore, and with a plain one the first, since nothing says which.
  mutating func place(
    for id: VirtualMachineID, on datastore: DatastoreID, in scenario: Scenario
  ) -> Place? {
    let inventory = scenario.inventory
    let (site, vsan) = (inventory[datastore].site, inventory[datastore].vsan)
    let candidate = clusters.firstIndex { cluster in
      vsan?.hosts.contains(cluster.hosts[0]) ?? (inventory[cluster.hosts[0]].site == site)
    }
    guard let cluster = candidate else { return nil }
    let known = clusters[cluster].members.firstIndex {
      if case .virtualMachine(id) = $0 { true } else { false }
    }
    if let known {
      if case .off = clusters[cluster].model.power(of: known) {
        clusters[cluster].model.registeredAnew(known)
      }
      return Place(cluster: cluster, member: known)
    }
    let machine = inventory[id]
    let member = clusters[cluster].model.add(
      ComputeMachine(
        cpuCount: machine.cpuCount, memory: machine.memory,
        priority: scenario.virtualMachines[id.index].guest.restartPriority))
    clusters[cluster].members.append(.virtualMachine(id))
    return Place(cluster: cluster, member: member)
  }
}

/// One appliance as it is now.
struct ApplianceState {
  /// Whether its machine is on and has booted.
  var isRunning = true
  /// The host that it starts with, after it was lost with it and without vSphere HA.
  var startsWith: HostID?
  /// Which boot is the latest one begun.
  var bootStamp: UInt64 = 0
  var failures = ActiveEntries<Void>()
  var hangs = ActiveEntries<Void>()

  var serves: Bool { isRunning && hangs.isEmpty }
}
