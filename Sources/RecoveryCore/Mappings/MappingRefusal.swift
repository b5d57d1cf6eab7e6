/// What is mapped back from the target of a mapping to its source.
package enum ReverseMapping: Sendable, Hashable {
  /// The target is mapped to the source.
  case yes
  /// The target is mapped to another object.
  case different(MappableObjectID)
  case no

  /// The word of the interface.
  package var word: String {
    switch self {
    case .yes: "YES"
    case .different: "DIFFERENT"
    case .no: "NO"
    }
  }
}

/// Why a mapping cannot be made or taken away.
package enum MappingRefusal: Error, Sendable, Hashable {
  case noSuchObject
  /// A folder cannot stand for a network.
  case differentKinds
  /// The source has a mapping, or the datastore is listed; it must be taken away first.
  case alreadyMapped
  /// The target is mapped to something else than the source.
  case reverseAlreadyMapped
  case notMapped
  /// No resource of the site sees the datastore.
  case datastoreNotVisible
}
