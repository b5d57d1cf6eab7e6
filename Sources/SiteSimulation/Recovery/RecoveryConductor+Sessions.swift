import Inventory
import Quantities
import RecoveryCore
import Scenarios

/// A person's session at one of the servers of a site.
struct OperatorSession: Sendable {
  let side: PairSide
  let server: ServerRole
  /// `nil`: an administrator.
  let role: Scenario.Role?
  /// Ended, and then replaced, when its server stops.
  var id: SessionID?
}

/// Who is logged in where, and what they may do.
///
/// Whoever needs a session has one: people log in again when their session ended with its server. Who logged out at the
/// other site on purpose stays logged out until they log in there again, at all servers.
extension RecoveryConductor {
  /// An operator logs in at the other site again.
  mutating func logIn(from side: PairSide) throws(RecoveryFailure) {
    isLoggedOut[side] = false
    guard let id = openSession(at: .siteRecoveryManager, of: side), servers.session(id)?.remoteUser != nil
    else { throw RecoveryFailure("site \(siteNames[side.other]) does not answer") }
    // One login serves all that a person has open.
    for session in sessions where session.side == side {
      _ = openSession(at: session.server, of: side, as: session.role)
    }
  }

  /// An operator ends the login at the other site.
  mutating func logOut(from side: PairSide) {
    isLoggedOut[side] = true
    for session in sessions where session.side == side {
      if let id = session.id { servers.logOutRemotely(session: id) }
    }
  }

  /// The session of a person at a server, made if there is none, and logged in at the other site where that is possible.
  ///
  /// - Returns: `nil` if the server does not answer.
  mutating func openSession(
    at server: ServerRole, of side: PairSide, as role: Scenario.Role? = nil
  ) -> SessionID? {
    let user = role?.name ?? "administrator"
    var index = sessions.firstIndex { $0.side == side && $0.server == server && $0.role == role }
    if index.flatMap({ sessions[$0].id }).flatMap({ servers.session($0) }) == nil {
      // A server that does not answer has no session; that is what an operation is refused for.
      let id = try? servers.logIn(
        user, privileges: role?.privileges ?? Privilege.allCases, at: side, role: server)
      if let index {
        sessions[index].id = id
      } else {
        index = sessions.count
        sessions.append(OperatorSession(side: side, server: server, role: role, id: id))
      }
    }
    guard let index, let id = sessions[index].id, let session = servers.session(id) else { return nil }
    if session.remoteUser == nil, !isLoggedOut[side] {
      // As above, for the other site.
      try? servers.logInRemotely(user, session: id)
    }
    return id
  }

  /// Checks whether somebody who is at `side` may do something with Site Recovery Manager.
  mutating func authorize(
    _ operation: RecoveryOperation, from side: PairSide, needsRemoteSite: Bool,
    by actor: Scenario.Actor = .administrator
  ) throws(RecoveryFailure) {
    guard let id = openSession(at: .siteRecoveryManager, of: side, as: actor.role) else {
      throw RecoveryFailure(text(OperationRefusal.serverNotRunning, at: side))
    }
    try check(servers.verdict(on: operation, session: id, needsRemoteSite: needsRemoteSite), at: side, actor)
  }

  /// Checks whether somebody who is at `side` may do something with vSphere Replication, which always concerns both sites.
  mutating func authorize(
    _ operation: ReplicationOperation, from side: PairSide, by actor: Scenario.Actor
  ) throws(RecoveryFailure) {
    for either in PairSide.allCases {
      if case .installed = servers.sites[either][.vSphereReplication] { continue }
      throw RecoveryFailure(text(PairingRefusal.notInstalled(.vSphereReplication, either)))
    }
    guard let id = openSession(at: .replicationManagement, of: side, as: actor.role) else {
      throw RecoveryFailure(text(PairingRefusal.serverDown(.replicationManagement, side)))
    }
    try check(servers.verdict(on: operation, session: id, needsRemoteSite: true), at: side, actor)
  }

  private func check(
    _ verdict: OperationVerdict, at side: PairSide, _ actor: Scenario.Actor
  ) throws(RecoveryFailure) {
    guard case .refused(let refusal) = verdict else { return }
    throw RecoveryFailure(text(refusal, at: side, user: actor.role?.name))
  }

  /// Checks the privileges of somebody for what no session is needed for.
  func require(_ privileges: [Privilege], of actor: Scenario.Actor) throws(RecoveryFailure) {
    guard let role = actor.role else { return }
    let missing = privileges.filter { !role.privileges.contains($0) }
    guard missing.isEmpty else {
      throw RecoveryFailure(text(OperationRefusal.privilegesMissing(missing), at: .first, user: role.name))
    }
  }
}
