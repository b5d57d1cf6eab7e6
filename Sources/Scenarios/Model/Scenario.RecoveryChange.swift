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
  /// | `leaveGroups`         | Machines are taken out of their groups; their replications go on                              |
  /// | `unprotect`           | The protection of members ends; they stay in their groups                                     |
  /// | `configureGroup`      | *Configure All*: members without protection get it, with the mappings as they are             |
  /// | `deleteGroup`         | A group is deleted; refused while a plan lists it, or what a plan did to it is unfinished     |
  /// | `removeMapping`       | A mapping is deleted                                                                          |
  /// | `changeMapping`       | An object is mapped to another one than before                                                |
  /// | `discoverDevices`     | The adapters of two arrays are asked for their devices                                        |
  /// | `changeDevice`        | An array's administrator puts a device, by position, into a consistency group or into none   |
  /// | `removeDevice`        | A device is not replicated while that lasts                                                   |
  /// | `failAdapter`         | The array of a site cannot be told anything while that lasts                                  |
  ///
  /// Where a side is `nil`, people are at the recovery site, and at the protected one for what they do with a group.
  package enum RecoveryChange: Sendable, Hashable {
    case deletePlaceholders([VirtualMachineID])
    case movePlaceholders([VirtualMachineID], to: VMLocationOverrides, at: PairSide)
    case restorePlaceholders(ProtectionGroupID)
    case deleteMachines([VirtualMachineID], at: SiteID)
    case editPlan(RecoveryPlanID, PlanEdit, from: PairSide?)
    case deletePlan(RecoveryPlanID, from: PairSide?)
    case damagePlan(RecoveryPlanID)
    case saveSettings([VirtualMachineID], SettingsEdit, from: PairSide?)
    case leaveGroups([VirtualMachineID], from: PairSide?)
    case unprotect([VirtualMachineID], from: PairSide?)
    case configureGroup(ProtectionGroupID, from: PairSide?)
    case deleteGroup(ProtectionGroupID, from: PairSide?)
    case removeMapping(MappableObjectID, from: PairSide, andBack: Bool)
    case changeMapping(MappableObjectID, to: MappableObjectID, from: PairSide, isReversed: Bool)
    case discoverDevices(StorageSystemID)
    case changeDevice(StorageSystemID, device: Int, consistencyGroup: String?)
    case removeDevice(StorageSystemID, device: Int)
    case failAdapter(StorageSystemID, at: PairSide, AdapterProblem)

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
      case .leaveGroups: .leaveGroup
      case .unprotect: .unprotect
      case .configureGroup: .configureGroup
      case .deleteGroup: .deleteGroup
      case .removeMapping: .removeMapping
      case .changeMapping: .changeMapping
      case .discoverDevices: .discoverDevices
      case .changeDevice: .changeDevice
      case .removeDevice: .removeDevice
      case .failAdapter: .failAdapter
      }
    }
  }

  /// What is changed of a plan; `nil` stays as it is.
  package struct PlanEdit: Sendable, Hashable {
    package var name: String?
    package var text: String?
    /// Positions in ``RecoveryPair/groups``, each once.
    package var groups: [ProtectionGroupID]?
    package var testNetworks: [RecoveryPlan.TestNetwork]?
    package var vmsToSuspend: [RecoveryPlan.SuspendedVM]?
    package var callouts: [PlanCallout]?

    package init(
      name: String? = nil, text: String? = nil, groups: [ProtectionGroupID]? = nil,
      testNetworks: [RecoveryPlan.TestNetwork]? = nil, vmsToSuspend: [RecoveryPlan.SuspendedVM]? = nil,
      callouts: [PlanCallout]? = nil
    ) {
      self.name = name
      self.vmsToSuspend = vmsToSuspend
      self.callouts = callouts
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
