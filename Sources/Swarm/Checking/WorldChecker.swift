import Inventory
import Measurements
import Quantities
import ResourceModels
package import Scenarios
package import SiteSimulation

/// Watches a world step by step and says which invariant does not hold.
///
///     var checker = WorldChecker(scenario, world)
///     while try world.step(until: end) { try checker.stepped(world) }
///     try checker.ended(world)
///
/// It keeps its own history of every disk, of what could be recovered when, and of what every link carried, and
/// asks the world only for what it holds and reports.
package struct WorldChecker {
  let scenario: Scenario
  var histories: [ImageHistory]
  var sights: [ReplicationSight]
  package internal(set) var lags: [LagOracle]
  /// When the status of each replication was last OK and became another one, if ever.
  var lastInOrder: [Instant?]
  var ledger: ByteLedger
  /// What is compared with it.
  var syncs: SyncTotals
  var calendar: FaultCalendar
  var sharing = SharingCheck()
  var snapshot = SharingSnapshot()
  let linkResources: [[Int]]
  let circuitResources: [[Int]]
  /// Whether any link goes over a circuit; one of none has no capacity to look at.
  let circuitIsUsed: [Bool]
  /// When bit rot first damages each replica, or a disk group fails whose objects may be the last of their kind, if ever.
  let firstDamage: [Instant]
  /// The datastores whose space is counted as what exists, and those whose devices are counted.
  let plain: [DatastoreID]
  let limited: [DatastoreID]
  /// What vSAN datastores copy.
  var resyncs: [(datastore: DatastoreID, books: ResyncBooks)]
  /// What was used on each of the latter when the objects of vSAN datastores were last counted; `nil` at first.
  var usedSizes: [ByteCount?]
  /// Whether disks come and grow, which asks for no room.
  let hasGrowingDisks: Bool
  /// Whether a datastore began with more on it than it can hold.
  let startedFull: [Bool]
  /// What copies of machines take, and where.
  var rooms: [MachineRoom]
  /// What storage that copies by itself shows.
  var storage: StorageBooks
  /// What plans do, and what became of their machines.
  var recoveries: RecoveryBooks
  /// Whether disks go, and the numbers of those that the copy that people use has, by replication.
  let hasGoingDisks: Bool
  var disks: [(copy: Int, numbers: [UInt64])] = []
  /// The roles in which people act.
  let roles: [Scenario.Role]
  /// Whether any cluster is looked at in detail.
  private let isModelled: Bool
  /// The machines that plans may recover.
  private let recoverable: Set<VirtualMachineID>
  /// What vSphere HA started or was to start after the last step.
  var restarts: [RestartSight] = []
  private var cycleCount = 0
  private var eventCount = -1
  package internal(set) var counts = SwarmCounts()

  package init(_ scenario: Scenario, _ world: borrowing World) {
    self.scenario = scenario
    histories = scenario.replications.map { _ in ImageHistory() }
    sights = scenario.replications.map { _ in ReplicationSight() }
    lastInOrder = scenario.replications.map { _ in nil }
    // Storage knows no objective: two of its intervals are taken for one.
    lags = scenario.replications.map { LagOracle(rpo: $0.storageUnit == nil ? $0.rpo : $0.rpo * 2) }
    ledger = ByteLedger(
      replicationCount: scenario.replications.count, storageCount: scenario.storageUnits.count)
    syncs = SyncTotals(machineCount: scenario.inventory.virtualMachines.count)
    calendar = FaultCalendar(scenario)
    var resources: [[Int]] = []
    for link in scenario.inventory.links.indices {
      resources.append(Link.Direction.allCases.map { world.resource(of: LinkID(link), $0) })
    }
    linkResources = resources
    resources = []
    for circuit in scenario.inventory.circuits.indices {
      resources.append(Link.Direction.allCases.map { world.resource(of: CircuitID(circuit), $0) })
    }
    circuitResources = resources
    circuitIsUsed = scenario.inventory.circuits.indices.map { circuit in
      scenario.inventory.links.contains { $0.circuits.contains(CircuitID(circuit)) }
    }
    let hosts = scenario.inventory.hosts
    firstDamage = scenario.replications.enumerated().map { index, replication in
      // A replica is at either end, once a plan has turned it round.
      let sites = [
        scenario.inventory[scenario.inventory[replication.virtualMachine].datastore].site,
        scenario.inventory[replication.datastore].site,
      ]
      let damages = scenario.timeline.filter {
        switch $0.action {
        case .corruptReplica(let ids, _, _): ids.contains(ReplicationID(index))
        case .diskGroupFail(let host, _): sites.contains(hosts[host.index].site)
        default: false
        }
      }
      return damages.map(\.at).min() ?? .distantFuture
    }
    let datastores = scenario.inventory.datastores.indices.map { DatastoreID($0) }
    // Nothing is counted where room is no matter.
    plain = datastores.filter {
      scenario.inventory[$0].vsan == nil && scenario.inventory[$0].capacity != nil
    }
    limited = datastores.filter { scenario.inventory[$0].vsan != nil }
    resyncs = limited.map { ($0, ResyncBooks()) }
    usedSizes = limited.map { _ in nil }
    var full: [Bool] = []
    for (index, datastore) in scenario.inventory.datastores.enumerated() {
      full.append(datastore.capacity.map { world.usedSpace(on: DatastoreID(index)) > $0 } ?? false)
    }
    startedFull = full
    hasGrowingDisks = scenario.timeline.contains {
      switch $0.action {
      case .addDisk, .resizeDisk: true
      default: false
      }
    }
    hasGoingDisks = scenario.timeline.contains {
      if case .removeDisk = $0.action { true } else { false }
    }
    roles = scenario.timeline.compactMap(\.actor.role)
    recoverable = Set(scenario.recoveryPairs.flatMap { $0.virtualMachines.map(\.id) })
    isModelled = scenario.inventory.clusters.contains { $0.availability != nil }
    rooms = scenario.replications.map { MachineRoom($0, in: scenario) }
    storage = StorageBooks(scenario)
    recoveries = RecoveryBooks(scenario)
    for index in histories.indices where scenario.replications[index].initialSync == .done {
      histories[index].began(at: .zero, disks: world.sourceContents(of: index))
    }
  }

  func name(_ index: Int) -> String {
    scenario.inventory[scenario.replications[index].virtualMachine].name
  }

  // MARK: - After every step

  package mutating func stepped(_ world: borrowing World) throws(Violation) {
    counts.steps += 1
    let now = world.time
    world.inspectSharing(into: &snapshot)
    ledger.stepped(to: now, snapshot: snapshot)
    try checkSharing(at: now)
    if hasGoingDisks, world.recordedEventCount != eventCount { followDisks(world) }
    for index in histories.indices where scenario.replications[index].storageUnit == nil {
      try checkReplication(index, world)
    }
    try checkStorage(world)
    if !scenario.recoveryPairs.isEmpty { followRooms(world) }
    for datastore in plain { try checkSpace(datastore, world) }
    if !limited.isEmpty {
      try checkResyncs(world)
      try checkVSAN(world)
    }
    if !scenario.recoveryPairs.isEmpty { notePower(world) }
    if isModelled { try checkRestarts(world) }
    let isOther = world.recordedEventCount != eventCount
    // What nobody recorded is found a few steps later.
    if isOther || counts.steps % 16 == 0 { try checkPlaces(world) }
    if counts.steps % 64 == 0 { try checkGrowth(world) }
    if isOther {
      let first = max(eventCount, 0)
      eventCount = world.recordedEventCount
      if !scenario.recoveryPairs.isEmpty { try checkRecoveries(world, eventsFrom: first) }
    }
    if world.cycleCount != cycleCount {
      cycleCount = world.cycleCount
      try checkBytes(world)
    }
  }

  func checkPlaces(_ world: borrowing World) throws(Violation) {
    let sights = world.machineSights
    if isModelled { try checkHosts(sights, world) }
    for sight in sights {
      if let defect = PlacementCheck.defect(of: sight, hosts: scenario.inventory.hosts) {
        let name = scenario.inventory[sight.machine].name
        throw Violation(.placement, at: world.time, subject: name, detail: defect)
      }
    }
  }

  private func checkHosts(_ sights: [MachineSight], _ world: borrowing World) throws(Violation) {
    let tenants = world.hostTenants
    if let (host, detail) = PlacementCheck.overfilledHost(
      tenants, in: scenario.inventory, recoverable: recoverable)
    {
      throw Violation(.capacity, at: world.time, subject: host, detail: detail)
    }
    if let (machine, detail) = PlacementCheck.homeless(sights, among: tenants, in: scenario.inventory) {
      throw Violation(.placement, at: world.time, subject: machine, detail: detail)
    }
    let strayed = PlacementCheck.strayed(tenants, in: scenario.inventory, recoverable: recoverable)
    if let (name, detail) = strayed {
      throw Violation(.placement, at: world.time, subject: name, detail: detail)
    }
    for index in scenario.inventory.appliances.indices where world.isRunning(ApplianceID(index)) {
      guard !tenants.contains(where: { $0.kind == .appliance(ApplianceID(index)) }) else { continue }
      throw Violation(
        .placement, at: world.time, subject: scenario.inventory.appliances[index].name,
        detail: "it is on, and takes no room on a host")
    }
  }
}
