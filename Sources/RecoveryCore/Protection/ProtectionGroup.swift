package import Inventory

/// The position of a group in the list of protection groups; not given away again after a group is deleted.
package typealias ProtectionGroupID = Identifier<ProtectionGroup>

/// Virtual machines that are recovered together.
package struct ProtectionGroup: Sendable, Hashable {
  package let name: String
  package let description: String
  package let replicationType: ReplicationType
  /// The site where its machines run when nothing has happened; reprotect turns it.
  package internal(set) var protectedSide: PairSide
  /// In ascending order; empty groups are fine.
  package internal(set) var members: [VirtualMachineID] = []
  /// What plans have made of it, as ``PlanBook`` says: see ``ProtectionGroups/plansChanged(_:to:protectedSide:)``.
  package internal(set) var phase = GroupPhase.ready

  package init(
    name: String, description: String = "", replicationType: ReplicationType = .vSphereReplication,
    protectedSide: PairSide = .first
  ) {
    self.name = name
    self.description = description
    self.replicationType = replicationType
    self.protectedSide = protectedSide
  }
}
