import BlockStorage
import Inventory
import Measurements
package import Quantities
import ReplicationCore
import ResourceModels
import Scenarios
import SimulationKernel

/// The simulated world of one scenario: hosts, datastores, links, machines with their guests, and the
/// real replication code between them, driven by one clock.
///
///     var world = try World(scenario, traceFolder: "scenarios")
///     try world.run(until: scenario.clock.end)
///     let record = try world.finish(version: "0.1.0")
///
/// Three things happen: an event comes due, a transfer reaches a mark, or nothing more happens. At one
/// instant transfers come before events. Each input goes to the replication core; what it wants sent
/// becomes transfers in one max-min fair system.
///
/// - Invariant: Everything that happens depends on scenario and seed alone.
package struct World: ~Copyable {
  let circumstances: Circumstances
  /// The seed of every random stream.
  package let seed: UInt64
  var now = Instant.zero
  package private(set) var eventCount: UInt64 = 0

  var queue = EventQueue<WorldEvent>()
  var sharing: SharingSystem
  /// What is broken on purpose; nothing but in tests of those who look for defects.
  let planted: PlantedDefects
  var flowEvents: [FlowEvent] = []

  var machines: [Machine]
  var replications: [ReplicationRun]
  var links: [LinkState]
  var circuits: [CircuitState]
  var hosts: [HostState]
  var servers: [ServerState]
  var datastores: [DatastoreState]
  var compute: ComputeState
  /// How many replicated disks the run has numbered.
  var diskCount: UInt64
  /// Hosts of which contexts became free, for those that wait.
  var contextsReleased: [HostID] = []
  /// Datastores on which room was given back, for those that wait.
  var roomReturned: [DatastoreID] = []
  /// Whether a replication may wait for room, by its index; never `false` for one that does.
  var awaitsRoom: [Bool]
  /// vSAN datastores of which it may have changed whether they copy.
  var resyncLooks: [Int] = []
  /// Only looked up, never iterated.
  var routes: [RouteKey: RouteID] = [:]
  /// The routes of transfers that end on vSAN datastores, by what they use; only looked up, never iterated.
  var routesByUse: [[ResourceUse]: RouteID] = [:]
  /// Per machine of the inventory: the place in ``machines`` of the copy that people use, or `nil` if it is not replicated.
  var machineIndex: [Int?]
  /// How what plans waited for ended, in order; they are told at the end of each step.
  var recoveryOutcomes: [RecoveryOutcome] = []
  /// What machines that nobody replicates do, by the inventory.
  var unreplicatedPowers: [Machine.Power]
  /// Reused for each look at a guest's writes.
  var writtenRuns: [Range<Int>] = []

  /// By pair of sites.
  var conductors: [RecoveryConductor] = []
  /// The port groups that the timeline is still to make; only looked up.
  var awaitedNetworks: Set<SiteNetwork> = []
  var attachments = NetworkAttachments()
  /// What storage copies by itself, as in the scenario.
  var storageUnits: [StorageUnit] = []

  var record = RunRecorder()
  /// The lasting timeline entries in force, with the instant they began.
  var openFaults: [(entry: Int, from: Instant)] = []
  var entryMoments = EntryMoments()

  var scenario: Scenario { _read { yield circumstances.scenario } }
  var transport: TransportModel { _read { yield circumstances.transport } }

  /// How far the run is: the current instant.
  package var time: Instant { now }

  /// Runs until `end`, what is due then included.
  ///
  /// - Parameter progress: Called every few thousand events or arrivals.
  /// - Throws: ``SimulationFailure/replicaDiffers(machine:disk:instance:at:found:)`` at the instant it is found.
  package mutating func run(
    until end: Instant, progress: (borrowing World) -> Void = { _ in }
  ) throws(SimulationFailure) {
    var nextReport = eventCount + Self.eventsPerReport
    while try step(until: end) {
      if eventCount >= nextReport {
        nextReport = eventCount + Self.eventsPerReport
        progress(self)
      }
    }
  }

  /// Lets the next thing happen: what transfers reach at one instant, or one event.
  ///
  /// - Returns: Whether anything was due up to `end`, `end` included; if not, it is `end` now.
  /// - Throws: As ``run(until:progress:)``.
  package mutating func step(until end: Instant) throws(SimulationFailure) -> Bool {
    let flowDue = sharing.nextEvent ?? .distantFuture
    if flowDue <= end, flowDue <= queue.nextDue ?? .distantFuture {
      now = flowDue
      try advanceFlows()
    } else if let event = queue.popNext(notAfter: end) {
      now = event.due
      eventCount += 1
      try handle(event.payload)
    } else {
      now = max(now, end)
      return false
    }
    if !roomReturned.isEmpty { try serveRoom() }
    if !recoveryOutcomes.isEmpty, !conductors.isEmpty { try recoveryOutcomesCame() }
    if !resyncLooks.isEmpty { noteResyncs() }
    return true
  }

  static let eventsPerReport: UInt64 = 4_096

  private mutating func advanceFlows() throws(SimulationFailure) {
    var events = flowEvents
    flowEvents = []
    events.removeAll(keepingCapacity: true)
    sharing.advance(to: now, into: &events)
    eventCount += UInt64(events.count)
    // All transfers that ended are taken note of before anyone acts on one of them, so that nobody
    // extends a transfer that is over.
    let arrivals = events.compactMap { takeArrival($0) }
    flowEvents = events
    for arrival in arrivals { try handle(arrival) }
  }

  private mutating func handle(_ event: WorldEvent) throws(SimulationFailure) {
    let index = Int(event.index)
    switch event.kind {
    case .replicationDeadline: try deadlineCame(index)
    case .transferBegins: transferBegins(event.side, index, session: event.stamp)
    case .roundEnds: roundEnds(event.side, index, round: event.stamp)
    case .controlArrives: try controlArrives(event.side, index, session: event.stamp)
    case .timelineBegins: try timelineBegins(index)
    case .timelineEnds: try timelineEnds(index)
    case .targetHostLost: try targetHostLost(index, stamp: event.stamp)
    case .rebalance: rebalance()
    case .migrationEnds: try migrationEnds(machine: index, stamp: event.stamp)
    case .replicaResized: try replicaResized(index, stamp: event.stamp)
    case .machineRestarts: try restart(machine: index, stamp: event.stamp)
    case .linkReading: readLinks()
    case .linkFlaps: try linkFlaps(entry: index)
    case .linkScheduleChanges: try linkScheduleChanged(LinkID(index), stamp: event.stamp)
    case .linkSwitches: try linkSwitches(index, stamp: event.stamp)
    case .backgroundTurns: backgroundTurns(LinkID(index), event.side, stamp: event.stamp)
    case .vsanDeadline: try vsanDeadlineCame(index)
    case .vsanScrub: try scrub(index)
    case .clusterDeadline: try clusterDeadline(index, stamp: event.stamp)
    case .applianceBooted: try applianceBooted(index, stamp: event.stamp)
    case .guestBooted: guestBooted(index, stamp: event.stamp)
    case .guestShutDown: try guestShutDown(index, stamp: event.stamp)
    case .guestMissed: guestMissed(index, stamp: event.stamp)
    case .guestWritten: try guestWritten(index, stamp: event.stamp)
    case .paceChanges: if machines[index].paceStamp == event.stamp { applyPace(of: index) }
    case .recoveryDeadline: try recoveryDeadline(index, stamp: event.stamp)
    case .replicaTakenOver: try replicaTakenOver(index, stamp: event.stamp)
    case .configured: try configured(index, stamp: event.stamp)
    case .storageInterval: try storageIntervalEnded(index)
    }
    if event.kind.mayChangeSites {
      if !storageUnits.isEmpty { try storagePathsChanged() }
      if !conductors.isEmpty { try watchSites() }
    } else if event.kind == .machineRestarts {
      for pair in conductors.indices where conductors[pair].unit(of: machines[index].id) != nil {
        noteDouble(machines[index].id, pair: pair)
      }
    }
  }
}

/// One host and whether it runs.
struct HostState {
  /// What it takes in for replicas, or `nil` where that is not limited.
  let resource: ResourceID?
  /// What its disks need to be read for replication.
  var contexts: ContextPool
  /// When the replications of its machines start their cycles.
  var schedule: HostSchedule
  /// Whether it is switched off until a recovery plan wakes it.
  var isInStandby = false
  var failures = ActiveEntries<Void>()
  var isolations = ActiveEntries<Void>()
  var disconnections = ActiveEntries<Void>()
  var maintenances = ActiveEntries<Void>()
  /// Whether its devices have left their vSAN datastore for its maintenance.
  var isOutOfStorage = false
  var isUp: Bool { failures.isEmpty && !isInStandby }
}
