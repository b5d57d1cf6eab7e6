import Inventory
import Quantities

/// A step of a run: what it does, what it waits for and how far it is.
struct RunStep: Sendable {
  /// What an error of a step means for its run.
  enum FailureRule: Sendable {
    /// The run stops, so that the cause can be removed and the plan run again.
    case stopRun
    /// The group's machines fail and the others go on.
    case failGroup
    /// The machine fails and the others go on.
    case failVM
    /// A warning; everything goes on.
    case warn
    /// A warning, and the machine's further custom steps after power-on are left out.
    case warnAndSkipRest
    /// An error that stops nothing.
    case report
  }

  /// What a step does when its turn comes.
  enum Work: Sendable {
    /// It holds other steps.
    case composite
    case operation(RecoveryAction)
    /// It lets time pass.
    case delay(TimeSpan)
  }

  let title: String
  let subject: String?
  let parent: Int?
  /// Its place among the children of its parent, from 1.
  let ordinal: Int
  let work: Work
  var rule: FailureRule = .failVM
  /// The position of its group or machine in the run, if it has one.
  var group: Int?
  var vm: Int?
  /// The positions of the machines of its group that it brings forward together.
  var machines: [Int] = []
  /// What remembers that it is done; `nil` if it is done anew in every run.
  var deed: RunMemory.Deed?
  /// The position of its key among those of the run, if it is a custom step.
  var callout: Int?
  var timeLimit: TimeSpan?
  /// Whether it is shown but never run.
  var isLeftOut = false
  /// Whether a machine of its group that failed keeps it from running.
  var needsWholeGroup = false
  /// Whether it is a custom step of the machine after its power-on.
  var isAfterPowerOn = false
  /// Whether the machine has had its turn when this composite ends.
  var completesVM = false

  var children: [Int] = []
  /// Steps that begin when this and their other predecessors are finished.
  var successors: [Int] = []
  /// Predecessors that are not finished.
  var waits = 0

  var status = RecoveryStepStatus.inactive
  var started: Instant?
  /// When its command left the driver's queue.
  var began: Instant?
  var finished: Instant?
  var deadline: Instant?
  var errors: [String] = []
  var warnings: [String] = []
  var finishedChildCount = 0
  /// The statuses of finished children, as bits.
  var childStatuses: UInt8 = 0
  /// The step whose end let this one begin, and the one whose end finished it; `nil`: the start of the run.
  var releasedBy: Int?
  var finishedBy: Int?

  init(title: String, subject: String?, parent: Int?, ordinal: Int, work: Work) {
    self.title = title
    self.subject = subject
    self.parent = parent
    self.ordinal = ordinal
    self.work = work
  }

  var isComposite: Bool { if case .composite = work { true } else { false } }
  var isPrompt: Bool { if case .operation(.showPrompt) = work { true } else { false } }
  var isDelay: Bool { if case .delay = work { true } else { false } }
  /// Whether nothing is being done for it although its turn has come: it can end at once.
  var isWaiting: Bool { status == .running && !isComposite && (isPrompt || isDelay || began == nil) }
}

extension RecoveryStepStatus {
  /// One bit for each status.
  var bit: UInt8 {
    switch self {
    case .inactive: 1
    case .running: 2
    case .cancelled: 4
    case .skipped: 8
    case .alreadyDone: 16
    case .success: 32
    case .warning: 64
    case .error: 128
    }
  }

  /// What a step is when children with these statuses have all ended.
  static func combined(_ bits: UInt8) -> RecoveryStepStatus {
    func has(_ status: RecoveryStepStatus) -> Bool { bits & status.bit != 0 }
    if has(.error) { return .error }
    if has(.cancelled) { return .cancelled }
    if has(.warning) { return .warning }
    if has(.success) || bits == 0 { return .success }
    return has(.alreadyDone) ? .alreadyDone : .skipped
  }
}
