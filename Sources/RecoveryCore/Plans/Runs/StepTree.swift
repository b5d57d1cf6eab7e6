import Inventory
import Quantities

/// The steps of a run in the making: a row in which each step comes before its children.
struct StepTree: Sendable {
  /// A machine as the steps of its run refer to it.
  struct Machine: Sendable {
    var member: PlanMember
    /// The position of its group in the run.
    var group: Int
  }

  let setup: RunSetup
  /// Those of one group stand together.
  let machines: [Machine]
  /// The positions of each group's machines.
  let members: [Range<Int>]
  private(set) var steps: [RunStep] = []
  private(set) var top: [Int] = []
  private(set) var calloutKeys: [RunMemory.CalloutKey] = []
  /// What the next step of the plan waits for.
  private var predecessors: [Int] = []
  /// What the step waits for that makes images, as long as a custom step may begin beside it.
  private var besideStorage: [Int]?

  init(setup: RunSetup) {
    self.setup = setup
    machines = setup.groups.enumerated().flatMap { index, group in
      group.members.map { Machine(member: $0, group: index) }
    }
    var members: [Range<Int>] = []
    for group in setup.groups {
      let start = members.last?.upperBound ?? 0
      members.append(start..<(start + group.members.count))
    }
    self.members = members
    switch setup.workflow {
    case .test(let synchronizesData): addTest(synchronizesData: synchronizesData)
    case .cleanup(let isForced): addCleanup(isForced: isForced)
    case .plannedMigration, .disasterRecovery, .forcedRecovery: addRecovery()
    case .reprotect(let isForced): addReprotect(isForced: isForced)
    }
  }

  // MARK: Steps

  /// Adds a step of the plan that begins when those before it are finished.
  mutating func addTop(_ title: String, subject: String? = nil, work: RunStep.Work = .composite)
    -> Int
  {
    let step = append(title, subject: subject, parent: nil, ordinal: top.count + 1, work: work)
    top.append(step)
    for predecessor in predecessors { link(predecessor, to: step) }
    predecessors = [step]
    return step
  }

  /// Adds a step under `parent` that begins with it.
  mutating func add(
    _ title: String, subject: String?, under parent: Int, work: RunStep.Work = .composite
  ) -> Int {
    let step = append(
      title, subject: subject, parent: parent, ordinal: steps[parent].children.count + 1, work: work
    )
    steps[parent].children.append(step)
    steps[step].group = steps[parent].group
    steps[step].vm = steps[parent].vm
    return step
  }

  /// Adds an operation under `parent` that begins with it.
  mutating func add(
    _ title: String, subject: String, under parent: Int, _ operation: RecoveryAction,
    deed: RunMemory.Deed?, rule: RunStep.FailureRule, timeLimit: TimeSpan? = nil
  ) -> Int {
    let step = add(title, subject: subject, under: parent, work: .operation(operation))
    steps[step].deed = deed
    steps[step].rule = rule
    steps[step].timeLimit = timeLimit
    return step
  }

  private mutating func append(
    _ title: String, subject: String?, parent: Int?, ordinal: Int, work: RunStep.Work
  ) -> Int {
    steps.append(
      RunStep(title: title, subject: subject, parent: parent, ordinal: ordinal, work: work))
    return steps.count - 1
  }

  /// Makes `successor` wait for `step`.
  mutating func link(_ step: Int, to successor: Int) {
    steps[step].successors.append(successor)
    steps[successor].waits += 1
  }

  /// Makes each step wait for the one before it.
  mutating func chain(_ row: [Int]) {
    for (one, next) in zip(row, row.dropFirst()) { link(one, to: next) }
  }

  mutating func change(_ step: Int, _ body: (inout RunStep) -> Void) { body(&steps[step]) }

  // MARK: Custom steps

  /// Notes that the step added last makes images: the first custom step that follows begins beside it.
  mutating func letCustomStepBeginBeside(predecessors: [Int]) { besideStorage = predecessors }
  mutating func endBesideStorage() { besideStorage = nil }
  var currentPredecessors: [Int] { predecessors }

  /// Adds the custom steps of the plan that stand at `position`.
  mutating func addCallouts(_ position: PlanCalloutPosition) {
    var met: [Callout: Int] = [:]
    for item in setup.plan.callouts where item.position == position {
      let occurrence = met[item.callout, default: 0]
      met[item.callout] = occurrence + 1
      let following = predecessors
      if let besideStorage { predecessors = besideStorage }
      let step = addTop(
        item.callout.name, subject: nil, work: .operation(item.callout.operation(vm: nil)))
      if besideStorage != nil {
        predecessors = following + [step]
        besideStorage = nil
      }
      describe(step, item.callout, place: position.rawValue, occurrence: occurrence, rule: .warn)
    }
  }

  /// Adds custom steps of a machine under `parent`, each beginning with it until it is chained.
  mutating func addCallouts(
    _ callouts: [Callout], of machine: Int, under parent: Int, isAfterPowerOn: Bool
  ) -> [Int] {
    var met: [Callout: Int] = [:]
    return callouts.map { callout in
      let occurrence = met[callout, default: 0]
      met[callout] = occurrence + 1
      let member = machines[machine].member
      let step = add(
        callout.name, subject: member.name, under: parent, work: .operation(callout.operation(vm: member.vm)))
      let place: Callout.Position = isAfterPowerOn ? .postPowerOn : .prePowerOn
      describe(
        step, callout, place: place.rawValue, occurrence: occurrence,
        rule: isAfterPowerOn ? .warnAndSkipRest : .failVM)
      steps[step].isAfterPowerOn = isAfterPowerOn
      return step
    }
  }

  private mutating func describe(
    _ step: Int, _ callout: Callout, place: String, occurrence: Int, rule: RunStep.FailureRule
  ) {
    calloutKeys.append(RunMemory.CalloutKey(place: place, callout: callout, occurrence: occurrence))
    steps[step].callout = calloutKeys.count - 1
    steps[step].rule = rule
    steps[step].timeLimit = callout.kind == .prompt ? nil : callout.timeout
  }
}

extension Callout {
  /// What the driver does for it.
  ///
  /// - Precondition: A command in a machine has one.
  func operation(vm: VirtualMachineID?) -> RecoveryAction {
    switch (kind, vm) {
    case (.prompt, _): .showPrompt(self)
    case (.runOnVM, .some(let vm)): .runOnVM(vm, self)
    case (.runOnServer, _): .runOnServer(self)
    case (.runOnVM, .none): preconditionFailure("plans with a command for no machine are refused")
    }
  }
}
