import Inventory
import Quantities

extension Resolver {
  /// An appliance, with what is known of it.
  struct PlannedAppliance {
    let role: Appliance.Role
    let site: Int
    let host: Int?
    let draft: ApplianceDraft
  }

  /// The most replication servers of a vCenter Server.
  ///
  /// - Source: VMware, vSphere Replication 8.3, operational limits: one appliance and up to nine more servers.
  private static let serverMaximum = 10

  /// Numbers the replication servers and appliances of a site.
  mutating func resolveAppliances(of site: SiteDraft, at siteIndex: Int, isNamed: Bool) {
    let name = isNamed ? site.name.located : nil
    let servers = site.appliances.known?.servers
    if site.appliances.isGiven,
      site.appliances.located == nil || servers?.isGiven == true && servers?.known == nil
    {
      applianceNames.missesSome()
      serverNames.missesSome()
    }
    if let servers = servers?.located { checkCount(servers) }
    // A count that was left out stands where its site begins.
    if servers?.isGiven == true, let count = site.replicationServers.located, count.span != site.span {
      log.report(
        .conflictingKeys, "\"replicationServers\" and the \"servers\" of \"appliances\" exclude each other",
        at: count.span, help: "each of the \"servers\" is one")
    }
    if let drafts = servers?.known {
      let names = numberedNames(drafts.count, of: "vrs", at: name)
      for (draft, automatic) in zip(drafts, names) {
        let server = ReplicationServerID(serverSites.count)
        let own = draft.value.name.isGiven ? draft.value.name.located : automatic
        serverNames.define(own, as: server.index, log: &log)
        serverSites.append(siteIndex)
        define(.replicationServer(server), as: draft.value, named: own, at: siteIndex)
      }
    } else {
      let count = site.replicationServers.known
      for name in numberedNames(count ?? 0, of: "vrs", at: name) {
        serverNames.define(name, as: serverSites.count, log: &log)
        serverSites.append(siteIndex)
      }
      if count == nil { serverNames.missesSome() }
    }
    for (role, kind, draft) in [
      (Appliance.Role.siteRecovery, "srm", site.appliances.known?.siteRecovery),
      (.management, "vrms", site.appliances.known?.management),
    ] {
      guard let draft = draft?.known else { continue }
      let automatic = name.map { Located(value: "\($0.value)-\(kind)", span: $0.span) }
      define(role, as: draft, named: draft.name.isGiven ? draft.name.located : automatic, at: siteIndex)
    }
  }

  private mutating func checkCount(_ servers: Located<[Located<ApplianceDraft>]>) {
    guard draft.limits.known == .product, servers.value.count > Self.serverMaximum else { return }
    log.report(
      .tooManyServers,
      "a site has at most \(Self.serverMaximum) replication servers, not \(servers.value.count)",
      at: servers.span, help: "write \"limits\": \"relaxed\" at the top of the scenario to explore it anyway")
  }

  private mutating func define(
    _ role: Appliance.Role, as draft: ApplianceDraft, named name: Located<String>?, at site: Int
  ) {
    applianceNames.define(name, as: appliances.count, log: &log)
    let demand = draft.demand(as: role)
    var host = resolveHost(draft.host.located, at: site)
    checkStandby(of: host, at: draft.host.located?.span)
    if !draft.host.isGiven {
      var turn = 0
      let hosts = hostSites.indices.filter { hostSites[$0] == site && standbySpans[$0] == nil }
      if !hosts.isEmpty {
        host = nextHost(for: demand, among: hosts, turn: &turn)
      }
    }
    if let host, let span = name?.span { take(of: host, for: demand, named: name?.value ?? "?", at: span) }
    appliances.append(PlannedAppliance(role: role, site: site, host: host, draft: draft))
  }

  func buildAppliances() -> [Appliance] {
    zip(applianceNames.names, appliances).map { name, planned in
      let demand = planned.draft.demand(as: planned.role)
      guard let host = planned.host else { preconditionFailure("what is unknown was reported as an error") }
      return Appliance(
        name: name, role: planned.role, site: SiteID(planned.site), host: HostID(host),
        cpuCount: demand.cpuCount, memory: demand.memory, boot: planned.draft.boot.value)
    }
  }

  /// The settings of a cluster; `nil` where nothing about it asks for a closer look.
  func availability(of cluster: PlannedCluster) -> HighAvailability? {
    if let settings = cluster.draft?.availability.known?.settings { return settings }
    let hasAppliance = appliances.contains { $0.host.map(cluster.hosts.contains) ?? false }
    return cluster.capacity != nil || hasAppliance ? HighAvailability() : nil
  }
}

extension ApplianceDraft {
  /// - Source: VMware, vSphere Replication 8.5, system requirements: 2 or 4 processors and 8 GB, 1 GB for a further server; its
  ///   processors, and 2 processors and 8 GB of a small Site Recovery Manager, are unverified.
  ///   That it reserves no memory is unverified too.
  fileprivate func demand(as role: Appliance.Role) -> HostDemand {
    let usual: (Int, ByteCount) =
      switch role {
      case .siteRecovery: (2, .gibibytes(8))
      case .management: (4, .gibibytes(8))
      case .replicationServer: (2, .gibibytes(1))
      }
    return HostDemand(
      cpuCount: cpuCount.known ?? usual.0, memory: memory.known ?? usual.1, reservation: .zero)
  }
}
