/// Everything that can be asked of a vSphere Replication server, named as its REST API 2.0 names it.
package enum ReplicationOperation: String, Sendable, Hashable, CaseIterable {
  case getVrInfo, getVrPairings, pairVr, getVrPairing, deleteVrPairing, reconnectVrPairing
  case getVrPairingIssues, getRemoteSession, createRemoteSession, getAllReplications
  case configureReplication, getReplicationsCount, getReplicationsIssues, getReplicationInfo
  case destroyReplication, pauseReplication, reconfigureReplication, resumeReplication, syncReplication
  case unconfigureReplication, getReplicatedVmDisks, getVrCapableTargetDatastores, browseDatastore
  case getSeedsForDisks, getVcStoragePolicies, checkStoragePolicyCompliance, getLocalVms
  case getVmCapability, getLocalVmDisks, getAllVrDetailsInPairing, getVrInfoInPairing
  case getAllVrServersInPairing, registerVrServerInPairing, getVrServerInPairing
  case unregisterVrServerInPairing, reconnectVrServerInPairing, getAllVrServers, registerVrServer
  case getVrServer, unregisterVrServer, reconnectVrServer, getCurrentSession, login, logout
  case getRecentTasksInfo, getTaskInfo
}
