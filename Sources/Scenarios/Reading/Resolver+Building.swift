import Inventory
import Quantities
import RecoveryCore

extension Resolver {
  /// The keys that say nothing about what is simulated.
  private static let remarkKeys = ["$schema", "title", "tags", "seed", "steadyState", "assertions"]

  /// Builds the scenario.
  ///
  /// - Precondition: No error was found.
  func build(_ root: JSONNode) -> Scenario {
    Scenario(
      name: draft.name.value, title: draft.title.known, description: draft.description.known,
      tags: draft.tags.value.map(\.value), seed: UInt64(draft.seed.value),
      clock: Scenario.Clock(
        start: draft.clock.value.start.value, duration: draft.clock.value.duration.value,
        warmup: draft.clock.value.warmup.value),
      inventory: buildInventory(),
      sites: draft.sites.value.map { site in
        Scenario.SiteSettings(
          networks: checked(site.value.networkNames).map(\.value), addressing: buildAddressing(of: site.value)
        )
      },
      links: draft.links.value.map { buildLinkSettings($0.value) },
      virtualMachines: machines.map { machine in
        Scenario.VirtualMachineSettings(
          networks: machine.cards.map(\.network), hasOwnAddress: machine.cards.first?.ipv4 != nil,
          workloads: machine.workloads.map { $0.map { WorkloadID($0) } },
          storagePolicy: policy(machine.draft.storagePolicy.known, onDatastore: checked(machine.datastore)),
          guest: Scenario.Guest(
            boot: machine.draft.boot.known ?? .zero, shutdown: machine.draft.shutdown.known ?? .zero,
            hasTools: machine.draft.tools.value, restartPriority: machine.draft.restartPriority.value))
      },
      network: Scenario.NetworkSettings(
        model: draft.network.value.model.value, framing: draft.network.value.framing.value),
      storage: draft.storage.value,
      workloads: workloadDrafts.indices.map(buildWorkload),
      replications: replications.map(buildReplication) + buildStorageReplications(),
      storageSystems: buildStorageSystems(), storageUnits: buildStorageUnits(),
      recoveryPairs: buildRecoveryPairs(),
      timeline: buildTimeline(),
      expectations: expectations, profile: buildProfile(), canonicalText: root.canonicalText(),
      hash: hash(of: root.canonicalText(omitting: Self.remarkKeys, anywhere: remarks)))
  }

  private func buildProfile() -> Profile {
    var profile = draft.profile.value.profile
    if draft.limits.value == .relaxed { profile.replicationsPerServer = nil }
    return profile
  }

  private func buildInventory() -> Inventory {
    var inventory = Inventory()
    inventory.sites = draft.sites.value.map { Site(name: $0.value.name.value) }
    inventory.clusters = zip(clusterNames.names, clusters).map { name, cluster in
      Cluster(
        name: name, site: SiteID(cluster.site), hosts: cluster.hosts.map { HostID($0) },
        hostCapacity: cluster.capacity, availability: availability(of: cluster))
    }
    inventory.appliances = buildAppliances()
    inventory.hosts = hostSites.indices.map {
      Host(
        name: hostNames.names[$0], site: SiteID(hostSites[$0]), isInStandby: standbySpans[$0] != nil)
    }
    inventory.replicationServers = zip(serverNames.names, serverSites).map {
      ReplicationServer(name: $0, site: SiteID($1))
    }
    inventory.datastores = datastores.enumerated().map { index, entry in
      let (site, datastore) = entry
      return Datastore(
        name: datastore.name.value, site: SiteID(site), capacity: datastore.capacity.known,
        readRate: datastore.read.known, writeRate: datastore.write.known, kind: datastore.kind.known ?? .vmfs,
        vsan: buildVSAN(index))
    }
    inventory.circuits = circuits.map { buildCircuit($0.draft, site: $0.site) }
    inventory.links = zip(draft.links.value, linkEnds).enumerated().map { index, described in
      let (link, ends) = described
      return Link(
        name: link.value.name.value, ends: checked(ends).map { SiteID($0) },
        bandwidth: checked(bandwidth(of: index)), latency: checked(linkLatencies[index]),
        usable: link.value.usable.value, loss: link.value.loss.value,
        windowMaximum: link.value.window.value, jitter: link.value.jitter.value,
        preference: link.value.preference.value,
        circuits: circuits(ofLink: index).map { $0.map { CircuitID($0) } })
    }
    inventory.virtualMachines = machines.map { machine in
      VirtualMachine(
        name: machine.name, site: SiteID(checked(machine.site)),
        datastore: DatastoreID(checked(machine.datastore)), host: HostID(checked(machine.host)),
        disks: machine.draft.disks.value.map { disk in
          let size = disk.value.size.value
          return VirtualDisk(name: disk.value.name.value, size: size, used: disk.value.used.known ?? size)
        }, cpuCount: machine.draft.cpuCount.value, memory: machine.draft.memory.value,
        memoryReservation: machine.draft.memoryReservation.known ?? .zero)
    }
    return inventory
  }

  func buildWorkload(_ index: Int) -> Scenario.Workload {
    let draft = workloadDrafts[index].value
    let region = Scenario.Workload.Region(
      offset: draft.offset.known ?? .zero,
      size: draft.model.value == .periodic ? draft.size.value : draft.workingSet.known)
    let model: Scenario.Workload.Model =
      switch draft.model.value {
      case .uniform:
        .uniform(rate: draft.write.value, blockSize: draft.blockSize.value, region: region)
      case .hotspot:
        .hotspot(
          rate: draft.write.value, blockSize: draft.blockSize.value, region: region, skew: draft.skew.value)
      case .sequential:
        .sequential(rate: draft.write.value, blockSize: draft.blockSize.value, region: region)
      case .periodic:
        .periodic(
          every: draft.every.value, first: draft.first.known ?? draft.every.value, region: region)
      case .trace:
        .trace(
          Scenario.Workload.Trace(
            file: draft.file.value, format: draft.format.value, device: draft.device.known,
            isRepeated: draft.isRepeated.value))
      case .ransomware:
        .ransomware(
          Scenario.Workload.Ransomware(
            rate: draft.write.value, blockSize: draft.blockSize.value, region: region,
            start: draft.start.value,
            order: draft.order.value,
            over: draft.over.known.flatMap { workloadNames.index(of: $0) }.map { WorkloadID($0) }))
      }
    return Scenario.Workload(
      name: workloadDrafts[index].name.value, model: model, compressedShare: draft.compressed.value,
      pace: buildPace(draft))
  }

  private func buildReplication(_ planned: PlannedReplication) -> Scenario.Replication {
    let draft = planned.draft
    let link = checked(planned.link)
    let links = planned.links.map { LinkID($0) }
    let target = SiteID(checked(planned.target))
    let initialSync: Scenario.Replication.InitialSync =
      switch draft.initialSync.value {
      case .done: .done
      case .seeded: .seeded(differing: draft.differing.value)
      case .full: .full
      }
    return Scenario.Replication(
      virtualMachine: VirtualMachineID(planned.machine), target: target,
      datastore: DatastoreID(checked(planned.datastore)), rpo: draft.rpo.value, policy: draft.policy.value,
      safetyFactor: draft.safetyFactor.value, firstSync: draft.firstSync.known.map { .zero + $0 },
      disks: planned.disks, initialSync: initialSync, isCompressed: draft.compression.value,
      isEncrypted: draft.encryption.value, quiescing: draft.quiescing.value,
      pointsInTime: draft.pointsInTime.known.map {
        Scenario.Replication.PointsInTime(perDay: $0.perDay.value, days: $0.days.value)
      }, links: links,
      direction: checked(linkEnds[link])[1] == target.index ? .forward : .backward,
      storagePolicy: policy(draft.storagePolicy.known, onDatastore: checked(planned.datastore)),
      seed: draft.initialSync.value == .seeded ? draft.seed.value : .fitting)
  }

  private func buildTimeline() -> [Scenario.TimelineEntry] {
    let order = entries.indices.sorted {
      (checked(entries[$0].instant), $0) < (checked(entries[$1].instant), $1)
    }
    return order.map { index in
      let entry = entries[index]
      return Scenario.TimelineEntry(
        id: entry.draft.id.known, at: checked(entry.instant),
        afterRun: entry.afterRun.map { run in
          Scenario.RunEnd(entry: checked(order.firstIndex(of: run.entry)), delay: run.delay)
        }, duration: entry.draft.duration.known, action: checked(entry.action), actor: entry.actor,
        why: entry.draft.why.known)
    }
  }

  /// What a scenario without errors always has.
  func checked<Value>(_ value: Value?) -> Value {
    guard let value else { preconditionFailure("what is unknown was reported as an error") }
    return value
  }

  /// The FNV-1a hash of the text's UTF-8.
  private func hash(of text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
