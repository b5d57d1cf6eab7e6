package import Inventory
package import Quantities
package import RecoveryCore

extension Scenario {
  /// What the timeline does with Site Recovery Manager.
  ///
  /// | Action                    | What happens                                                                             |
  /// |---------------------------|------------------------------------------------------------------------------------------|
  /// | `installAddOn`            | The add-on is installed, which takes its time                                              |
  /// | `createNetwork`           | The network is there from now on                                                           |
  /// | `deploy`                  | The machines are there and on from now on                                                  |
  /// | `pair`                    | The sites are paired                                                                       |
  /// | `logIn`, `logOut`         | The operator at one site logs in at the other, or out                                      |
  /// | `map`                     | The mappings of one kind from one site, and the test networks of their targets             |
  /// | `placePlaceholders`       | The placeholder datastores of a site are named                                             |
  /// | `createGroup`             | The protection group is there, with the members that do not join later                     |
  /// | `protect`                 | Machines join their group                                                                  |
  /// | `configureReplication`    | The replication is configured; its initial sync begins. One that was not stopped before is not there until then |
  /// | `stopReplication`         | The replication is removed, and its replica with it                                        |
  /// | `createPlan`              | The recovery plan is there                                                                 |
  /// | `run`                     | A plan is tested, cleaned up, run or reprotected                                           |
  /// | `cancel`                  | The plan's run is asked to end                                                             |
  /// | `dismissPrompt`           | Every prompt that the plan shows is dismissed                                              |
  /// | `failOperation`           | Operations of one kind fail while it lasts                                                 |
  /// | `change`                  | Something that was made is changed or deleted: see ``RecoveryChange``                      |
  /// | `removeAddOn`             | The add-on is removed, which takes its time; refused while a pairing uses it               |
  /// | `renewCertificate`        | The add-on's server shows a new certificate, which the other site does not know            |
  /// | `reconnect`               | The sites accept each other's certificates again                                           |
  /// | `unpair`                  | The pairing is deleted; refused while groups, plans or replications use it                 |
  package enum RecoveryAction: Sendable, Hashable {
    case installAddOn(AddOn, at: SiteID)
    /// The network is an index into ``SiteSettings/networks``.
    case createNetwork(SiteID, network: Int)
    case deploy([VirtualMachineID])
    case pair(RecoveryPairID)
    case logIn(RecoveryPairID, from: PairSide)
    case logOut(RecoveryPairID, from: PairSide)
    case map(RecoveryPairID, MappingKind, from: PairSide)
    case placePlaceholders(RecoveryPairID, at: PairSide)
    case createGroup(RecoveryPairID, ProtectionGroupID)
    case protect(RecoveryPairID, ProtectionGroupID, [VirtualMachineID])
    case configureReplication([ReplicationID])
    case stopReplication([ReplicationID])
    case createPlan(RecoveryPairID, RecoveryPlanID)
    case run(RecoveryPairID, RecoveryPlanID, PlanRunOptions)
    case cancel(RecoveryPairID, RecoveryPlanID)
    case dismissPrompt(RecoveryPairID, RecoveryPlanID)
    case failOperation(RecoveryPairID, OperationFault)
    case change(RecoveryPairID, RecoveryChange)
    case removeAddOn(AddOn, at: SiteID)
    case renewCertificate(AddOn, at: SiteID)
    case reconnect(RecoveryPairID)
    case unpair(RecoveryPairID)

    package var verb: TimelineEntry.Verb {
      switch self {
      case .installAddOn: .installAddOn
      case .createNetwork: .createNetwork
      case .deploy: .deploy
      case .pair: .pairSites
      case .logIn: .logIn
      case .logOut: .logOut
      case .map: .map
      case .placePlaceholders: .placePlaceholders
      case .createGroup: .createGroup
      case .protect: .protect
      case .configureReplication: .configureReplication
      case .stopReplication: .stopReplication
      case .createPlan: .createPlan
      case .run(_, _, let options):
        switch options.workflow.operationType {
        case .test: .testPlan
        case .cleanup: .cleanUpPlan
        case .failover: .recoverPlan
        case .reprotect: .reprotectPlan
        }
      case .cancel: .cancelPlan
      case .dismissPrompt: .dismissPrompt
      case .failOperation: .failOperation
      case .change(_, let change): change.verb
      case .removeAddOn: .removeAddOn
      case .renewCertificate: .renewCertificate
      case .reconnect: .reconnectSites
      case .unpair: .unpairSites
      }
    }

    /// Whether it has an end that is known only when it comes: that of a plan's run.
    package var isRun: Bool { if case .run = self { true } else { false } }
  }

  /// How a plan is run.
  package struct PlanRunOptions: Sendable, Hashable {
    /// Who answers the prompts of a run.
    package enum Prompts: Sendable, Hashable {
      /// Nobody but an entry of the timeline.
      case wait
      /// An operator, this long after each is shown.
      case dismissed(after: TimeSpan)
    }

    package let workflow: PlanWorkflow
    /// Where the operator is; `nil`: at the recovery site.
    package let from: PairSide?
    package let prompts: Prompts
    /// The machines that are recovered to the newest instance that is no later than this, ascending by machine.
    package let pointsInTime: [RecoveryCore.RecoveryAction.PointInTime]
    package let user: String

    package init(
      workflow: PlanWorkflow, from: PairSide? = nil, prompts: Prompts = .wait,
      pointsInTime: [RecoveryCore.RecoveryAction.PointInTime] = [], user: String = "administrator"
    ) {
      self.workflow = workflow
      self.from = from
      self.prompts = prompts
      self.pointsInTime = pointsInTime
      self.user = user
    }
  }

  /// Which operations of plans fail.
  package struct OperationFault: Sendable, Hashable {
    package let kind: RecoveryCore.RecoveryAction.Kind
    /// `nil`: of any machine.
    package let virtualMachine: VirtualMachineID?
    /// `nil`: of any group.
    package let group: ProtectionGroupID?
    /// What the step reports.
    package let text: String

    package init(
      kind: RecoveryCore.RecoveryAction.Kind, virtualMachine: VirtualMachineID? = nil,
      group: ProtectionGroupID? = nil, text: String
    ) {
      self.kind = kind
      self.virtualMachine = virtualMachine
      self.group = group
      self.text = text
    }
  }
}
