/// What an administrator chooses for one replication, as far as its source acts on it.
package struct ReplicationOptions: Sendable, Hashable {
  package var quiescing = Quiescing.none
  /// Whether a disk added to the virtual machine is replicated without asking.
  ///
  /// - Source: vSphere Replication REST API, a field of newer releases; off in older ones.
  package var replicatesAddedDisks = false

  package init() {}
}
