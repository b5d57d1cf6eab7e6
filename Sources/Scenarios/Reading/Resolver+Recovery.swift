import Inventory
import Quantities
import RecoveryCore

/// Site Recovery Manager: which sites are paired, and what of it the timeline makes.
extension Resolver {
  mutating func resolveRecovery() {
    resolveSiteObjects()
    checkFolders()
    findLater()
    for (index, replication) in replications.enumerated() {
      recovery.replicationOfMachine[replication.machine] = index
    }
    resolveProtectionGroups()
    resolveRecoveryPlans()
    resolvePairs()
    resolveMappings()
    resolveRecoverySettings()
    resolvePlanDetails()
    checkRecoveryLimits()
    checkPlansHaveGroups()
    warnAboutMappings()
    warnAboutInstantGuests()
    warnAboutCustomization()
  }

  func siteName(_ index: Int) -> String { draft.sites.known?[index].value.name.known ?? "?" }

  /// What the timeline makes; a name that is wrong is reported with its entry.
  private mutating func findLater() {
    for (index, located) in (draft.timeline.known ?? []).enumerated() {
      let entry = located.value
      switch entry.verb.known {
      case .createGroup:
        if case .second(let name)? = entry.group.known, !recovery.later.deletedFirst.contains(name) {
          recovery.later.groups.insert(name)
        }
      case .deleteGroup:
        if case .second(let name)? = entry.group.known, !recovery.later.groups.contains(name) {
          recovery.later.deletedFirst.insert(name)
        }
      case .leaveGroup:
        if let selector = entry.virtualMachine.known { recovery.later.leaving.append((selector, index)) }
      case .createPlan: if let name = entry.plan.known { recovery.later.plans.insert(name) }
      case .protect:
        if case .second(let name)? = entry.group.known, let selector = entry.virtualMachine.located {
          recovery.later.joining.append((name, selector, index))
        }
      case .pairSites: if let sites = entry.sites.known { recovery.later.pairings.append(sites.map(\.value)) }
      case .installAddOn:
        if let site = entry.site.known, let addOn = entry.addOn.known?.addOn {
          recovery.later.installs.append((site, addOn))
        }
      case .map:
        if let word = entry.kind.known, let from = entry.from.known {
          recovery.later.maps.append((word, from, entry.to.known))
        }
      case .placePlaceholders: if let site = entry.site.known { recovery.later.placeholders.insert(site) }
      default: break
      }
    }
  }

  // MARK: Pairs

  /// The only two sites there are, in the order of the file.
  var onlyDirection: PlannedRecovery.Direction? {
    siteNames.names.count == 2 && !siteNames.hasUnknownNames ? PlannedRecovery.Direction(from: 0, to: 1) : nil
  }

  /// Two sites that an object names, or that follow from one of them; `nil` if it names none, or after a report.
  mutating func direction(from: Located<String>?, to: Located<String>?) -> PlannedRecovery.Direction? {
    let source = siteNames.resolve(from, log: &log)
    let target = siteNames.resolve(to, log: &log)
    switch (source, target) {
    case (let source?, let target?):
      if source == target, let to {
        log.report(.noPair, "the site \(quoted(to.value)) is not recovered to itself", at: to.span)
        return nil
      }
      return PlannedRecovery.Direction(from: source, to: target)
    case (let source?, nil) where to == nil:
      guard let other = onlyPartner(of: source) else { return nil }
      return PlannedRecovery.Direction(from: source, to: other)
    case (nil, let target?) where from == nil:
      guard let other = onlyPartner(of: target) else { return nil }
      return PlannedRecovery.Direction(from: other, to: target)
    default: return nil
    }
  }

  /// The site that a site is paired with, if it is only one.
  private func onlyPartner(of site: Int) -> Int? {
    let partners = recovery.pairs.compactMap { pair in pair.side(of: site).map { pair.sites[$0.other] } }
    if partners.count == 1 { return partners[0] }
    return onlyDirection.map { $0.from == site ? $0.to : $0.from }
  }

  /// Numbers the pairs in the order in which the file speaks of them, and what belongs to them.
  private mutating func resolvePairs() {
    for index in recovery.groups.indices {
      recovery.groups[index].pair = recovery.groups[index].direction.map { addPair($0) }
    }
    for index in recovery.plans.indices {
      recovery.plans[index].pair = recovery.plans[index].direction.map { addPair($0) }
    }
    for mappings in draft.mappings.known ?? [] {
      if let direction = direction(from: mappings.value.from.located, to: mappings.value.to.located) {
        _ = addPair(direction)
      }
    }
    for sites in recovery.later.pairings {
      let known = sites.compactMap { siteNames.index(of: $0) }
      guard known.count == 2, known[0] != known[1] else { continue }
      let pair = addPair(PlannedRecovery.Direction(from: known[0], to: known[1]))
      // The pair is made from the first site.
      recovery.pairs[pair].sites = BothSides(first: known[0], second: known[1])
    }
    if recovery.pairs.isEmpty, draft.mappings.known?.isEmpty == false, let direction = onlyDirection {
      _ = addPair(direction)
    }
    numberWithinPairs()
    checkSharing()
  }

  private mutating func addPair(_ direction: PlannedRecovery.Direction) -> Int {
    if let pair = recovery.pair(of: direction.from, direction.to) { return pair }
    recovery.pairs.append(
      PlannedRecovery.Pair(
        sites: BothSides(first: direction.from, second: direction.to), direction: direction))
    return recovery.pairs.count - 1
  }

  private mutating func numberWithinPairs() {
    var counts = Array(repeating: (groups: 0, plans: 0), count: recovery.pairs.count)
    for index in recovery.groups.indices {
      guard let pair = recovery.groups[index].pair else { continue }
      recovery.groups[index].position = counts[pair].groups
      counts[pair].groups += 1
    }
    for index in recovery.plans.indices {
      guard let pair = recovery.plans[index].pair else { continue }
      recovery.plans[index].position = counts[pair].plans
      counts[pair].plans += 1
    }
  }

  // MARK: Objects that can be mapped

  /// The storage policy that objects on a vSAN datastore have by default.
  private static let defaultPolicy = "vSAN Default Storage Policy"

  /// The names of a site's storage policies: those of vSAN, if it has one, and those it lists.
  func policyNames(ofSite site: Int) -> [String] {
    let hasVSAN = datastores.contains { $0.site == site && $0.draft.vsan.isGiven }
    let known = hasVSAN ? [Self.defaultPolicy] + PolicyName.allCases.map(\.rawValue) : []
    let listed = draft.sites.known?[site].value.storagePolicies.known?.map(\.value) ?? []
    return known + listed.filter { !known.contains($0) }
  }

  private mutating func resolveSiteObjects() {
    for (index, site) in (draft.sites.known ?? []).enumerated() {
      var folders = NameTable("folder")
      folders.define(site.value.datacenter.located, as: 0, log: &log)
      if site.value.folders.located == nil { folders.missesSome() }
      for (folder, name) in (site.value.folders.known ?? []).enumerated() {
        folders.define(name, as: folder + 1, log: &log)
      }
      let count = 1 + (site.value.folders.known?.count ?? 0)
      for (number, name) in furtherDatacenters(of: site.value).enumerated() {
        folders.define(name, as: count + number, log: &log)
      }
      recovery.folderNames.append(folders)
      var policies = NameTable("storage policy")
      if site.value.storagePolicies.located == nil { policies.missesSome() }
      for (policy, name) in policyNames(ofSite: index).enumerated() {
        policies.define(Located(value: name, span: site.span.start), as: policy, log: &log)
      }
      recovery.policyNames.append(policies)
    }
    var clusterNamesBySite: [[String]] = (draft.sites.known ?? []).map { _ in [] }
    var namesByCluster: [Int: String] = [:]
    for name in clusterNames.names {
      if let index = clusterNames.index(of: name) { namesByCluster[index] = name }
    }
    for (index, cluster) in clusters.enumerated() {
      clusterNamesBySite[cluster.site].append(namesByCluster[index] ?? "?")
    }
    for (index, site) in (draft.sites.known ?? []).enumerated() {
      recovery.objectNames.append([
        .networks: site.value.networkNames?.map(\.value) ?? [],
        .folders: [site.value.datacenter.known ?? "?"] + (site.value.folders.known?.map(\.value) ?? [])
          + furtherDatacenters(of: site.value).map(\.value),
        .resources: clusterNamesBySite[index], .storagePolicies: policyNames(ofSite: index),
      ])
    }
  }

  /// The datacenters of a site's clusters beside its own, each once; their topmost folders come after all others.
  func furtherDatacenters(of site: SiteDraft) -> [Located<String>] {
    var datacenters: [Located<String>] = []
    for cluster in site.clusters.known ?? [] {
      guard let name = cluster.value.datacenter.located, name.value != site.datacenter.known,
        !datacenters.contains(where: { $0.value == name.value })
      else { continue }
      datacenters.append(name)
    }
    return datacenters
  }

  private mutating func checkFolders() {
    for located in draft.virtualMachines.known ?? [] {
      guard let name = located.value.site.known, let site = siteNames.index(of: name) else { continue }
      _ = resolveObject(.folders, located.value.folder.located, at: site)
    }
  }

  /// The names of the objects of one kind, in the order of their positions.
  func objectNames(_ word: MappingWord, at site: Int) -> [String] { recovery.objectNames[site][word] ?? [] }

  /// Where the objects of one kind begin among all of a site: networks first, then folders, clusters, storage policies.
  func objectOffset(_ word: MappingWord, at site: Int) -> Int {
    let before = MappingWord.allCases.prefix { $0 != word }
    return before.reduce(0) { $0 + objectNames($1, at: site).count }
  }

  /// The position of a named object among all of its site; reported if there is none.
  mutating func resolveObject(_ word: MappingWord, _ reference: Located<String>?, at site: Int) -> Int? {
    guard let reference else { return nil }
    let context = " at site \(quoted(siteName(site)))"
    let position: Int?
    switch word {
    case .networks: position = networkNames[site].resolve(reference, context: context, log: &log)
    case .folders: position = recovery.folderNames[site].resolve(reference, context: context, log: &log)
    case .resources:
      let cluster = clusterNames.resolve(reference, log: &log)
      guard let cluster, check("cluster", reference, isAt: site, whereItIs: clusters[cluster].site) else {
        return nil
      }
      position = clusters[..<cluster].count { $0.site == site }
    case .storagePolicies:
      position = recovery.policyNames[site].resolve(reference, context: context, log: &log)
    }
    return position.map { $0 + objectOffset(word, at: site) }
  }

  /// Where a machine is among the objects of its site; `nil` if that is not known.
  func location(of machine: Int) -> VMLocation? {
    let machine = machines[machine]
    guard let site = machine.site, let host = machine.host,
      let cluster = clusters.firstIndex(where: { $0.hosts.contains(host) })
    else { return nil }
    let datacenter = clusters[cluster].draft?.datacenter.known
    let folder =
      (machine.draft.folder.known ?? datacenter).flatMap { recovery.folderNames[site].index(of: $0) } ?? 0
    let resource = clusters[..<cluster].count { $0.site == site }
    var policy: Int?
    if let datastore = machine.datastore, datastores[datastore].draft.vsan.isGiven {
      let name = machine.draft.storagePolicy.known?.rawValue ?? Self.defaultPolicy
      policy = recovery.policyNames[site].index(of: name)
    }
    func id(_ word: MappingWord, _ position: Int) -> MappableObjectID {
      MappableObjectID(objectOffset(word, at: site) + position)
    }
    return VMLocation(
      folder: id(.folders, folder), resource: id(.resources, resource),
      networks: machine.cards.map { $0.network.map { id(.networks, $0) } },
      storagePolicy: policy.map { id(.storagePolicies, $0) })
  }
}
