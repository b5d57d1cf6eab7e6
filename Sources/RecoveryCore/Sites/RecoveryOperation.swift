/// Everything that can be asked of a Site Recovery Manager server, named as its REST API 2.0 names it.
package enum RecoveryOperation: String, Sendable, Hashable, CaseIterable {
  case getPairings, createPairing, getPairing, deletePairing, reconnectPairing, getPairingIssues
  case getAllGroups, createGroup, getGroup, deleteGroup, configureAll, reconfigureGroup
  case restoreAllPlaceholders, getDatastoreGroups, addDatastoreGroup, getDatastoreGroup
  case removeDatastoreGroup, getGroupIssues, getGroupRelatedRecoveryPlans, getVvolReplicationGroups
  case getVvolReplicationGroup, getGroupVms, getGroupVm, removeVmFromProtectionGroup
  case removeVmProtection, getVmProtectionSettings, updateVmProtectionSettings
  case getProtectionGroupFolders, createProtectionGroupFolder, getProtectionGroupFolder
  case deleteProtectionGroupFolder, moveProtectionGroupFolder, renameProtectionGroupFolder
  case getProtectionGroupFolderChildren, getAllPlanHistoryRecords, getRecoveryPlanFolders
  case createRecoveryPlanFolder, getRecoveryPlanFolder, deleteRecoveryPlanFolder
  case moveRecoveryPlanFolder, renameRecoveryPlanFolder, getRecoveryPlanFolderChildren
  case getAllRecoveryPlans, createPlan, getRecoveryPlan, deleteRecoveryPlan, cancelRecoveryPlan
  case runCleanupTestRecovery, reconfigureRecoveryPlan, runRecovery, runReprotect, runTestRecovery
  case getPlanHistoryRecords, getPlanHistoryRecord, getRecoveryPlanIssues
  case getPlanRelatedProtectionGroups, getRecoveryStepsUserPrompts, getRecoveryStepsUserPrompt
  case dismissRecoveryStepsRecoveryPlanPrompt, getRecoverySteps, createRecoveryStepsCallout
  case getRecoveryStep, deleteRecoveryStep, getRecoveryStepsCalloutDetails, editRecoveryStepsCallout
  case getPlanRelatedTestNetworks, getPlanVirtualMachines, getPlanVirtualMachine
  case getPlanVirtualMachineRecoverySettings, updatePlanVirtualMachineRecoverySettings
  case getPlanVirtualMachineDependentVms, updatePlanVirtualMachineDependentVms
  case planVirtualMachineCheckDependentVms, getPlanVirtualMachineIpCustomization
  case updatePlanVirtualMachineIpCustomization, getPlanVirtualMachineRecoveryPriority
  case updatePlanVirtualMachineRecoveryPriority, getPlanVirtualMachineSummarizedRecoverySettings
  case getRemoteSession, createRemoteSession, getSrms, getSrm, getFolderMappings, createFolderMapping
  case getFolderMapping, deleteFolderMapping, getNetworkMappings, createNetworkMapping
  case getNetworkMapping, deleteNetworkMapping, getNetworkIpSubnetMapping, updateNetworkIpSubnetMapping
  case removeNetworkIpSubnetMapping, getPlaceholderDatastores, createPlaceholderDatastores
  case querySuitableDatastores, getPlaceholderDatastore, deletePlaceholderDatastore
  case getResourceMappings, createResourceMapping, getResourceMapping, deleteResourceMapping
  case getStoragePolicyMappings, createStoragePolicyMapping, getStoragePolicyMapping
  case deleteStoragePolicyMapping, getTestNetworkMappings, createTestNetworkMappings
  case getTestNetworkMapping, deleteTestNetworkMapping, getSrmIssues, getArrayManagers
  case createArrayManager, getArrayManager, deleteArrayManager, discoverReplicatedArrayPairs
  case getReplicatedArrayPairs, createReplicatedArrayPair, getReplicatedArrayPair
  case deleteReplicatedArrayPair, discoverStorageDevices, retrieveUnassignedDatastoreGroups
  case getStorageDevices, getStorageAdapters, getStorageAdapter, getStorageAdapterConnectionParams
  case getAllVvolFaultDomains, getVvolFaultDomain, getAllVvolFaultDomainReplicationGroups
  case getVvolFaultDomainReplicationGroup, getVcenters, getVcenter, getVcenterComputeInventory
  case getVcenterComputeItem, browseVcenterComputeItem, getVcenterDatastores, getVcenterDatastoreItem
  case getVcenterNetworkInventory, getVcenterNetworkItem, getVcenterVmFolderInventory
  case getVcenterVmFolder, getReplicatedVms, getVcStoragePolicies, getVcStoragePolicy, getInfo
  case getCurrentSession, login, logout, getRecentTasksInfo, getTaskInfo
}
