package import Quantities

/// The servers of one site and the add-ons that bring them.
///
/// A vCenter Server is there from the beginning. Its driver calls ``advance(to:)`` when ``nextDeadline`` has come.
package struct SiteServers: Sendable, Hashable {
  package let parameters: AddOnParameters
  private var servers: [RecoveryServer]
  private var states: [AddOnState]

  package init(parameters: AddOnParameters = AddOnParameters()) {
    self.parameters = parameters
    servers = [.running, RecoveryServer(), RecoveryServer()]
    states = AddOn.allCases.map { _ in .notInstalled }
  }

  /// A site where both add-ons have been installed before the run began.
  package static func installed(
    replicationServers: Int = 1, parameters: AddOnParameters = AddOnParameters()
  ) -> SiteServers {
    var site = SiteServers(parameters: parameters)
    for addOn in AddOn.allCases {
      site.states[addOn.rawValue] =
        .installed(replicationServers: addOn == .vSphereReplication ? replicationServers : 0)
      site.servers[addOn.role.rawValue].deployed()
    }
    return site
  }

  package subscript(role: ServerRole) -> RecoveryServer { servers[role.rawValue] }
  package subscript(addOn: AddOn) -> AddOnState { states[addOn.rawValue] }

  /// Whether the server and the vCenter Server it serves answer.
  package func answers(_ role: ServerRole) -> Bool { self[role].isRunning && self[.vCenter].isRunning }

  /// The vSphere Replication servers of the site, the one inside the appliance among them.
  package var replicationServerCount: Int {
    if case .installed(let count) = self[.vSphereReplication] { count } else { 0 }
  }

  /// When the next installation or removal ends.
  package var nextDeadline: Instant? {
    var deadline: Instant?
    for state in states {
      switch state {
      case .installing(_, let end), .removing(let end): deadline = min(deadline ?? end, end)
      case .notInstalled, .installed: break
      }
    }
    return deadline
  }

  /// Ends the installations and removals that are due.
  package mutating func advance(to now: Instant) {
    for addOn in AddOn.allCases {
      switch self[addOn] {
      case .installing(let count, let end) where end <= now:
        states[addOn.rawValue] = .installed(replicationServers: count)
        servers[addOn.role.rawValue].deployed()
      case .removing(let end) where end <= now:
        states[addOn.rawValue] = .notInstalled
        servers[addOn.role.rawValue].removed()
      case .installing, .removing, .notInstalled, .installed: break
      }
    }
  }

  /// Begins the installation of an add-on.
  ///
  /// - Parameter replicationServers: How many vSphere Replication servers; zero for Site Recovery Manager.
  package mutating func install(
    _ addOn: AddOn, replicationServers: Int = 0, at now: Instant
  ) throws(AddOnRefusal) {
    switch self[addOn] {
    case .installing, .removing: throw .alreadyBegun
    case .installed: throw .alreadyInstalled
    case .notInstalled: break
    }
    if addOn == .vSphereReplication {
      guard (1...parameters.replicationServersMaximum).contains(replicationServers) else {
        throw .replicationServerCount(replicationServers, maximum: parameters.replicationServersMaximum)
      }
    }
    states[addOn.rawValue] = .installing(
      replicationServers: addOn == .vSphereReplication ? replicationServers : 0,
      end: now + parameters.installationTime(addOn))
  }

  /// Begins the removal of an add-on; its server stops at once.
  mutating func remove(_ addOn: AddOn, at now: Instant) throws(AddOnRefusal) {
    switch self[addOn] {
    case .installing, .removing: throw .alreadyBegun
    case .notInstalled: throw .notInstalled
    case .installed: break
    }
    servers[addOn.role.rawValue].isRunning = false
    states[addOn.rawValue] = .removing(end: now + parameters.removalTime)
  }

  /// A server crashed or was switched off.
  package mutating func stopped(_ role: ServerRole) { servers[role.rawValue].isRunning = false }

  /// A server answers again; nothing happens if it is not deployed.
  package mutating func started(_ role: ServerRole) {
    let isBeingRemoved = AddOn.allCases.contains { addOn in
      if case .removing = self[addOn] { addOn.role == role } else { false }
    }
    servers[role.rawValue].isRunning = servers[role.rawValue].isDeployed && !isBeingRemoved
  }

  /// A server shows a new certificate, which its peers must accept again.
  package mutating func certificateRenewed(_ role: ServerRole) { servers[role.rawValue].certificate += 1 }
}
