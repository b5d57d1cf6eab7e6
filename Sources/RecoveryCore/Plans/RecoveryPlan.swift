package import Inventory

/// The position of a plan in a ``PlanBook``.
package typealias RecoveryPlanID = Identifier<RecoveryPlan>

/// What people configure of a recovery plan.
///
/// Settings of single machines belong to the machines: see ``VMRecoverySettings``.
package struct RecoveryPlan: Sendable, Hashable {
  /// A test network that this plan prefers to that of the site.
  package struct TestNetwork: Sendable, Hashable {
    package var recoveryNetwork: String
    package var testNetwork: String

    package init(recoveryNetwork: String, testNetwork: String) {
      self.recoveryNetwork = recoveryNetwork
      self.testNetwork = testNetwork
    }
  }

  /// A virtual machine that no group protects and that gives way while its site is the recovery site.
  package struct SuspendedVM: Sendable, Hashable {
    package var vm: VirtualMachineID
    package var name: String
    package var side: PairSide

    package init(vm: VirtualMachineID, name: String, side: PairSide) {
      self.vm = vm
      self.name = name
      self.side = side
    }
  }

  package var name: String
  package var text: String
  /// The side that is protected while the plan has no group; otherwise its groups decide.
  package var protectedSide: PairSide
  /// In the order in which they were added, each once.
  package var groups: [ProtectionGroupID]
  package var vmsToSuspend: [SuspendedVM]
  package var testNetworks: [TestNetwork]
  /// Steps between the plan's own; those of one position run in the order of this list.
  package var callouts: [PlanCallout]

  package init(
    name: String, text: String = "", protectedSide: PairSide, groups: [ProtectionGroupID] = [],
    vmsToSuspend: [SuspendedVM] = [], testNetworks: [TestNetwork] = [], callouts: [PlanCallout] = []
  ) {
    self.name = name
    self.text = text
    self.protectedSide = protectedSide
    self.groups = groups
    self.vmsToSuspend = vmsToSuspend
    self.testNetworks = testNetworks
    self.callouts = callouts
  }

  /// Why the product would refuse the plan, whatever it knows of groups; empty if it would not.
  package var problems: [RecoveryPlanProblem] {
    var problems: [RecoveryPlanProblem] = []
    if name.isEmpty { problems.append(.unnamed) }
    var met: Set<ProtectionGroupID> = []
    for group in groups where !met.insert(group).inserted { problems.append(.duplicateGroup(group)) }
    for item in callouts {
      problems += item.callout.problems(at: .recoveryStep).map { .callout(name: item.callout.name, $0) }
    }
    return problems
  }
}

/// What is wrong with a recovery plan by itself.
package enum RecoveryPlanProblem: Error, Sendable, Hashable {
  case unnamed
  /// It lists a group twice.
  case duplicateGroup(ProtectionGroupID)
  case callout(name: String, CalloutProblem)
}
