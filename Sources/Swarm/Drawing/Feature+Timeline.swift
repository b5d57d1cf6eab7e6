import RandomStreams

/// What happens: one feature for each verb of the timeline.
extension Feature {
  static let faults = [
    // Syncs come first, so that faults can begin while they run.
    verb("replication.sync") { sketch, random in
      ScenarioObject(["vm": quoted(sketch.replicated(&random))])
    },
    verb("replication.full-sync", share: 25) { sketch, random in
      ScenarioObject(["vm": quoted(sketch.replicated(&random))])
    },
    verb("link.down", lasts: true) { sketch, random in
      ScenarioObject(["link": quoted(sketch.link(&random))])
    },
    verb("link.limit", lasts: true) { sketch, random in
      ScenarioObject([
        "link": quoted(sketch.link(&random)), "bandwidth": quoted("\(8 + random.pick(200))KiB/s"),
      ])
    },
    verb("link.restore", share: 15) { sketch, random in
      ScenarioObject(["link": quoted(sketch.link(&random))])
    },
    verb("host.fail", lasts: true) { sketch, random in
      ScenarioObject(["host": quoted(sketch.host(&random))])
    },
    verb("host.restore", share: 15) { sketch, random in
      ScenarioObject(["host": quoted(sketch.host(&random))])
    },
    verb("vrserver.fail", lasts: true) { sketch, random in
      ScenarioObject(["server": quoted(sketch.server(&random))])
    },
    verb("vrserver.restore", share: 15) { sketch, random in
      ScenarioObject(["server": quoted(sketch.server(&random))])
    },
    verb("datastore.full", lasts: true) { sketch, random in
      ScenarioObject(["datastore": sketch.datastore(&random)["name"] ?? ""])
    },
    verb("datastore.slow", lasts: true) { sketch, random in
      let datastore = sketch.datastore(&random)
      guard datastore["read"] != nil || datastore["vsan"]?.contains("\"read\"") == true else { return nil }
      return ScenarioObject([
        "datastore": datastore["name"] ?? "", "factor": quoted("\(1 + random.pick(90))%"),
      ])
    },
    verb("datastore.restore", share: 15) { sketch, random in
      ScenarioObject(["datastore": sketch.datastore(&random)["name"] ?? ""])
    },
    verb("vm.power-off", lasts: true) { sketch, random in
      ScenarioObject(["vm": quoted(sketch.selector(&random))])
    },
    verb("vm.power-on", share: 15) { sketch, random in
      ScenarioObject(["vm": quoted(sketch.selector(&random))])
    },
  ]

  /// What befalls lines and whole sites.
  static let disasters = [
    verb("link.latency", share: 25, lasts: true) { sketch, random in
      ScenarioObject([
        "link": quoted(sketch.link(&random)), "latency": quoted("\([2, 30, 80][random.pick(3)])ms"),
      ])
    },
    verb("link.loss", share: 25, lasts: true) { sketch, random in
      ScenarioObject([
        "link": quoted(sketch.link(&random)), "loss": quoted(["0.01%", "0.5%"][random.pick(2)]),
      ])
    },
    verb("site.fail", share: 20, lasts: true) { sketch, random in
      ScenarioObject(["site": quoted(sketch.site(&random).name)])
    },
    verb("site.restore", share: 10) { sketch, random in
      ScenarioObject(["site": quoted(sketch.site(&random).name)])
    },
    verb("site.isolate", share: 20, lasts: true) { sketch, random in
      ScenarioObject(["site": quoted(sketch.site(&random).name)])
    },
  ]

  /// Comes last, since it leaves out what files do not know.
  static let storage = [
    Feature("storage.files", share: 12) { sketch, _ in
      sketch.draft.settings["storage"] = quoted("files")
      let unknown = [
        "vm.add-disk", "vm.remove-disk", "vm.resize-disk", "replication.reconfigure",
        "replication.test-image",
        "replica.corrupt",
      ]
      sketch.draft.timeline.removeAll { unknown.contains($0.word("do") ?? "") }
    }
  ]

  static let changes = [
    verb("vm.migrate") { sketch, random in
      let machine = random.pick(from: sketch.draft.machines)
      guard let site = sketch.site(named: machine.settings.word("site")) else { return nil }
      return ScenarioObject([
        "vm": quoted(machine.name), "host": quoted(site.host(random.pick(site.hostCount))),
      ])
    },
    verb("vm.trim") { sketch, random in
      ScenarioObject([
        "vm": quoted(sketch.selector(&random)), "disk": quoted("disk-1"),
        "offset": quoted("\(random.pick(1_500))KiB"), "size": quoted("\(1 + random.pick(1_500))KiB"),
      ])
    },
    verb("vm.snapshot") { sketch, random in ScenarioObject(["vm": quoted(sketch.selector(&random))]) },
    // Returns to snapshots, since without one there is nothing to return to.
    Feature("vm.revert", share: 30) { sketch, random in
      for _ in 0..<1 + random.pick(3) {
        let machine = ScenarioObject(["vm": quoted(sketch.selector(&random))])
        let taken = random.pick(sketch.faultsEnd - 1)
        sketch.schedule("vm.snapshot", at: taken, machine)
        sketch.schedule("vm.revert", at: taken + 1 + random.pick(sketch.faultsEnd - 1 - taken), machine)
      }
    },
    verb("vm.add-disk", share: 20) { sketch, random in
      ScenarioObject([
        "vm": quoted(sketch.selector(&random)), "disk": quoted("more-\(sketch.draft.timeline.count)"),
        "size": quoted("\(1 + random.pick(4))MiB"),
      ])
    },
    // One of several disks; in every other case its replication is configured without it soon after.
    Feature("vm.remove-disk", share: 15) { sketch, random in
      for _ in 0..<1 + random.pick(2) {
        let candidates = sketch.draft.machines.filter { $0.disks.count > 1 }
        guard !candidates.isEmpty else { return }
        let machine = random.pick(from: candidates)
        let removed = random.pick(sketch.faultsEnd - 40)
        let disk = random.pick(from: machine.disks).word("name") ?? ""
        sketch.schedule(
          "vm.remove-disk", at: removed, ["vm": quoted(machine.name), "disk": quoted(disk)])
        guard machine.replication != nil, random.pick(2) == 0 else { continue }
        sketch.schedule(
          "replication.reconfigure", at: removed + random.pick(40), ["vm": quoted(machine.name)])
      }
    },
    verb("vm.resize-disk", share: 25) { sketch, random in
      ScenarioObject([
        "vm": quoted(sketch.selector(&random)), "disk": quoted("disk-1"),
        "size": quoted("\(6 + random.pick(5))MiB"),
      ])
    },
    verb("replication.pause", lasts: true) { sketch, random in
      ScenarioObject(["vm": quoted(sketch.replicated(&random))])
    },
    verb("replication.resume", share: 15) { sketch, random in
      ScenarioObject(["vm": quoted(sketch.replicated(&random))])
    },
    verb("replication.reconfigure", share: 20) { sketch, random in
      ScenarioObject(["vm": quoted(sketch.replicated(&random))])
    },
    verb("replication.test-image", lasts: true) { sketch, random in
      ScenarioObject(["vm": quoted(sketch.replicated(&random))])
    },
    verb("replication.move", share: 25) { sketch, random in
      let machine = random.pick(from: sketch.draft.machines.filter { $0.replication != nil })
      guard let site = sketch.site(named: machine.replication?.word("to")) else { return nil }
      return ScenarioObject([
        "vm": quoted(machine.name), "server": quoted(site.server(random.pick(site.serverCount))),
      ])
    },
    verb("workload.scale", lasts: true) { sketch, random in
      ScenarioObject([
        "vm": quoted(sketch.selector(&random)), "factor": quoted("\(random.pick(400))%"),
      ])
    },
    // In these worlds each replica must equal its source in the end.
    Feature("silence") { sketch, _ in
      sketch.schedule(
        "workload.scale", at: sketch.faultsEnd + 90, ["vm": quoted("*"), "factor": quoted("0%")])
    },
  ]
}
