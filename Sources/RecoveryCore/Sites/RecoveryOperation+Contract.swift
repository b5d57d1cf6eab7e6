extension RecoveryOperation {
  /// What comes of the operation while the other site cannot be asked.
  ///
  /// Unspecified where the API promises nothing: the operation concerns the session itself, or its answer is not described.
  ///
  /// - Source: Site Recovery Manager REST API 2.0, the remote site connectivity contract of each operation.
  package var contract: ConnectivityContract {
    switch self {
    case .getPairings, .getPairing, .getPairingIssues, .getGroupVms, .getGroupVm, .getSrms,
      .getVcenters:
      ConnectivityContract(notAuthenticated: .partialData, serverDown: .partialData)
    case .createPairing, .reconnectPairing, .dismissRecoveryStepsRecoveryPlanPrompt,
      .createRecoveryStepsCallout, .deleteRecoveryStep, .editRecoveryStepsCallout,
      .browseVcenterComputeItem, .getInfo, .getCurrentSession, .login, .logout:
      .unspecified
    case .deletePairing, .createGroup, .configureAll, .reconfigureGroup, .restoreAllPlaceholders,
      .addDatastoreGroup, .removeDatastoreGroup, .getVmProtectionSettings,
      .updateVmProtectionSettings, .runReprotect, .getRemoteSession, .getFolderMappings,
      .createFolderMapping, .getFolderMapping, .deleteFolderMapping, .getNetworkMappings,
      .createNetworkMapping, .getNetworkMapping, .deleteNetworkMapping, .getNetworkIpSubnetMapping,
      .updateNetworkIpSubnetMapping, .removeNetworkIpSubnetMapping, .createPlaceholderDatastores,
      .querySuitableDatastores, .deletePlaceholderDatastore, .getResourceMappings,
      .createResourceMapping, .getResourceMapping, .deleteResourceMapping, .getStoragePolicyMappings,
      .createStoragePolicyMapping, .getStoragePolicyMapping, .deleteStoragePolicyMapping,
      .getTestNetworkMappings, .createTestNetworkMappings, .getTestNetworkMapping,
      .deleteTestNetworkMapping:
      ConnectivityContract(notAuthenticated: .error, serverDown: .error)
    case .getAllGroups, .getGroup, .getDatastoreGroup, .getGroupIssues, .getGroupRelatedRecoveryPlans,
      .getVvolReplicationGroups, .getVvolReplicationGroup, .getProtectionGroupFolders,
      .getProtectionGroupFolder, .moveProtectionGroupFolder, .getProtectionGroupFolderChildren,
      .getAllPlanHistoryRecords, .getRecoveryPlanFolders, .getRecoveryPlanFolder,
      .moveRecoveryPlanFolder, .getRecoveryPlanFolderChildren, .getAllRecoveryPlans,
      .getRecoveryPlan, .getPlanHistoryRecords, .getPlanHistoryRecord, .getRecoveryPlanIssues,
      .getPlanRelatedProtectionGroups, .getRecoveryStep, .getPlanRelatedTestNetworks,
      .getPlanVirtualMachineRecoverySettings, .getPlanVirtualMachineDependentVms,
      .getPlanVirtualMachineIpCustomization, .getPlanVirtualMachineRecoveryPriority,
      .getPlanVirtualMachineSummarizedRecoverySettings, .getRecentTasksInfo, .getTaskInfo:
      ConnectivityContract(notAuthenticated: .fullData, serverDown: .fullData)
    case .deleteGroup, .getArrayManagers, .createArrayManager, .getArrayManager, .deleteArrayManager,
      .discoverReplicatedArrayPairs, .createReplicatedArrayPair, .deleteReplicatedArrayPair,
      .discoverStorageDevices, .getStorageDevices, .getStorageAdapters, .getStorageAdapter,
      .getStorageAdapterConnectionParams:
      ConnectivityContract(notAuthenticated: .depends, serverDown: .error)
    case .getDatastoreGroups, .removeVmFromProtectionGroup, .createProtectionGroupFolder,
      .deleteProtectionGroupFolder, .renameProtectionGroupFolder, .createRecoveryPlanFolder,
      .deleteRecoveryPlanFolder, .renameRecoveryPlanFolder, .createPlan, .reconfigureRecoveryPlan,
      .getRecoveryStepsUserPrompts, .getRecoveryStepsUserPrompt, .getRecoverySteps,
      .getRecoveryStepsCalloutDetails, .getPlanVirtualMachines, .getPlanVirtualMachine,
      .updatePlanVirtualMachineRecoverySettings, .updatePlanVirtualMachineIpCustomization, .getSrm,
      .getPlaceholderDatastores, .getPlaceholderDatastore, .getSrmIssues, .getReplicatedArrayPairs,
      .getReplicatedArrayPair, .retrieveUnassignedDatastoreGroups, .getAllVvolFaultDomains,
      .getVvolFaultDomain, .getAllVvolFaultDomainReplicationGroups,
      .getVvolFaultDomainReplicationGroup, .getVcenter, .getVcenterComputeInventory,
      .getVcenterComputeItem, .getVcenterDatastores, .getVcenterDatastoreItem,
      .getVcenterNetworkInventory, .getVcenterNetworkItem, .getVcenterVmFolderInventory,
      .getVcenterVmFolder, .getReplicatedVms, .getVcStoragePolicies, .getVcStoragePolicy:
      ConnectivityContract(notAuthenticated: .depends, serverDown: .depends)
    case .removeVmProtection, .deleteRecoveryPlan, .planVirtualMachineCheckDependentVms:
      ConnectivityContract(notAuthenticated: .ok, serverDown: .ok)
    case .cancelRecoveryPlan, .runCleanupTestRecovery, .runRecovery, .runTestRecovery:
      ConnectivityContract(notAuthenticated: .error, serverDown: .depends)
    case .updatePlanVirtualMachineDependentVms, .updatePlanVirtualMachineRecoveryPriority:
      ConnectivityContract(notAuthenticated: .ok, serverDown: .depends)
    case .createRemoteSession:
      ConnectivityContract(notAuthenticated: .ok, serverDown: .error)
    }
  }
}
