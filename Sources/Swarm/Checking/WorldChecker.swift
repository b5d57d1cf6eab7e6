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
  private var histories: [ImageHistory]
  private var sights: [ReplicationSight]
  package internal(set) var lags: [LagOracle]
  var ledger: ByteLedger
  private var calendar: FaultCalendar
  private var sharing = SharingCheck()
  var snapshot = SharingSnapshot()
  private let linkResources: [[Int]]
  private let circuitResources: [[Int]]
  /// Whether any link goes over a circuit; one of none has no capacity to look at.
  private let circuitIsUsed: [Bool]
  /// When bit rot first damages each replica, if ever.
  private let firstDamage: [Instant]
  /// The datastores whose space is counted.
  private let limited: [DatastoreID]
  /// What was used on each of them when the objects of vSAN datastores were last counted; `nil` at first.
  private var usedSizes: [ByteCount?]
  /// Whether disks come and grow, which asks for no room.
  private let hasGrowingDisks: Bool
  /// Whether a datastore began with more on it than it can hold.
  private let startedFull: [Bool]
  private var cycleCount = 0
  private var eventCount = -1
  package internal(set) var counts = SwarmCounts()

  package init(_ scenario: Scenario, _ world: borrowing World) {
    self.scenario = scenario
    histories = scenario.replications.map { _ in ImageHistory() }
    sights = scenario.replications.map { _ in ReplicationSight() }
    lags = scenario.replications.map { LagOracle(rpo: $0.rpo) }
    ledger = ByteLedger(replicationCount: scenario.replications.count)
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
    firstDamage = scenario.replications.indices.map { index in
      let damages = scenario.timeline.filter {
        if case .corruptReplica(let ids, _, _) = $0.action {
          ids.contains(ReplicationID(index))
        } else {
          false
        }
      }
      return damages.map(\.at).min() ?? .distantFuture
    }
    limited = scenario.inventory.datastores.indices.map { DatastoreID($0) }
      .filter { scenario.inventory[$0].capacity != nil }
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
    for index in histories.indices { try checkReplication(index, world) }
    for datastore in limited { try checkSpace(datastore, world) }
    try checkVSAN(world)
    if world.recordedEventCount != eventCount {
      eventCount = world.recordedEventCount
      try checkPlaces(world)
    }
    if world.cycleCount != cycleCount {
      cycleCount = world.cycleCount
      try checkBytes(world)
    }
  }

  private mutating func checkReplication(_ index: Int, _ world: borrowing World) throws(Violation) {
    let now = world.time
    let sight = world.sight(of: index)
    let last = sights[index]
    guard sight != last else { return }
    sights[index] = sight
    if sight.status != last.status {
      counts.statuses[sight.status, default: 0] += 1
      if !last.status.isEmpty { counts.transitions["\(last.status) → \(sight.status)", default: 0] += 1 }
    }
    if let delta = sight.delta, delta != last.delta {
      guard delta.pointInTime == now else {
        throw Violation(
          .instanceOrder, at: now, subject: name(index),
          detail: "a delta says that it began at \(delta.pointInTime)")
      }
      histories[index].began(at: now, disks: world.sourceContents(of: index))
    }
    let mayBeLost = firstDamage[index] <= now
    if let defect = lags[index].saw(sight.newest?.pointInTime, mayBeLost: mayBeLost, at: now) {
      throw Violation(.instanceOrder, at: now, subject: name(index), detail: defect)
    }
    guard sight.lag == lags[index].lag(at: now) else {
      throw Violation(
        .lag, at: now, subject: name(index),
        detail: "a lag of \(text(sight.lag)) is reported, and \(text(lags[index].lag(at: now))) would be lost"
      )
    }
    if let newest = sight.newest, newest != last.newest {
      counts.instances += 1
      try checkImage(newest, of: index, world)
    }
    // What is recoverable may be read through other logs now, or what was thrown away have left something behind.
    if sight.levelCount < last.levelCount || sight.mergeCount < last.mergeCount
      || sight.isTested != last.isTested || sight.session != last.session
    {
      try checkImages(index, world)
    }
  }

  private func text(_ span: TimeSpan?) -> String { span.map { "\($0)" } ?? "everything" }

  private mutating func checkImages(_ index: Int, _ world: borrowing World) throws(Violation) {
    let instances = world.instances(of: index)
    for (earlier, later) in zip(instances, instances.dropFirst())
    where earlier.pointInTime > later.pointInTime {
      throw Violation(
        .instanceOrder, at: world.time, subject: name(index),
        detail: "the instances of \(earlier.pointInTime) and \(later.pointInTime) are out of order")
    }
    if histories[index].count > 40, let oldest = instances.first {
      histories[index].forget(before: oldest.pointInTime)
    }
    for instance in instances { try checkImage(instance, of: index, world) }
  }

  private mutating func checkImage(
    _ instance: ReplicationSight.Instance, of index: Int, _ world: borrowing World
  ) throws(Violation) {
    guard let disks = world.recoverableContents(of: index, at: instance.pointInTime) else {
      throw Violation(
        .pastImage, at: world.time, subject: name(index),
        detail: "the instance of \(instance.pointInTime) is listed and cannot be recovered")
    }
    counts.comparedImages += 1
    if let defect = histories[index].defect(ofInstanceAt: instance.pointInTime, disks: disks) {
      throw Violation(.pastImage, at: world.time, subject: name(index), detail: defect)
    }
  }

  private mutating func checkSharing(at now: Instant) throws(Violation) {
    if let (invariant, detail) = sharing.defect(in: snapshot) {
      throw Violation(invariant, at: now, subject: "sharing", detail: detail)
    }
    guard let bandwidths = calendar.bandwidths(at: now) else { return }
    for (link, rates) in bandwidths.enumerated() {
      let usable = min(scenario.inventory.links[link].usable.value, 0.9)
      for (direction, rate) in rates.enumerated() {
        let capacity = snapshot.capacities[linkResources[link][direction]]
        if capacity > rate * (1 + 1e-6) {
          throw Violation(
            .capacity, at: now, subject: scenario.inventory.links[link].name,
            detail: "it can carry \(capacity) B/s, and the timeline leaves it \(rate)")
        }
        // Several connections get 90 % out of a link together, and SimGrid's models 97 %.
        if capacity < rate * usable * 0.8 {
          throw Violation(
            .maxMin, at: now, subject: scenario.inventory.links[link].name,
            detail: "it carries at most \(capacity) B/s, and the timeline leaves it \(rate)")
        }
      }
    }
    try checkCircuits(at: now)
    for flow in snapshot.flows where flow.tag != FlowPurpose.background {
      let (purpose, _) = FlowPurpose.decode(flow.tag)
      let limit: DataRate? =
        switch purpose {
        case .merge: scenario.profile.mergeRate
        case .compare: scenario.profile.checksumRate
        case .forward, .backward, .resync, .storage: nil
        }
      if let limit, flow.rate > limit.bytesPerSecond * (1 + 1e-6) {
        throw Violation(
          .capacity, at: now, subject: "\(purpose)", detail: "it runs at \(flow.rate) B/s, above \(limit)")
      }
    }
  }

  private mutating func checkCircuits(at now: Instant) throws(Violation) {
    guard let bandwidths = calendar.circuitBandwidths(at: now) else { return }
    for (circuit, rates) in bandwidths.enumerated() where circuitIsUsed[circuit] {
      let description = scenario.inventory.circuits[circuit]
      for (direction, rate) in rates.enumerated() {
        let capacity = snapshot.capacities[circuitResources[circuit][direction]]
        if capacity > rate * (1 + 1e-6) {
          throw Violation(
            .capacity, at: now, subject: description.name,
            detail: "it can carry \(capacity) B/s, and the timeline leaves it \(rate)")
        }
        if capacity < rate * min(description.usable.value, 0.9) * 0.8 {
          throw Violation(
            .maxMin, at: now, subject: description.name,
            detail: "it carries at most \(capacity) B/s, and the timeline leaves it \(rate)")
        }
      }
    }
  }

  private func checkSpace(_ datastore: DatastoreID, _ world: borrowing World) throws(Violation) {
    guard scenario.inventory[datastore].vsan == nil else { return }
    var expected = ByteCount.zero
    for machine in scenario.inventory.virtualMachines where machine.datastore == datastore {
      for disk in machine.disks { expected += disk.used }
    }
    for (index, replication) in scenario.replications.enumerated() where replication.datastore == datastore {
      expected += world.replicaSpace(of: index)
    }
    for (index, replication) in scenario.replications.enumerated()
    where scenario.inventory[replication.virtualMachine].datastore == datastore {
      expected += world.demandLogSpace(of: index)
    }
    let used = world.usedSpace(on: datastore)
    guard used == expected else {
      throw Violation(
        .space, at: world.time, subject: scenario.inventory[datastore].name,
        detail: "\(used) are counted as used, and what exists takes \(expected)")
    }
    if let capacity = scenario.inventory[datastore].capacity, used > capacity, !hasGrowingDisks,
      startedFull[datastore.index] == false
    {
      throw Violation(
        .capacity, at: world.time, subject: scenario.inventory[datastore].name,
        detail: "it holds \(used) of at most \(capacity)")
    }
  }

  /// Compares what is used on vSAN datastores with what exists, whenever it is another amount.
  private mutating func checkVSAN(_ world: borrowing World) throws(Violation) {
    var isOther = false
    for (position, datastore) in limited.enumerated() where scenario.inventory[datastore].vsan != nil {
      let used = world.usedSpace(on: datastore)
      isOther = isOther || used != usedSizes[position]
      usedSizes[position] = used
    }
    guard isOther, let mismatch = world.spaceMismatch() else { return }
    throw Violation(.space, at: world.time, subject: "vSAN", detail: mismatch)
  }

  private func checkPlaces(_ world: borrowing World) throws(Violation) {
    for sight in world.machineSights {
      let machine = scenario.inventory[sight.machine]
      if let defect = PlacementCheck.defect(of: sight, site: machine.site, hosts: scenario.inventory.hosts) {
        throw Violation(.placement, at: world.time, subject: machine.name, detail: defect)
      }
    }
  }

  // MARK: - Bytes

  /// Whether the network model counts the bytes of the data; SimGrid's models count what stands for them.
  private var countsBytes: Bool {
    scenario.network.model == .fluid || scenario.network.model == .bare
  }

  func checkBytes(_ world: borrowing World) throws(Violation) {
    for link in scenario.inventory.links.indices {
      for direction in Link.Direction.allCases {
        let counted = world.carriedBytes(on: LinkID(link), direction)
        let expected = ledger.carried(by: linkResources[link][direction.rawValue])
        if abs(counted - expected) > ledger.tolerance(of: expected) {
          throw Violation(
            .bytes, at: world.time, subject: scenario.inventory.links[link].name,
            detail: "its counter says \(counted) B, and its transfers brought \(expected)")
        }
      }
    }
    guard countsBytes else { return }
    let cycles = world.cycles
    // What was carried for nothing is in no sync.
    let wasted = world.wastedBytes
    var excess = 0.0
    var allowed = wasted
    for (index, replication) in scenario.replications.enumerated() {
      let own = cycles.filter { $0.vm == replication.virtualMachine }
      let counted =
        own.reduce(ByteCount.zero) { $0 + $1.wireSize } + world.wireSizeUnderWay(of: index)
      let expected = ledger.sent(by: index)
      let tolerance = ledger.tolerance(of: expected) + Double(own.count)
      let difference = expected - Double(counted.bytes)
      excess += difference
      allowed += tolerance
      if difference < -tolerance || difference > tolerance + wasted || excess > allowed {
        throw Violation(
          .bytes, at: world.time, subject: name(index),
          detail: "its syncs count \(counted.bytes) B, and the network carried \(expected)")
      }
    }
  }
}
