import Inventory
import Quantities

/// The limits of the product and of the platform; `"limits": "relaxed"` turns them off.
extension Resolver {
  /// - Source: VMware, vSphere Replication operational limits (Broadcom KB 2102453).
  private static let replicationsPerServer = 200
  private static let serversPerAppliance = 10

  /// - Source: As above, from 6.x on; 500 before it, *unverified*.
  private static func replicationsPerAppliance(of product: Profile.Product) -> Int {
    product == .v5 ? 500 : 2_000
  }

  /// How many virtual machines may have an RPO below 15 minutes; `nil` where no figure is published.
  ///
  /// - Source: VMware, Using vSphere Replication 6.5: 100; later 500, quoted from the documentation of 9.0 by
  ///   notes.sponar.de. That 7.0 is the first with 500 is *unverified*.
  private static func shortObjectivesMaximum(of product: Profile.Product) -> Int? {
    switch product {
    case .v5, .enhanced: nil
    case .v6: 100
    case .v7, .v8, .v8U3: 500
    }
  }

  /// - Source: VMware's documentation of vSphere Replication 9.0, quoted by notes.sponar.de: 50 on vVols. That one end on them
  ///   suffices to count is *unverified*.
  private static let shortObjectivesOnVolumesMaximum = 50

  private static let shortObjective = TimeSpan.minutes(15)

  /// - Source: VMware, vSphere Replication 6.0, limitations: 62 TB from ESXi 5.5 on; before it 2 TB, *unverified*.
  private static func diskSizeMaximum(of product: Profile.Product) -> ByteCount {
    product == .v5 ? .tebibytes(2) : .tebibytes(62)
  }

  /// - Source: VMware configuration maximums of vSphere 8, *unverified*.
  private static let hostsPerCluster = 96

  /// What a private cloud of Azure VMware Solution has.
  ///
  /// - Source: Microsoft, Azure VMware Solution limits (2021 to 2023).
  enum PrivateCloud {
    static let hostsPerCluster = 3...16
    static let clusters = 12
    static let hosts = 96
    static let port = DataRate.gigabitsPerSecond(10)
    /// Of a vSAN datastore.
    static let usedShare = Ratio.percent(75)
  }

  mutating func checkLimits() {
    guard draft.limits.known == .product else { return }
    for (index, site) in (draft.sites.known ?? []).enumerated() { checkLimits(ofSite: index, site.value) }
    checkDisks()
    checkPlatform()
  }

  /// Where the limits come from, for the notes of errors.
  enum Source {
    static let operational = "limit of VMware's vSphere Replication operational limits (Broadcom KB 2102453)"
    static let firstRelease = "limit of vSphere Replication 5, not verified"
    static let objectives = "limit of VMware's documentation of vSphere Replication 6.5, later of 9.0"
    static let disks = "limit of VMware's documentation of vSphere Replication 6.0"
    static let hosts = "limit of VMware's configuration maximums of vSphere 8, not verified"
    static let pointsInTime =
      "limit of VMware's configuration maximums for vSphere Replication: 24 points in time"
    static let quiescing =
      "limit of VMware's documentation of vSphere Replication 9.0: no quiescing below 15 minutes"
    static let rpo =
      "limit of VMware's documentation of vSphere Replication: from 15 minutes in 5.x, 5 from 6.5 on, 1 enhanced, to 24 hours"
    static let privateCloud = "limit of Microsoft's Azure VMware Solution documentation"
  }

  var relaxation: String {
    "write \"limits\": \"relaxed\" at the top of the scenario to explore it anyway"
  }

  private mutating func checkLimits(ofSite index: Int, _ site: SiteDraft) {
    guard let name = site.name.located else { return }
    let product = draft.profile.known?.profile.product ?? Profile().product
    let servers = site.replicationServers.located
    if let servers, servers.value > Self.serversPerAppliance {
      log.report(
        .tooManyServers,
        "\(servers.value) replication servers at site \(quoted(name.value)), more than the \(Self.serversPerAppliance) of an appliance",
        at: servers.span, notes: [Source.operational],
        help: relaxation)
    }
    let received = replications.filter { $0.target == index }
    let maximum = Self.replicationsPerAppliance(of: product)
    if received.count > maximum {
      log.report(
        .tooManyReplications,
        "site \(quoted(name.value)) receives \(received.count) replications, more than the \(maximum == 2_000 ? "2,000" : "\(maximum)") of an appliance",
        at: name.span, notes: [product == .v5 ? Source.firstRelease : Source.operational],
        help: relaxation)
    } else if let servers = site.appliances.known?.servers.known?.count ?? servers?.value,
      product != .enhanced,
      received.count > servers * Self.replicationsPerServer
    {
      let needed = (received.count + Self.replicationsPerServer - 1) / Self.replicationsPerServer
      log.report(
        .tooManyReplications,
        "site \(quoted(name.value)) receives \(received.count) replications, more than 200 for \(servers == 1 ? "its replication server" : "each of its \(servers) replication servers")",
        at: name.span,
        notes: [Source.operational],
        help: "write \"replicationServers\": \(needed) at the site; or \(relaxation)")
    }
    let short = received.count { $0.draft.rpo.known.map { $0 < Self.shortObjective } == true }
    if let maximum = Self.shortObjectivesMaximum(of: product), short > maximum {
      log.report(
        .tooManyShortObjectives,
        "\(short) replications to site \(quoted(name.value)) have an RPO below \(Self.shortObjective), more than \(maximum)",
        at: name.span, notes: [Source.objectives],
        help: relaxation)
    }
    checkShortObjectivesOnVolumes(received, ofSite: name, product)
    for size in clusterSizes(ofSite: index) where size > Self.hostsPerCluster {
      log.report(
        .tooManyHosts,
        "a cluster of site \(quoted(name.value)) has \(size) hosts, more than \(Self.hostsPerCluster)",
        at: site.hosts.located?.span ?? name.span, notes: [Source.hosts],
        help: relaxation)
    }
  }

  /// Of the replications to a site, those with a short RPO that read from or write to virtual volumes.
  private mutating func checkShortObjectivesOnVolumes(
    _ received: [PlannedReplication], ofSite name: Located<String>, _ product: Profile.Product
  ) {
    guard Self.shortObjectivesMaximum(of: product) != nil else { return }
    let count = received.count { replication in
      guard let rpo = replication.draft.rpo.known, rpo < Self.shortObjective else { return false }
      return [machines[replication.machine].datastore, replication.datastore].contains {
        $0.map { datastores[$0].draft.kind.known == .vvol } ?? false
      }
    }
    guard count > Self.shortObjectivesOnVolumesMaximum else { return }
    log.report(
      .tooManyShortObjectives,
      "\(count) replications on vVols to site \(quoted(name.value)) have an RPO below \(Self.shortObjective), more than \(Self.shortObjectivesOnVolumesMaximum)",
      at: name.span, notes: [Source.objectives],
      help: relaxation)
  }

  /// How many hosts each cluster of a site has; a site without clusters is one.
  private func clusterSizes(ofSite index: Int) -> [Int] {
    clusters.filter { $0.site == index }.map(\.hosts.count)
  }

  private mutating func checkDisks() {
    let product = draft.profile.known?.profile.product ?? Profile().product
    let maximum = Self.diskSizeMaximum(of: product)
    var reported: Set<SourceSpan> = []
    for replication in replications {
      let disks = machines[replication.machine].draft.disks.known ?? []
      for index in replication.disks where disks.indices.contains(index) {
        guard let size = disks[index].value.size.located, size.value > maximum,
          reported.insert(size.span).inserted
        else { continue }
        log.report(
          .diskTooLarge, "a replicated disk of \(size.value) is larger than \(maximum)", at: size.span,
          notes: [Source.disks],
          help: "exclude it from the replication; or \(relaxation)")
      }
    }
  }

  // MARK: - Azure VMware Solution

  private mutating func checkPlatform() {
    guard let platform = draft.platform.located, platform.value == .avs, let sites = draft.sites.known else {
      return
    }
    if !sites.contains(where: { $0.value.region.isGiven }) {
      log.report(
        .missingKey, "no site has a \"region\", so that none is a private cloud of Azure VMware Solution",
        at: platform.span, help: "write \"region\": \"westeurope\" at a site that is")
    }
    for (index, site) in sites.enumerated() where site.value.region.isGiven {
      checkPrivateCloud(index, site.value)
    }
  }

  private mutating func checkPrivateCloud(_ index: Int, _ site: SiteDraft) {
    guard let name = site.name.located else { return }
    let sizes = clusterSizes(ofSite: index)
    let span = site.hosts.located?.span ?? name.span
    for size in sizes where !PrivateCloud.hostsPerCluster.contains(size) {
      log.report(
        .platformLimit,
        "a cluster of the private cloud \(quoted(name.value)) has \(size) host\(size == 1 ? "" : "s"), not 3 to 16",
        at: span.start, notes: [Source.privateCloud],
        help: relaxation)
    }
    if sizes.count > PrivateCloud.clusters || sizes.reduce(0, +) > PrivateCloud.hosts {
      log.report(
        .platformLimit,
        "the private cloud \(quoted(name.value)) has \(sizes.count) clusters and \(sizes.reduce(0, +)) hosts, more than 12 or 96",
        at: span.start, notes: [Source.privateCloud],
        help: relaxation)
    }
    checkPort(of: index, site, named: name.value)
    let sent = replications.filter { machines[$0.machine].site == index }
    if let first = sent.first?.target,
      let other = sent.first(where: { $0.target != nil && $0.target != first }),
      let target = other.draft.target.located
    {
      log.report(
        .platformLimit,
        "the private cloud \(quoted(name.value)) replicates to \(quoted(draft.sites.known?[first].value.name.known ?? "?")) and to \(quoted(target.value))",
        at: target.span, notes: [Source.privateCloud],
        help: "Azure VMware Solution has no one-to-many disaster recovery; or \(relaxation)")
    }
  }

  /// Warns about datastores of private clouds that are fuller than agreed from the start.
  ///
  /// - Parameters:
  ///   - needed: What disks and replicas take, in bytes; on a vSAN with copies and parity.
  ///   - span: What gives the capacity.
  mutating func warnAboutSlack(
    ofDatastore index: Int, needed: UInt128, capacity: UInt128, at span: SourceSpan?
  ) {
    let datastore = datastores[index]
    guard draft.platform.known == .avs, draft.limits.known == .product,
      draft.sites.known?[datastore.site].value.region.isGiven == true, let span
    else { return }
    let share = UInt128(PrivateCloud.usedShare.value * 100)
    guard needed * 100 > capacity * share else { return }
    log.report(
      .aboveSlackSpace,
      "disks and replicas fill more than 75% of the datastore \(quoted(datastore.draft.name.known ?? "?"))",
      at: span, notes: ["Microsoft's Azure VMware Solution asks for a quarter of slack"],
      help: "add capacity, or place less on it")
  }
}
