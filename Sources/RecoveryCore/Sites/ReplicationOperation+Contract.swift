extension ReplicationOperation {
  /// What comes of the operation while the other site cannot be asked.
  ///
  /// Unspecified where the API promises nothing: the operation concerns the session itself, or its answer is not described.
  ///
  /// - Source: vSphere Replication REST API 2.0, the remote site connectivity contract of each operation.
  package var contract: ConnectivityContract {
    switch self {
    case .getVrInfo, .getAllVrServers, .registerVrServer, .getVrServer, .unregisterVrServer,
      .reconnectVrServer, .getCurrentSession, .login, .logout:
      .unspecified
    case .getVrPairings, .getVrPairing, .getVrPairingIssues, .getAllReplications, .getReplicationInfo,
      .getReplicatedVmDisks, .getAllVrDetailsInPairing, .getVrInfoInPairing:
      ConnectivityContract(notAuthenticated: .partialData, serverDown: .partialData)
    case .pairVr:
      ConnectivityContract(notAuthenticated: nil, serverDown: .error)
    case .deleteVrPairing, .getReplicationsIssues, .getVrCapableTargetDatastores, .browseDatastore,
      .getSeedsForDisks, .getVcStoragePolicies, .checkStoragePolicyCompliance, .getLocalVms,
      .getVmCapability, .getLocalVmDisks, .getAllVrServersInPairing, .registerVrServerInPairing,
      .getVrServerInPairing, .unregisterVrServerInPairing, .reconnectVrServerInPairing:
      ConnectivityContract(notAuthenticated: .depends, serverDown: .depends)
    case .reconnectVrPairing, .createRemoteSession, .syncReplication:
      ConnectivityContract(notAuthenticated: .ok, serverDown: .error)
    case .getRemoteSession, .configureReplication, .pauseReplication, .reconfigureReplication,
      .resumeReplication, .unconfigureReplication:
      ConnectivityContract(notAuthenticated: .error, serverDown: .error)
    case .getReplicationsCount, .getRecentTasksInfo, .getTaskInfo:
      ConnectivityContract(notAuthenticated: .fullData, serverDown: .fullData)
    case .destroyReplication:
      ConnectivityContract(notAuthenticated: .ok, serverDown: .ok)
    }
  }
}
