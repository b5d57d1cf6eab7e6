import RandomStreams

/// What stands where, and how the links carry.
extension Feature {
  static let layout = [
    // The time scale comes first, since all others draw in its unit: RPOs of a quarter of an hour and more, as
    // quiescing needs them.
    Feature("slow-clock", share: 20) { sketch, random in
      sketch.unitSeconds = 60
      for index in sketch.draft.machines.indices {
        let rpo = sketch.seconds(15 + random.pick(60))
        sketch.draft.machines[index].replication?["rpo"] = rpo
      }
      for index in sketch.draft.workloads.indices {
        let rate = sketch.rate(1 + random.pick(2 << random.pick(5)))
        sketch.draft.workloads[index].settings["write"] = rate
      }
    },
    Feature("third-site", share: 25) { sketch, random in
      var site = WorldDraft.Site(name: "porto")
      site.datastores = [ScenarioObject(["name": quoted("ds-porto")])]
      sketch.draft.sites.append(site)
      sketch.addLink("coast", from: "porto", to: "lisbon", latency: "2ms", &random)
      sketch.addMachine(
        "porto-vm", at: "porto", to: "lisbon", via: nil, rpo: 15 + random.pick(60), &random)
    },
    // What fails with one site of the group fails with all.
    Feature("fate-group", share: 10) { sketch, random in
      let spared = random.pick(sketch.draft.sites.count + 1)
      for index in sketch.draft.sites.indices where index != spared || sketch.draft.sites.count < 3 {
        sketch.draft.sites[index].settings["fateGroup"] = quoted("campus")
      }
    },
    // One source, two targets.
    Feature("two-targets", share: 50) { sketch, random in
      guard sketch.draft.sites.contains(where: { $0.name == "porto" }) else { return }
      sketch.addLink("inland", from: "madrid", to: "porto", latency: "3ms", &random)
      sketch.addMachine(
        "spread-vm", at: "madrid", to: "porto", via: nil, rpo: 15 + random.pick(60), &random)
    },
    Feature("second-link", share: 25) { sketch, random in
      sketch.draft.links.append(
        ScenarioObject([
          "name": quoted("backup"), "between": #"["lisbon", "madrid"]"#,
          "bandwidth": quoted("1MiB/s"), "latency": quoted("5ms"), "usable": quoted("100%"),
        ]))
      for index in sketch.draft.machines.indices
      where sketch.draft.machines[index].settings.word("site") == "madrid"
        && sketch.draft.machines[index].replication?.word("to") == "lisbon"
      {
        sketch.draft.machines[index].replication?["via"] = quoted(random.pick(2) == 0 ? "wan" : "backup")
      }
    },
    Feature("both-directions", share: 30) { sketch, random in
      let via = sketch.draft.links.contains { $0.word("name") == "backup" } ? "wan" : nil
      sketch.addMachine(
        "back-vm", at: "lisbon", to: "madrid", via: via, rpo: 15 + random.pick(60), &random)
    },
    Feature("several-hosts", share: 60) { sketch, random in
      for index in sketch.draft.sites.indices { sketch.draft.sites[index].hostCount = 1 + random.pick(3) }
    },
    Feature("several-servers", share: 50) { sketch, random in
      for index in sketch.draft.sites.indices { sketch.draft.sites[index].serverCount = 1 + random.pick(3) }
    },
    Feature("unreplicated-machine", share: 15) { sketch, random in
      let disk = sketch.addDisk("disk-1", of: "bystander", &random)
      sketch.draft.machines.append(
        .init(
          settings: ScenarioObject([
            "name": quoted("bystander"), "site": quoted("madrid"), "datastore": quoted("ds-madrid"),
          ]), disks: [disk], replication: nil))
    },
    Feature("several-disks", share: 50) { sketch, random in
      for index in sketch.draft.machines.indices where random.pick(2) == 0 {
        for number in 2...2 + random.pick(2) {
          let disk = sketch.addDisk("disk-\(number)", of: sketch.draft.machines[index].name, &random)
          sketch.draft.machines[index].disks.append(disk)
        }
      }
    },
    Feature("datastore-rates", share: 30) { sketch, random in
      sketch.setDatastores(
        ["read": quoted("\(2 + random.pick(4))MiB/s"), "write": quoted("2MiB/s")], &random)
    },
    Feature("datastore-capacity", share: 40) { sketch, random in
      sketch.setDatastores(
        ["capacity": quoted("\(random.pick(2) == 0 ? 8192 : 96 + random.pick(400))MiB")], &random)
    },
  ]

  static let network = [
    Feature("model.bare", share: 30) { sketch, _ in sketch.draft.network["model"] = quoted("bare") },
    Feature("model.CM02", share: 15) { sketch, _ in sketch.draft.network["model"] = quoted("CM02") },
    Feature("model.LV08", share: 15) { sketch, _ in sketch.draft.network["model"] = quoted("LV08") },
    Feature("framing", share: 20) { sketch, random in
      sketch.draft.network["framing"] = quoted(random.pick(from: ["none", "point-to-point"]))
    },
    Feature("latency", share: 50) { sketch, random in
      sketch.setLinks(["latency": quoted("\([0, 1, 20, 50][random.pick(4)])ms")], &random)
    },
    Feature("loss", share: 30) { sketch, random in
      sketch.setLinks(["loss": quoted(["0.01%", "0.1%"][random.pick(2)])], &random)
    },
    Feature("small-window", share: 25) { sketch, random in
      sketch.setLinks(["window": quoted("\(256 << random.pick(4))KiB")], &random)
    },
    Feature("asymmetric-link", share: 20) { sketch, random in
      sketch.setLinks(
        ["bandwidth": #"{ "forward": "\#(1 + random.pick(4))MiB/s", "backward": "1MiB/s" }"#], &random)
    },
    // Syncs last for as long as faults do.
    Feature("narrow-link", share: 40) { sketch, random in
      sketch.setLinks(["bandwidth": quoted("\(32 << random.pick(4))KiB/s")], &random)
    },
    Feature("usable-share", share: 20) { sketch, random in
      sketch.setLinks(["usable": quoted("\(60 + random.pick(40))%")], &random)
    },
  ]

  static let workloads = [
    workload("hotspot") { sketch, random in
      ScenarioObject([
        "model": quoted("hotspot"), "write": sketch.rate(1 + random.pick(2 << random.pick(5))),
        "blockSize": quoted("16KiB"),
        "workingSet": quoted("2MiB"),
      ])
    },
    workload("sequential") { sketch, random in
      ScenarioObject([
        "model": quoted("sequential"), "write": sketch.rate(1 + random.pick(2 << random.pick(5))),
        "blockSize": quoted("12KiB"),
      ])
    },
    workload("periodic") { sketch, random in
      ScenarioObject([
        "model": quoted("periodic"), "every": sketch.seconds(4 + random.pick(60)),
        "size": quoted("\(1 + random.pick(700))KiB"), "offset": quoted("1MiB"),
      ])
    },
    Feature("compressible", share: 25) { sketch, random in
      for index in sketch.draft.workloads.indices {
        sketch.draft.workloads[index].settings["compressed"] = quoted("\(5 + random.pick(95))%")
      }
    },
    // Encrypts disks one by one beside what their guests write.
    Feature("workload.ransomware", share: 10) { sketch, random in
      for index in sketch.draft.workloads.indices where random.pick(3) == 0 {
        let usual = sketch.draft.workloads[index]
        var attack = ScenarioObject([
          "model": quoted("ransomware"), "write": sketch.rate(16 << random.pick(5)),
          "blockSize": quoted("\(4 << random.pick(4))KiB"), "from": sketch.seconds(random.pick(200)),
        ])
        if random.pick(2) == 0 { attack["order"] = quoted("random") }
        // The used part of a disk, which it takes otherwise, may be nothing.
        attack["workingSet"] = quoted("\(1 + random.pick(2))MiB")
        if random.pick(4) > 0 {
          attack["over"] = quoted("\(usual.name)-usual")
          sketch.draft.workloads.append(("\(usual.name)-usual", usual.settings))
        }
        sketch.draft.workloads[index].settings = attack
      }
    },
    // Days, growth and storms of work; a run begins on a Monday at midnight.
    Feature("pace", share: 15) { sketch, random in
      for index in sketch.draft.workloads.indices
      where random.pick(2) == 0 && sketch.draft.workloads[index].settings.word("model") != "ransomware" {
        let settings = sketch.pace(sketch.draft.workloads[index].settings, &random)
        sketch.draft.workloads[index].settings = settings
      }
    },
    Feature("idle-disk", share: 15) { sketch, random in
      let index = random.pick(sketch.draft.machines.count)
      sketch.draft.machines[index].disks[0]["workload"] = nil
    },
  ]

  private static func workload(
    _ model: String, _ settings: @escaping @Sendable (WorldSketch, inout RandomStream) -> ScenarioObject
  ) -> Feature {
    Feature("workload.\(model)", share: 45) { sketch, random in
      for index in sketch.draft.workloads.indices where random.pick(3) == 0 {
        let settings = settings(sketch, &random)
        sketch.draft.workloads[index].settings = settings
      }
    }
  }
}

extension WorldSketch {
  /// A workload with a pace that changes by itself.
  fileprivate func pace(_ workload: ScenarioObject, _ random: inout RandomStream) -> ScenarioObject {
    var workload = workload
    switch random.pick(3) {
    case 0: workload["daily"] = quoted("office-hours")
    case 1:
      let weights = (0..<24).map { _ in "\(1 + random.pick(9))" }
      workload["daily"] = "[" + weights.joined(separator: ", ") + "]"
    default: break
    }
    if random.pick(3) == 0 { workload["growth"] = quoted("\(1 + random.pick(3))%/day") }
    if random.pick(3) > 0 {
      workload["ramp"] =
        ScenarioObject([
          "at": seconds(random.pick(200)), "rise": seconds(1 + random.pick(20)),
          "hold": seconds(1 + random.pick(20)), "fall": seconds(1 + random.pick(20)),
          "factor": quoted("\(150 + random.pick(400))%"),
        ]).text
    }
    return workload
  }

  /// Gives the members to each datastore, or to one of them.
  fileprivate mutating func setDatastores(
    _ members: KeyValuePairs<String, String>, _ random: inout RandomStream
  ) {
    let only = random.pick(2) == 0 ? random.pick(draft.sites.count) : nil
    for site in draft.sites.indices where only == nil || only == site {
      for datastore in draft.sites[site].datastores.indices {
        for (key, text) in members { draft.sites[site].datastores[datastore][key] = text }
      }
    }
  }

  /// Gives the members to each link, or to one of them.
  fileprivate mutating func setLinks(
    _ members: KeyValuePairs<String, String>, _ random: inout RandomStream
  ) {
    let only = random.pick(2) == 0 ? random.pick(draft.links.count) : nil
    for link in draft.links.indices where only == nil || only == link {
      for (key, text) in members { draft.links[link][key] = text }
    }
  }
}
