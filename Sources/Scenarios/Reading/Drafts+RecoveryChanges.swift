import Quantities
import RecoveryCore

/// What the timeline changes of a plan.
struct PlanChangesDraft: Draft {
  static let noun = "changes of a plan"

  var span: SourceSpan?
  var name = Field<String>()
  var description = Field<String>()
  var groups = Field<[Located<String>]>()
  var testNetworks = Field<NamedNames>()
  var suspended = Field<[Located<String>]>()
  var steps = Field<[Located<PlanStepDraft>]>()

  static let keys: [Key<Self>] = [
    .optional(
      "name", \.name, .name,
      "What reports call the plan from now on; entries of the timeline go on with the old name. As before if left out."
    ),
    .optional("description", \.description, .text, "What it is for; as before if left out."),
    .optional(
      "groups", \.groups, .list(of: .name), "All of its protection groups from now on; as before if left out."
    ),
    .optional(
      "testNetworks", \.testNetworks, .namedNames,
      "All networks that its tests use in place of one of the recovery site; as before if left out."),
    .optional(
      "suspend", \.suspended, .list(of: .selector),
      "All machines that give way from now on, of either site, and that no group protects; as before if left out."
    ),
    .optional(
      "steps", \.steps, .list(of: .object()),
      "All prompts and commands between its own steps from now on; as before if left out."),
  ]

  var isEmpty: Bool {
    !name.isGiven && !description.isGiven && !groups.isGiven && !testNetworks.isGiven && !suspended.isGiven
      && !steps.isGiven
  }
}

/// What the timeline changes of the recovery settings of machines.
struct SettingsChangesDraft: Draft {
  static let noun = "changes of recovery settings"

  var span: SourceSpan?
  var priority = Field<Int>()
  var startup = Field<PlanMachineDraft.Startup>()
  var skipsGuestShutdown = Field<Bool>()
  var shutdownTimeout = Field<TimeSpan>()
  var toolsTimeout = Field<TimeSpan>()
  var delay = Field<TimeSpan>()

  static let keys: [Key<Self>] = [
    .optional("priority", \.priority, .count(1...5), "When it starts; as before if left out."),
    .optional(
      "startup", \.startup, .word, "Whether it is started or stays off; as before if left out."),
    .optional(
      "skipGuestShutdown", \.skipsGuestShutdown, .flag,
      "Whether it is powered off at once; as before if left out."),
    .optional(
      "shutdownTimeout", \.shutdownTimeout, .duration(unit: "s"),
      "How long its guest may take to shut down; as before if left out."),
    .optional(
      "toolsTimeout", \.toolsTimeout, .duration(unit: "s"),
      "How long the first heartbeat of VMware Tools may take; as before if left out."),
    .optional(
      "delay", \.delay, .duration(unit: "s"),
      "How long steps after power-on and dependent machines wait; as before if left out."),
  ]

  var isEmpty: Bool {
    !priority.isGiven && !startup.isGiven && !skipsGuestShutdown.isGiven && !shutdownTimeout.isGiven
      && !toolsTimeout.isGiven && !delay.isGiven
  }
}
