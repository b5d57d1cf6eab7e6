package import BlockStorage

/// A replica that is not what its source certified: a defect of the code, never of the scenario.
package struct ReplicaMismatch: Error, Sendable {
  package enum Difference: Sendable {
    /// Extents are missing or too many.
    case extentCount(expected: Int, found: Int)
    /// The digest over what is really stored is another.
    case content(expected: ContentDigest, found: ContentDigest)
  }

  package let sequence: SyncSequence
  /// The index among the replicated disks.
  package let disk: Int
  package let difference: Difference
}

extension ReplicaMismatch.Difference: CustomStringConvertible {
  package var description: String {
    switch self {
    case .extentCount(let expected, let found): "\(found) extents instead of \(expected)"
    case .content(let expected, let found): "digest \(found) instead of \(expected)"
    }
  }
}
