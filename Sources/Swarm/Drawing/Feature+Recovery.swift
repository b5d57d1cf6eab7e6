import RandomStreams
import RecoveryCore

/// Protection groups and recovery plans, what is done with them, and what goes wrong meanwhile.
extension Feature {
  /// Comes last of all, so that it knows every machine and changes no draw of another feature.
  static let recovery = [
    // Only plans wake hosts. Where the memory of hosts is limited all of them are needed, and so are those of a vSAN datastore.
    Feature("standby", share: 15) { sketch, random in
      for index in sketch.draft.sites.indices {
        let site = sketch.draft.sites[index]
        let isTight = site.cluster.map { $0.text.contains("admission") || $0["hostType"] != nil } ?? false
        guard site.hostCount > 1, site.diskGroups == nil, !isTight else { continue }
        sketch.draft.sites[index].standbyCount = 1 + random.pick(site.hostCount - 1)
      }
    },
    Feature("plans", share: 30) { sketch, random in
      // Replicas that are kept in files are not recovered.
      guard sketch.draft.settings["storage"] == nil else { return }
      sketch.drawGroups(&random)
      sketch.drawSettings(&random)
      for plan in sketch.draft.plans.indices { sketch.drawRuns(ofPlan: plan, &random) }
    },
  ]
}

extension WorldSketch {
  /// The plans of a world, at most.
  private static let planMaximum = 3

  // MARK: - Groups and plans

  /// One or two groups for each way that machines are replicated, beside those of storage, and one to three plans in all.
  fileprivate mutating func drawGroups(_ random: inout RandomStream) {
    var ways: [(from: String, to: String)] = []
    for machine in draft.machines {
      guard let from = machine.settings.word("site"), let to = draft.target(of: machine.name),
        !ways.contains(where: { $0 == (from, to) })
      else { continue }
      ways.append((from, to))
    }
    for (from, to) in ways where draft.plans.isEmpty || random.pick(3) > 0 {
      guard draft.plans.count < Self.planMaximum else { return }
      var members = draft.machines.filter {
        $0.settings.word("site") == from && $0.replication?.word("to") == to
      }.map(\.name)
      if members.count > 1, random.pick(4) == 0 { members.remove(at: random.pick(members.count)) }
      let count = members.count > 1 ? 1 + random.pick(2) : members.count
      let first = draft.groups.count
      for number in 0..<count {
        let own = members.indices.filter { $0 % count == number }.map { members[$0] }
        draft.groups.append(.init(name: "group-\(first + number + 1)", machines: own))
      }
      drawStorageGroups(from, to, &random)
      let names = draft.groups[first...].map(\.name)
      guard !names.isEmpty else { continue }
      for _ in 0..<1 + (random.pick(2) == 0 ? 1 : 0) where draft.plans.count < Self.planMaximum {
        // Two plans may want the same group.
        let listed =
          names.count > 1 && random.pick(3) == 0 ? [names[random.pick(names.count)]] : names
        var plan = WorldDraft.Plan(name: "plan-\(draft.plans.count + 1)", groups: listed)
        if [from, to].contains("madrid"), random.pick(2) == 0,
          draft.machines.contains(where: { $0.name == "bystander" })
        {
          plan.suspended = ["bystander"]
        }
        draft.plans.append(plan)
      }
    }
    drawNetworks(&random)
  }

  /// Groups of what storage copies that way: a unit each, or all of an array.
  private mutating func drawStorageGroups(_ from: String, _ to: String, _ random: inout RandomStream) {
    for system in draft.storageSystems where system.from == from && system.to == to {
      let isJoined = random.pick(3) == 0
      let parts = isJoined ? [system.units] : system.units.map { [$0] }
      for units in parts where random.pick(6) > 0 {
        var group = WorldDraft.Group(
          name: "group-\(draft.groups.count + 1)", machines: units.flatMap(\.machines))
        if system.isOfArrays {
          group.datastores = units.flatMap { $0.devices.map(\.datastore) }
        } else {
          group.replicationGroups = units.map(\.name)
        }
        draft.groups.append(group)
      }
    }
  }

  private mutating func drawNetworks(_ random: inout RandomStream) {
    for index in draft.sites.indices {
      draft.sites[index].settings["networks"] = "[\(quoted("net-\(draft.sites[index].name)"))]"
    }
    for index in draft.machines.indices where random.pick(4) > 0 {
      guard let site = draft.machines[index].settings.word("site") else { continue }
      draft.machines[index].settings["network"] = quoted("net-\(site)")
    }
  }

  // MARK: - Settings

  fileprivate mutating func drawSettings(_ random: inout RandomStream) {
    var times = ScenarioObject()
    for key in [
      "groupStorage", "machineStorage", "registration", "networkChange", "networkCreation", "powerOn",
      "powerOff", "suspension", "resumption", "guestCustomization", "migrationPreparation",
      "replicationReversal", "placeholderCreation", "remoteCall",
    ] {
      times[key] = quoted("\(random.pick(7))s")
    }
    if draft.sites.contains(where: { $0.standbyCount > 0 }) { times["hostWake"] = seconds(random.pick(30)) }
    times["powerOnsPerHost"] = "\(1 + random.pick(3))"
    times["operationsPerVCenter"] = "\(1 + random.pick(8))"
    draft.recovery["times"] = times.text
    var defaults = ScenarioObject([
      "shutdownTimeout": seconds(1 + random.pick(40)), "toolsTimeout": seconds(1 + random.pick(50)),
      "customizationTimeout": seconds(10 + random.pick(60)),
    ])
    if random.pick(4) > 0 { defaults["allowForced"] = "true" }
    if random.pick(4) == 0 { defaults["delay"] = seconds(random.pick(10)) }
    draft.recovery["defaults"] = defaults.text
    draft.recovery["synchronizationTimeout"] = seconds(20 + random.pick(80))
    if random.pick(8) == 0 { draft.recovery["runningPlans"] = "1" }
    // Two plans of a group say nothing different of its machines.
    var described: [String] = []
    for plan in draft.plans.indices {
      for group in draft.groups where draft.plans[plan].groups.contains(group.name) {
        for (position, name) in group.machines.enumerated() where !described.contains(name) {
          described.append(name)
          let earlier = position > 0 ? group.machines[position - 1] : nil
          let entry = recovery(of: name, after: earlier, &random)
          if entry.members.count > 1 { draft.plans[plan].machines.append(entry) }
        }
      }
      for _ in 0..<random.pick(3) {
        var step = ScenarioObject(["at": quoted(random.pick(from: Self.positions))])
        for member in callout(inMachine: false, &random).members { step[member.key] = member.text }
        draft.plans[plan].steps.append(step)
      }
    }
  }

  private static let positions = [
    "before-presync-storage", "before-shutdown-protected-site-vms", "before-sync-storage",
    "before-prepare-storage", "before-configure-storage", "before-recover-priority-3-vms",
    "before-power-off-recovery-site-vms", "before-restore-storage", "before-reverse-replication",
    "before-create-placeholder-vms", "at-end",
  ]

  /// How a machine is recovered.
  private mutating func recovery(
    of name: String, after earlier: String?, _ random: inout RandomStream
  ) -> ScenarioObject {
    var entry = ScenarioObject(["match": quoted(name)])
    if random.pick(2) == 0 { entry["priority"] = "\(2 + random.pick(3))" }
    if let earlier, random.pick(3) == 0 { entry["dependsOn"] = "[\(quoted(earlier))]" }
    if random.pick(10) == 0 { entry["startup"] = quoted("off") }
    if random.pick(6) == 0 { entry["skipGuestShutdown"] = "true" }
    if random.pick(5) == 0 { entry["toolsTimeout"] = quoted("0s") }
    let machine = draft.machines.first { $0.name == name }
    if machine?.settings["network"] != nil, random.pick(4) == 0, let to = draft.target(of: name) {
      entry["ip"] = #"{ "mode": "manual", "nics": [{ "nic": 0, "site": "\#(to)", "address": "dhcp" }] }"#
    }
    if random.pick(6) == 0 { entry["prePowerOn"] = "[\(callout(inMachine: false, &random).text)]" }
    if random.pick(5) == 0 {
      entry["postPowerOn"] = "[\(callout(inMachine: random.pick(2) == 0, &random).text)]"
    }
    return entry
  }

  /// A prompt or a command, which may fail or take too long.
  private mutating func callout(inMachine: Bool, _ random: inout RandomStream) -> ScenarioObject {
    stepCount += 1
    if !inMachine, random.pick(3) == 0 {
      return ScenarioObject([
        "type": quoted("PROMPT"), "name": quoted("prompt-\(stepCount)"), "text": quoted("go on"),
      ])
    }
    var step = ScenarioObject([
      "type": quoted(inMachine ? "RUN_ON_VM" : "RUN_ON_SRM_SERVER"), "name": quoted("command-\(stepCount)"),
      "command": quoted("do"), "takes": seconds(random.pick(10)), "timeout": seconds(1 + random.pick(20)),
    ])
    if random.pick(4) == 0 { step["exitCode"] = "1" }
    return step
  }

  // MARK: - The timeline

  /// What a plan is, as far as its runs do what they are to do.
  private enum Stage {
    case ready, tested, recovered
  }

  /// A chain of runs, most of which begin when the one before has ended, with what disturbs them.
  fileprivate mutating func drawRuns(ofPlan index: Int, _ random: inout RandomStream) {
    let plan = draft.plans[index]
    if random.pick(3) == 0, drawStrandedStorage(plan, &random) { return }
    var stage = Stage.ready
    var last: String?
    for number in 1...2 + random.pick(5) {
      let id = "\(plan.name)-run-\(number)"
      var entry = ScenarioObject()
      var start: Int?
      if let last, random.pick(8) > 0 {
        entry["after"] = quoted(last)
        entry["delay"] = seconds(random.pick(25))
      } else {
        let time = random.pick(last == nil ? 100 : faultsEnd)
        entry["at"] = seconds(time)
        start = time
      }
      let verb = verb(in: &stage, &random)
      entry["do"] = quoted(verb)
      entry["id"] = quoted(id)
      entry["plan"] = quoted(plan.name)
      addOptions(to: &entry, verb, members(of: plan), &random)
      draft.timeline.append(entry)
      if let start { drawDisaster(around: start, &random) }
      disturb(id, of: plan, &random)
      last = id
    }
    let hasPrompts = plan.steps.contains { $0.word("type") == "PROMPT" } || hasMachinePrompts
    for time in [30, 60, 90, 120, 150] where hasPrompts {
      schedule("plan.dismiss-prompt", at: faultsEnd + time, ["plan": quoted(plan.name)])
    }
  }

  /// Storage is recovered from a site that is isolated, where its machines write on, and is copied back when that is over.
  ///
  /// - Returns: Whether the plan has any.
  private mutating func drawStrandedStorage(_ plan: WorldDraft.Plan, _ random: inout RandomStream) -> Bool {
    let groups = draft.groups.filter { plan.groups.contains($0.name) }
    let stored = groups.first { !($0.datastores + $0.replicationGroups).isEmpty }
    let machine = stored?.machines.first.flatMap { name in draft.machines.first { $0.name == name } }
    guard let site = machine?.settings.word("site") else { return false }
    let (began, length) = (30 + random.pick(40), 50 + random.pick(60))
    func add(_ verb: String, _ members: KeyValuePairs<String, String>) {
      var entry = ScenarioObject(["do": quoted(verb)])
      for (key, text) in members { entry[key] = text }
      draft.timeline.append(entry)
    }
    let dismissal = quoted("dismiss")
    add("site.isolate", ["at": seconds(began), "site": quoted(site), "for": seconds(length)])
    for (number, time) in [began + 1 + random.pick(15), began + length + 20 + random.pick(30)].enumerated() {
      add(
        "plan.recover",
        [
          "at": seconds(time), "id": quoted("\(plan.name)-run-\(number + 1)"), "plan": quoted(plan.name),
          "mode": quoted("disaster-recovery"), "prompts": dismissal,
        ])
    }
    for (number, verb) in ["plan.reprotect", "plan.recover", "plan.reprotect"].enumerated() {
      guard number == 0 || random.pick(2) == 0 else { break }
      add(
        verb,
        [
          "after": quoted("\(plan.name)-run-\(number + 2)"), "delay": seconds(random.pick(20)),
          "id": quoted("\(plan.name)-run-\(number + 3)"), "plan": quoted(plan.name), "prompts": dismissal,
        ])
    }
    return true
  }

  private var hasMachinePrompts: Bool {
    draft.plans.contains { $0.machines.contains { $0.text.contains("PROMPT") } }
  }

  private func members(of plan: WorldDraft.Plan) -> [String] {
    draft.groups.filter { plan.groups.contains($0.name) }.flatMap(\.machines)
  }

  private func verb(in stage: inout Stage, _ random: inout RandomStream) -> String {
    let isOdd = random.pick(12) == 0
    switch stage {
    case _ where isOdd:
      return random.pick(from: ["plan.test", "plan.cleanup", "plan.recover", "plan.reprotect"])
    case .ready where random.pick(5) < 2:
      stage = .tested
      return "plan.test"
    case .ready:
      stage = .recovered
      return "plan.recover"
    case .tested:
      stage = .ready
      return "plan.cleanup"
    case .recovered where random.pick(4) == 0: return "plan.recover"
    case .recovered:
      stage = .ready
      return "plan.reprotect"
    }
  }

  private func addOptions(
    to entry: inout ScenarioObject, _ verb: String, _ members: [String], _ random: inout RandomStream
  ) {
    switch random.pick(4) {
    case 0: break
    case 1: entry["prompts"] = quoted("dismiss")
    default: entry["prompts"] = #"{ "after": \#(seconds(random.pick(10))) }"#
    }
    var choosesPoint = false
    switch verb {
    case "plan.test":
      if random.pick(3) == 0 { entry["syncData"] = "false" }
      choosesPoint = random.pick(4) == 0
    case "plan.recover" where random.pick(2) == 0:
      entry["mode"] = quoted("disaster-recovery")
      switch random.pick(4) {
      case 0: entry["forced"] = "true"
      case 1: entry["syncData"] = "false"
      default: break
      }
      choosesPoint = random.pick(5) == 0
    case "plan.cleanup", "plan.reprotect": if random.pick(4) == 0 { entry["forced"] = "true" }
    default: break
    }
    guard choosesPoint else { return }
    let point = ScenarioObject([
      "vm": quoted(random.pick(from: members)), "at": seconds(random.pick(faultsEnd)),
    ])
    entry["pointsInTime"] = "[\(point.text)]"
  }

  /// What sites and lines suffer while a run may be under way that begins at a known time.
  private mutating func drawDisaster(around start: Int, _ random: inout RandomStream) {
    guard random.pick(2) == 0 else { return }
    let begin = min(max(0, start - 5 + random.pick(40)), faultsEnd - 2)
    let length = 1 + random.pick(min(80, faultsEnd - begin - 1))
    var entry = ScenarioObject(["at": seconds(begin)])
    switch random.pick(6) {
    case 0, 1:
      entry["do"] = quoted("site.isolate")
      entry["site"] = quoted(site(&random).name)
    case 2:
      entry["do"] = quoted("site.fail")
      entry["site"] = quoted(site(&random).name)
    case 3:
      entry["do"] = quoted("link.down")
      entry["link"] = quoted(link(&random))
    case 4:
      entry["do"] = quoted("host.fail")
      entry["host"] = quoted(host(&random))
    default:
      entry["do"] = quoted("vrserver.fail")
      entry["server"] = quoted(server(&random))
    }
    entry["for"] = seconds(length)
    draft.timeline.append(entry)
  }

  /// Operations of a run that fail, people who cancel it or answer its prompts.
  private mutating func disturb(_ run: String, of plan: WorldDraft.Plan, _ random: inout RandomStream) {
    func entry(_ verb: String, within span: Int, _ random: inout RandomStream) -> ScenarioObject {
      ScenarioObject([
        "after": quoted("\(run).start"), "delay": seconds(random.pick(span)), "do": quoted(verb),
        "plan": quoted(plan.name),
      ])
    }
    if random.pick(6) == 0 { draft.timeline.append(entry("plan.cancel", within: 40, &random)) }
    if random.pick(4) == 0 { draft.timeline.append(entry("plan.dismiss-prompt", within: 60, &random)) }
    guard random.pick(4) == 0 else { return }
    var failure = entry("plan.fail-operation", within: 20, &random)
    failure["operation"] = quoted(random.pick(from: RecoveryAction.Kind.allCases).rawValue)
    failure["for"] = seconds(1 + random.pick(60))
    if random.pick(2) == 0 { failure["vm"] = quoted(random.pick(from: members(of: plan))) }
    draft.timeline.append(failure)
  }
}
