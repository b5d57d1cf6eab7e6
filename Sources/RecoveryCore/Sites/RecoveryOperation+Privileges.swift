extension RecoveryOperation {
  /// What a user must be allowed to do, beyond reading the inventory.
  ///
  /// Testing, cleaning up and cancelling, recovering, and reprotecting are three privileges on purpose: who may test may
  /// not therefore fail over. Cancelling needs the first; the API names the second beside it.
  ///
  /// - Source: Site Recovery Manager REST API 2.0, the permissions of each operation.
  package var privileges: [Privilege] {
    switch self {
    case .deletePairing:
      [.remoteSiteEdit]
    case .deleteGroup, .deleteProtectionGroupFolder, .deleteRecoveryPlanFolder:
      [.protectionGroupDelete]
    case .configureAll, .reconfigureGroup, .addDatastoreGroup, .removeDatastoreGroup,
      .removeVmFromProtectionGroup, .removeVmProtection, .updateVmProtectionSettings,
      .moveProtectionGroupFolder, .moveRecoveryPlanFolder:
      [.protectionGroupEdit]
    case .restoreAllPlaceholders:
      [.recoveryUse]
    case .createProtectionGroupFolder, .renameProtectionGroupFolder, .createRecoveryPlanFolder,
      .renameRecoveryPlanFolder:
      [.planCreate, .protectionGroupEdit]
    case .createPlan:
      [.planCreate, .protectionGroupAssignToPlan]
    case .deleteRecoveryPlan:
      [.planDelete]
    case .cancelRecoveryPlan, .runCleanupTestRecovery, .runTestRecovery:
      [.planRun]
    case .reconfigureRecoveryPlan, .updatePlanVirtualMachineRecoverySettings,
      .updatePlanVirtualMachineDependentVms, .updatePlanVirtualMachineIpCustomization,
      .updatePlanVirtualMachineRecoveryPriority:
      [.planEdit]
    case .runRecovery:
      [.planFailover]
    case .runReprotect:
      [.planReprotect]
    case .createFolderMapping, .createNetworkMapping, .createResourceMapping,
      .createTestNetworkMappings:
      [.inventoryMappingEdit, .recoveryUse]
    case .deleteFolderMapping, .deleteNetworkMapping, .updateNetworkIpSubnetMapping,
      .removeNetworkIpSubnetMapping, .deleteResourceMapping, .createStoragePolicyMapping,
      .deleteTestNetworkMapping:
      [.inventoryMappingEdit]
    case .createPlaceholderDatastores, .deletePlaceholderDatastore:
      [.placeholderDatastoreEdit]
    case .getStoragePolicyMappings, .getStoragePolicyMapping, .getVcStoragePolicies,
      .getVcStoragePolicy:
      [.storagePolicyView]
    case .deleteStoragePolicyMapping:
      [.storagePolicyView, .inventoryMappingEdit]
    case .createArrayManager, .deleteArrayManager, .discoverReplicatedArrayPairs,
      .createReplicatedArrayPair, .deleteReplicatedArrayPair, .discoverStorageDevices:
      [.storageConfigure]
    default:
      []
    }
  }
}
