/// What a user may be allowed to do at a site; the text is the identifier that vCenter Server shows.
///
/// - Source: Site Recovery Manager and vSphere Replication REST API 2.0, the permissions of the operations.
package enum Privilege: String, Sendable, Hashable, CaseIterable {
  case remoteSiteEdit = "VcDr.RemoteSite.com.vmware.vcDr.Edit"
  case protectionGroupDelete = "VcDr.ProtectionProfile.com.vmware.vcDr.Delete"
  case protectionGroupEdit = "VcDr.ProtectionProfile.com.vmware.vcDr.Edit"
  case protectionGroupAssignToPlan = "VcDr.ProtectionProfile.com.vmware.vcDr.AssignToRecoveryPlan"
  case recoveryUse = "Resource.com.vmware.vcDr.RecoveryUse"
  case planCreate = "VcDr.RecoveryProfile.com.vmware.vcDr.Create"
  case planDelete = "VcDr.RecoveryProfile.com.vmware.vcDr.Delete"
  case planEdit = "VcDr.RecoveryProfile.com.vmware.vcDr.Edit"
  case planRun = "VcDr.RecoveryProfile.com.vmware.vcDr.Run"
  case planFailover = "VcDr.RecoveryProfile.com.vmware.vcDr.Failover"
  case planReprotect = "VcDr.RecoveryProfile.com.vmware.vcDr.Reprotect"
  case inventoryMappingEdit = "VcDr.InventoryMapper.com.vmware.vcDr.Edit"
  case placeholderDatastoreEdit = "VcDr.PlaceholderDatastoreManager.com.vmware.vcDr.Edit"
  case storageConfigure = "VcDr.Storage.com.vmware.vcDr.Configure"
  case storagePolicyView = "StorageProfile.View"
  case replicationServerView = "HmsRemote.com.vmware.vcHms.Hbr.View"
  case replicationServerManage = "HmsRemote.com.vmware.vcHms.Hbr.Manage"
  case replicationPairingView = "HmsRemote.com.vmware.vcHms.Hms.View"
  case replicationPairingManage = "HmsRemote.com.vmware.vcHms.Hms.Manage"
  case replicationView = "HmsReplication.com.vmware.vcHms.Replication.View"
  case replicationManage = "Host.Hbr.HbrManagement"
  case virtualMachineReplicationConfigure = "VirtualMachine.Hbr.ConfigureReplication"
  case datastoreFileManage = "Datastore.FileManagement"
  case datastoreBrowse = "Datastore.Browse"
}
