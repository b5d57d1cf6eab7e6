import Inventory
import Quantities

extension Resolver {
  /// A cluster, with what is known of it.
  struct PlannedCluster {
    /// Positions among all hosts.
    let hosts: Range<Int>
    let site: Int
    let capacity: HostCapacity?
    /// What its hosts are, if they are of a type known by name.
    let type: HostType?
    /// `nil` for the one cluster of a site that names none.
    let draft: ClusterDraft?
  }

  /// Numbers the clusters and hosts of a site: those it lists, or one of all its hosts.
  ///
  /// - Parameter isNamed: Whether the site has a good name of its own.
  mutating func resolveClusters(of site: SiteDraft, at siteIndex: Int, isNamed: Bool) {
    guard !site.clusters.isGiven else { return resolveListedClusters(of: site, at: siteIndex) }
    let name = isNamed ? site.name.located : nil
    if site.hosts.isGiven, site.hosts.located == nil { hostNames.missesSome() }
    let hosts: HostsDraft? = site.hosts.isGiven ? site.hosts.known : .first(1)
    let range = defineHosts(hosts, of: name, at: siteIndex)
    clusterNames.define(
      name.map { Located(value: "\($0.value)-cluster", span: $0.span) }, as: clusters.count, log: &log)
    clusters.append(
      PlannedCluster(
        hosts: range, site: siteIndex, capacity: site.hostType.known?.capacity,
        type: site.hostType.known?.type, draft: nil))
  }

  private mutating func resolveListedClusters(of site: SiteDraft, at siteIndex: Int) {
    let others = [("hosts", site.hosts.located?.span), ("hostType", site.hostType.located?.span)]
    for case (let key, let span?) in others {
      log.report(
        .conflictingKeys, "\(quoted(key)) and \"clusters\" exclude each other", at: span,
        help: "each cluster has \(quoted(key)) of its own")
    }
    if site.clusters.located == nil {
      clusterNames.missesSome()
      hostNames.missesSome()
    }
    for located in site.clusters.known ?? [] {
      let cluster = located.value
      let isNamed = clusterNames.define(cluster.name.located, as: clusters.count, log: &log)
      if cluster.hosts.located == nil { hostNames.missesSome() }
      let range = defineHosts(cluster.hosts.known, of: isNamed ? cluster.name.located : nil, at: siteIndex)
      clusters.append(
        PlannedCluster(
          hosts: range, site: siteIndex, capacity: cluster.hostType.known?.capacity,
          type: cluster.hostType.known?.type, draft: cluster))
    }
  }

  /// Numbers hosts: as listed, or `paris-esx-01` and so on.
  ///
  /// - Returns: Their positions among all hosts.
  private mutating func defineHosts(
    _ hosts: HostsDraft?, of owner: Located<String>?, at site: Int
  ) -> Range<Int> {
    let names: [Located<String>?] =
      switch hosts {
      case .second(let hosts): hosts.map(\.value.name.located)
      case .first(let count): numberedNames(count, of: "esx", at: owner)
      case nil: []
      }
    let first = hostSites.count
    for name in names {
      hostNames.define(name, as: hostSites.count, log: &log)
      hostSites.append(site)
    }
    noteStandby(of: hosts, count: names.count)
    return first..<hostSites.count
  }
}
