import Inventory
import Quantities
import RecoveryCore

/// Array pairs and fault domains: which machines are replicated with their storage.
extension Resolver {
  mutating func resolveStorage() {
    for located in draft.arrayPairs.known ?? [] { resolveArrayPair(located.value) }
    for located in draft.faultDomains.known ?? [] { resolveFaultDomain(located.value) }
    checkCopies()
    guard draft.storage.known == .files, let span = storageSpan else { return }
    log.report(
      .notWithFiles, "storage that copies by itself is not modelled on files", at: span,
      help: "remove \"storage\": \"files\" at the top of the scenario")
  }

  /// Where the scenario first speaks of storage that copies by itself, unless by an empty list.
  private var storageSpan: SourceSpan? {
    if draft.arrayPairs.known?.isEmpty == false { return draft.arrayPairs.located?.span }
    return draft.faultDomains.known?.isEmpty == false ? draft.faultDomains.located?.span : nil
  }

  /// The system that a draft describes, its ends and links resolved.
  private mutating func addSystem(
    _ kind: PlannedStorage.System.Kind, name: Field<String>, from: Field<String>, to: Field<String>,
    via: Field<String>
  ) -> Int {
    storage.systemNames.define(name.located, as: storage.systems.count, log: &log)
    let source = siteNames.resolve(from.located, log: &log)
    let target = siteNames.resolve(to.located, log: &log)
    let chosen = linkNames.resolve(via.located, log: &log)
    var links: [Int] = []
    if let source, source == target, let reference = to.located {
      log.report(
        .noPair, "the site \(quoted(reference.value)) is not replicated to itself", at: reference.span)
    } else if let source, let target, let reference = to.located {
      links = resolveLinks(from: source, to: target, via: chosen, givenAs: via, at: reference)
    }
    storage.systems.append(
      PlannedStorage.System(kind: kind, source: source, target: target, links: links))
    return storage.systems.count - 1
  }

  private mutating func addUnit(named name: String, of system: Int) -> Int {
    storage.units.append(
      PlannedStorage.Unit(
        name: name, system: system, position: storage.units.count { $0.system == system }))
    return storage.units.count - 1
  }

  // MARK: Arrays

  private mutating func resolveArrayPair(_ pair: ArrayPairDraft) {
    let system = addSystem(.arrays(pair), name: pair.name, from: pair.from, to: pair.to, via: pair.via)
    let (source, target) = (storage.systems[system].source, storage.systems[system].target)
    if pair.mode.known == .synchronous, let every = pair.every.located {
      log.report(
        .misplacedKey, "the key \"every\" has no meaning with \"mode\": \"synchronous\"", at: every.span,
        help: "it belongs to \"periodic\"")
    }
    var names = NameTable("device of this array pair")
    var unitOfConsistencyGroup: [String: Int] = [:]
    for (index, located) in (pair.devices.known ?? []).enumerated() {
      let device = located.value
      names.define(device.name.located, as: index, log: &log)
      let datastore = resolveDevice(device.datastore, at: source)
      let copy = resolveDevice(device.copy, at: target)
      storage.systems[system].devices.append(
        PlannedStorage.Device(draft: device, datastore: datastore, copy: copy))
      let group = device.consistencyGroup.known
      let unit =
        group.flatMap { unitOfConsistencyGroup[$0] }
        ?? addUnit(named: group ?? device.name.known ?? "?", of: system)
      if let group { unitOfConsistencyGroup[group] = unit }
      guard let datastore, let reference = device.datastore.located else { continue }
      guard storage.unitOfDatastore[datastore] == nil else {
        log.report(
          .unfitDevice, "the datastore \(quoted(reference.value)) is on another device already",
          at: reference.span)
        continue
      }
      storage.unitOfDatastore[datastore] = unit
      storage.units[unit].datastores.append(datastore)
      for machine in machines.indices where machines[machine].datastore == datastore {
        addMember(machine, to: unit, copy: copy, at: reference)
      }
    }
  }

  private mutating func addMember(_ machine: Int, to unit: Int, copy: Int?, at reference: Located<String>) {
    if let first = machines[machine].replicationSpan {
      log.report(
        .replicatedTwice, "virtual machine \(quoted(machines[machine].name)) is replicated twice",
        at: reference.span, notes: ["its first replication is on \(log.location(of: first))"],
        help: "what storage copies by itself needs no other replication")
      return
    }
    machines[machine].replicationSpan = reference.span
    storage.memberOfMachine[machine] = storage.members.count
    storage.units[unit].members.append(storage.members.count)
    storage.members.append(PlannedStorage.Member(machine: machine, unit: unit, copy: copy))
  }

  // MARK: Virtual volumes

  private mutating func resolveFaultDomain(_ domain: FaultDomainDraft) {
    let system = addSystem(
      .virtualVolumes(domain), name: domain.name, from: domain.from, to: domain.to, via: domain.via)
    let (source, target) = (storage.systems[system].source, storage.systems[system].target)
    for located in domain.replicationGroups.known ?? [] {
      let group = located.value
      let unit = addUnit(named: group.name.known ?? "?", of: system)
      storage.groupNames.define(group.name.located, as: unit, log: &log)
      let copy = resolveVolumes(group.datastore, at: target)
      for selector in group.virtualMachines.known ?? [] {
        for machine in select(selector) ?? [] {
          guard let site = machines[machine].site, let source, site != source else {
            checkVolumes(of: machine, at: selector)
            addMember(machine, to: unit, copy: copy, at: selector)
            continue
          }
          log.report(
            .wrongSite,
            "virtual machine \(quoted(machines[machine].name)) is at site \(quoted(siteName(site))), not at \(quoted(siteName(source)))",
            at: selector.span)
        }
      }
    }
  }

  // MARK: Protection groups

  /// Gives a group of arrays or virtual volumes its units, with all their machines.
  mutating func joinStorage(ofGroup index: Int) {
    let group = recovery.groups[index].draft
    for reference in group.datastores.known ?? [] {
      guard let datastore = datastoreNames.resolve(reference, log: &log) else { continue }
      guard let unit = storage.unitOfDatastore[datastore] else {
        guard draft.arrayPairs.located != nil else { continue }
        log.report(
          .notOnDevice, "the datastore \(quoted(reference.value)) is on no device of an array pair",
          at: reference.span, help: "add a device to \"arrayPairs\"")
        continue
      }
      claim(unit: unit, forGroup: index, at: reference)
    }
    for reference in group.replicationGroups.known ?? [] {
      guard let unit = storage.groupNames.resolve(reference, log: &log) else { continue }
      claim(unit: unit, forGroup: index, at: reference)
    }
    checkWholeness(ofGroup: index)
    recovery.groups[index].members.sort()
    recovery.groups[index].units.sort()
  }

  private mutating func claim(unit: Int, forGroup index: Int, at reference: Located<String>) {
    if let other = storage.units[unit].group {
      guard other != index else { return }
      log.report(
        .datastoresApart,
        "\(quoted(storage.units[unit].name)) belongs to the group \(quoted(recovery.groups[other].draft.name.known ?? "?")) already",
        at: reference.span, help: "what fails over as one is in one protection group")
      return
    }
    storage.units[unit].group = index
    recovery.groups[index].units.append(unit)
    for member in storage.units[unit].members {
      recovery.groupOfMachine[storage.members[member].machine] = index
      recovery.groups[index].members.append(storage.members[member].machine)
    }
    let system = storage.systems[storage.units[unit].system]
    guard let source = system.source, let target = system.target, source != target else { return }
    let direction = PlannedRecovery.Direction(from: source, to: target)
    guard let known = recovery.groups[index].direction, known != direction else {
      recovery.groups[index].direction = direction
      return
    }
    log.report(
      .directionsDiffer,
      "\(quoted(reference.value)) is replicated \(text(of: direction)), and the group protects machines \(text(of: known))",
      at: reference.span, help: "make a group for each direction")
  }

  /// Reports datastores of a consistency group that the group leaves out.
  private mutating func checkWholeness(ofGroup index: Int) {
    guard let listed = recovery.groups[index].draft.datastores.located else { return }
    let names = listed.value.map(\.value)
    for unit in recovery.groups[index].units {
      for datastore in storage.units[unit].datastores {
        guard let name = datastores[datastore].draft.name.known, !names.contains(name) else { continue }
        log.report(
          .datastoresApart,
          "the datastore \(quoted(name)) is in the consistency group \(quoted(storage.units[unit].name)) and missing here",
          at: listed.span, help: "what fails over as one is in one protection group")
      }
    }
  }

  // MARK: Timeline

  /// What is not modelled for machines that are replicated with their storage.
  private static let verbsWithoutStorage: [Scenario.TimelineEntry.Verb] = [
    .snapshot, .revert, .addDisk, .resizeDisk, .removeDisk, .pauseReplication, .resumeReplication,
    .syncReplication, .fullSyncReplication, .reconfigureReplication, .testImage, .moveReplication,
    .corruptReplica, .deploy, .protect, .configureReplication, .stopReplication, .leaveGroup,
  ]

  /// Reports an entry that asks of machines what is not modelled for them.
  mutating func checkStorage(of entry: TimelineEntryDraft) {
    guard !storage.members.isEmpty, let verb = entry.verb.located,
      let selector = entry.virtualMachine.located,
      Self.verbsWithoutStorage.contains(verb.value)
    else { return }
    let names = NamePattern.names(of: selector.value)
    let member = storage.members.first { member in
      names.contains { NamePattern.selects($0, machines[member.machine].name) }
    }
    guard let member else { return }
    log.report(
      .replicatedByStorage,
      "\(quoted(verb.value.rawValue)) is not modelled for virtual machine \(quoted(machines[member.machine].name)), which its storage replicates",
      at: selector.span)
  }
}
