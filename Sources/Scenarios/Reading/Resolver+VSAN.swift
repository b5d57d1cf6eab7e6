import Inventory
import Quantities

extension Resolver {
  /// A vSAN datastore, with what is known of it.
  struct PlannedVSAN {
    let draft: VSANDraft
    /// Positions among all hosts.
    let hosts: Range<Int>
    /// The raw capacity of a host, and what gives it; `nil` where that is not known.
    let device: Located<ByteCount>?

    var architecture: StoragePolicy.Architecture { draft.architecture.known ?? .original }
    var faultDomainCount: Int { min(hosts.count, draft.faultDomains.known ?? hosts.count) }
    /// The devices of a host.
    var groupCount: Int { architecture == .express ? 1 : draft.diskGroups.known ?? 1 }

    func policy(_ name: PolicyName?) -> StoragePolicy {
      (name ?? draft.policy.known ?? .mirror1).policy(architecture)
    }
  }

  /// Checks what datastores say of vSAN and finds their hosts.
  mutating func resolveVSAN() {
    vsans = datastores.indices.map { plannedVSAN(ofDatastore: $0) }
    for (index, vsan) in vsans.enumerated() {
      guard let vsan else { continue }
      check(vsan.policy(nil), on: vsan, at: vsan.draft.policy.located?.span ?? vsan.draft.span)
      checkStandby(ofVSAN: vsan.hosts)
      if vsans[..<index].contains(where: { $0.map { $0.hosts.overlaps(vsan.hosts) } ?? false }),
        let span = vsan.draft.span
      {
        log.report(.hostsSharedByVSAN, "its hosts have another vSAN datastore already", at: span)
      }
    }
  }

  private mutating func plannedVSAN(ofDatastore index: Int) -> PlannedVSAN? {
    let (site, draft) = datastores[index]
    guard let vsan = draft.vsan.located else { return nil }
    let plain: [(String, SourceSpan?)] = [
      ("capacity", draft.capacity.located?.span), ("read", draft.read.located?.span),
      ("write", draft.write.located?.span), ("type", draft.kind.located?.span),
    ]
    for case (let key, let span?) in plain {
      log.report(
        .vsanBesidePlain, "\(quoted(key)) and \"vsan\" exclude each other", at: span,
        help: "\"vsan\" has \"device\", \"read\" and \"write\" for each host")
    }
    guard let reference = vsan.value.cluster.located else {
      guard !vsan.value.cluster.isGiven, let first = hostSites.firstIndex(of: site) else { return nil }
      guard let cluster = clusters.first(where: { $0.site == site }),
        clusters.count(where: { $0.site == site }) == 1
      else {
        if let span = draft.vsan.located?.value.span {
          log.report(
            .missingKey, "the site has several clusters, and a vSAN datastore is made of the hosts of one",
            at: span, help: "write \"cluster\" with the name of the cluster that holds it")
        }
        return nil
      }
      return PlannedVSAN(
        draft: vsan.value, hosts: first..<first + hostSites.count { $0 == site },
        device: device(of: vsan.value, madeOf: cluster))
    }
    guard let cluster = clusterNames.resolve(reference, log: &log) else { return nil }
    guard clusters[cluster].site == site else {
      log.report(
        .wrongSite, "the cluster \(quoted(reference.value)) is at another site than the datastore",
        at: reference.span)
      return nil
    }
    let hosts = clusters[cluster].hosts
    return hosts.isEmpty
      ? nil
      : PlannedVSAN(
        draft: vsan.value, hosts: hosts, device: device(of: vsan.value, madeOf: clusters[cluster]))
  }

  /// What a host of the datastore holds: as given, or else as its type has it.
  private mutating func device(of vsan: VSANDraft, madeOf cluster: PlannedCluster) -> Located<ByteCount>? {
    guard !vsan.device.isGiven, let span = vsan.span?.start else { return vsan.device.located }
    guard let type = cluster.type else { return Located(value: VSANDraft.usualDevice, span: span) }
    guard let capacity = type.deviceCapacity else {
      log.report(
        .missingKey,
        "vSAN datastore lacks the key \"device\", and no capacity is known of \(quoted(type.rawValue))",
        at: span, help: "device: the raw capacity of one host")
      return nil
    }
    return Located(value: capacity, span: span)
  }

  /// The hosts among `hosts` that mount a datastore: those whose devices make it up if it is a vSAN.
  func mounting(_ datastore: Int?, among hosts: [Int]) -> [Int] {
    guard let datastore, let vsan = vsans[datastore] else { return hosts }
    return hosts.filter { vsan.hosts.contains($0) }
  }

  /// Reports a chosen host that does not mount the datastore of its machine's disks.
  mutating func checkMount(of datastore: Int?, on host: Int?, at span: SourceSpan?) {
    guard let datastore, let vsan = vsans[datastore], let host, !vsan.hosts.contains(host), let span,
      hostSites[host] == datastores[datastore].site
    else { return }
    log.report(
      .hostOutsideVSAN,
      "the host is not in the cluster of the vSAN datastore \(quoted(datastores[datastore].draft.name.known ?? "?"))",
      at: span, help: "choose a host of that cluster, or a datastore of the host's")
  }

  private mutating func check(_ policy: StoragePolicy, on vsan: PlannedVSAN, at span: SourceSpan?) {
    let isWide =
      policy.layout == .singleParity && policy.architecture == .express && vsan.faultDomainCount >= 6
    let needed = isWide ? 5 : policy.hostsMinimum
    guard vsan.faultDomainCount < needed, let span else { return }
    log.report(
      .policyNeedsHosts,
      "the storage policy needs \(needed) fault domains, and the datastore has \(vsan.faultDomainCount)",
      at: span, help: "add hosts, or choose a policy that survives fewer failures")
  }

  /// The policy that a machine or replication names for its datastore; checked against it.
  mutating func checkPolicy(_ name: Field<PolicyName>, onDatastore datastore: Int?) {
    guard let located = name.located, let datastore else { return }
    guard let vsan = vsans[datastore] else {
      if !datastores[datastore].draft.vsan.isGiven {
        log.report(
          .noVSAN,
          "datastore \(quoted(datastores[datastore].draft.name.known ?? "?")) is no vSAN and knows no storage policy",
          at: located.span)
      }
      return
    }
    check(vsan.policy(located.value), on: vsan, at: located.span)
  }

  /// Compares what is placed at the start with what the devices hold.
  mutating func checkVSANCapacity() {
    guard !log.hasErrors else { return }
    for (index, vsan) in vsans.enumerated() {
      guard let vsan, let device = vsan.device else { continue }
      var needed: UInt128 = 0
      func add(_ machine: Int, _ disk: Int, _ policy: PolicyName?) {
        guard let disk = machines[machine].draft.disks.known?[disk].value else { return }
        let content = disk.used.known ?? disk.size.known ?? .zero
        let space = vsan.policy(policy).space(of: content, hosts: vsan.faultDomainCount)
        needed += UInt128(space.bytes)
      }
      for machine in machines.indices where machines[machine].datastore == index {
        for disk in (machines[machine].draft.disks.known ?? []).indices {
          add(machine, disk, machines[machine].draft.storagePolicy.known)
        }
      }
      for replication in replications where replication.datastore == index {
        for disk in replication.disks {
          add(replication.machine, disk, replication.draft.storagePolicy.known)
        }
      }
      let raw = UInt128(device.value.bytes) * UInt128(vsan.hosts.count)
      guard needed > raw else {
        warnAboutSlack(ofDatastore: index, needed: needed, capacity: raw, at: device.span)
        continue
      }
      let gibibyte = UInt128(1 << 30)
      log.report(
        .devicesTooSmall,
        "disks and replicas take \(needed / gibibyte) GiB with their policies, and the devices hold \(raw / gibibyte) GiB",
        at: device.span)
    }
  }

  func buildVSAN(_ index: Int) -> VSANDescription? {
    guard let vsan = vsans[index] else { return nil }
    let draft = vsan.draft
    let groups = UInt64(vsan.groupCount)
    let size = checked(vsan.device).value.bytes
    return VSANDescription(
      hosts: vsan.hosts.map { HostID($0) },
      faultDomains: vsan.hosts.indices.map { ($0 - vsan.hosts.lowerBound) % vsan.faultDomainCount },
      deviceSizes: (0..<groups).map { ByteCount(bytes: size / groups + ($0 < size % groups ? 1 : 0)) },
      policy: vsan.policy(nil), readRate: draft.read.known, writeRate: draft.write.known,
      sharedRate: draft.throughput.known ?? [draft.read.known, draft.write.known].compactMap { $0 }.max(),
      repairDelay: draft.repairDelay.value, resyncRate: draft.resyncRate.value,
      resyncWeight: draft.resyncWeight.value, resyncsPerHost: draft.resyncsPerHost.value,
      scrubInterval: draft.scrubInterval.known,
      componentsPerHost: self.draft.limits.known == .product
        ? vsan.architecture.componentsPerHostMaximum : nil)
  }

  /// The policy of objects on a datastore; `nil` where it is no vSAN.
  func policy(_ name: PolicyName?, onDatastore datastore: Int) -> StoragePolicy? {
    vsans[datastore].map { $0.policy(name) }
  }

  // MARK: - Timeline

  /// The host and group that a timeline entry names.
  mutating func diskGroup(of entry: TimelineEntryDraft) -> (host: HostID, group: Int)? {
    guard let host = hostNames.resolve(entry.host.located, log: &log), let reference = entry.host.located,
      let number = diskGroupNumber(of: entry)
    else { return nil }
    guard let vsan = vsans.compactMap({ $0 }).first(where: { $0.hosts.contains(host) }) else {
      // One that is itself defective has been reported.
      let isCertain = datastores.indices.allSatisfy { vsans[$0] != nil || !datastores[$0].draft.vsan.isGiven }
      if isCertain {
        log.report(
          .noVSAN, "the host \(quoted(reference.value)) is in no vSAN datastore", at: reference.span)
      }
      return nil
    }
    guard number <= vsan.groupCount else {
      log.report(
        .unknownDiskGroup,
        "the host \(quoted(reference.value)) has \(vsan.groupCount) of them, not \(number)",
        at: entry.group.located?.span ?? reference.span)
      return nil
    }
    return (HostID(host), number - 1)
  }

  /// Counted from 1; `nil` after a report.
  private mutating func diskGroupNumber(of entry: TimelineEntryDraft) -> Int? {
    guard entry.group.isGiven else { return 1 }
    switch entry.group.located?.value {
    case .first(let number): return number
    case .second(let name):
      if let span = entry.group.located?.span {
        log.report(
          .wrongType, "\"group\" needs the number of a disk group, not the text \(quoted(name))", at: span)
      }
      return nil
    case nil: return nil
    }
  }

  mutating func corruption(of entry: TimelineEntryDraft) -> Action? {
    guard let ids = replications(of: entry), let name = entry.disk.located, let offset = entry.offset.located,
      let selector = entry.virtualMachine.located
    else { return nil }
    for id in ids {
      let replication = replications[id.index]
      if let datastore = replication.datastore, !datastores[datastore].draft.vsan.isGiven {
        log.report(
          .noVSAN, "a replica of \(quoted(selector.value)) is not on a vSAN datastore", at: selector.span,
          help: "only vSAN has the checksums that find the damage")
        return nil
      }
      guard let disk = disk(name, of: VirtualMachineID(replication.machine)) else { return nil }
      if let size = disk.size.known, offset.value >= size {
        log.report(
          .outsideDisk, "the extent at \(offset.value) is behind the end of a disk of \(size)",
          at: offset.span)
        return nil
      }
    }
    return .corruptReplica(ids, disk: name.value, offset: offset.value)
  }
}
