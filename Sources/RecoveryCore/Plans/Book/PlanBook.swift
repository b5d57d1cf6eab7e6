import Inventory
package import Quantities

/// All recovery plans of a pair of sites, with what became of their groups.
///
/// It sees to it that only one plan at a time works on a group, derives the status of every plan, conducts the runs and
/// remembers what they did. Its driver carries out ``takeCommands()``, reports with ``handle(_:of:at:)``, calls
/// ``advance(to:)`` at ``nextDeadline`` and tells it what happens to sites and servers.
///
///     var book = PlanBook()
///     book.addGroup(web, protectedSide: .first)
///     let plan = book.addPlan(RecoveryPlan(name: "RP-Web", protectedSide: .first, groups: [web]))
///     try book.start(.test(synchronizesData: true), of: plan, from: .second, groups: [members], by: "ann", at: now)
///     for command in book.takeCommands() { … }
package struct PlanBook: Sendable {
  /// What a plan owes to its last run although its groups do not show it.
  enum Attention: Sendable, Hashable {
    case recoveryIncomplete, recoveryInterrupted, reprotectIncomplete, reprotectInterrupted
    /// Its custom steps may not have had their turn although every machine has.
    case recoveryCancelled
  }

  struct PlanRecord: Sendable {
    /// What both sites agree on, or what each has; they differ only while the sites are apart or in conflict.
    var copies: BothSides<RecoveryPlan>
    var editedSides: [PairSide] = []
    var hasConflict = false
    /// The sites at which it was deleted while they were apart.
    var deletedSides: [PairSide] = []
    var isDeleting = false
    var isDeleted = false
    var isDamaged = false
    var attention: Attention?
    /// Custom steps of the plan that succeeded since its groups were last ready.
    var callouts: Set<RunMemory.CalloutKey> = []
    /// The last run, active or not.
    var run: PlanRun?
    var user = ""
    /// What was known when the sites lost each other.
    var parting: Parting?
  }

  /// What the site that does not conduct the runs of a plan last heard of it.
  struct Parting: Sendable {
    var status: RecoveryPlanStatus
    var protectedSide: PairSide
  }

  struct GroupRecord: Sendable {
    var protectedSide: PairSide
    var phase = GroupPhase.ready
    var memory = RunMemory()

    /// Whether it is recovered with nothing left open at the protected site, or its reprotect is under way.
    var awaitsReprotect: Bool {
      switch phase {
      case .recovered: memory.isProtectedSideClosed
      case .partiallyReprotected: true
      default: false
      }
    }
  }

  package var parameters: RunParameters
  package let limits: RecoveryLimits
  /// The advanced settings of either site.
  package var defaults: BothSides<RecoveryDefaults>
  var plans: [PlanRecord] = []
  var groups: [ProtectionGroupID: GroupRecord] = [:]
  /// Machines that gave way to those of some plan, each once, in the order in which they did.
  var suspensions: [Suspension] = []
  /// The plans with an active run, in the order in which they were started.
  var running: [RecoveryPlanID] = []
  var runCount = 0
  var reports: [RunReport] = []
  package internal(set) var areSitesConnected = true
  /// Whether plans work on groups that others have locked: a defect, planted where those who look for defects are tested.
  package var ignoresLocks = false
  var isServerUp = BothSides(true)
  /// Whether the servers of the two sites can talk to each other.
  var arePeersTogether: Bool { areSitesConnected && isServerUp.first && isServerUp.second }

  package init(
    parameters: RunParameters = RunParameters(),
    defaults: BothSides<RecoveryDefaults> = BothSides(RecoveryDefaults()),
    limits: RecoveryLimits = RecoveryLimits()
  ) {
    self.parameters = parameters
    self.defaults = defaults
    self.limits = limits
  }

  // MARK: Plans and groups

  /// Makes a group known, protected at `protectedSide`.
  ///
  /// - Precondition: It is not known yet.
  package mutating func addGroup(_ group: ProtectionGroupID, protectedSide: PairSide) {
    precondition(groups[group] == nil, "a group is added once")
    groups[group] = GroupRecord(protectedSide: protectedSide)
  }

  /// Forgets a group that was deleted.
  ///
  /// - Throws: ``PlanRefusal/groupInUse(by:)`` if a plan lists it at either site.
  package mutating func removeGroup(_ group: ProtectionGroupID) throws(PlanRefusal) {
    for plan in planIDs
    where PairSide.allCases.contains(where: { plans[plan.index].copies[$0].groups.contains(group) }) {
      throw .groupInUse(by: plan)
    }
    groups[group] = nil
  }

  /// Adds a plan, known at both sites.
  ///
  /// - Throws: What is wrong with it, or the limit that it exceeds.
  package mutating func addPlan(_ plan: RecoveryPlan) throws(PlanRefusal) -> RecoveryPlanID {
    if let exceeded = limits.exceeded(.recoveryPlans, by: planIDs.count + 1) { throw .limit(exceeded) }
    try check(plan)
    plans.append(PlanRecord(copies: BothSides(plan)))
    return RecoveryPlanID(plans.count - 1)
  }

  func check(_ plan: RecoveryPlan) throws(PlanRefusal) {
    if let problem = plan.problems.first { throw .invalid(problem) }
    if let exceeded = limits.exceeded(.groupsPerPlan, by: plan.groups.count) { throw .limit(exceeded) }
  }

  /// The plans that were not deleted, in the order in which they were added.
  package var planIDs: [RecoveryPlanID] {
    plans.indices.filter { !plans[$0].isDeleted }.map { RecoveryPlanID($0) }
  }

  /// What is configured of a plan, as this site knows it.
  package func plan(_ id: RecoveryPlanID, seenFrom side: PairSide) -> RecoveryPlan {
    plans[id.index].copies[side]
  }

  /// Where the plan's machines are protected: where its first group is, or as configured if it has none.
  ///
  /// While it runs, this is where the run began; while the sites are apart, it is as it was when they parted.
  package func protectedSide(of plan: RecoveryPlanID) -> PairSide {
    let record = plans[plan.index]
    if let run = record.run, run.isActive { return run.protectedSide }
    if let parting = record.parting { return parting.protectedSide }
    let copy = record.copies.first
    return copy.groups.first.flatMap { groups[$0]?.protectedSide } ?? copy.protectedSide
  }

  package func protectedSide(of group: ProtectionGroupID) -> PairSide? {
    groups[group]?.protectedSide
  }
  /// What plans have made of a group, or `nil` if it is not known.
  package func phase(of group: ProtectionGroupID) -> GroupPhase? { groups[group]?.phase }

  /// The settings that a run uses: those of the site that conducts it.
  func effectivePlan(_ id: RecoveryPlanID) -> RecoveryPlan {
    plans[id.index].copies[protectedSide(of: id).other]
  }

  // MARK: Runs

  /// The last run of a plan, active or not; `nil` once its steps are cleared.
  package func run(of plan: RecoveryPlanID) -> PlanRun? { plans[plan.index].run }

  package func isRunning(_ plan: RecoveryPlanID) -> Bool {
    plans[plan.index].run?.isActive ?? false
  }

  /// When ``advance(to:)`` has something to do.
  package var nextDeadline: Instant? {
    running.compactMap { plans[$0.index].run?.nextDeadline }.min()
  }

  /// What the driver has to do, run by run in the order in which they were started.
  package mutating func takeCommands() -> [RecoveryCommand] {
    var commands = pendingCommands
    pendingCommands = []
    for plan in running { commands += plans[plan.index].run?.takeCommands() ?? [] }
    return commands
  }

  /// Commands of runs that ended before they were taken.
  var pendingCommands: [RecoveryCommand] = []

  /// The reports of runs that ended since this was last called.
  package mutating func takeReports() -> [RunReport] {
    defer { reports.removeAll() }
    return reports
  }
}
