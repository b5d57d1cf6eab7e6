import Inventory
import Quantities
import RecoveryCore

/// Two sites, their machines and a driver that answers every command after a given time.
///
/// It objects to what no driver could do: to power on what is not registered, to throw an image away beneath a machine.
struct PlanWorld {
  enum Presence: Hashable { case protected, prepared, placeholder, test, recovered }

  struct Machine {
    var presence: BothSides<Presence>
    var isOn: BothSides<Bool>
    /// Until when the disks at either site hold what the machine wrote; stands for a digest of their content.
    ///
    /// A machine that is on writes all the time.
    var written = BothSides(Instant.zero)
  }

  struct Group {
    /// The machines with images of a test.
    var images: Set<VirtualMachineID> = []
    /// The machines whose replicas are writable.
    var writable: Set<VirtualMachineID> = []
    var isReadOnly = false
  }

  enum Failure: Hashable, CaseIterable {
    /// The command fails and changes nothing.
    case withoutEffect
    /// The command does what it should and fails all the same.
    case withEffect
  }

  private struct Answer {
    var due: Instant
    var sequence: Int
    var command: CommandID
    var operation: RecoveryAction
  }

  var book: PlanBook
  var now = Instant.zero
  var groups: [PlanGroup]
  var machines: [VirtualMachineID: Machine] = [:]
  var groupStates: [ProtectionGroupID: Group] = [:]
  private(set) var groupOfMachine: [VirtualMachineID: ProtectionGroupID] = [:]
  var suspended: Set<VirtualMachineID> = []
  /// Impossible or forbidden things that were asked for.
  var objections: [String] = []
  /// Whether the site can be reached.
  var isUp = BothSides(true)
  /// The operations asked for since this was last emptied.
  var asked: [RecoveryAction] = []
  var abandoned: [CommandID] = []

  var duration: (RecoveryAction) -> TimeSpan = { _ in .seconds(1) }
  /// Says why an operation fails, if it does.
  var failure: (RecoveryAction) -> Failure? = { _ in nil }
  /// The number of the command that fails, from 0 and counted from now.
  var failing: (number: Int, how: Failure)?
  /// The one that did.
  var failedOperation: RecoveryAction?
  /// Operations that are never answered.
  var ignores: (RecoveryAction) -> Bool = { _ in false }
  var dismissesPrompts = true
  var reports: [RunReport] = []
  /// What the run does whose command is carried out.
  private(set) var workflow: PlanWorkflow?
  /// How many reports were handed to the book.
  var handledCount = 0
  /// The latest due first.
  private var answers: [Answer] = []
  private(set) var askedCount = 0
  private var sequence = 0

  init(_ groups: [PlanGroup], protectedSide: PairSide = .first, parameters: RunParameters = RunParameters()) {
    var defaults = RecoveryDefaults()
    defaults.allowsForcedRecovery = true
    var limits = RecoveryLimits()
    limits.isEnforced = false
    book = PlanBook(parameters: parameters, defaults: BothSides(defaults), limits: limits)
    self.groups = groups
    for group in groups {
      book.addGroup(group.id, protectedSide: protectedSide)
      groupStates[group.id] = Group()
      for member in group.members {
        var machine = Machine(presence: BothSides(.placeholder), isOn: BothSides(false))
        machine.presence[protectedSide] = .protected
        machine.isOn[protectedSide] = true
        machines[member.vm] = machine
        groupOfMachine[member.vm] = group.id
      }
    }
  }

  // MARK: Asking

  mutating func addPlan(_ name: String, _ ids: [Int], callouts: [PlanCallout] = []) -> RecoveryPlanID {
    do {
      return try book.addPlan(
        RecoveryPlan(
          name: name, protectedSide: .first, groups: ids.map { ProtectionGroupID($0) },
          vmsToSuspend: suspendList, callouts: callouts))
    } catch {
      preconditionFailure("tests add plans that can be added: \(error)")
    }
  }
  var suspendList: [RecoveryPlan.SuspendedVM] = []

  /// The plan's groups as they are now.
  func members(of plan: RecoveryPlanID) -> [PlanGroup] {
    let side = book.protectedSide(of: plan)
    return book.plan(plan, seenFrom: side.other).groups.map { id in
      var group = groups.first { $0.id == id } ?? PlanGroup(id: id, name: "", members: [])
      let protectedSide = book.protectedSide(of: id) ?? side
      for index in group.members.indices {
        group.members[index].isOnAtProtectedSite =
          machines[group.members[index].vm]?.isOn[protectedSide] ?? false
      }
      return group
    }
  }

  mutating func start(
    _ workflow: PlanWorkflow, _ plan: RecoveryPlanID, from side: PairSide? = nil,
    pointsInTime: [RecoveryAction.PointInTime] = []
  ) throws {
    askedCount = 0
    try book.start(
      workflow, of: plan, from: side ?? book.protectedSide(of: plan).other, groups: members(of: plan),
      pointsInTime: pointsInTime, by: "ann", at: now)
    take()
  }

  /// Starts a workflow and lets it come to its end.
  mutating func run(_ workflow: PlanWorkflow, _ plan: RecoveryPlanID) throws {
    try start(workflow, plan)
    finish()
  }

  /// Lets everything happen that will happen by itself.
  mutating func finish() { while step() {} }

  /// Lets everything happen until `end`.
  mutating func proceed(to end: Instant) {
    while let due = nextDue, due <= end { _ = step() }
    now = max(now, end)
    book.advance(to: now)
    take()
  }

  /// What waits for an answer, in the order in which it was asked.
  var open: [RecoveryAction] { answers.sorted { $0.sequence < $1.sequence }.map(\.operation) }

  private var nextDue: Instant? {
    guard let answer = answers.last?.due else { return book.nextDeadline }
    return book.nextDeadline.map { min($0, answer) } ?? answer
  }

  // MARK: Driving

  /// Lets the next thing happen; `false` if nothing is to come.
  mutating func step() -> Bool {
    guard let due = nextDue else { return false }
    now = due
    if let answer = answers.last, answer.due <= due {
      answers.removeLast()
      reply(to: answer)
    } else {
      book.advance(to: now)
    }
    take()
    return true
  }

  mutating func take() {
    for command in book.takeCommands() {
      switch command {
      case .abandon(let id):
        abandoned.append(id)
        answers.removeAll { $0.command == id }
      case .perform(let id, let operation):
        asked.append(operation)
        checkLock(of: operation, run: id.run)
        book.handle(.began, of: id, at: now)
        handledCount += 1
        if ignores(operation) { continue }
        if case .showPrompt = operation, !dismissesPrompts { continue }
        insert(Answer(due: now + duration(operation), sequence: sequence, command: id, operation: operation))
        sequence += 1
      }
    }
    let new = book.takeReports()
    reports += new
    for report in new { conclude(report) }
  }

  private mutating func insert(_ answer: Answer) {
    var (low, high) = (0, answers.count)
    while low < high {
      let middle = (low + high) / 2
      if answers[middle].due > answer.due { low = middle + 1 } else { high = middle }
    }
    answers.insert(answer, at: low)
  }

  private mutating func reply(to answer: Answer) {
    handledCount += 1
    if case .showPrompt = answer.operation {
      try? book.dismissPrompt(answer.command, at: now)
      return
    }
    var how = failure(answer.operation)
    if let failing, failing.number == askedCount {
      how = failing.how
      failedOperation = answer.operation
    }
    askedCount += 1
    guard how != .withoutEffect else {
      book.handle(.failed("injected"), of: answer.command, at: now)
      return
    }
    workflow = book.planIDs.compactMap { book.run(of: $0) }.first { $0.key == answer.command.run }?.workflow
    let problem = carryOut(answer.operation) ?? (how == nil ? nil : "injected")
    book.handle(problem.map { .failed($0) } ?? .succeeded, of: answer.command, at: now)
  }

  /// The server forgets what was under way; what it had asked for takes effect all the same, or not.
  mutating func crash(_ side: PairSide, withEffect: Bool, restarts: Bool = true) {
    let keys = Set(
      book.planIDs.compactMap { book.run(of: $0) }.filter { $0.isActive && $0.protectedSide == side.other }
        .map(\.key))
    if withEffect {
      for answer in answers where keys.contains(answer.command.run) {
        workflow =
          book.planIDs.compactMap { book.run(of: $0) }.first { $0.key == answer.command.run }?.workflow
        _ = carryOut(answer.operation)
      }
    }
    answers.removeAll { keys.contains($0.command.run) }
    book.serverFailed(side, at: now)
    if restarts { book.serverRestarted(side) }
    take()
  }

  private mutating func conclude(_ report: RunReport) {
    guard case .reprotect = report.workflow else { return }
    for group in groups where book.phase(of: group.id) == .ready { groupStates[group.id] = Group() }
  }
}
