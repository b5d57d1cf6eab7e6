package import RecoveryCore

extension Scenario {
  /// What keeps Site Recovery Manager from telling the array of a site anything.
  package enum AdapterProblem: Sendable, Hashable {
    /// The storage replication adapter is not what it should be.
    case adapter(StorageAdapterStatus)
    /// The array's management does not answer; its copying goes on.
    case unreachable
  }
}
