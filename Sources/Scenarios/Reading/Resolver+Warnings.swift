import Inventory
import Quantities

extension Resolver {
  mutating func warnAboutUnused() {
    // A reference that is wrong may have been meant for what seems unused.
    guard !log.hasErrors else { return }
    let usedWorkloads = Set(machines.flatMap(\.workloads).compactMap { $0 } + workloadsBeneath)
    for (index, workload) in workloadDrafts.enumerated() where !usedWorkloads.contains(index) {
      log.report(
        .unusedWorkload, "no disk has the workload \(quoted(workload.name.value))", at: workload.name.span)
    }
    warnAboutIdleWorkloads()
    let usedLinks = Set(replications.flatMap(\.links) + storage.systems.flatMap(\.links))
    for (index, link) in (draft.links.known ?? []).enumerated() where !usedLinks.contains(index) {
      guard let name = link.value.name.located else { continue }
      log.report(.unusedLink, "no replication uses the link \(quoted(name.value))", at: name.span)
    }
  }

  /// Warns about numbers of the product that its release does not go by, and of points in time that no instance can fill.
  mutating func warnAboutNoEffect() {
    if let draft = draft.profile.located {
      let (profile, usual) = (draft.value.profile, Profile())
      let isEnhanced = profile.product == .enhanced
      let idle: [(key: String, isIdle: Bool)] = [
        ("rebalanceInterval", !isEnhanced && profile.rebalanceInterval != usual.rebalanceInterval),
        (
          "optimizedReprotectPeriod",
          profile.product < .v8 && profile.optimizedReprotectPeriod != usual.optimizedReprotectPeriod
        ),
        ("serverRate", isEnhanced && profile.serverRate != usual.serverRate),
        (
          "serverDecompressionRate",
          !(profile.product < .v8) && profile.serverDecompressionRate != usual.serverDecompressionRate
        ),
      ]
      for (key, isIdle) in idle where isIdle {
        log.report(
          .noEffect, "nothing depends on \(quoted(key)) with the product \(quoted(profile.product.rawValue))",
          at: draft.span)
      }
    }
    for replication in replications {
      guard let policy = replication.draft.pointsInTime.located, let count = policy.value.perDay.known,
        let rpo = replication.draft.rpo.known, rpo * Int64(count) > .hours(24)
      else { continue }
      log.report(
        .emptySlots,
        "\(count) points in time a day need an RPO of \(TimeSpan.hours(24) / Int64(count)) or less, and it is \(rpo)",
        at: policy.span, help: "an instance further from the last than a slot of the day leaves slots empty")
    }
  }

  /// Warns about what the timeline does to replication servers where no replication goes through one.
  mutating func warnAboutServers() {
    guard draft.profile.known?.profile.product == .enhanced else { return }
    for entry in entries {
      guard let server = entry.draft.server.located ?? replicationServerAppliance(of: entry) else { continue }
      log.report(
        .serverNotInPath,
        "no replication goes through the server \(quoted(server.value)): it disturbs nobody",
        at: server.span,
        help: "with the product \"enhanced\" hosts send to hosts; let a host of the target fail")
    }
  }

  /// The name of the replication server that an entry about an appliance means.
  private func replicationServerAppliance(of entry: PlannedEntry) -> Located<String>? {
    guard let name = entry.draft.appliance.located, serverNames.index(of: name.value) != nil else {
      return nil
    }
    return name
  }

  /// Warns of workloads that write nothing: of machines that are not replicated, no writes are simulated.
  ///
  /// Nor are those of disks that are excluded, which somebody decided.
  private mutating func warnAboutIdleWorkloads() {
    let replicated = Set(replications.map(\.machine) + storage.members.map(\.machine))
    // A draft with a pattern stands for many machines, and is reported once.
    var reported: Set<SourceSpan> = []
    for (index, machine) in machines.enumerated() where !replicated.contains(index) {
      for (disk, draft) in (machine.draft.disks.known ?? []).enumerated() {
        guard let workload = draft.value.workload.located, machine.workloads[disk] != nil,
          reported.insert(workload.span).inserted
        else { continue }
        log.report(
          .idleWorkload,
          "the workload \(quoted(workload.value)) writes nothing, since virtual machine \(quoted(machine.name)) is not replicated",
          at: workload.span, help: "leave it out, or replicate the machine")
      }
    }
  }

  mutating func warnAboutLoad() {
    guard !log.hasErrors else { return }
    for index in (draft.links.known ?? []).indices {
      for direction in Link.Direction.allCases { warnAboutChurn(onLink: index, direction) }
    }
    for index in datastores.indices { warnAboutCapacity(ofDatastore: index) }
  }

  /// Compares what the replicated disks change on average with what the link carries.
  ///
  /// Counted is every write with the extents it touches, but per RPO no more than the working set. Blocks
  /// written twice within an RPO are sent once, so that the true need may be less: this is a warning.
  private mutating func warnAboutChurn(onLink index: Int, _ direction: Link.Direction) {
    guard let link = draft.links.known?[index].value, let ends = linkEnds[index],
      let bandwidth = link.bandwidth.located, let rates = bandwidth.value.directions,
      let usable = link.usable.known, let network = draft.network.known
    else { return }
    let source = direction == .forward ? ends[0] : ends[1]
    let target = direction == .forward ? ends[1] : ends[0]
    var changed: UInt64 = 0
    var count = 0
    var roundsUp = false
    for replication in replications
    where replication.link == index && machines[replication.machine].site == source {
      for disk in replication.disks {
        let churn = churn(ofDisk: disk, in: replication)
        changed = changed.addingSaturating(churn.rate.bitsPerSecond)
        roundsUp = roundsUp || churn.isRoundedUp
      }
      count += 1
    }
    let bandwidthRate = rates[direction.rawValue]
    let framing = network.goodput
    let competes = count > 1 && network.model.known == .fluid
    let alone = bandwidthRate.scaled(by: min(usable, framing))
    let together = bandwidthRate.scaled(by: framing).scaled(by: Self.competitionEfficiency)
    let capacity = competes ? min(alone, together) : alone
    guard changed > capacity.bitsPerSecond else { return }
    func name(_ site: Int) -> String { quoted(draft.sites.known?[site].value.name.known ?? "?") }
    let average = readable(DataRate(bitsPerSecond: min(changed, UInt64(Int64.max))))
    var notes = ["of \(bandwidthRate) replication may use \(usable)"]
    if usable > framing { notes[0] += ", and headers leave \(percent(framing))" }
    if capacity < alone {
      notes[0] += "; several replications get \(readable(capacity)) of it together"
    }
    if roundsUp {
      notes.append("a write of less than \(Self.extentSize) changes a whole extent of that size")
    }
    log.report(
      .churnAboveLink,
      "\(count) replication\(count == 1 ? " changes" : "s change") \(average) on average from \(name(source)) to \(name(target)), more than the \(readable(capacity)) that the link carries",
      at: bandwidth.span, notes: notes,
      help: "expect missed RPOs; give the link more bandwidth or replicate less")
  }

  /// The least that is told apart on a disk: of writes at random each changes one of these at least.
  ///
  /// - Source: 8 KiB for disks up to 2 TiB, as ESXi's `HBR.HbrMinExtentSizeKB`; larger disks have larger extents.
  private static var extentSize: ByteCount { .kibibytes(8) }

  /// What several replications get of a whole link that they fill together.
  ///
  /// - Source: The competition efficiency of the network model `fluid`.
  private static var competitionEfficiency: Ratio { .percent(90) }

  /// What a disk changes on average within an RPO, and whether small blocks count as whole extents in it.
  private func churn(
    ofDisk disk: Int, in replication: PlannedReplication
  ) -> (rate: DataRate, isRoundedUp: Bool) {
    let machine = machines[replication.machine]
    guard let workload = machine.workloads[disk], let rpo = replication.draft.rpo.known,
      let size = machine.draft.disks.known?[disk].value.size.known
    else { return (.zero, false) }
    let model = buildWorkload(workload)
    guard let written = model.meanRate else { return (.zero, false) }
    let rate = model.randomBlockSize.map { written.scaled(from: $0, upTo: Self.extentSize) } ?? written
    let changing = model.region?.byteRange(onDiskOf: size).count ?? 0
    return (min(rate, .average(of: ByteCount(bytes: UInt64(changing)), every: rpo)), rate > written)
  }

  private mutating func warnAboutCapacity(ofDatastore index: Int) {
    guard let capacity = datastores[index].draft.capacity.located else { return }
    var needed: UInt64 = 0
    func used(_ machine: Int, _ disk: Int) -> UInt64 {
      guard let disk = machines[machine].draft.disks.known?[disk].value else { return 0 }
      return (disk.used.known ?? disk.size.known ?? .zero).bytes
    }
    for machine in machines.indices where machines[machine].datastore == index {
      for disk in (machines[machine].draft.disks.known ?? []).indices {
        needed = needed.addingSaturating(used(machine, disk))
      }
    }
    for replication in replications where replication.datastore == index {
      for disk in replication.disks { needed = needed.addingSaturating(used(replication.machine, disk)) }
    }
    guard needed > capacity.value.bytes else {
      return warnAboutSlack(
        ofDatastore: index, needed: UInt128(needed), capacity: UInt128(capacity.value.bytes),
        at: capacity.span)
    }
    let content = readable(ByteCount(bytes: min(needed, UInt64(Int64.max))))
    log.report(
      .datastoreTooSmall,
      "datastore \(quoted(datastores[index].draft.name.known ?? "?")) holds \(capacity.value), but its disks and replicas hold \(content)",
      at: capacity.span, notes: ["redo logs and points in time need more"])
  }
}

extension NetworkDraft {
  /// The share of the raw bandwidth that the headers of full packets leave, rounded down to whole parts per billion.
  ///
  /// Only the model `fluid` knows headers.
  fileprivate var goodput: Ratio {
    guard model.known == .fluid else { return .one }
    return switch framing.known {
    case .ethernet: Ratio(partsPerBillion: 1_448 * 1_000_000_000 / 1_538)
    case .pointToPoint: Ratio(partsPerBillion: 1_448 * 1_000_000_000 / 1_502)
    case .some(.none), nil: .one
    }
  }
}

extension Scenario.Workload {
  /// The size of a write that may fall anywhere in the region; `nil` where writes follow each other or are not known.
  fileprivate var randomBlockSize: ByteCount? {
    switch model {
    case .uniform(_, let blockSize, _), .hotspot(_, let blockSize, _, _): blockSize
    case .sequential, .periodic, .trace, .ransomware: nil
    }
  }
}

extension DataRate {
  /// The rate if every block of `blockSize` counted as one of `size`, where it is smaller.
  fileprivate func scaled(from blockSize: ByteCount, upTo size: ByteCount) -> DataRate {
    guard blockSize < size else { return self }
    let product = UInt128(bitsPerSecond) * UInt128(size.bytes) / UInt128(blockSize.bytes)
    return DataRate(bitsPerSecond: UInt64(min(product, UInt128(Int64.max))))
  }
}

/// The share with two decimals, rounded to the nearest.
private func percent(_ share: Ratio) -> Ratio {
  Ratio(partsPerBillion: (share.partsPerBillion + 50_000) / 100_000 * 100_000)
}

extension UInt64 {
  fileprivate func addingSaturating(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}

/// The rate rounded to a tenth of the largest unit that leaves a whole number of it.
private func readable(_ rate: DataRate) -> DataRate {
  let unit = ([1_000_000_000, 1_000_000, 1_000] as [UInt64]).first { rate.bitsPerSecond >= $0 } ?? 1
  let step = Swift.max(1, unit / 10)
  let rounded = (rate.bitsPerSecond / step + (rate.bitsPerSecond % step * 2 >= step ? 1 : 0)) * step
  return DataRate(bitsPerSecond: min(rounded, UInt64(Int64.max)))
}

/// The size in the largest binary unit, with one decimal.
private func readable(_ size: ByteCount) -> String {
  let units: [(String, UInt64)] = [
    ("PiB", 1 << 50), ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
  ]
  guard let (name, unit) = units.first(where: { size.bytes >= $0.1 }) else { return "\(size)" }
  let tenths = size.bytes / (unit / 10)
  return "\(tenths / 10).\(tenths % 10)\(name)"
}
