package import Inventory

/// The small machine at the recovery site that stands where a protected one will be; it cannot be powered on.
package struct Placeholder: Sendable, Hashable {
  /// What has become of a placeholder.
  package enum State: Sendable, Hashable, CaseIterable {
    /// It is registered.
    case present
    /// A test machine is registered in its place, until clean-up.
    case replacedByTest
    /// The recovered machine is registered in its place, for good.
    case replacedByRecovery
    /// Somebody deleted it, or lost it to another use.
    case deleted
  }

  package let side: PairSide
  /// Where it is; the recovered machine comes to be there, and takes what was changed at it.
  package internal(set) var location: VMLocation
  package let datastore: DatastoreID
  package internal(set) var state = State.present
}

/// Why a virtual machine cannot be given a placeholder.
package enum PlaceholderProblem: Error, Sendable, Hashable {
  case mapping(MappingProblem)
  /// No placeholder datastore of the recovery site is visible where the machine would run.
  case noDatastore(resource: MappableObjectID)
  /// The recovery site's vCenter Server refused to make it.
  case creationFailed(String)
  /// *Original protected VM not found*: the machine that ran before the recovery was deleted before reprotect.
  case originalNotFound
}
