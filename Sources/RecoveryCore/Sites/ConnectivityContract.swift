/// How an operation answers while the other site of the pair cannot be asked.
package struct ConnectivityContract: Sendable, Hashable {
  /// What an operation yields.
  package enum Promise: String, Sendable, Hashable, CaseIterable {
    /// Everything it would yield otherwise.
    case fullData = "FULL_DATA"
    /// What this site knows, and errors for the rest.
    case partialData = "PARTIAL_DATA"
    /// It succeeds.
    case ok = "OK"
    /// It is refused.
    case error = "ERROR"
    /// It succeeds if its parameters concern this site only.
    case depends = "DEPENDS_ON_PROVIDED_PARAMS"
  }

  /// While nobody of this session is logged in at the other site.
  package let notAuthenticated: Promise?
  /// While the other site's server does not answer.
  package let serverDown: Promise?

  package init(notAuthenticated: Promise?, serverDown: Promise?) {
    self.notAuthenticated = notAuthenticated
    self.serverDown = serverDown
  }

  /// The API promises nothing.
  package static let unspecified = ConnectivityContract(notAuthenticated: nil, serverDown: nil)

  package func promise(while connection: RemoteConnection) -> Promise? {
    switch connection {
    case .connected: nil
    case .notAuthenticated: notAuthenticated
    case .serverDown: serverDown
    }
  }
}

/// How a session stands to the other site of its pair.
package enum RemoteConnection: Sendable, Hashable, CaseIterable {
  case connected
  /// The other site answers, but the session has not logged in there, or has logged out.
  case notAuthenticated
  /// The other site's server does not answer, whatever the reason.
  case serverDown
}

/// What an operation may do, given where its session stands.
package enum OperationVerdict: Sendable, Hashable {
  /// It goes on, and what it yields is complete.
  case complete
  /// It goes on, and yields what this site knows.
  case partial
  case refused(OperationRefusal)
}

/// Why an operation is refused before it begins.
package enum OperationRefusal: Error, Sendable, Hashable {
  /// The user is not logged in at this site.
  case notLoggedIn
  /// The server that was asked does not run.
  case serverNotRunning
  /// The sites are not paired.
  case notPaired
  /// The session must log in at the other site first.
  case notAuthenticatedAtRemoteSite
  case remoteServerDown
  /// The user lacks these privileges.
  case privilegesMissing([Privilege])
}

/// How strictly the connectivity contract is kept.
package struct ConnectivityRules: Sendable, Hashable {
  /// Whether a disaster recovery, a test and its clean-up that need nothing of the other site may run after the remote
  /// login was cancelled although the other site's server is up.
  ///
  /// The contract of the API refuses them. The user interface did not: a published training lab cancels the login and
  /// then runs a disaster recovery.
  ///
  /// - Source: `E-G-C/avs-workshop-step-by-step`, module 3, against the REST API 2.0; which is right is unverified.
  package var recoversWithoutRemoteLogin = false

  package init() {}

  /// Whether the operation may go on, as far as the other site is concerned.
  ///
  /// - Parameter needsRemoteSite: Whether what the operation was given concerns the other site: an object there, a
  ///   synchronisation, a planned migration. It counts where the contract says that it depends on the parameters. The
  ///   reading is inferred.
  package func verdict(
    on contract: ConnectivityContract, connection: RemoteConnection, needsRemoteSite: Bool,
    runsPlan: Bool = false
  ) -> OperationVerdict {
    let refusal: OperationRefusal =
      connection == .notAuthenticated ? .notAuthenticatedAtRemoteSite : .remoteServerDown
    switch contract.promise(while: connection) {
    case nil, .ok, .fullData: return .complete
    case .partialData: return .partial
    case .depends: return needsRemoteSite ? .refused(refusal) : .complete
    case .error:
      let isTolerated =
        recoversWithoutRemoteLogin && runsPlan && connection == .notAuthenticated && !needsRemoteSite
      return isTolerated ? .complete : .refused(refusal)
    }
  }
}

extension RecoveryOperation {
  /// Whether the operation runs or cancels a plan in a way that the recovery site can do alone.
  ///
  /// Reprotect is none: it needs both sites always.
  package var runsPlan: Bool {
    switch self {
    case .runTestRecovery, .runCleanupTestRecovery, .runRecovery, .cancelRecoveryPlan: true
    default: false
    }
  }
}
