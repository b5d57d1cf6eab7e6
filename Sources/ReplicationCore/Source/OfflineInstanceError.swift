/// Why a request around an offline instance is refused, in the words of the host's faults.
///
/// - Source: vSphere Web Services API, reasons of `ReplicationVmFault`.
package enum OfflineInstanceError: String, Error, Sendable, Hashable {
  /// The virtual machine runs; an ordinary sync is what it needs.
  case poweredOn
  /// An offline instance is being made, and the virtual machine is locked until it is done.
  case offlineReplicating
  /// The replication is paused or misconfigured.
  case invalidState
}
