import RandomStreams

/// What people change of what was made between two sites, and who they are.
extension Feature {
  /// Comes behind the plans, and changes no draw of another feature.
  static let administration = [
    // A second card of each machine that has one; addresses are set of the first.
    Feature("several-cards", share: 30) { sketch, random in
      guard !sketch.draft.plans.isEmpty else { return }
      for index in sketch.draft.sites.indices {
        let name = sketch.draft.sites[index].name
        sketch.draft.sites[index].settings["networks"] = WorldDraft.names(["net-\(name)", "rear-\(name)"])
      }
      for index in sketch.draft.machines.indices {
        guard let network = sketch.draft.machines[index].settings.word("network"), random.pick(3) > 0,
          let site = sketch.draft.machines[index].settings.word("site")
        else { continue }
        sketch.draft.machines[index].settings["network"] = nil
        let cards = [network, "rear-\(site)"].map { ScenarioObject(["network": quoted($0)]).text }
        sketch.draft.machines[index].settings["nics"] = "[" + cards.joined(separator: ", ") + "]"
      }
    },
    Feature("roles", share: 20) { sketch, random in
      guard !sketch.draft.plans.isEmpty else { return }
      sketch.draft.recovery["roles"] =
        #"{ "tester": ["plan.run"], "operator": ["plan.run", "plan.failover"], "keeper": ["plan.reprotect"] }"#
      let verbs = ["plan.test", "plan.cleanup", "plan.recover", "plan.reprotect", "plan.cancel"]
      for index in sketch.draft.timeline.indices
      where verbs.contains(sketch.draft.timeline[index].word("do") ?? "") && random.pick(2) == 0 {
        sketch.draft.timeline[index]["as"] = quoted(random.pick(from: ["tester", "operator", "keeper"]))
      }
    },
    planned("placeholder.delete") { sketch, plan, random in
      sketch.member(of: plan, &random).map { ScenarioObject(["vm": quoted($0)]) }
    },
    planned("placeholder.move") { sketch, plan, random in
      guard let name = sketch.member(of: plan, &random), let to = sketch.draft.target(of: name),
        sketch.hasCard(name)
      else { return nil }
      let place = ScenarioObject(["network": quoted("net-\(to)")])
      return ScenarioObject(["vm": quoted(name), "place": place.text])
    },
    planned("placeholder.restore", share: 40) { _, plan, random in
      ScenarioObject(["group": quoted(random.pick(from: plan.groups))])
    },
    planned("vm.delete", share: 15) { sketch, plan, random in
      guard let name = sketch.member(of: plan, &random), let sites = sketch.sites(of: name) else {
        return nil
      }
      return ScenarioObject(["vm": quoted(name), "site": quoted(random.pick(from: sites))])
    },
    planned("plan.edit") { sketch, plan, random in
      var changes = ScenarioObject(["description": quoted("changed")])
      // Those of the plans that go the same way, in their order.
      let names = sketch.draft.plans.flatMap(\.groups).filter { group in
        sketch.way(ofGroup: group) == sketch.way(ofGroup: plan.groups[0])
      }
      let groups = sketch.draft.groups.map(\.name).filter { names.contains($0) && random.pick(3) > 0 }
      if !groups.isEmpty { changes["groups"] = WorldDraft.names(groups) }
      return sketch.withOperator(
        ScenarioObject(["plan": quoted(plan.name), "changes": changes.text]), of: plan, &random)
    },
    planned("plan.delete", share: 15) { sketch, plan, random in
      sketch.withOperator(ScenarioObject(["plan": quoted(plan.name)]), of: plan, &random)
    },
    planned("vm.recovery-settings") { sketch, plan, random in
      guard let name = sketch.member(of: plan, &random) else { return nil }
      var settings = ScenarioObject(["priority": "\(1 + random.pick(5))"])
      if random.pick(4) == 0 { settings["startup"] = quoted(random.pick(2) == 0 ? "off" : "power-on") }
      if random.pick(3) == 0 { settings["skipGuestShutdown"] = random.pick(2) == 0 ? "true" : "false" }
      if random.pick(3) == 0 { settings["shutdownTimeout"] = sketch.seconds(1 + random.pick(40)) }
      if random.pick(3) == 0 { settings["toolsTimeout"] = sketch.seconds(random.pick(50)) }
      if random.pick(3) == 0 { settings["delay"] = sketch.seconds(random.pick(10)) }
      return sketch.withOperator(
        ScenarioObject(["vm": quoted(name), "settings": settings.text]), of: plan, &random)
    },
    // Sites in use are not parted, and add-ons of sites that are paired not removed.
    planned("site.unpair", share: 10) { sketch, plan, _ in
      sketch.sites(of: plan).map { ScenarioObject(["sites": WorldDraft.names($0)]) }
    },
    planned("addon.remove", share: 10) { sketch, plan, random in
      guard let sites = sketch.sites(of: plan) else { return nil }
      return ScenarioObject([
        "addon": quoted(random.pick(from: ["srm", "vsphere-replication"])),
        "site": quoted(random.pick(from: sites)),
      ])
    },
    planned("site.reconnect", share: 15) { sketch, plan, _ in
      sketch.sites(of: plan).map { ScenarioObject(["sites": WorldDraft.names($0)]) }
    },
    planned("plan.damage", share: 10) { sketch, plan, random in
      ScenarioObject(["plan": quoted(plan.name), "for": sketch.seconds(1 + random.pick(60))])
    },
    // Who logs out logs in again in the end.
    Feature("site.log-out", share: 15) { sketch, random in
      for _ in 0..<1 + random.pick(2) where !sketch.draft.plans.isEmpty {
        let plan = random.pick(from: sketch.draft.plans)
        guard !plan.groups.isEmpty, var sites = sketch.sites(of: plan) else { return }
        if random.pick(2) == 0 { sites.reverse() }
        let session = ScenarioObject(["site": quoted(sites[0]), "to": quoted(sites[1])])
        let left = random.pick(sketch.faultsEnd - 1)
        sketch.schedule("site.log-out", at: left, session)
        if random.pick(2) == 0 { sketch.schedule("site.log-in", at: left + 1 + random.pick(60), session) }
        sketch.schedule("site.log-in", at: sketch.faultsEnd + 50, session)
      }
    },
    // Whoever renews a certificate connects the sites again, soon or in the end.
    Feature("addon.renew-certificate", share: 15) { sketch, random in
      for _ in 0..<1 + random.pick(2) where !sketch.draft.plans.isEmpty {
        let plan = random.pick(from: sketch.draft.plans)
        guard !plan.groups.isEmpty, let sites = sketch.sites(of: plan) else { return }
        let renewed = random.pick(sketch.faultsEnd - 1)
        sketch.schedule(
          "addon.renew-certificate", at: renewed,
          [
            "addon": quoted(random.pick(from: ["srm", "vsphere-replication"])),
            "site": quoted(random.pick(from: sites)),
          ])
        let again = ScenarioObject(["sites": WorldDraft.names(sites)])
        if random.pick(2) == 0 { sketch.schedule("site.reconnect", at: renewed + 1 + random.pick(40), again) }
        sketch.schedule("site.reconnect", at: sketch.faultsEnd + 40, again)
      }
    },
    // Somebody takes a machine out of replication, and puts it in again, soon or in the end.
    Feature("replication.stop", share: 12) { sketch, random in
      // Not modelled on files.
      guard sketch.draft.settings["storage"] == nil else { return }
      let name = random.pick(from: sketch.draft.machines.filter { $0.replication != nil }).name
      let machine = ScenarioObject(["vm": quoted(name)])
      let stopped = random.pick(sketch.faultsEnd - 1)
      sketch.schedule("replication.stop", at: stopped, machine)
      if random.pick(2) == 0 {
        sketch.schedule("replication.configure", at: stopped + 1 + random.pick(60), machine)
      }
      sketch.schedule("replication.configure", at: sketch.faultsEnd + 45, machine)
    },
  ]

  /// A feature that puts one to three entries about a plan on the timeline.
  private static func planned(
    _ verb: String, share: UInt64 = 25,
    _ entry: @escaping @Sendable (WorldSketch, WorldDraft.Plan, inout RandomStream) -> ScenarioObject?
  ) -> Feature {
    Feature(verb, share: share) { sketch, random in
      for _ in 0..<1 + random.pick(3) where !sketch.draft.plans.isEmpty {
        let plan = random.pick(from: sketch.draft.plans)
        guard !plan.groups.isEmpty, let settings = entry(sketch, plan, &random) else { return }
        sketch.schedule(verb, at: random.pick(sketch.faultsEnd), settings)
      }
    }
  }
}

extension WorldSketch {
  /// A machine that a plan recovers.
  fileprivate func member(of plan: WorldDraft.Plan, _ random: inout RandomStream) -> String? {
    let names = draft.groups.filter { plan.groups.contains($0.name) }.flatMap(\.machines)
    return names.isEmpty ? nil : random.pick(from: names)
  }

  fileprivate func hasCard(_ machine: String) -> Bool {
    let settings = draft.machines.first { $0.name == machine }?.settings
    return settings?["network"] != nil || settings?["nics"] != nil
  }

  /// The site of a machine and the one that it is replicated to.
  fileprivate func sites(of machine: String) -> [String]? {
    guard let from = draft.machines.first(where: { $0.name == machine })?.settings.word("site"),
      let to = draft.target(of: machine)
    else { return nil }
    return [from, to]
  }

  fileprivate func sites(of plan: WorldDraft.Plan) -> [String]? { way(ofGroup: plan.groups[0]) }

  fileprivate func way(ofGroup name: String) -> [String]? {
    draft.groups.first { $0.name == name }?.machines.first.flatMap { sites(of: $0) }
  }

  /// An entry with the site where the operator is, in every other case.
  fileprivate func withOperator(
    _ entry: ScenarioObject, of plan: WorldDraft.Plan, _ random: inout RandomStream
  ) -> ScenarioObject {
    guard random.pick(2) == 0, let sites = sites(of: plan) else { return entry }
    var entry = entry
    entry["from"] = quoted(random.pick(from: sites))
    return entry
  }
}
