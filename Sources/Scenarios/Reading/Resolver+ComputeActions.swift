import Inventory
import Quantities

/// Timeline entries about hosts, sites, appliances and guests.
extension Resolver {
  mutating func computeAction(
    _ verb: Scenario.TimelineEntry.Verb, of entry: TimelineEntryDraft
  ) -> Scenario.ComputeAction? {
    switch verb {
    case .hostIsolate: modelledHost(of: entry).map { .hostIsolate($0) }
    case .hostDisconnect: modelledHost(of: entry).map { .hostDisconnect($0) }
    case .hostMaintenance: modelledHost(of: entry).map { .hostMaintenance($0) }
    case .siteFail: site(of: entry).map { .siteFail(sharers(of: $0)) }
    case .siteRestore: site(of: entry).map { .siteRestore($0) }
    case .siteIsolate: site(of: entry).map { .siteIsolate($0) }
    case .applianceFail: appliance(of: entry).map { .applianceFail($0) }
    case .applianceHang: appliance(of: entry).map { .applianceHang($0) }
    case .applianceRestore: appliance(of: entry).map { .applianceRestore($0) }
    case .applianceMove: applianceMove(of: entry)
    case .machineCrash: machines(of: entry).map { .machineCrash($0) }
    case .machineHang: machines(of: entry).map { .machineHang($0) }
    default: preconditionFailure("\(verb.rawValue) is no verb about hosts, sites, appliances or guests")
    }
  }

  private mutating func site(of entry: TimelineEntryDraft) -> SiteID? {
    siteNames.resolve(entry.site.located, log: &log).map { SiteID($0) }
  }

  /// The sites that fail with one, itself among them, ascending.
  private func sharers(of site: SiteID) -> [SiteID] {
    let sites = draft.sites.known ?? []
    let group = sites[site.index].value.fateGroup.known
    return sites.indices.filter {
      $0 == site.index || (group != nil && sites[$0].value.fateGroup.known == group)
    }
    .map { SiteID($0) }
  }

  private mutating func appliance(of entry: TimelineEntryDraft) -> ApplianceID? {
    applianceNames.resolve(entry.appliance.located, log: &log).map { ApplianceID($0) }
  }

  private mutating func applianceMove(of entry: TimelineEntryDraft) -> Scenario.ComputeAction? {
    let appliance = appliance(of: entry)
    let host = host(of: entry)
    guard let appliance, let host, let reference = entry.host.located,
      check("host", reference, isAt: appliances[appliance.index].site, whereItIs: hostSites[host.index])
    else { return nil }
    return .applianceMove(appliance, host)
  }

  /// A host of a cluster that is looked at in detail.
  private mutating func modelledHost(of entry: TimelineEntryDraft) -> HostID? {
    guard let host = host(of: entry), let reference = entry.host.located else { return nil }
    let cluster = clusters.first { $0.hosts.contains(host.index) }
    if let cluster, availability(of: cluster) == nil {
      log.report(
        .noCluster, "nothing is said about the cluster of the host \(quoted(reference.value))",
        at: reference.span,
        help: "list it in \"clusters\" with \"ha\": {}")
      return nil
    }
    return host
  }
}
