extension RecoveryAction {
  /// What sort of operation it is, by the word that scenarios, reports and the lab use for it.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case restoreHosts = "restore-hosts"
    case synchronize
    case createTestImage = "create-test-image"
    case makeStorageWritable = "make-storage-writable"
    case deactivateStorage = "deactivate-storage"
    case discardTestImage = "discard-test-image"
    case reverseReplication = "reverse-replication"
    case cleanUpStorage = "clean-up-storage"
    case configureStorage = "configure-storage"
    case configureTestNetwork = "configure-test-network"
    case customizeGuest = "customize-guest"
    case powerOn = "power-on"
    case waitForTools = "wait-for-tools"
    case shutDownGuest = "shut-down-guest"
    case powerOff = "power-off"
    case prepareForMigration = "prepare-for-migration"
    case resetStorage = "reset-storage"
    case suspend
    case resume
    case configureReverseReplication = "configure-reverse-replication"
    case configureReverseProtection = "configure-reverse-protection"
    case runOnServer = "run-on-server"
    case runOnVM = "run-on-vm"
    case showPrompt = "show-prompt"
  }

  package var kind: Kind {
    switch self {
    case .restoreHosts: .restoreHosts
    case .synchronize: .synchronize
    case .createTestImage: .createTestImage
    case .makeStorageWritable: .makeStorageWritable
    case .deactivateStorage: .deactivateStorage
    case .discardTestImage: .discardTestImage
    case .reverseReplication: .reverseReplication
    case .cleanUpStorage: .cleanUpStorage
    case .configureStorage: .configureStorage
    case .configureTestNetwork: .configureTestNetwork
    case .customizeGuest: .customizeGuest
    case .powerOn: .powerOn
    case .waitForTools: .waitForTools
    case .shutDownGuest: .shutDownGuest
    case .powerOff: .powerOff
    case .prepareForMigration: .prepareForMigration
    case .resetStorage: .resetStorage
    case .suspend: .suspend
    case .resume: .resume
    case .configureReverseReplication: .configureReverseReplication
    case .configureReverseProtection: .configureReverseProtection
    case .runOnServer: .runOnServer
    case .runOnVM: .runOnVM
    case .showPrompt: .showPrompt
    }
  }
}
