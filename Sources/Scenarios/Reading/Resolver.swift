import Expectations
import Inventory
import Quantities

/// Turns names into identifiers, expands patterns, and checks what no key can check by itself.
///
/// Everything is checked first, as far as it is known; the scenario is built when nothing was
/// wrong. Things are numbered by their place in the file from the beginning, also if they are
/// defective, so that one mistake is reported once.
struct Resolver {
  let draft: ScenarioDraft
  var log: DiagnosticLog

  var siteNames = NameTable("site")
  var clusterNames = NameTable("cluster")
  var hostNames = NameTable("host")
  var serverNames = NameTable("replication server")
  var datastoreNames = NameTable("datastore")
  var linkNames = NameTable("link")
  var circuitNames = NameTable("circuit")
  var workloadNames = NameTable("workload")
  /// By the index of the site.
  var networkNames: [NameTable] = []
  /// Each cluster with its site and hosts.
  var clusters: [PlannedCluster] = []
  /// The site of each host.
  var hostSites: [Int] = []
  /// Of each host that begins in standby, where the scenario says so.
  var standbySpans: [SourceSpan?] = []
  var applianceNames = NameTable("appliance")
  var appliances: [PlannedAppliance] = []
  /// What machines take of each host, where its cluster has limits.
  var hostLoads: [HostLoad] = []
  /// The site of each replication server.
  var serverSites: [Int] = []
  /// Each datastore with its site.
  var datastores: [(site: Int, draft: DatastoreDraft)] = []
  /// What each datastore says of vSAN, if it is one and its hosts are known.
  var vsans: [PlannedVSAN?] = []
  /// The two ends of each link, if both are known.
  var linkEnds: [[Int]?] = []
  /// Each circuit with its site.
  var circuits: [(site: Int, draft: CircuitDraft)] = []
  /// The one-way latency of each link, if it is known.
  var linkLatencies: [TimeSpan?] = []
  /// In the order of their names.
  var workloadDrafts: [(name: Located<String>, value: WorkloadDraft)] = []
  var machines: [Machine] = []
  var machineIndices: [String: Int] = [:]
  /// Whether a machine has a name that could not be read, so that no selector is surely wrong.
  var hasUnknownMachines = false
  var replications: [PlannedReplication] = []
  var entries: [PlannedEntry] = []
  var recovery = PlannedRecovery()
  var expectations: [Expectation] = []
  var storage = PlannedStorage()
  var roleNames = NameTable("role")
  var roles: [Scenario.Role] = []

  /// A virtual machine of an expanded pattern.
  struct Machine {
    let name: String
    let draft: VirtualMachineDraft
    let nameSpan: SourceSpan
    let site: Int?
    let datastore: Int?
    let cards: [PlannedCard]
    /// By the index of the disk.
    let workloads: [Int?]
    let host: Int?
    /// Where its replication selects it.
    var replicationSpan: SourceSpan?
  }

  /// The replication of one virtual machine, with what is known of it.
  struct PlannedReplication {
    let machine: Int
    let draft: ReplicationDraft
    let target: Int?
    let datastore: Int?
    /// The links it may use, the best one first; empty if none is known.
    let links: [Int]
    let disks: [Int]

    var link: Int? { links.first }
  }

  /// A timeline entry, with what is known of it.
  struct PlannedEntry {
    let draft: TimelineEntryDraft
    var action: Scenario.TimelineEntry.Action?
    var instant: Instant?
    /// The entry whose run it waits for, as an index into ``entries``.
    var afterRun: (entry: Int, delay: TimeSpan)?
    var actor = Scenario.Actor.administrator
  }

  init(draft: ScenarioDraft, log: DiagnosticLog) {
    self.draft = draft
    self.log = log
  }

  /// Checks everything and builds the scenario.
  ///
  /// - Returns: `nil` if there is any error.
  mutating func resolve(_ root: JSONNode) -> Scenario? {
    checkClock()
    resolveSites()
    resolveVSAN()
    resolveLinks()
    resolveWorkloads()
    resolveVirtualMachines()
    resolveReplications()
    resolveStorage()
    resolveRecovery()
    resolveRoles()
    resolveTimeline()
    checkRecoveryTimeline()
    checkCreatedNetworks()
    resolveExpectations()
    checkLimits()
    checkLoads()
    warnAboutUnused()
    warnAboutServers()
    warnAboutNoEffect()
    warnAboutLoad()
    checkVSANCapacity()
    warnAboutFailures()
    return log.hasErrors ? nil : build(root)
  }

  private mutating func checkClock() {
    guard let clock = draft.clock.known, let duration = clock.duration.known,
      let warmup = clock.warmup.located, warmup.value >= duration
    else { return }
    log.report(
      .nothingAfterWarmup, "the warm-up of \(warmup.value) leaves nothing of the run of \(duration)",
      at: warmup.span)
  }

  // MARK: Sites, links, workloads

  private mutating func resolveSites() {
    if draft.sites.located == nil {
      for path in [
        \Self.siteNames, \.clusterNames, \.hostNames, \.serverNames, \.datastoreNames, \.circuitNames,
      ] {
        self[keyPath: path].missesSome()
      }
    }
    for (siteIndex, site) in (draft.sites.known ?? []).enumerated() {
      let isNamed = siteNames.define(site.value.name.located, as: siteIndex, log: &log)
      resolveClusters(of: site.value, at: siteIndex, isNamed: isNamed)
      resolveAppliances(of: site.value, at: siteIndex, isNamed: isNamed)
      if site.value.datastores.located == nil { datastoreNames.missesSome() }
      for datastore in site.value.datastores.known ?? [] {
        datastoreNames.define(datastore.value.name.located, as: datastores.count, log: &log)
        datastores.append((siteIndex, datastore.value))
      }
      checkCloud(of: site.value)
      if let circuit = site.value.circuit.known {
        circuitNames.define(circuit.name.located, as: circuits.count, log: &log)
        circuits.append((siteIndex, circuit))
      } else if site.value.circuit.isGiven {
        circuitNames.missesSome()
      }
      var networks = NameTable("network")
      let names = site.value.networkNames
      if names == nil { networks.missesSome() }
      for (index, network) in (names ?? []).enumerated() { networks.define(network, as: index, log: &log) }
      networkNames.append(networks)
      checkAddressing(of: site.value)
    }
  }

  /// `paris-esx-01` and so on; `nil` for each if what they are named after has no good name.
  func numberedNames(_ count: Int, of kind: String, at owner: Located<String>?) -> [Located<String>?] {
    (0..<count).map { index in
      owner.map { name in
        let digits = "\(index + 1)"
        let padding = String(repeating: "0", count: max(0, max(2, "\(count)".count) - digits.count))
        return Located(value: "\(name.value)-\(kind)-\(padding)\(digits)", span: name.span)
      }
    }
  }

  private mutating func resolveLinks() {
    if draft.links.located == nil { linkNames.missesSome() }
    for (index, link) in (draft.links.known ?? []).enumerated() {
      linkNames.define(link.value.name.located, as: index, log: &log)
      checkBackground(link.value.background)
      let ends = (link.value.between.known ?? []).map { siteNames.resolve($0, log: &log) }
      let known = ends.compactMap { $0 }
      if known.count == 2, known[0] == known[1], let second = link.value.between.known?[1] {
        log.report(
          .linkToItself, "the link joins the site \(quoted(second.value)) with itself", at: second.span)
        linkEnds.append(nil)
      } else {
        linkEnds.append(known.count == 2 ? known : nil)
      }
      linkLatencies.append(checkWay(of: link.value, ends: linkEnds[index]))
    }
  }

  private mutating func resolveWorkloads() {
    if draft.workloads.located == nil { workloadNames.missesSome() }
    workloadDrafts = (draft.workloads.known ?? []).sorted {
      $0.name.value.utf8.lexicographicallyPrecedes($1.name.value.utf8)
    }
    for (index, workload) in workloadDrafts.enumerated() {
      workloadNames.define(workload.name, as: index, log: &log)
      if let block = workload.value.blockSize.located, let set = workload.value.workingSet.known,
        block.value > set
      {
        log.report(
          .outsideDisk, "a block of \(block.value) is larger than the working set of \(set)", at: block.span)
      }
    }
    checkPaces()
  }

  // MARK: Virtual machines

  private mutating func resolveVirtualMachines() {
    hasUnknownMachines = draft.virtualMachines.located == nil
    var hosts: [[Int]] = Array(repeating: [], count: networkNames.count)
    for (host, site) in hostSites.enumerated() where standbySpans[host] == nil { hosts[site].append(host) }
    /// How many machines without a chosen host each site has so far, by the first of the hosts in question.
    var turns = Array(repeating: 0, count: hostSites.count)
    for located in draft.virtualMachines.known ?? [] {
      let machine = located.value
      let site = siteNames.resolve(machine.site.located, log: &log)
      let datastore = resolveDatastore(machine.datastore.located, at: site)
      checkPolicy(machine.storagePolicy, onDatastore: datastore)
      let chosenHost = resolveHost(machine.host.located, at: site)
      checkMount(of: datastore, on: chosenHost, at: machine.host.located?.span)
      checkStandby(of: chosenHost, at: machine.host.located?.span)
      let places = site.map { mounting(datastore, among: hosts[$0]) } ?? []
      let cards = resolveCards(of: machine, at: site)
      let workloads = resolveDisks(of: machine)
      guard let name = machine.name.located else {
        hasUnknownMachines = true
        continue
      }
      let names = NamePattern.names(of: name.value)
      let taken = names.filter { machineIndices[$0] != nil }
      reportCollision(of: taken, at: name)
      for (position, expanded) in names.enumerated() where machineIndices[expanded] == nil {
        var host = chosenHost
        if host == nil, let first = places.first {
          host = nextHost(for: machine, among: places, turn: &turns[first])
        }
        if let host { take(of: host, for: machine, named: expanded, at: name.span) }
        machineIndices[expanded] = machines.count
        machines.append(
          Machine(
            name: expanded, draft: machine, nameSpan: name.span, site: site, datastore: datastore,
            cards: cards.map { $0.following(position) }, workloads: workloads, host: host))
      }
    }
  }

  /// Reports the names of a pattern that other machines have, once for the pattern.
  private mutating func reportCollision(of taken: [String], at pattern: Located<String>) {
    guard let name = taken.first, let first = machineIndices[name].map({ machines[$0] }) else { return }
    guard name != pattern.value || first.draft.name.known != name else {
      log.report(
        .duplicateName, "a second virtual machine is named \(quoted(name))", at: pattern.span,
        notes: ["the first one is on \(log.location(of: first.nameSpan))"])
      return
    }
    let others = taken.count > 1 ? ", and \(taken.count - 1) more" : ""
    log.report(
      .patternCollision,
      "\(quoted(pattern.value)) creates a second virtual machine \(quoted(name))\(others)", at: pattern.span,
      notes: [
        "the first one comes from \(quoted(first.draft.name.value)) on \(log.location(of: first.nameSpan))"
      ])
  }

  /// A datastore, which must be at `site` where that is known.
  mutating func resolveDatastore(_ reference: Located<String>?, at site: Int?) -> Int? {
    guard let index = datastoreNames.resolve(reference, log: &log), let reference else { return nil }
    return check("datastore", reference, isAt: site, whereItIs: datastores[index].site) ? index : nil
  }

  mutating func resolveHost(_ reference: Located<String>?, at site: Int?) -> Int? {
    guard let index = hostNames.resolve(reference, log: &log), let reference else { return nil }
    return check("host", reference, isAt: site, whereItIs: hostSites[index]) ? index : nil
  }

  /// Whether something is where it must be; reported if not.
  mutating func check(
    _ noun: String, _ reference: Located<String>, isAt site: Int?, whereItIs actual: Int
  ) -> Bool {
    guard let site, site != actual else { return true }
    func name(_ index: Int) -> String { quoted(draft.sites.known?[index].value.name.known ?? "?") }
    func names(_ table: NameTable, _ sites: [Int]) -> [String] {
      table.names.filter { table.index(of: $0).map { sites[$0] } == site }
    }
    let local =
      switch noun {
      case "datastore": datastores.filter { $0.site == site }.compactMap(\.draft.name.known)
      case "host": names(hostNames, hostSites)
      case "cluster": names(clusterNames, clusters.map(\.site))
      default: names(serverNames, serverSites)
      }
    log.report(
      .wrongSite, "the \(noun) \(quoted(reference.value)) is at site \(name(actual)), not at \(name(site))",
      at: reference.span,
      help: local.isEmpty
        ? "site \(name(site)) has no \(noun) yet" : "at site \(name(site)): \(abridged(local))")
    return false
  }

  /// Checks the disks of a machine.
  ///
  /// - Returns: The workload of each.
  private mutating func resolveDisks(of machine: VirtualMachineDraft) -> [Int?] {
    var names = NameTable("disk of this virtual machine")
    var workloads: [Int?] = []
    for (index, located) in (machine.disks.known ?? []).enumerated() {
      let disk = located.value
      names.define(disk.name.located, as: index, log: &log)
      if let used = disk.used.located, let size = disk.size.known, used.value > size {
        log.report(
          .usedAboveSize, "\(used.value) are used of a disk of \(size)", at: used.span)
      }
      let workload = workloadNames.resolve(disk.workload.located, log: &log)
      workloads.append(workload)
      if let workload { checkFit(of: workload, on: disk) }
    }
    return workloads
  }

  private mutating func checkFit(of index: Int, on disk: DiskDraft) {
    let workload = workloadDrafts[index].value
    guard let size = disk.size.known, let reference = disk.workload.located else { return }
    let offset = workload.offset.known ?? .zero
    let part = workload.model.known == .periodic ? workload.size : workload.workingSet
    // Every quantity is below 2^63, so that the sum of two fits into 64 bits.
    let end = offset.bytes + (part.known ?? .zero).bytes
    checkEncryption(by: workload, of: disk)
    let isWholeDisk = workload.model.known == .trace || workload.model.known == .ransomware
    let isEmpty = part.located == nil && !isWholeDisk && offset >= size
    guard end > size.bytes || isEmpty else { return }
    let span = part.located?.span ?? workloadDrafts[index].name.span
    let extent = part.known.map { "\($0) from \(offset) on" } ?? "the disk from \(offset) on"
    log.report(
      .outsideDisk,
      "the workload \(quoted(reference.value)) writes beyond the \(size) of disk \(quoted(disk.name.known ?? "?"))",
      at: reference.span, notes: ["it writes to \(extent), as \(log.location(of: span)) says"])
  }
}
