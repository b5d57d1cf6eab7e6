package import Quantities

/// Two sites, their servers, what connects them, and who is logged in.
///
/// Pairing is done once. A session logs in at one site and then, each time anew, at the other.
package struct SitePair: Sendable, Hashable {
  /// What a pairing ties together and which certificates were accepted then.
  package struct Pairing: Sendable, Hashable {
    /// Which services were chosen; never empty.
    package let services: [AddOn]
    /// The certificates accepted of each side, by ``ServerRole``; the missing ones are zero.
    package let certificates: BothSides<[Int]>
  }

  package internal(set) var sites: BothSides<SiteServers>
  /// Whether the management traffic of the sites gets through.
  package internal(set) var isConnected = true
  package internal(set) var pairing: Pairing?
  package internal(set) var sessions: [Session] = []
  var nextSessionID: SessionID = 1
  package var rules: ConnectivityRules

  package init(sites: BothSides<SiteServers>, rules: ConnectivityRules = ConnectivityRules()) {
    self.sites = sites
    self.rules = rules
  }

  // MARK: What happens to servers and the network

  package mutating func install(
    _ addOn: AddOn, replicationServers: Int = 0, at side: PairSide, now: Instant
  ) throws(AddOnRefusal) {
    try sites[side].install(addOn, replicationServers: replicationServers, at: now)
  }

  /// Begins the removal of an add-on, which must not be part of the pairing any more.
  package mutating func remove(_ addOn: AddOn, at side: PairSide, now: Instant) throws(AddOnRefusal) {
    if let pairing, pairing.services.contains(addOn) { throw .stillPaired }
    try sites[side].remove(addOn, at: now)
    endSessions(at: side, role: addOn.role)
  }

  package var nextDeadline: Instant? {
    switch (sites.first.nextDeadline, sites.second.nextDeadline) {
    case (let first?, let second?): min(first, second)
    case (let first, let second): first ?? second
    }
  }

  package mutating func advance(to now: Instant) {
    for side in PairSide.allCases { sites[side].advance(to: now) }
  }

  /// A server stopped; the sessions it held are lost, and remote logins at it.
  package mutating func serverStopped(_ role: ServerRole, at side: PairSide) {
    sites[side].stopped(role)
    endSessions(at: side, role: role)
  }

  package mutating func serverStarted(_ role: ServerRole, at side: PairSide) { sites[side].started(role) }

  package mutating func certificateRenewed(_ role: ServerRole, at side: PairSide) {
    sites[side].certificateRenewed(role)
  }

  package mutating func connectionLost() { isConnected = false }
  package mutating func connectionRestored() { isConnected = true }

  // MARK: Pairing

  /// Pairs the sites, from the server of the first one.
  ///
  /// - Parameters:
  ///   - services: What to pair; each must be installed at both sites.
  ///   - acceptsCertificates: Whether the user accepts the certificates that the other site shows.
  package mutating func pair(services: [AddOn], acceptsCertificates: Bool) throws(PairingRefusal) {
    guard pairing == nil else { throw .alreadyPaired }
    guard !services.isEmpty else { throw .noService }
    let chosen = AddOn.allCases.filter(services.contains)
    for side in PairSide.allCases {
      guard sites[side].answers(.vCenter) else { throw .serverDown(.vCenter, side) }
      for addOn in chosen {
        guard sites[side][addOn.role].isDeployed else { throw .notInstalled(addOn, side) }
        guard sites[side].answers(addOn.role) else { throw .serverDown(addOn.role, side) }
      }
    }
    guard isConnected else { throw .unreachable }
    guard acceptsCertificates else { throw .certificateNotAccepted }
    pairing = Pairing(services: chosen, certificates: shownCertificates)
  }

  /// Makes the pairing good again after a server was deployed anew or shows another certificate.
  package mutating func reconnect(acceptsCertificates: Bool) throws(PairingRefusal) {
    guard let paired = pairing else { throw .notPaired }
    for side in PairSide.allCases {
      for role in roles(of: paired) where !sites[side].answers(role) { throw .serverDown(role, side) }
    }
    guard isConnected else { throw .unreachable }
    guard acceptsCertificates else { throw .certificateNotAccepted }
    pairing = Pairing(services: paired.services, certificates: shownCertificates)
  }

  /// Ends the pairing.
  ///
  /// - Parameter isInUse: Whether there are protection groups, plans or replications between the sites. That these must
  ///   go first is unverified.
  package mutating func deletePairing(isInUse: Bool) throws(PairingRefusal) {
    guard let paired = pairing else { throw .notPaired }
    guard !isInUse else { throw .inUse }
    for side in PairSide.allCases {
      for role in roles(of: paired) where !sites[side].answers(role) { throw .serverDown(role, side) }
    }
    guard isConnected else { throw .unreachable }
    pairing = nil
    for index in sessions.indices { sessions[index].remoteUser = nil }
  }

  private var shownCertificates: BothSides<[Int]> {
    func shown(_ side: PairSide) -> [Int] { ServerRole.allCases.map { sites[side][$0].certificate } }
    return BothSides(first: shown(.first), second: shown(.second))
  }

  private func roles(of pairing: Pairing) -> [ServerRole] { [.vCenter] + pairing.services.map(\.role) }

  // MARK: Health

  /// Whether the pairing knows the certificate that a server shows now.
  package func isCertificateAccepted(_ role: ServerRole, at side: PairSide) -> Bool {
    guard let pairing else { return false }
    return pairing.certificates[side][role.rawValue] == sites[side][role].certificate
  }

  /// The health of a server, as the other site or this one would show it.
  package func status(of role: ServerRole, at side: PairSide, seenFrom observer: PairSide) -> ServerStatus {
    guard sites[side].answers(role), side == observer || isConnected else { return .error }
    if let pairing, roles(of: pairing).contains(role), !isCertificateAccepted(role, at: side) {
      return .warning
    }
    return .ok
  }

  /// Whether the server at one side can work with its peer at the other: both answer, the network gets through, and
  /// both accept the other's certificate.
  package func reaches(_ role: ServerRole) -> Bool {
    guard let pairing, isConnected, roles(of: pairing).contains(role) else { return false }
    return PairSide.allCases.allSatisfy { side in
      sites[side].answers(role) && isCertificateAccepted(role, at: side)
        && isCertificateAccepted(.vCenter, at: side)
    }
  }
}

/// Why the sites cannot be paired, reconnected or parted.
package enum PairingRefusal: Error, Sendable, Hashable {
  case alreadyPaired
  case notPaired
  /// No service was chosen.
  case noService
  case notInstalled(AddOn, PairSide)
  case serverDown(ServerRole, PairSide)
  /// The sites' management traffic does not get through.
  case unreachable
  case certificateNotAccepted
  /// Something between the sites still uses the pairing.
  case inUse
}
