import Inventory
import RecoveryCore

/// Who does what the timeline says.
extension Resolver {
  mutating func resolveRoles() {
    roleNames = NameTable("role")
    guard let draft = draft.recovery.known else {
      if draft.recovery.isGiven { roleNames.missesSome() }
      return
    }
    if draft.roles.isGiven, draft.roles.located == nil { roleNames.missesSome() }
    for (index, role) in (draft.roles.known ?? []).enumerated() {
      roleNames.define(role.name, as: index, log: &log)
      let privileges = role.value.map(\.value.privilege)
      roles.append(
        Scenario.Role(
          name: role.name.value, privileges: Privilege.allCases.filter(privileges.contains)))
    }
  }

  /// Who does what an entry says.
  mutating func actor(of entry: TimelineEntryDraft) -> Scenario.Actor {
    let role = roleNames.resolve(entry.role.located, log: &log).map { roles[$0] }
    var site: Int?
    if entry.verb.known?.managesReplication == true {
      site = siteNames.resolve(entry.from.located, log: &log)
    }
    return Scenario.Actor(role: role, site: site.map { SiteID($0) })
  }
}

extension Scenario.TimelineEntry.Verb {
  /// Whether people tell vSphere Replication to do something to replications.
  var managesReplication: Bool {
    switch self {
    case .configureReplication, .stopReplication, .pauseReplication, .resumeReplication, .syncReplication,
      .fullSyncReplication, .reconfigureReplication, .moveReplication:
      true
    default: false
    }
  }
}
