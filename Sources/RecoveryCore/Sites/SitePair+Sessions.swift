package typealias SessionID = Int

/// A user's login at the server of one site and, perhaps, at the other's.
package struct Session: Sendable, Hashable {
  package let id: SessionID
  /// Where the user logged in first.
  package let side: PairSide
  /// The server whose client this is.
  package let role: ServerRole
  package let user: String
  /// In the order of ``Privilege``'s cases.
  package let privileges: [Privilege]
  /// Who is logged in at the other site through this session.
  package internal(set) var remoteUser: String?
}

/// Why somebody cannot log in.
package enum LoginRefusal: Error, Sendable, Hashable {
  case serverDown
  case noSuchSession
  case notPaired
  /// The other site does not answer, or its certificate is not accepted.
  case remoteServerDown
}

extension SitePair {
  /// Logs a user in at one site.
  ///
  /// Who the user is has been checked before; a session without privileges can read.
  package mutating func logIn(
    _ user: String, privileges: [Privilege] = Privilege.allCases, at side: PairSide,
    role: ServerRole = .siteRecoveryManager
  ) throws(LoginRefusal) -> SessionID {
    guard sites[side].answers(role) else { throw .serverDown }
    let id = nextSessionID
    nextSessionID += 1
    sessions.append(
      Session(
        id: id, side: side, role: role, user: user,
        privileges: Privilege.allCases.filter(privileges.contains)))
    return id
  }

  /// Logs a session in at the other site of its pair.
  package mutating func logInRemotely(_ user: String, session id: SessionID) throws(LoginRefusal) {
    guard let index = index(of: id) else { throw .noSuchSession }
    guard pairing != nil else { throw .notPaired }
    guard reaches(sessions[index].role) else { throw .remoteServerDown }
    sessions[index].remoteUser = user
  }

  /// Ends a session's login at the other site; nothing happens if there is none.
  package mutating func logOutRemotely(session id: SessionID) {
    if let index = index(of: id) { sessions[index].remoteUser = nil }
  }

  /// Ends a session; nothing happens if it has ended already.
  package mutating func logOut(session id: SessionID) {
    if let index = index(of: id) { sessions.remove(at: index) }
  }

  package func session(_ id: SessionID) -> Session? { index(of: id).map { sessions[$0] } }

  /// How a session stands to the other site.
  ///
  /// A server that cannot be reached counts as down, even where a login there was never ended.
  package func remoteConnection(of session: Session) -> RemoteConnection {
    guard reaches(session.role) else { return .serverDown }
    return session.remoteUser == nil ? .notAuthenticated : .connected
  }

  /// Whether a session may do something on a Site Recovery Manager server.
  ///
  /// - Parameter needsRemoteSite: See ``ConnectivityRules/verdict(on:connection:needsRemoteSite:runsPlan:)``.
  package func verdict(
    on operation: RecoveryOperation, session id: SessionID, needsRemoteSite: Bool
  ) -> OperationVerdict {
    verdict(
      contract: operation.contract, privileges: operation.privileges, session: id,
      needsRemoteSite: needsRemoteSite, runsPlan: operation.runsPlan)
  }

  /// Whether a session may do something on a vSphere Replication server.
  package func verdict(
    on operation: ReplicationOperation, session id: SessionID, needsRemoteSite: Bool
  ) -> OperationVerdict {
    verdict(
      contract: operation.contract, privileges: operation.privileges, session: id,
      needsRemoteSite: needsRemoteSite, runsPlan: false)
  }

  private func verdict(
    contract: ConnectivityContract, privileges: [Privilege], session id: SessionID, needsRemoteSite: Bool,
    runsPlan: Bool
  ) -> OperationVerdict {
    guard let session = session(id) else { return .refused(.notLoggedIn) }
    guard sites[session.side].answers(session.role) else { return .refused(.serverNotRunning) }
    let missing = privileges.filter { !session.privileges.contains($0) }
    guard missing.isEmpty else { return .refused(.privilegesMissing(missing)) }
    guard pairing != nil else {
      // There is no other site: reading finds what is here, everything else needs a pair.
      switch contract.notAuthenticated {
      case nil, .fullData, .partialData: return .complete
      case .ok, .error, .depends: return .refused(.notPaired)
      }
    }
    return rules.verdict(
      on: contract, connection: remoteConnection(of: session), needsRemoteSite: needsRemoteSite,
      runsPlan: runsPlan)
  }

  private func index(of id: SessionID) -> Int? { sessions.firstIndex { $0.id == id } }

  /// Ends what a stopped server held: the sessions at it, and the remote logins at it.
  mutating func endSessions(at side: PairSide, role: ServerRole) {
    sessions.removeAll { $0.side == side && ($0.role == role || role == .vCenter) }
    for index in sessions.indices
    where sessions[index].side == side.other && (sessions[index].role == role || role == .vCenter) {
      sessions[index].remoteUser = nil
    }
  }
}
