package import Inventory

/// What the driver is to do at a vCenter Server for a machine's protection.
///
/// It answers with ``ProtectionGroups/placeholderCreated(for:)``,
/// ``ProtectionGroups/placeholderCreationFailed(for:reason:)`` or ``ProtectionGroups/protectionRemoved(from:)``.
package enum ProtectionCommand: Sendable, Hashable {
  /// Registers a placeholder of `vm`.
  case createPlaceholder(vm: VirtualMachineID, side: PairSide, location: VMLocation, datastore: DatastoreID)
  /// Removes the placeholder of `vm`, where there is one, and ends the machine's protection.
  case removeProtection(vm: VirtualMachineID, side: PairSide, hasPlaceholder: Bool)
}

/// Why something cannot be done to a protection group or its machines.
package enum ProtectionRefusal: Error, Sendable, Hashable {
  case noSuchGroup
  case unnamed
  case nameTaken(ProtectionGroupID)
  case limit(LimitExceeded)
  /// The group's type is not available here.
  case typeExcluded(ReplicationType)
  /// The group's status does not allow it.
  case notEditable(ProtectionGroupStatus)
  /// Plans still use the group, or it has just been used.
  case notIdle(GroupPhase)
  /// A machine is in one group only.
  case alreadyProtected(VirtualMachineID, by: ProtectionGroupID)
  case notProtected(VirtualMachineID)
  /// Something else is being done to the machine.
  case busy(VirtualMachineID)
}
