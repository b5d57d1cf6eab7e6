import RecoveryCore

/// Privileges by the words of roles: the object of vCenter Server's privilege and what may be done with it.
enum PrivilegeWord: String, CaseIterable {
  case editSite = "site.edit"
  case deleteGroup = "group.delete"
  case editGroup = "group.edit"
  case assignGroup = "group.assign-to-plan"
  case useResource = "resource.use-for-recovery"
  case createPlan = "plan.create"
  case deletePlan = "plan.delete"
  case editPlan = "plan.edit"
  case runPlan = "plan.run"
  case failOverPlan = "plan.failover"
  case reprotectPlan = "plan.reprotect"
  case editMapping = "mapping.edit"
  case editPlaceholders = "placeholders.edit"
  case configureStorage = "storage.configure"
  case viewStoragePolicy = "storage-policy.view"
  case viewReplicationServer = "replication-server.view"
  case manageReplicationServer = "replication-server.manage"
  case viewReplicationPairing = "replication-pairing.view"
  case manageReplicationPairing = "replication-pairing.manage"
  case viewReplication = "replication.view"
  case manageReplication = "replication.manage"
  case configureMachine = "vm.configure-replication"
  case manageFiles = "datastore.manage-files"
  case browseDatastore = "datastore.browse"

  var privilege: Privilege {
    switch self {
    case .editSite: .remoteSiteEdit
    case .deleteGroup: .protectionGroupDelete
    case .editGroup: .protectionGroupEdit
    case .assignGroup: .protectionGroupAssignToPlan
    case .useResource: .recoveryUse
    case .createPlan: .planCreate
    case .deletePlan: .planDelete
    case .editPlan: .planEdit
    case .runPlan: .planRun
    case .failOverPlan: .planFailover
    case .reprotectPlan: .planReprotect
    case .editMapping: .inventoryMappingEdit
    case .editPlaceholders: .placeholderDatastoreEdit
    case .configureStorage: .storageConfigure
    case .viewStoragePolicy: .storagePolicyView
    case .viewReplicationServer: .replicationServerView
    case .manageReplicationServer: .replicationServerManage
    case .viewReplicationPairing: .replicationPairingView
    case .manageReplicationPairing: .replicationPairingManage
    case .viewReplication: .replicationView
    case .manageReplication: .replicationManage
    case .configureMachine: .virtualMachineReplicationConfigure
    case .manageFiles: .datastoreFileManage
    case .browseDatastore: .datastoreBrowse
    }
  }
}

/// Roles, each with its privileges.
typealias RolesDraft = [(name: Located<String>, value: [Located<PrivilegeWord>])]

extension ValueType where Value == RolesDraft {
  static var roles: ValueType { .named(.list(of: .word)) }
}
