import RandomStreams

/// Arrays and virtual volumes, whose storage copies machines by itself.
extension Feature {
  /// Comes behind all that happens, so that it changes no draw of another feature; only plans know its machines.
  static let storageCopies = [
    Feature("storage-copies", share: 25) { sketch, random in
      // Storage that copies by itself is not modelled on files.
      guard sketch.draft.settings["storage"] == nil else { return }
      for number in 1...1 + random.pick(2) { sketch.drawStorageSystem(number, &random) }
      for site in sketch.draft.sites.indices {
        // Hosts that all machines filled take the new ones, too.
        guard sketch.draft.sites[site].cluster?["hostType"] != nil else { continue }
        let isAdmitting = sketch.draft.sites[site].cluster?.text.contains("admission") == true
        let hostType = sketch.hostType(at: site, isAdmitting: isAdmitting, &random)
        sketch.draft.sites[site].cluster?["hostType"] = hostType
      }
      sketch.drawStorageEntries(&random)
    }
  ]
}

extension WorldSketch {
  private static let verbsWithoutStorage = [
    "vm.snapshot", "vm.revert", "vm.add-disk", "vm.resize-disk", "replication.pause", "replication.resume",
    "replication.sync", "replication.full-sync", "replication.reconfigure", "replication.test-image",
    "replication.move", "replica.corrupt",
  ]

  /// Writes entries that are about all machines, and not modelled for those that storage copies, once for each of the others.
  mutating func spareWhatStorageCopies() {
    guard !draft.storageSystems.isEmpty else { return }
    let stored = draft.storageSystems.flatMap(\.machines)
    draft.timeline = draft.timeline.flatMap { entry -> [ScenarioObject] in
      let verb = entry.word("do") ?? ""
      guard entry.word("vm") == "*", Self.verbsWithoutStorage.contains(verb) else { return [entry] }
      let others = draft.machines.filter { machine in
        !stored.contains(machine.name)
          && (machine.replication != nil || !verb.hasPrefix("replication."))
      }
      return others.map { machine in
        var copy = entry
        copy["vm"] = quoted(machine.name)
        return copy
      }
    }
  }

  /// A pair of arrays or of fault domains with one to three units, each with machines of its own.
  fileprivate mutating func drawStorageSystem(_ number: Int, _ random: inout RandomStream) {
    let isReversed = random.pick(3) == 0
    let ends = isReversed ? ["lisbon", "madrid"] : ["madrid", "lisbon"]
    var settings = ScenarioObject(["name": quoted("system-\(number)")])
    let kind = random.pick(3)
    let isOfArrays = kind < 2
    switch kind {
    case 0: settings["mode"] = quoted("synchronous")
    case 1: settings["mode"] = quoted("periodic")
    default: settings["pointsInTime"] = "\(1 + random.pick(4))"
    }
    if kind > 0 { settings["every"] = seconds(4 + random.pick(40)) }
    let joining = draft.links.filter { link in
      ends.allSatisfy { link["between"]?.contains(quoted($0)) == true }
    }.compactMap { $0.word("name") }
    if joining.count > 1, random.pick(2) == 0 { settings["via"] = quoted(random.pick(from: joining)) }
    var units: [WorldDraft.StorageUnit] = []
    for unit in 1...1 + random.pick(3) {
      units.append(drawStorageUnit("\(number)-\(unit)", isOfArrays: isOfArrays, ends, &random))
    }
    draft.storageSystems.append(
      .init(isOfArrays: isOfArrays, from: ends[0], to: ends[1], settings: settings, units: units))
  }

  private mutating func drawStorageUnit(
    _ number: String, isOfArrays: Bool, _ ends: [String], _ random: inout RandomStream
  ) -> WorldDraft.StorageUnit {
    var unit = WorldDraft.StorageUnit(name: "unit-\(number)", devices: [], machines: [])
    for device in 1...(isOfArrays ? 1 + random.pick(2) : 1) {
      let names = ["lun-\(number)-\(device)", "copy-\(number)-\(device)"]
      for (end, name) in zip(ends, names) {
        guard let site = draft.sites.firstIndex(where: { $0.name == end }) else { continue }
        var datastore = ScenarioObject(["name": quoted(name)])
        if !isOfArrays { datastore["type"] = quoted("vvol") }
        draft.sites[site].datastores.append(datastore)
      }
      unit.devices.append((names[0], names[1]))
      // A device without machines goes with the others of its group.
      let count = device == 1 ? 1 + random.pick(2) : random.pick(2)
      for machine in 0..<count {
        let name = "stored-\(number)-\(device)\(machine == 0 ? "" : "-b")"
        addStoredMachine(name, at: ends[0], on: names[0], &random)
        unit.machines.append(name)
      }
    }
    return unit
  }

  private mutating func addStoredMachine(
    _ name: String, at site: String, on datastore: String, _ random: inout RandomStream
  ) {
    var settings = ScenarioObject([
      "name": quoted(name), "site": quoted(site), "datastore": quoted(datastore),
    ])
    if random.pick(3) == 0 {
      settings["boot"] = quoted("\(random.pick(30))s")
      settings["shutdown"] = quoted("\(random.pick(20))s")
    }
    var disks = [addDisk("disk-1", of: name, &random)]
    if random.pick(3) == 0 { disks.append(addDisk("disk-2", of: name, &random)) }
    if random.pick(5) == 0 { disks[0]["workload"] = nil }
    if random.pick(3) == 0, let workload = disks[0].word("workload"),
      let index = draft.workloads.firstIndex(where: { $0.name == workload })
    {
      draft.workloads[index].settings = ScenarioObject([
        "model": quoted("periodic"), "every": seconds(4 + random.pick(60)),
        "size": quoted("\(1 + random.pick(700))KiB"), "offset": quoted("1MiB"),
      ])
    }
    draft.machines.append(.init(settings: settings, disks: disks, replication: nil))
  }

  /// What happens to machines that storage copies, beside what happens to all.
  fileprivate mutating func drawStorageEntries(_ random: inout RandomStream) {
    let names = draft.storageSystems.flatMap(\.machines)
    for _ in 0..<random.pick(5) {
      let name = random.pick(from: names)
      var entry = ScenarioObject(["vm": quoted(name)])
      switch random.pick(5) {
      case 0: schedule("vm.power-off", entry, lasts: true, &random)
      case 1:
        entry["factor"] = quoted("\(random.pick(400))%")
        schedule("workload.scale", entry, lasts: true, &random)
      case 2:
        entry["disk"] = quoted("disk-1")
        entry["offset"] = quoted("\(random.pick(1_500))KiB")
        entry["size"] = quoted("\(1 + random.pick(1_500))KiB")
        schedule("vm.trim", entry, lasts: false, &random)
      case 3:
        guard
          let site = site(named: draft.machines.first { $0.name == name }?.settings.word("site"))
        else { continue }
        entry["host"] = quoted(site.host(random.pick(site.hostCount)))
        schedule("vm.migrate", entry, lasts: false, &random)
      default: schedule("vm.crash", entry, lasts: false, &random)
      }
    }
  }
}
