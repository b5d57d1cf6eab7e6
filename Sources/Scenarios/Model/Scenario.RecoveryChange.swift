package import Inventory
package import Quantities
package import RecoveryCore

extension Scenario {
  /// What people change between two sites after it was made.
  ///
  /// | Change                | What happens                                                                                  |
  /// |-----------------------|-----------------------------------------------------------------------------------------------|
  /// | `deletePlaceholders`  | Somebody deletes the placeholders of machines at the recovery site                            |
  /// | `movePlaceholders`    | Somebody moves them there; the recovered machines will be where they are                      |
  /// | `restorePlaceholders` | The placeholders of a group that are deleted, or could not be made, are made again            |
  /// | `deleteMachines`      | Somebody deletes machines at a site: those that run there, or those that a recovery left there |
  /// | `editPlan`            | What is configured of a plan is changed                                                       |
  /// | `deletePlan`          | The plan is deleted                                                                           |
  /// | `damagePlan`          | The record of the plan is damaged, until it comes back from a backup                          |
  /// | `saveSettings`        | The recovery settings of machines are changed                                                 |
  /// | `configureGroup`      | *Configure All*: members of a group that have no protection get it, by the mappings as they are |
  ///
  /// Where a side is `nil`, people are at the recovery site.
  package enum RecoveryChange: Sendable, Hashable {
    case deletePlaceholders([VirtualMachineID])
    case movePlaceholders([VirtualMachineID], to: VMLocationOverrides, at: PairSide)
    case restorePlaceholders(ProtectionGroupID)
    case deleteMachines([VirtualMachineID], at: SiteID)
    case editPlan(RecoveryPlanID, PlanEdit, from: PairSide?)
    case deletePlan(RecoveryPlanID, from: PairSide?)
    case damagePlan(RecoveryPlanID)
    case saveSettings([VirtualMachineID], SettingsEdit, from: PairSide?)
    case configureGroup(ProtectionGroupID)

    package var verb: TimelineEntry.Verb {
      switch self {
      case .deletePlaceholders: .deletePlaceholder
      case .movePlaceholders: .movePlaceholder
      case .restorePlaceholders: .restorePlaceholders
      case .deleteMachines: .deleteMachine
      case .editPlan: .editPlan
      case .deletePlan: .deletePlan
      case .damagePlan: .damagePlan
      case .saveSettings: .saveSettings
      case .configureGroup: .configureGroup
      }
    }
  }

  /// What is changed of a plan; `nil` stays as it is.
  package struct PlanEdit: Sendable, Hashable {
    package var text: String?
    /// Positions in ``RecoveryPair/groups``, each once.
    package var groups: [ProtectionGroupID]?
    package var testNetworks: [RecoveryPlan.TestNetwork]?

    package init(
      text: String? = nil, groups: [ProtectionGroupID]? = nil, testNetworks: [RecoveryPlan.TestNetwork]? = nil
    ) {
      self.text = text
      self.groups = groups
      self.testNetworks = testNetworks
    }
  }

  /// What is changed of the recovery settings of machines; `nil` stays as it is.
  package struct SettingsEdit: Sendable, Hashable {
    package var priority: RecoveryPriority?
    package var startupAction: VMRecoverySettings.StartupAction?
    package var skipsGuestShutdown: Bool?
    package var guestShutdownTimeout: TimeSpan?
    package var toolsTimeout: TimeSpan?
    package var delayAfterPowerOn: TimeSpan?

    package init() {}

    package func apply(to settings: inout VMRecoverySettings) {
      settings.priority = priority ?? settings.priority
      settings.startupAction = startupAction ?? settings.startupAction
      settings.skipsGuestShutdown = skipsGuestShutdown ?? settings.skipsGuestShutdown
      settings.guestShutdownTimeout = guestShutdownTimeout ?? settings.guestShutdownTimeout
      settings.toolsTimeout = toolsTimeout ?? settings.toolsTimeout
      settings.delayAfterPowerOn = delayAfterPowerOn ?? settings.delayAfterPowerOn
    }
  }
}
