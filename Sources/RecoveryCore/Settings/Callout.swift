package import Quantities

/// A step that a customer adds to a recovery plan: a prompt, or a command on a machine.
package struct Callout: Sendable, Hashable {
  /// What a callout does.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Shows a message and waits until somebody dismisses it; a prompt has no timeout and cannot fail.
    case prompt = "PROMPT"
    /// Runs in the recovered virtual machine, which must be on and have VMware Tools.
    case runOnVM = "RUN_ON_VM"
    /// Runs on the Site Recovery Manager server of the recovery site.
    case runOnServer = "RUN_ON_SRM_SERVER"
  }

  /// Where a callout stands in a plan.
  package enum Position: String, Sendable, Hashable, CaseIterable {
    case prePowerOn = "PRE_POWER_ON"
    case postPowerOn = "POST_POWER_ON"
    /// Between the plan's own steps.
    case recoveryStep = "RECOVERY_STEP"
  }

  package var kind: Kind
  package var name: String
  /// The message of a prompt, or the command with its arguments.
  package var content: String
  /// How long a command may run before its process is stopped and it counts as failed.
  package var timeout: TimeSpan

  package init(
    _ kind: Kind, name: String, content: String, timeout: TimeSpan = Callout.timeoutByDefault
  ) {
    self.kind = kind
    self.name = name
    self.content = content
    self.timeout = timeout
  }

  /// How long a command may run unless told otherwise: 300 s.
  ///
  /// - Source: VMware, "Site Recovery Manager Administration" 6.1, creating custom recovery steps.
  package static let timeoutByDefault = TimeSpan.seconds(300)
  /// The longest timeout that is accepted: 59,999 s.
  ///
  /// - Source: Site Recovery Manager REST API 2.0, `timeout_seconds` of a callout.
  package static let timeoutMaximum = TimeSpan.seconds(59_999)
  /// The longest command that is accepted, in characters.
  ///
  /// - Source: Site Recovery Manager 8.7 SDK reference, `SrmCommand`.
  package static let contentCountMaximum = 4_096

  /// Why the product would refuse this callout at `position`; empty if it would not.
  package func problems(at position: Position) -> [CalloutProblem] {
    var problems: [CalloutProblem] = []
    if name.isEmpty { problems.append(.unnamed) }
    if content.isEmpty { problems.append(.empty) }
    if content.count > Self.contentCountMaximum { problems.append(.contentTooLong(count: content.count)) }
    if kind != .prompt && timeout > Self.timeoutMaximum { problems.append(.timeoutTooLong(timeout)) }
    if kind == .runOnVM && position == .prePowerOn { problems.append(.machineIsOff) }
    if kind == .runOnVM && position == .recoveryStep { problems.append(.needsMachine) }
    return problems
  }
}

/// Why a callout is refused.
package enum CalloutProblem: Error, Sendable, Hashable {
  case unnamed
  /// It has neither a message nor a command.
  case empty
  case contentTooLong(count: Int)
  case timeoutTooLong(TimeSpan)
  /// A command in a virtual machine stands before its power-on.
  case machineIsOff
  /// A command in a virtual machine stands between the steps of the plan, where no machine is meant.
  case needsMachine
}
