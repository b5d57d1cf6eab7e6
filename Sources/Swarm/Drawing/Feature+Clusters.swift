import RandomStreams

/// vSAN datastores, clusters that are looked at in detail, appliances as machines, and what befalls them.
extension Feature {
  static let clusters = [
    // It decides how many hosts there are, so it comes before all that counts them.
    Feature("vsan", share: 30) { sketch, random in
      let only = random.pick(2) == 0 ? random.pick(sketch.draft.sites.count) : nil
      for site in sketch.draft.sites.indices where only == nil || only == site {
        sketch.drawVSAN(at: site, &random)
      }
    },
    Feature("appliances", share: 25) { sketch, random in
      for site in sketch.draft.sites.indices where random.pick(3) > 0 {
        sketch.draft.sites[site].appliances = ScenarioObject(["boot": quoted("\(1 + random.pick(40))s")])
        sketch.draft.sites[site].managers = [["vrms"], ["srm", "vrms"], []][random.pick(3)]
      }
    },
    Feature("cluster", share: 30) { sketch, random in
      for site in sketch.draft.sites.indices where random.pick(3) > 0 {
        sketch.drawCluster(at: site, &random)
      }
    },
    Feature("guest-times", share: 30) { sketch, random in
      for index in sketch.draft.machines.indices where random.pick(2) == 0 {
        sketch.draft.machines[index].settings["boot"] = quoted("\(random.pick(40))s")
        sketch.draft.machines[index].settings["shutdown"] = quoted("\(random.pick(30))s")
        if random.pick(4) == 0 { sketch.draft.machines[index].settings["tools"] = "false" }
      }
    },
  ]

  /// Comes when all machines are known: hosts that had little memory have few processors instead.
  static let processors = [
    Feature("processors", share: 40) { sketch, random in
      let isBroad = random.pick(3) > 0
      if isBroad {
        for index in sketch.draft.machines.indices { sketch.draft.machines[index].settings["cpu"] = "4" }
      }
      for site in sketch.draft.sites.indices {
        guard let room = sketch.draft.sites[site].roomPerHost, random.pick(4) > 0 else { continue }
        // Four virtual processors for each machine and manager, and two for each replication server wherever it goes.
        let count = 4 * room + 2 * sketch.draft.sites[site].serverCount
        sketch.draft.sites[site].cluster?["hostType"] =
          #"{ "cores": \#((count + 3) / 4), "memory": "1024GiB" }"#
      }
    }
  ]

  static let clusterFaults = [
    verb("disk-group.fail", share: 40, lasts: true) { sketch, random in
      guard let host = sketch.vsanHost(&random) else { return nil }
      return ScenarioObject(["host": quoted(host.name), "group": "\(1 + random.pick(host.groups))"])
    },
    verb("disk-group.restore", share: 20) { sketch, random in
      guard let host = sketch.vsanHost(&random) else { return nil }
      return ScenarioObject(["host": quoted(host.name), "group": "\(1 + random.pick(host.groups))"])
    },
    verb("replica.corrupt", share: 40) { sketch, random in
      let machines = sketch.draft.machines.filter { machine in
        machine.replication != nil
          && sketch.site(named: machine.replication?.word("to"))?.diskGroups != nil
      }
      guard !machines.isEmpty else { return nil }
      return ScenarioObject([
        "vm": quoted(random.pick(from: machines).name), "disk": quoted("disk-1"),
        "offset": quoted("\(random.pick(3_000))KiB"),
      ])
    },
    verb("host.isolate", share: 40, lasts: true) { sketch, random in
      sketch.modelledHost(&random).map { ScenarioObject(["host": quoted($0)]) }
    },
    verb("host.disconnect", share: 40, lasts: true) { sketch, random in
      sketch.modelledHost(&random).map { ScenarioObject(["host": quoted($0)]) }
    },
    verb("host.maintenance", share: 40, lasts: true) { sketch, random in
      sketch.modelledHost(&random).map { ScenarioObject(["host": quoted($0)]) }
    },
    verb("appliance.fail", share: 50, lasts: true) { sketch, random in
      sketch.appliance(&random).map { ScenarioObject(["appliance": quoted($0.name)]) }
    },
    verb("appliance.hang", share: 50, lasts: true) { sketch, random in
      sketch.appliance(&random).map { ScenarioObject(["appliance": quoted($0.name)]) }
    },
    verb("appliance.restore", share: 25) { sketch, random in
      sketch.appliance(&random).map { ScenarioObject(["appliance": quoted($0.name)]) }
    },
    verb("appliance.move", share: 40) { sketch, random in
      guard let (name, site) = sketch.appliance(&random) else { return nil }
      return ScenarioObject([
        "appliance": quoted(name), "host": quoted(site.host(random.pick(site.hostCount))),
      ])
    },
    verb("vm.crash", share: 25) { sketch, random in
      ScenarioObject(["vm": quoted(sketch.selector(&random))])
    },
    verb("vm.hang", share: 25, lasts: true) { sketch, random in
      ScenarioObject(["vm": quoted(sketch.selector(&random))])
    },
  ]
}

extension WorldSketch {
  /// The storage policies with the fault domains that each needs.
  private static let policies = [
    ("RAID-1 FTT1", 3), ("RAID-5", 4), ("RAID-1 FTT2", 5), ("RAID-6", 6), ("RAID-1 FTT3", 7),
  ]

  /// Makes the datastore of a site a vSAN one, with hosts enough for its policy.
  fileprivate mutating func drawVSAN(at site: Int, _ random: inout RandomStream) {
    let (policy, needed) = Self.policies[random.pick(random.pick(2) == 0 ? 1 : Self.policies.count)]
    let domains = needed + random.pick(2)
    let hosts = domains + (random.pick(4) == 0 ? 1 : 0)
    let groups = 1 + random.pick(3)
    let isExpress = random.pick(3) == 0
    let isRoomy = random.pick(3) > 0
    var vsan = ScenarioObject([
      "architecture": quoted(isExpress ? "express" : "original"), "policy": quoted(policy),
      "device": quoted("\(isRoomy ? 8_192 : 120 + random.pick(400))MiB"), "diskGroups": "\(groups)",
      "repairDelay": quoted("\(5 + random.pick(120))s"), "resyncRate": quoted("\(16 << random.pick(3))MiB/s"),
      "resyncWeight": quoted("\(50 + random.pick(150))%"), "resyncsPerHost": "\(1 + random.pick(4))",
    ])
    if domains < hosts { vsan["faultDomains"] = "\(domains)" }
    if random.pick(2) == 0 {
      vsan["read"] = quoted("\(16 + random.pick(32))MiB/s")
      vsan["write"] = quoted("\(16 + random.pick(32))MiB/s")
    }
    if random.pick(3) == 0 { vsan["scrubInterval"] = quoted("\(30 + random.pick(300))s") }
    draft.sites[site].hostCount = hosts
    draft.sites[site].diskGroups = isExpress ? 1 : groups
    let name = draft.sites[site].name
    draft.sites[site].datastores = [
      ScenarioObject(["name": quoted("ds-\(name)"), "vsan": vsan.text])
    ]
    let allowed = Self.policies.filter { $0.1 <= domains }.map(\.0)
    for index in draft.machines.indices where random.pick(3) == 0 {
      let other = quoted(random.pick(from: allowed))
      if draft.machines[index].settings.word("site") == name {
        draft.machines[index].settings["storagePolicy"] = other
      } else if draft.machines[index].replication?.word("to") == name {
        draft.machines[index].replication?["storagePolicy"] = other
      }
    }
  }

  /// Says how vSphere HA guards a site, and perhaps how much its hosts hold.
  ///
  /// Hosts hold so many machines of 8 GiB, and 4 GiB beside for the small appliances, so that wherever those went all
  /// machines fit again when all hosts run.
  fileprivate mutating func drawCluster(at site: Int, _ random: inout RandomStream) {
    let hosts = draft.sites[site].hostCount
    var settings = ScenarioObject([
      "detection": quoted("\(1 + random.pick(20))s"), "isolationDelay": quoted("\(1 + random.pick(40))s"),
      "isolationResponse": quoted(random.pick(2) == 0 ? "leave" : "power-off"),
      "powerOn": quoted("\(1 + random.pick(15))s"), "powerOnsPerHost": "\(1 + random.pick(3))",
      "migrationsPerHost": "\(1 + random.pick(3))",
    ])
    if random.pick(3) == 0 { settings["powerOnsPerCluster"] = "\(1 + random.pick(3))" }
    if random.pick(8) == 0 { settings["enabled"] = "false" }
    if random.pick(3) == 0 {
      settings["monitoring"] =
        #"{ "failureInterval": "\#(1 + random.pick(30))s", "resets": \#(1 + random.pick(3)), "window": "\#(1 + random.pick(10))m" }"#
    }
    let isAdmitting = hosts > 1 && random.pick(3) == 0
    if isAdmitting { settings["admission"] = #"{ "failures": 1 }"# }
    var cluster = ScenarioObject()
    if random.pick(2) == 0 {
      cluster["hostType"] = hostType(at: site, isAdmitting: isAdmitting, &random)
      // Otherwise configured memory would be no bound.
      settings["memoryOvercommitment"] = quoted("100%")
    }
    cluster["ha"] = settings.text
    draft.sites[site].cluster = cluster
  }

  /// Hosts of so much memory that everything at the site fits, perhaps without one of them.
  mutating func hostType(at site: Int, isAdmitting: Bool, _ random: inout RandomStream) -> String {
    let hosts = draft.sites[site].hostCount
    let name = draft.sites[site].name
    let residents = draft.machines.count { $0.settings.word("site") == name }
    let units =
      residents + draft.sites[site].managers.count + (isAdmitting ? draft.sites[site].serverCount : 0)
    let spared = isAdmitting ? hosts - 1 : hosts
    let least = (units + spared - 1) / spared
    let each = least + random.pick(units + 1)
    draft.sites[site].roomPerHost = each
    return #"{ "cores": 64, "memory": "\#(8 * each + 4)GiB" }"#
  }
}
