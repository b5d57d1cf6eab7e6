extension ReplicationOperation {
  /// What a user must be allowed to do, beyond reading the inventory.
  ///
  /// - Source: vSphere Replication REST API 2.0, the permissions of each operation.
  package var privileges: [Privilege] {
    switch self {
    case .getVrPairings, .getVrPairing:
      [.replicationServerView]
    case .pairVr, .deleteVrPairing, .reconnectVrPairing:
      [.replicationPairingManage]
    case .getVrPairingIssues, .getVmCapability, .getAllVrDetailsInPairing, .getVrInfoInPairing:
      [.replicationPairingView]
    case .getAllReplications, .getReplicationsCount, .getReplicationsIssues, .getAllVrServers,
      .getVrServer:
      [.replicationView]
    case .configureReplication, .destroyReplication, .reconfigureReplication, .syncReplication,
      .unconfigureReplication:
      [.replicationManage]
    case .pauseReplication, .resumeReplication:
      [.replicationManage, .virtualMachineReplicationConfigure]
    case .getReplicatedVmDisks, .getVcStoragePolicies, .checkStoragePolicyCompliance, .getLocalVmDisks:
      [.storagePolicyView]
    case .getVrCapableTargetDatastores:
      [.datastoreFileManage]
    case .browseDatastore:
      [.datastoreBrowse]
    case .getAllVrServersInPairing, .getVrServerInPairing:
      [.replicationServerView, .replicationPairingView]
    case .registerVrServerInPairing, .reconnectVrServerInPairing, .registerVrServer, .reconnectVrServer:
      [.replicationServerManage]
    case .unregisterVrServerInPairing, .unregisterVrServer:
      [.replicationServerView, .replicationServerManage]
    default:
      []
    }
  }
}
