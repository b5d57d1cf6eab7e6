import Quantities
import RecoveryCore
import Testing

@Suite struct SitePairTests {
  /// Both add-ons at both sites, not yet paired.
  private func sites() -> SitePair { SitePair(sites: BothSides(.installed())) }

  private func pair() throws -> SitePair {
    var pair = sites()
    try pair.pair(services: [.siteRecoveryManager, .vSphereReplication], acceptsCertificates: true)
    return pair
  }

  @Test func `Pairing needs the chosen services at both sites, the network and accepted certificates`() throws
  {
    var bare = SitePair(sites: BothSides(first: .installed(), second: SiteServers()))
    #expect(throws: PairingRefusal.notInstalled(.siteRecoveryManager, .second)) {
      try bare.pair(services: [.siteRecoveryManager], acceptsCertificates: true)
    }
    var pair = sites()
    #expect(throws: PairingRefusal.noService) { try pair.pair(services: [], acceptsCertificates: true) }
    pair.connectionLost()
    #expect(throws: PairingRefusal.unreachable) {
      try pair.pair(services: [.siteRecoveryManager], acceptsCertificates: true)
    }
    pair.connectionRestored()
    #expect(throws: PairingRefusal.certificateNotAccepted) {
      try pair.pair(services: [.siteRecoveryManager], acceptsCertificates: false)
    }
    pair.serverStopped(.replicationManagement, at: .second)
    #expect(throws: PairingRefusal.serverDown(.replicationManagement, .second)) {
      try pair.pair(services: [.vSphereReplication], acceptsCertificates: true)
    }
    #expect(throws: Never.self) {
      try pair.pair(services: [.siteRecoveryManager], acceptsCertificates: true)
    }
    #expect(throws: PairingRefusal.alreadyPaired) {
      try pair.pair(services: [.siteRecoveryManager], acceptsCertificates: true)
    }
    #expect(pair.reaches(.siteRecoveryManager))
    #expect(!pair.reaches(.replicationManagement))
  }

  @Test func `A new certificate parts the servers until somebody reconnects`() throws {
    var pair = try pair()
    #expect(pair.status(of: .siteRecoveryManager, at: .second, seenFrom: .first) == .ok)

    pair.certificateRenewed(.siteRecoveryManager, at: .second)

    #expect(pair.status(of: .siteRecoveryManager, at: .second, seenFrom: .first) == .warning)
    #expect(!pair.reaches(.siteRecoveryManager))
    #expect(pair.reaches(.replicationManagement))
    try pair.reconnect(acceptsCertificates: true)
    #expect(pair.reaches(.siteRecoveryManager))
    #expect(pair.status(of: .siteRecoveryManager, at: .second, seenFrom: .first) == .ok)
  }

  @Test func `A server is seen from its own site while the network is down`() throws {
    var pair = try pair()
    pair.connectionLost()
    #expect(pair.status(of: .siteRecoveryManager, at: .second, seenFrom: .second) == .ok)
    #expect(pair.status(of: .siteRecoveryManager, at: .second, seenFrom: .first) == .error)
    #expect(throws: PairingRefusal.unreachable) { try pair.reconnect(acceptsCertificates: true) }
  }

  @Test func `A pairing in use stays, and its add-ons with it`() throws {
    var pair = try pair()
    #expect(throws: PairingRefusal.inUse) { try pair.deletePairing(isInUse: true) }
    #expect(throws: AddOnRefusal.stillPaired) {
      try pair.remove(.siteRecoveryManager, at: .first, now: .zero)
    }
    try pair.deletePairing(isInUse: false)
    #expect(pair.pairing == nil)
    try pair.remove(.siteRecoveryManager, at: .first, now: .zero)
    #expect(!pair.sites.first.answers(.siteRecoveryManager))
    pair.serverStarted(.siteRecoveryManager, at: .first)
    #expect(!pair.sites.first.answers(.siteRecoveryManager))
    #expect(pair.nextDeadline == .zero + .minutes(5))
    pair.advance(to: .zero + .minutes(5))
    #expect(pair.sites.first[.siteRecoveryManager as AddOn] == .notInstalled)
  }

  @Test func `Local and remote login are two things`() throws {
    var pair = try pair()
    let session = try pair.logIn("anna", at: .second)
    func connection() -> RemoteConnection? { pair.session(session).map(pair.remoteConnection) }
    #expect(connection() == .notAuthenticated)
    try pair.logInRemotely("anna", session: session)
    #expect(connection() == .connected)
    pair.logOutRemotely(session: session)
    #expect(connection() == .notAuthenticated)
    try pair.logInRemotely("anna", session: session)
    pair.serverStopped(.siteRecoveryManager, at: .first)
    #expect(connection() == .serverDown)
    pair.serverStarted(.siteRecoveryManager, at: .first)
    // The server that held the remote login has forgotten it.
    #expect(connection() == .notAuthenticated)
    pair.serverStopped(.siteRecoveryManager, at: .second)
    #expect(pair.session(session) == nil)
    #expect(throws: LoginRefusal.serverDown) { try pair.logIn("anna", at: .second) }
    pair.serverStarted(.siteRecoveryManager, at: .second)
    #expect(try pair.logIn("ben", at: .second) != session)
  }

  @Test func `Nobody logs in remotely without a pair or over a broken one`() throws {
    var unpaired = sites()
    let first = try unpaired.logIn("anna", at: .first)
    #expect(throws: LoginRefusal.notPaired) { try unpaired.logInRemotely("anna", session: first) }
    var pair = try pair()
    let session = try pair.logIn("anna", at: .first)
    pair.connectionLost()
    #expect(throws: LoginRefusal.remoteServerDown) { try pair.logInRemotely("anna", session: session) }
    pair.logOut(session: session)
    #expect(throws: LoginRefusal.noSuchSession) { try pair.logInRemotely("anna", session: session) }
  }
}
