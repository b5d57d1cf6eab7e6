package import Inventory

/// A protection group as a run finds it: its members and what is known of them at the start.
package struct PlanGroup: Sendable, Hashable {
  package var id: ProtectionGroupID
  package var name: String
  /// Each machine is a member of one group only.
  package var members: [PlanMember]

  package init(id: ProtectionGroupID, name: String, members: [PlanMember]) {
    self.id = id
    self.name = name
    self.members = members
  }
}

/// A protected virtual machine as a run finds it.
package struct PlanMember: Sendable, Hashable {
  /// The same before and after a recovery, whichever site the machine runs at.
  package var vm: VirtualMachineID
  package var name: String
  /// Those in effect at the recovery site.
  package var settings: VMRecoverySettings
  /// Whether its addresses change at the recovery site, after mode, mappings and advanced settings were weighed.
  package var needsCustomization: Bool
  package var hasTools: Bool
  /// Whether the protected machine is on; one that is off is not shut down, and not powered on by an undo.
  package var isOnAtProtectedSite: Bool
  /// Why it cannot be recovered, such as a missing mapping; its run fails without touching it.
  package var problem: String?
  /// Whether its placeholder was deleted, which an earlier reprotect may have made.
  package var lacksPlaceholder: Bool

  package init(
    vm: VirtualMachineID, name: String, settings: VMRecoverySettings = VMRecoverySettings(),
    needsCustomization: Bool = false, hasTools: Bool = true, isOnAtProtectedSite: Bool = true,
    problem: String? = nil, lacksPlaceholder: Bool = false
  ) {
    self.vm = vm
    self.name = name
    self.settings = settings
    self.needsCustomization = needsCustomization
    self.hasTools = hasTools
    self.isOnAtProtectedSite = isOnAtProtectedSite
    self.problem = problem
    self.lacksPlaceholder = lacksPlaceholder
  }
}
