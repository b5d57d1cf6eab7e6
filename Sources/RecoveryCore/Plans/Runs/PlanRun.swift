import Inventory
package import Quantities

/// One run of a recovery plan: a tree of steps that advances with what the driver reports.
///
/// A step begins when its parent runs and all it waits for has ended; its end lets others begin. A run never ends by
/// itself in the middle of something: when it stops or is cancelled, what is under way comes to its end first.
///
/// - Complexity: Each step begins and ends once, each deadline costs O(log *n*): a run of *n* steps takes O(*n* log *n*).
package struct PlanRun: Sendable {
  /// How a run came to its end.
  package enum Ending: Sendable, Hashable {
    /// Every step had its turn, with or without errors.
    case completed
    /// An error at the protected site stopped a planned migration.
    case stopped
    case cancelled
    /// The server that conducted it died.
    case interrupted
  }

  enum Phase: Sendable, Hashable {
    case prepared
    case running
    /// No step begins any more; what is under way ends.
    case settling(Ending)
    /// The protected site is put back as it was.
    case undoing(Ending)
    case ended(Ending)
  }

  /// A virtual machine in this run.
  struct Machine: Sendable {
    var member: PlanMember
    var group: Int
    var record: RunMemory.Record
    /// Whether an earlier run has recovered it; then this one, a test or a recovery, does not touch it.
    var hadRecovered = false
    /// Whether it failed in this run.
    var hasFailed = false
    var hasWarnings = false
    /// Whether its custom steps after power-on are left out, since one of them failed.
    var skipsAfterPowerOn = false
    /// The step with which its turn ends.
    var completion: Int?
    /// Whether its turn in this run is over.
    var hadTurn = false

    /// Why it cannot be recovered; `nil` if it can, or if an earlier run has put it in its placeholder's place.
    var obstacle: String? { record.contains(.configuredStorage) ? nil : member.problem }
  }

  /// A protection group in this run.
  struct Group: Sendable {
    var group: PlanGroup
    var record: RunMemory.Record
    /// Whether a step of the group as a whole failed.
    var hasFailed = false
    var failedMachineCount = 0
    /// Its machines at the protected site that are to be off before storage is touched, and are not.
    var runningMachineCount = 0
  }

  package let key: Int
  package let workflow: PlanWorkflow
  package let protectedSide: PairSide
  let setup: RunSetup
  let machineRanges: [Range<Int>]
  var steps: [RunStep]
  var top: [Int]
  let calloutKeys: [RunMemory.CalloutKey]
  var machines: [Machine]
  private let positions: [VirtualMachineID: Int]
  var groups: [Group]
  /// For each machine, those of its priority that wait for it.
  let dependents: [[Int]]
  /// For each machine, those it waits for that failed.
  var failedDependees: [[Int]]
  var planMemory: PlanMemory
  var phase = Phase.prepared
  var isCancelRequested = false
  package internal(set) var started: Instant?
  package internal(set) var ended: Instant?

  var queue: [Begin] = []
  var queueHead = 0
  var commands: [RecoveryCommand] = []
  /// Steps with a command or a time to wait that are under way.
  var underWayCount = 0
  var finishedTopCount = 0
  var finishedLeafCount = 0
  var leafCount: Int
  /// What ``progress`` was before an undo added steps.
  var progressMinimum = 0
  /// Whether a step has an error; known when the run has ended.
  var hasErrors = false
  /// For each group, whether it was protected in the other direction; known when the run has ended.
  var areReprotected: [Bool] = []
  var deadlines = DeadlineQueue()
  /// Prompts shown, in the order in which they were.
  var prompts: [Int] = []

  /// A step whose turn has come.
  struct Begin: Sendable {
    var step: Int
    /// The step whose end let it begin.
    var trigger: Int?
  }

  /// Lays out the steps; nothing happens before ``begin(at:)``.
  init(_ setup: RunSetup) {
    let tree = StepTree(setup: setup)
    key = setup.key
    workflow = setup.workflow
    protectedSide = setup.protectedSide
    self.setup = setup
    machineRanges = tree.members
    steps = tree.steps
    top = tree.top
    calloutKeys = tree.calloutKeys
    planMemory = setup.planMemory
    groups = zip(setup.groups, setup.memories).map { Group(group: $0, record: $1.group) }
    machines = tree.machines.map { machine in
      Machine(
        member: machine.member, group: machine.group,
        record: setup.memories[machine.group].vms[machine.member.vm] ?? RunMemory.Record())
    }
    var positions: [VirtualMachineID: Int] = [:]
    for index in machines.indices { positions[machines[index].member.vm] = index }
    self.positions = positions
    let dependencies = PlanDependencies(groups: setup.groups)
    var dependents = [[Int]](repeating: [], count: machines.count)
    for index in machines.indices {
      for dependee in dependencies.dependees(of: index) { dependents[dependee].append(index) }
      // What is on now was not shut down for good, whatever an earlier run did.
      if machines[index].member.isOnAtProtectedSite {
        machines[index].record.forgetShutdown()
        groups[machines[index].group].record.forgetShutdown()
      }
      machines[index].hadRecovered =
        (workflow.isTest || workflow.isRecovery) && machines[index].record.contains(.recovered)
    }
    self.dependents = dependents
    failedDependees = [[Int]](repeating: [], count: machines.count)
    leafCount = steps.count { !$0.isComposite }
    for index in machines.indices {
      if isRunningAtProtectedSite(machines[index]) {
        groups[machines[index].group].runningMachineCount += 1
      }
    }
    for index in steps.indices where steps[index].completesVM {
      if let vm = steps[index].vm { machines[vm].completion = index }
    }
  }

  var recoverySide: PairSide { protectedSide.other }

  func position(of vm: VirtualMachineID) -> Int? { positions[vm] }

  /// The groups that it works on, in the order of its plan.
  package var groupIDs: [ProtectionGroupID] { groups.map(\.group.id) }

  func isRunningAtProtectedSite(_ machine: Machine) -> Bool {
    machine.member.isOnAtProtectedSite && !machine.record.isShutDown
  }

  // MARK: What a driver asks

  package var isActive: Bool {
    switch phase {
    case .running, .settling, .undoing: true
    case .prepared, .ended: false
    }
  }

  /// How it ended, or `nil` while it is active.
  package var ending: Ending? { if case .ended(let ending) = phase { ending } else { nil } }

  package var isCancelling: Bool { isActive && isCancelRequested }

  /// The prompts that wait to be dismissed, in the order in which they were shown.
  package var openPrompts: [CommandID] { prompts.map { CommandID(run: key, step: $0) } }

  /// The share of its steps that are finished, from 0 to 100; it never falls, and it is 100 once the run has ended.
  package var progress: Int {
    if ending != nil || leafCount == 0 { return 100 }
    return max(progressMinimum, finishedLeafCount * 100 / leafCount)
  }

  /// When ``advance(to:)`` has something to do, or `nil` if only reports can change anything.
  package var nextDeadline: Instant? { deadlines.first?.due }

  /// Hands over what the driver has to do, in the order in which it was asked.
  mutating func takeCommands() -> [RecoveryCommand] {
    defer { commands.removeAll() }
    return commands
  }

  // MARK: Steps as people see them

  /// All steps, each before its children.
  package var allSteps: [RecoveryStep] { steps.indices.map(step) }

  /// - Precondition: `id` is a step of this run.
  package func step(_ id: Int) -> RecoveryStep {
    let step = steps[id]
    var ordinals = [step.ordinal]
    var ancestor = step.parent
    while let index = ancestor {
      ordinals.append(steps[index].ordinal)
      ancestor = steps[index].parent
    }
    let progress =
      step.status.isFinished
      ? 100 : step.children.isEmpty ? 0 : step.finishedChildCount * 100 / step.children.count
    return RecoveryStep(
      id: id, number: ordinals.reversed().map(String.init).joined(separator: "."),
      title: step.title,
      referredObject: step.subject, depth: ordinals.count - 1, childCount: step.children.count,
      status: step.status, progress: progress, started: step.started, finished: step.finished,
      errors: step.errors, warnings: step.warnings)
  }
}
