import Inventory
import Quantities
import RecoveryCore
import Scenarios

/// Site Recovery Manager between two sites: it knows what people configured, runs the plans, and decides when each of their
/// operations has its turn and how long it takes.
///
/// It does nothing itself. The world tells it what happens to sites and machines, takes what is to be done from
/// ``nextDuty()`` and answers with ``finish(_:with:at:)``.
///
/// - Invariant: What the plans say of a group in ``book`` is what ``groups`` was told.
struct RecoveryConductor: Sendable {
  let id: RecoveryPairID
  let description: Scenario.RecoveryPair
  /// Of the two sites, as people call them.
  let siteNames: BothSides<String>

  var servers: SitePair
  var mappings: InventoryMappings
  var groups: ProtectionGroups
  var book: PlanBook
  var provider = VSphereReplicationProvider()
  /// The arrays and fault domains between the sites.
  var storage: [StorageProvider] = []
  /// What is made of the devices of arrays.
  var arrays: ArrayKnowledge
  /// When the devices of arrays are looked at next; `nil` without any.
  var nextDiscovery: Instant?
  /// Of each machine of the description, in its order.
  var settings: [VMRecoverySettingsCopies] = []
  /// By position in the description; `nil` while it has not been created.
  var groupIDs: [ProtectionGroupID?]
  var planIDs: [RecoveryPlanID?]
  /// People's sessions, in the order in which they first logged in.
  var sessions: [OperatorSession] = []
  /// Whether those of a side logged out at the other site on purpose.
  var isLoggedOut = BothSides(false)
  /// The networks of either side that do not exist yet, ascending.
  var awaitedNetworks = BothSides<[MappableObjectID]>([])
  /// The network cards of each machine of the description, in its order.
  var cards: [MachineCards] = []
  /// Machines by identifier: their place in the description and their unit of replication; only looked up.
  private(set) var positions: [VirtualMachineID: Int] = [:]

  /// The isolated networks that tests have made, by plan; ascending by plan.
  var isolatedNetworks: [(plan: RecoveryPlanID, networks: IsolatedNetworks)] = []
  /// The operations that fail at present, by the timeline entry that says so.
  var faults: [(entry: Int?, fault: Scenario.OperationFault)] = []

  /// The steps whose commands fail, by run: for tests of each single command.
  var failingSteps: Set<CommandID> = []

  // Jobs.
  /// Those that wait or are under way, by serial number; only looked up.
  var jobs: [Int: RecoveryJob] = [:]
  /// The serial numbers of the jobs of a command; only looked up.
  var jobOfCommand: [CommandID: Int] = [:]
  /// The jobs that hold a place of a vCenter Server; only looked up.
  var admitted: Set<Int> = []
  var nextSerial = 0
  var deadlines = DeadlineQueue()
  /// Jobs whose time is over, in order.
  var duties = RowOfJobs()
  var waiting = BothSides(RowOfJobs())
  var waitingPowerOns = BothSides(RowOfJobs())
  var operationCounts = BothSides(0)
  var powerOnCounts = BothSides(0)
  /// The running hosts of either site.
  var hostCounts = BothSides(1)
  /// The hosts of either site in standby.
  var standbyCounts = BothSides(0)
  /// Commands whose end depends on machines; only looked up.
  var pending: [CommandID: PendingCommand] = [:]
  /// What need not be awaited any more, for the world to hear.
  var abandoned: [RecoveryTicket] = []

  // Runs.
  /// In the order in which they were started.
  var runs: [ConductedRun] = []
  /// Statuses as last told, to tell what changed.
  var toldPlans: [RecoveryPlanStatus?]
  var toldGroups: [ProtectionGroupStatus?]
  /// Whether a group may have another status than was told.
  var hasNews = true
  /// Members whose status may have changed, and what was told last of each machine of the description that is in trouble.
  var changedMembers: [VirtualMachineID] = []
  var toldMembers: [MemberStatus?]
  /// When the lag of machines may exceed their objectives, by position in the description, and whether that is awaited.
  var violations = DeadlineQueue()
  var awaitsViolation: [Bool]
  /// Machines whose recovery settings were found to be in conflict, and for which of the description that was told.
  var settingsConflicts: [VirtualMachineID] = []
  var toldConflicts: [Bool]
  /// Where machines were that have left their groups; only looked up.
  var formerMembers: [VirtualMachineID: FormerMember] = [:]
  /// By position in the description, the side that a deleted group protected.
  var formerGroupSides: [PairSide?]
  /// Plans whose deletion is under way.
  var plansBeingDeleted: [RecoveryPlanID] = []
  /// Machines that were reported to run at both sites; only looked up.
  var doubles: Set<VirtualMachineID> = []
  /// The timer in the world's queue.
  var timer: Instant?
  var timerStamp: UInt64 = 0

  /// - Parameters:
  ///   - siteNames: Of the two sites.
  ///   - arrays: Before any device was discovered.
  ///   - replicationServers: How many vSphere Replication servers each site has.
  init(
    _ description: Scenario.RecoveryPair, id: RecoveryPairID, siteNames: BothSides<String>,
    replicationServers: BothSides<Int>, arrays: ArrayKnowledge
  ) {
    self.arrays = arrays
    self.id = id
    self.description = description
    self.siteNames = siteNames
    var rules = ConnectivityRules()
    rules.recoversWithoutRemoteLogin = true
    servers = SitePair(
      sites: BothSides(
        first: Self.site(with: description.installed.first, replicationServers.first),
        second: Self.site(with: description.installed.second, replicationServers.second)), rules: rules)
    mappings = InventoryMappings(objects: description.objects)
    groups = ProtectionGroups(limits: description.limits, offering: description.offering)
    book = PlanBook(
      parameters: description.parameters, defaults: description.defaults, limits: description.limits)
    groupIDs = description.groups.map { _ in nil }
    planIDs = description.plans.map { _ in nil }
    toldPlans = description.plans.map { _ in nil }
    toldGroups = description.groups.map { _ in nil }
    formerGroupSides = description.groups.map { _ in nil }
    toldMembers = description.virtualMachines.map { _ in nil }
    awaitsViolation = description.virtualMachines.map { _ in false }
    toldConflicts = awaitsViolation
    for (position, machine) in description.virtualMachines.enumerated() {
      positions[machine.id] = position
      let group = description.groups.first { $0.members.contains(machine.id) }
      _ = provider.add(
        ReplicationUnit(
          name: "\(machine.id.index)", sourceSide: group?.description.protectedSide ?? .first))
      var copies = VMRecoverySettingsCopies()
      if machine.hasOwnSettings {
        do {
          try copies.save(machine.settings, at: .first, reachesOther: true, changeVersion: 0)
        } catch {
          preconditionFailure("recovery settings were checked when the scenario was read: \(error)")
        }
      }
      settings.append(copies)
      cards.append(MachineCards(machine.cards))
    }
  }

  /// A site where these add-ons were installed before the run began.
  private static func site(with addOns: [AddOn], _ replicationServers: Int) -> SiteServers {
    var site = SiteServers()
    // What is there already is not refused for its number.
    let count = min(max(1, replicationServers), site.parameters.replicationServersMaximum)
    for addOn in AddOn.allCases where addOns.contains(addOn) {
      do {
        try site.install(addOn, replicationServers: addOn == .vSphereReplication ? count : 0, at: .zero)
      } catch {
        preconditionFailure("an add-on is listed once: \(error)")
      }
      site.advance(to: .zero + site.parameters.installationTime(addOn))
    }
    return site
  }

  var times: RecoveryTimes { description.times }

  func unit(of vm: VirtualMachineID) -> ReplicationUnitID? { positions[vm].map { ReplicationUnitID($0) } }

  /// How the machine is recovered to a side.
  func settings(of vm: VirtualMachineID, recoveredTo side: PairSide) -> VMRecoverySettings {
    guard let position = positions[vm] else {
      return VMRecoverySettings(defaults: description.defaults[side])
    }
    return settings[position].settings(recoveredTo: side, defaults: description.defaults)
  }

  // MARK: - Time

  /// When ``advance(to:)`` has something to do.
  var nextDeadline: Instant? {
    var next = book.nextDeadline
    for deadline in [deadlines.first?.due, servers.nextDeadline, violations.first?.due, nextDiscovery] {
      guard let deadline else { continue }
      next = min(next ?? deadline, deadline)
    }
    return next
  }

  /// Lets time pass: what is due becomes a duty.
  mutating func advance(to now: Instant) {
    while let entry = deadlines.first, entry.due <= now {
      deadlines.removeFirst()
      if jobs[entry.step] != nil { duties.append(entry.step) }
    }
    if let due = book.nextDeadline, due <= now { book.advance(to: now) }
    if let due = servers.nextDeadline, due <= now {
      servers.advance(to: now)
      hasNews = true
    }
  }
}

/// Serial numbers of jobs, the first one first.
struct RowOfJobs: Sendable {
  private var serials: [Int] = []
  private var head = 0

  var first: Int? { head < serials.count ? serials[head] : nil }

  mutating func append(_ serial: Int) { serials.append(serial) }

  mutating func popFirst() -> Int? {
    guard let first else { return nil }
    head += 1
    if head == serials.count {
      serials.removeAll(keepingCapacity: true)
      head = 0
    }
    return first
  }
}
