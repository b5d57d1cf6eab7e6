package import Inventory
package import Quantities

/// One run of a recovery plan, from its start to its end.
package struct PlanRunRecord: Sendable, Hashable {
  /// A step as it was when the run ended.
  package struct Step: Sendable, Hashable {
    /// Such as `1.2.1`.
    package let number: String
    package let title: String
    /// 0 for the steps of the plan.
    package let depth: Int
    /// The REST contract's word, such as `SUCCESS`.
    package let status: String
    package let started: Instant?
    package let finished: Instant?
    package let errors: [String]
    package let warnings: [String]

    package init(
      number: String, title: String, depth: Int, status: String, started: Instant?, finished: Instant?,
      errors: [String], warnings: [String]
    ) {
      self.number = number
      self.title = title
      self.depth = depth
      self.status = status
      self.started = started
      self.finished = finished
      self.errors = errors
      self.warnings = warnings
    }
  }

  /// A link of the chain of steps that determined the recovery time.
  package struct CriticalStep: Sendable, Hashable {
    package let number: String
    /// With what it is about, and the priority of a machine: `Power on (db01, P1)`.
    package let title: String
    /// The parts add up to the recovery time.
    package let duration: TimeSpan
    /// The part of it that its operation waited for its turn.
    package let queued: TimeSpan

    package init(number: String, title: String, duration: TimeSpan, queued: TimeSpan) {
      self.number = number
      self.title = title
      self.duration = duration
      self.queued = queued
    }
  }

  /// How one virtual machine fared.
  package struct Machine: Sendable, Hashable {
    package let vm: VirtualMachineID
    package let name: String
    package let group: String
    /// The REST contract's word, such as `RECOVERY_SUCCEEDED`.
    package let status: String
    /// When it was on, with heartbeat, delay and custom steps behind it; `nil` unless this run brought it there.
    package let ready: Instant?
    /// When the instance that it runs on was taken; `nil` unless this run gave it one.
    package let instance: Instant?
    /// For how long the guest's last work is gone: zero after a planned migration, `nil` unless this run gave it an instance.
    ///
    /// From the instance to the last moment the protected machine could write; if it ran on, until the replica was taken into
    /// use. What it wrote after that is told by ``StaleCopyRecord``.
    package let dataLoss: TimeSpan?
    /// Where its addresses come from, in the REST contract's word, such as `NETWORK_MAPPING_LEVEL`; `nil` in a run that brings
    /// up no machines.
    package let ipCustomization: String?
    /// The network cards of the copy that the run has made, in their order; empty if it has made none.
    package let cards: [Card]

    package init(
      vm: VirtualMachineID, name: String, group: String, status: String, ready: Instant?, instance: Instant?,
      dataLoss: TimeSpan?, ipCustomization: String? = nil, cards: [Card] = []
    ) {
      self.vm = vm
      self.name = name
      self.group = group
      self.status = status
      self.ready = ready
      self.instance = instance
      self.dataLoss = dataLoss
      self.ipCustomization = ipCustomization
      self.cards = cards
    }
  }

  /// From 1 in each pair of sites, in the order in which runs started.
  package let key: Int
  /// The `id` of the timeline entry that started it, if it has one.
  package let id: String?
  package let plan: String
  /// The site where the machines were protected when it started, and the other one.
  package let protectedSite: String
  package let recoverySite: String
  package let user: String
  /// Such as `test`, `cleanup`, `planned-migration`, `disaster-recovery`, `forced-recovery`, `reprotect`.
  package let workflow: String
  /// The REST contract's word: `TEST`, `CLEANUP`, `FAILOVER` or `REPROTECT`.
  package let operationType: String
  /// The REST contract's word: `SUCCESS`, `WARNINGS`, `ERRORS` or `CANCELLED`; ``running`` where the clock ended first.
  package let result: String
  /// The status of the plan right after the run.
  package let planStatus: String
  package let started: Instant
  package let ended: Instant
  /// From the start until the last machine that it brought up was ready; `nil` if it brought up none.
  package let recoveryTime: TimeSpan?
  package let criticalPath: [CriticalStep]
  package let errors: [String]
  package let warnings: [String]
  /// A step comes before its children.
  package let steps: [Step]
  /// In the order of groups and members.
  package let machines: [Machine]

  /// The result of a run that was under way when the clock ended.
  package static let running = "RUNNING"

  package init(
    key: Int, id: String?, plan: String, protectedSite: String, recoverySite: String, user: String,
    workflow: String, operationType: String, result: String, planStatus: String, started: Instant,
    ended: Instant, recoveryTime: TimeSpan?, criticalPath: [CriticalStep], errors: [String],
    warnings: [String], steps: [Step], machines: [Machine]
  ) {
    self.key = key
    self.id = id
    self.plan = plan
    self.protectedSite = protectedSite
    self.recoverySite = recoverySite
    self.user = user
    self.workflow = workflow
    self.operationType = operationType
    self.result = result
    self.planStatus = planStatus
    self.started = started
    self.ended = ended
    self.recoveryTime = recoveryTime
    self.criticalPath = criticalPath
    self.errors = errors
    self.warnings = warnings
    self.steps = steps
    self.machines = machines
  }

  package var duration: TimeSpan { ended - started }
}
