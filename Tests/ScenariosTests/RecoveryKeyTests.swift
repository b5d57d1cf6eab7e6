import Inventory
import Quantities
import RecoveryCore
import Scenarios
import Testing

/// Mappings, protection groups and recovery plans as the reader gives them.
@Suite struct RecoveryKeyTests {
  typealias Override = (path: String, value: String)

  static func read(_ overrides: [Override] = []) throws -> Scenario {
    let (scenario, diagnostics) = ScenarioReader.read(
      text: RecoveryExamples.twoSites, file: "two-site-dr.json", overrides: overrides)
    return try #require(scenario, "\(diagnostics)")
  }

  static func readPair(_ overrides: [Override] = []) throws -> Scenario.RecoveryPair {
    let scenario = try read(overrides)
    try #require(scenario.recoveryPairs.count == 1)
    return scenario.recoveryPairs[0]
  }

  /// Each mapping as `prod-100 > dr-100`, with `=` in front of the second name if it is mapped back.
  static func texts(of pair: Scenario.RecoveryPair, _ kind: MappingKind, from side: PairSide = .first)
    -> [String]
  {
    pair.mappings.filter { $0.from == side && pair.objects[side][$0.source].kind == kind }.map { mapping in
      let (source, target) = (pair.objects[side][mapping.source], pair.objects[side.other][mapping.target])
      return "\(source.name) > \(mapping.isReversed ? "=" : "")\(target.name)"
    }
  }

  // MARK: Pairs

  @Test func `A scenario without recovery keys has no pair`() throws {
    let (scenario, _) = ScenarioReader.read(text: Examples.full, file: "full.json")
    #expect(scenario?.recoveryPairs == [])
  }

  @Test func `Sites are paired as their plan recovers`() throws {
    let pair = try Self.readPair()

    #expect(pair.sites == BothSides(first: SiteID(0), second: SiteID(1)))
    #expect(pair.isPaired && pair.installed == BothSides(AddOn.allCases))
    #expect(pair.side(of: SiteID(1)) == .second)
    #expect(pair.offering == .onPremises && pair.limits.isEnforced)
  }

  @Test func `Networks come first among the objects, then folders, clusters and policies`() throws {
    let pair = try Self.readPair([
      ("/sites/lisbon/folders", #"["apps"]"#), ("/sites/lisbon/storagePolicies", #"["gold"]"#),
    ])

    let objects = pair.objects.second
    #expect(
      objects.objects.map(\.name) == [
        "dr-100", "dr-200", "test-bubble", "Datacenter", "apps", "lisbon-cluster", "gold",
      ])
    #expect(objects.path(of: MappableObjectID(4)) == ["Datacenter", "Datacenter", "apps"])
    #expect(objects[MappableObjectID(5)].datastores == [DatastoreID(1)])
  }

  // MARK: Mappings

  @Test func `Folders and clusters need not be mapped where there is one`() throws {
    let pair = try Self.readPair()

    #expect(Self.texts(of: pair, .network) == ["prod-100 > =dr-100", "prod-200 > =dr-200"])
    #expect(Self.texts(of: pair, .folder) == ["Datacenter > =Datacenter"])
    #expect(Self.texts(of: pair, .resource) == ["madrid-cluster > =lisbon-cluster"])
    #expect(Self.texts(of: pair, .storagePolicy).isEmpty)
    #expect(
      pair.testNetworks.map(\.network.index) == [0, 1] && pair.testNetworks.map(\.test.index) == [2, 2])
    #expect(pair.testNetworks.allSatisfy { $0.side == .second })
  }

  @Test func `A target is mapped back to the first of its sources`() throws {
    let pair = try Self.readPair([("/mappings/networks", #"{ "prod-200": "dr-100", "prod-100": "dr-100" }"#)])

    #expect(Self.texts(of: pair, .network) == ["prod-200 > =dr-100", "prod-100 > dr-100"])
  }

  @Test func `Mappings back are made of all kinds, of none or of some`() throws {
    let none = try Self.readPair([("/mappings/reverse", "false")])
    #expect(none.mappings.allSatisfy { !$0.isReversed })

    let some = try Self.readPair([("/mappings/reverse", #"["networks"]"#)])
    #expect(Self.texts(of: some, .network) == ["prod-100 > =dr-100", "prod-200 > =dr-200"])
    #expect(Self.texts(of: some, .folder) == ["Datacenter > Datacenter"])
  }

  @Test func `What is said of the other direction beats a mapping back`() throws {
    let pair = try Self.readPair([
      (
        "/mappings",
        #"""
        [{ "from": "madrid", "to": "lisbon", "networks": { "prod-100": "dr-100", "prod-200": "dr-200" } },
         { "from": "lisbon", "to": "madrid", "networks": { "dr-100": "prod-200" }, "reverse": false }]
        """#
      )
    ])

    #expect(Self.texts(of: pair, .network) == ["prod-100 > dr-100", "prod-200 > =dr-200"])
    #expect(Self.texts(of: pair, .network, from: .second) == ["dr-100 > prod-200"])
  }

  @Test func `All kinds are mapped by name in two words`() throws {
    let pair = try Self.readPair([
      ("/mappings", "\"same-names\""), ("/sites/madrid/networks", #"["prod-100", "dr-200", "prod-200"]"#),
    ])

    #expect(Self.texts(of: pair, .network) == ["dr-200 > =dr-200"])
    #expect(Self.texts(of: pair, .folder) == ["Datacenter > =Datacenter"])
    #expect(Self.texts(of: pair, .resource).isEmpty, "the clusters are named after their sites")
  }

  @Test func `An empty list of mappings maps nothing`() throws {
    let pair = try Self.readPair([("/mappings", "[]")])

    #expect(pair.mappings.isEmpty && pair.placeholderDatastores == BothSides([]))
  }

  @Test func `A network may say its test network and its address rules`() throws {
    let pair = try Self.readPair([
      (
        "/mappings/networks/prod-200",
        #"""
        { "to": "dr-200", "rules": [{ "from": "10.1.0.0/16", "to": "10.2.0.0/16", "gateway": "10.2.0.1" }] }
        """#
      )
    ])

    let rules = try #require(pair.mappings.first { $0.source.index == 1 }?.addressRules)
    let address = try #require(IPv4Address("10.1.7.9"))
    #expect(rules.rules[0].address(of: address)?.description == "10.2.7.9")
    #expect(rules.rules[0].name == "10.1.0.0/16")
  }

  @Test func `Placeholders go to the datastores that are named, or to the first of a site`() throws {
    let named = try Self.readPair()
    #expect(named.placeholderDatastores == BothSides(first: [DatastoreID(0)], second: [DatastoreID(1)]))

    let none = try Self.readPair([("/mappings/placeholders", "[]")])
    #expect(none.placeholderDatastores == BothSides([]))
  }

  // MARK: Groups and plans

  @Test func `Groups are protected where their machines run`() throws {
    let pair = try Self.readPair()

    #expect(pair.groups.map(\.description.name) == ["PG-Tier1", "PG-Web"])
    #expect(pair.groups.allSatisfy { $0.description.protectedSide == .first && !$0.isMadeLater })
    #expect(pair.groups[0].members == [VirtualMachineID(0), VirtualMachineID(1)])
    #expect(pair.groups[1].members.map(\.index) == Array(2...9))
    #expect(pair.virtualMachines.map(\.id.index) == Array(0...9))
  }

  @Test func `Machines have a place, an address and settings`() throws {
    let pair = try Self.readPair()

    let web = pair.virtualMachines[3]
    #expect(web.location.networks == [MappableObjectID(1)])
    #expect(pair.objects.first[web.location.folder].name == "Datacenter")
    #expect(pair.objects.first[web.location.resource].name == "madrid-cluster")
    #expect(web.cards.map { $0.ipv4?.description } == ["10.1.0.12"], "the second of the pattern")
    #expect(web.settings.priority == .p2 && web.hasOwnSettings && !web.joinsLater)
    #expect(pair.virtualMachines[1].settings.dependencies == [VirtualMachineID(0)])
    #expect(pair.virtualMachines[0].settings.toolsTimeout == .minutes(5))
  }

  @Test func `A plan has its groups and steps`() throws {
    let plan = try #require(try Self.readPair().plans.first?.description)

    #expect(plan.groups == [ProtectionGroupID(0), ProtectionGroupID(1)])
    #expect(plan.protectedSide == .first)
    #expect(plan.callouts.map(\.position) == [.beforeRecoverPriority2VMs])
    #expect(
      plan.callouts[0].callout == Callout(.prompt, name: "Check the database", content: "Is db01 consistent?")
    )
  }

  @Test func `A later entry for a machine counts, key by key`() throws {
    let pair = try Self.readPair([
      (
        "/recoveryPlans/RP-Prod/vms",
        #"""
        [{ "match": "web-*", "priority": 2, "delay": "30s", "startup": "off" },
         { "match": "web-03", "priority": 4, "skipGuestShutdown": true, "shutdownTimeout": "1m" }]
        """#
      )
    ])

    let settings = pair.virtualMachines[4].settings
    #expect(settings.priority == .p4 && settings.delayAfterPowerOn == .seconds(30))
    #expect(settings.startupAction == .doNotPowerOn && settings.skipsGuestShutdown)
    #expect(settings.guestShutdownTimeout == .minutes(1))
    #expect(pair.virtualMachines[3].settings.priority == .p2)
    #expect(
      !pair.virtualMachines[0].hasOwnSettings && pair.virtualMachines[0].settings == VMRecoverySettings())
  }

  @Test func `Commands are steps that take a time and end with a code`() throws {
    let pair = try Self.readPair([
      (
        "/recoveryPlans/RP-Prod/steps",
        #"""
        [{ "at": "before-sync-storage", "type": "RUN_ON_SRM_SERVER", "name": "stop jobs", "command": "stop.sh",
           "timeout": "1m", "takes": "3s", "exitCode": 2 },
         { "before": "power-on:P5", "type": "PROMPT", "name": "wait", "text": "?" },
         { "after": "power-on:P5", "type": "PROMPT", "name": "done", "text": "!" }]
        """#
      ),
      (
        "/recoveryPlans/RP-Prod/vms/0",
        #"""
        { "match": "db01", "postPowerOn": [{ "type": "RUN_ON_VM", "name": "check", "command": "check.sh" }],
          "prePowerOn": [{ "type": "PROMPT", "name": "ask", "text": "Go?" }] }
        """#
      ),
      ("/recoveryPlans/RP-Prod/vms/1", #"{ "match": "mail01" }"#),
    ])

    let plan = pair.plans[0].description
    #expect(plan.callouts.map(\.position) == [.beforeSyncStorage, .beforeRecoverPriority5VMs, .atEnd])
    #expect(plan.callouts[0].callout.timeout == .minutes(1))
    #expect(
      pair.commands == [
        Scenario.RecoveryPair.Command(name: "check", duration: .seconds(10), exitCode: 0),
        Scenario.RecoveryPair.Command(name: "stop jobs", duration: .seconds(3), exitCode: 2),
      ])
    let settings = pair.virtualMachines[0].settings
    #expect(settings.postPowerOnSteps == [Callout(.runOnVM, name: "check", content: "check.sh")])
    #expect(settings.prePowerOnSteps.map(\.kind) == [.prompt])
  }

  @Test func `Addresses of cards are set by site`() throws {
    let pair = try Self.readPair([
      (
        "/recoveryPlans/RP-Prod/vms/0",
        #"""
        { "match": "db01", "priority": 1, "ip": { "nics": [
          { "address": "10.2.0.5/24", "gateway": "10.2.0.1", "dns": ["10.2.0.2"] },
          { "site": "madrid", "address": "dhcp", "address6": "fd00::5/64" }] } }
        """#
      )
    ])

    let settings = pair.virtualMachines[0].settings
    #expect(settings.ipCustomization == .manual && settings.nicSettings.count == 1)
    let there = try #require(settings.nicSettings.first?.settings.second)
    guard case .fixed(let address, let length, let gateway, nil)? = there.ipv4 else {
      Issue.record("no fixed address")
      return
    }
    #expect("\(address)/\(length)" == "10.2.0.5/24" && gateway?.description == "10.2.0.1")
    #expect(settings.nicSettings[0].settings.first?.ipv4 == .dhcp)
  }

  @Test func `Machines of the recovery site give way, and tests have networks of their own`() throws {
    let pair = try Self.readPair([
      ("/recoveryPlans/RP-Prod/suspend", #"["lab"]"#),
      ("/recoveryPlans/RP-Prod/testNetworks", #"{ "dr-100": "dr-200" }"#),
    ])

    let plan = pair.plans[0].description
    #expect(
      plan.vmsToSuspend == [RecoveryPlan.SuspendedVM(vm: VirtualMachineID(10), name: "lab", side: .second)])
    #expect(plan.testNetworks == [RecoveryPlan.TestNetwork(recoveryNetwork: "dr-100", testNetwork: "dr-200")])
  }

  @Test func `A machine may have a place of its own`() throws {
    let pair = try Self.readPair([
      (
        "/recoveryPlans/RP-Prod/vms/0",
        #"{ "match": "db01", "priority": 1, "place": { "network": "dr-200" } }"#
      )
    ])

    #expect(pair.virtualMachines[0].overrides.first == VMLocationOverrides(networks: [MappableObjectID(1)]))
    #expect(pair.virtualMachines[0].overrides.second == .none)
  }

  // MARK: Settings of the product

  @Test func `Times and defaults are those of the product unless said otherwise`() throws {
    let standard = try Self.readPair()
    #expect(standard.times == RecoveryTimes() && standard.defaults == BothSides(RecoveryDefaults()))
    #expect(standard.parameters == RunParameters())

    let pair = try Self.readPair([
      (
        "/recovery",
        #"""
        { "times": { "powerOn": "7s", "powerOnsPerHost": 4 }, "defaults": { "priority": 2, "allowForced": true },
          "siteDefaults": { "lisbon": { "toolsTimeout": "10m" } }, "synchronizationTimeout": "1h", "runningPlans": 3 }
        """#
      )
    ])
    #expect(pair.times.powerOn == .seconds(7) && pair.times.powerOnsPerHost == 4)
    #expect(pair.times.powerOff == RecoveryTimes().powerOff)
    #expect(
      pair.defaults.first.toolsTimeout == .minutes(5) && pair.defaults.second.toolsTimeout == .minutes(10))
    #expect(pair.defaults.first.allowsForcedRecovery && pair.defaults.second.priority == .p2)
    #expect(
      pair.parameters.synchronizationTimeLimit == .hours(1) && pair.parameters.runningPlanCountMaximum == 3)
    #expect(pair.virtualMachines[1].settings.toolsTimeout == .minutes(10), "that of the recovery site")
  }

  @Test func `Every time of a recovery has a key with its default`() throws {
    let described = try #require(FormatDescription.current.objects.first { $0.noun == "recovery times" })
    let fields = Mirror(reflecting: RecoveryTimes()).children.compactMap(\.label)
    #expect(described.keys.map(\.name) == fields)
    // Spelling the defaults out changes nothing.
    let pair = try Self.readPair(
      described.keys.map { key in ("/recovery/times/\(key.name)", key.defaultText ?? "") })
    #expect(pair.times == RecoveryTimes())
  }
}
