/// A server that a site needs for recovery.
package enum ServerRole: Int, Sendable, Hashable, CaseIterable {
  case vCenter
  /// Site Recovery Manager.
  case siteRecoveryManager
  /// The vSphere Replication management server.
  case replicationManagement
}

/// The health of a server as the API shows it.
package enum ServerStatus: String, Sendable, Hashable, CaseIterable {
  case ok = "OK"
  /// It runs, and something about it needs attention, such as a certificate that its peer has not accepted.
  case warning = "WARNING"
  /// It does not answer.
  case error = "ERROR"
}

/// One server of a site.
package struct RecoveryServer: Sendable, Hashable {
  /// Whether it has been deployed and not removed since.
  package internal(set) var isDeployed = false
  /// Whether it answers; false while it is not deployed.
  package internal(set) var isRunning = false
  /// Which certificate it shows: a new one after each deployment or renewal.
  ///
  /// The number stands for the thumbprint.
  package internal(set) var certificate = 0

  package init() {}

  /// A server that stands and runs from the beginning, such as a vCenter Server.
  package static let running: RecoveryServer = {
    var server = RecoveryServer()
    server.deployed()
    return server
  }()

  mutating func deployed() {
    isDeployed = true
    isRunning = true
    certificate += 1
  }

  mutating func removed() {
    isDeployed = false
    isRunning = false
  }
}
