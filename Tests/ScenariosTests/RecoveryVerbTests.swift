import Inventory
import Quantities
import RecoveryCore
import Scenarios
import Testing

/// Timeline entries about Site Recovery Manager as the reader gives them.
@Suite struct RecoveryVerbTests {
  private static let pair = RecoveryPairID(0)
  private static let plan = RecoveryPlanID(0)

  /// The example with a timeline of its own, in the order of time.
  private func read(_ timeline: String, _ overrides: [RecoveryKeyTests.Override] = []) throws -> Scenario {
    try RecoveryKeyTests.read(overrides + [("/timeline", "[\(timeline)]")])
  }

  private func action(_ entry: String, _ overrides: [RecoveryKeyTests.Override] = []) throws
    -> Scenario.RecoveryAction
  {
    let scenario = try read("{ \"at\": \"1h\", \(entry) }", overrides)
    guard case .recovery(let action) = scenario.timeline[0].action else {
      throw Unexpected(action: scenario.timeline[0].action)
    }
    #expect(scenario.timeline[0].verb == action.verb)
    return action
  }

  private struct Unexpected: Error {
    let action: Scenario.TimelineEntry.Action
  }

  private func options(_ entry: String) throws -> Scenario.PlanRunOptions {
    guard case .run(Self.pair, Self.plan, let options) = try action(entry) else {
      throw Unexpected(action: .recovery(try action(entry)))
    }
    return options
  }

  // MARK: Runs

  @Test func `Plans are tested, cleaned up, run and reprotected`() throws {
    let test = try options(#""do": "plan.test", "plan": "RP-Prod""#)
    #expect(test == Scenario.PlanRunOptions(workflow: .test(synchronizesData: true)))
    #expect(test.prompts == .wait && test.from == nil && test.user == "administrator")
    #expect(
      try options(#""do": "plan.test", "plan": "RP-Prod", "syncData": false"#).workflow
        == .test(synchronizesData: false))
    #expect(
      try options(#""do": "plan.cleanup", "plan": "RP-Prod", "forced": true"#).workflow
        == .cleanup(isForced: true))
    #expect(try options(#""do": "plan.recover", "plan": "RP-Prod""#).workflow == .plannedMigration)
    #expect(
      try options(#""do": "plan.recover", "plan": "RP-Prod", "mode": "disaster-recovery", "syncData": false"#)
        .workflow
        == .disasterRecovery(synchronizesData: false))
    #expect(
      try options(#""do": "plan.recover", "plan": "RP-Prod", "mode": "disaster-recovery", "forced": true"#)
        .workflow
        == .forcedRecovery)
    #expect(
      try options(#""do": "plan.reprotect", "plan": "RP-Prod""#).workflow == .reprotect(isForced: false))
  }

  @Test func `A run has an operator, a place and older instances`() throws {
    let options = try options(
      #"""
      "do": "plan.recover", "plan": "RP-Prod", "mode": "disaster-recovery", "user": "ann",
      "from": "madrid", "prompts": { "after": "90s" },
      "pointsInTime": [{ "vm": "web-*", "at": "40m" }, { "vm": "web-02", "at": "30m" }, { "vm": "db01", "at": "50m" }]
      """#)

    #expect(
      options.user == "ann" && options.from == .first && options.prompts == .dismissed(after: .seconds(90)))
    #expect(options.pointsInTime.map(\.vm.index) == [0] + Array(2...9))
    #expect(options.pointsInTime[2].instant == .zero + .minutes(30), "the later entry counts")
    #expect(options.pointsInTime[1].instant == .zero + .minutes(40))
  }

  @Test func `An older instance may be the last before another entry`() throws {
    let scenario = try read(
      #"""
      { "at": "3h", "do": "plan.recover", "plan": "RP-Prod", "mode": "disaster-recovery",
        "pointsInTime": [{ "vm": "db01", "before": "attack" }, { "vm": "mail01", "at": "1h" }] },
      { "at": "2h", "do": "workload.scale", "vm": "db01", "factor": "500%", "id": "attack" }
      """#)

    guard case .recovery(.run(_, _, let options)) = scenario.timeline[1].action else {
      throw Unexpected(action: scenario.timeline[1].action)
    }
    #expect(options.pointsInTime.map(\.vm.index) == [0, 1])
    #expect(options.pointsInTime.map(\.instant) == [Instant.zero + .hours(2), Instant.zero + .hours(1)])
  }

  @Test func `Runs are cancelled, prompts dismissed and operations fail`() throws {
    #expect(try action(#""do": "plan.cancel", "plan": "RP-Prod""#) == .cancel(Self.pair, Self.plan))
    #expect(
      try action(#""do": "plan.dismiss-prompt", "plan": "RP-Prod""#) == .dismissPrompt(Self.pair, Self.plan))
    #expect(
      try action(
        #""do": "plan.fail-operation", "operation": "power-on", "vm": "db01", "text": "no", "for": "1h""#)
        == .failOperation(
          Self.pair, Scenario.OperationFault(kind: .powerOn, virtualMachine: VirtualMachineID(0), text: "no"))
    )
    #expect(
      try action(#""do": "plan.fail-operation", "operation": "synchronize", "group": "PG-Web""#)
        == .failOperation(
          Self.pair,
          Scenario.OperationFault(
            kind: .synchronize, group: ProtectionGroupID(1), text: "the operation failed")))
  }

  // MARK: What is made later

  @Test func `What a verb makes is not there before`() throws {
    let scenario = try read(
      #"""
      { "at": "1m", "do": "addon.install", "site": "lisbon", "addon": "srm" },
      { "at": "2m", "do": "network.create", "site": "lisbon", "network": "dr-200" },
      { "at": "3m", "do": "vm.deploy", "vm": "db01" },
      { "at": "4m", "do": "site.pair", "sites": ["lisbon", "madrid"] },
      { "at": "5m", "do": "site.log-in", "site": "lisbon" },
      { "at": "6m", "do": "mapping.add", "kind": "networks", "from": "madrid" },
      { "at": "7m", "do": "mapping.placeholders", "site": "madrid" },
      { "at": "8m", "do": "group.create", "group": "PG-Tier1" },
      { "at": "9m", "do": "replication.configure", "vm": "db01" },
      { "at": "10m", "do": "group.add", "group": "PG-Tier1", "vm": "db01" },
      { "at": "11m", "do": "plan.create", "plan": "RP-Prod" },
      { "at": "12m", "do": "replication.stop", "vm": "web-*" },
      { "at": "13m", "do": "site.log-out", "site": "lisbon", "to": "madrid" }
      """#)

    // The pair is made from Lisbon, so that it is the first side.
    let pair = scenario.recoveryPairs[0]
    #expect(pair.sites == BothSides(first: SiteID(1), second: SiteID(0)))
    #expect(!pair.isPaired && pair.installed.first == [.vSphereReplication])
    #expect(pair.installed.second == AddOn.allCases)
    #expect(pair.mappings.filter(\.isMadeLater).map(\.source.index) == [0, 1])
    #expect(pair.mappings.count == 4 && pair.mappings.allSatisfy { $0.from == .second })
    #expect(pair.testNetworks.allSatisfy { $0.side == .first && $0.isMadeLater })
    #expect(pair.namesPlaceholdersLater == BothSides(first: false, second: true))
    #expect(pair.groups.map(\.isMadeLater) == [true, false])
    #expect(pair.groups[0].description.protectedSide == .second)
    #expect(pair.plans[0].isMadeLater)
    #expect(pair.virtualMachines.filter(\.joinsLater).map(\.id) == [VirtualMachineID(0)])

    let actions = scenario.timeline.compactMap { entry -> Scenario.RecoveryAction? in
      if case .recovery(let action) = entry.action { action } else { nil }
    }
    #expect(
      actions == [
        .installAddOn(.siteRecoveryManager, at: SiteID(1)), .createNetwork(SiteID(1), network: 1),
        .deploy([VirtualMachineID(0)]), .pair(Self.pair), .logIn(Self.pair, from: .first),
        .map(Self.pair, .network, from: .second), .placePlaceholders(Self.pair, at: .second),
        .createGroup(Self.pair, ProtectionGroupID(0)), .configureReplication([ReplicationID(0)]),
        .protect(Self.pair, ProtectionGroupID(0), [VirtualMachineID(0)]), .createPlan(Self.pair, Self.plan),
        .stopReplication((2...9).map { ReplicationID($0) }), .logOut(Self.pair, from: .first),
      ])
  }

  @Test func `A group may get machines that only the timeline names`() throws {
    let scenario = try read(
      #"{ "at": "1h", "do": "group.add", "group": "PG-Tier1", "vm": "db01" }"#,
      [("/protectionGroups/PG-Tier1/vms", "[]"), ("/recoveryPlans/RP-Prod/vms", "[]")])

    let group = scenario.recoveryPairs[0].groups[0]
    #expect(group.members == [VirtualMachineID(0)] && group.description.protectedSide == .first)
    #expect(scenario.recoveryPairs[0].virtualMachines[0].joinsLater)
  }

  // MARK: After a run

  @Test func `An entry after a run waits for its end, and so does what follows`() throws {
    let scenario = try read(
      #"""
      { "at": "1h", "do": "plan.test", "plan": "RP-Prod", "id": "drill" },
      { "after": "drill.start", "delay": "1m", "do": "plan.cancel", "plan": "RP-Prod" },
      { "after": "drill", "delay": "10m", "do": "link.down", "link": "wan", "for": "5m", "id": "cut" },
      { "after": "cut.start", "delay": "1m", "do": "replication.pause", "vm": "db01" },
      { "after": "cut.end", "delay": "2m", "do": "plan.cleanup", "plan": "RP-Prod", "id": "clean" },
      { "after": "clean.start", "delay": "1m", "do": "replication.pause", "vm": "mail01" },
      { "after": "clean.end", "do": "replication.resume", "vm": "db01" }
      """#)

    // Entries stand where they would be if runs took no time.
    let minutes = scenario.timeline.map { $0.at.nanoseconds / TimeSpan.minutes(1).nanoseconds - 60 }
    #expect(minutes == [0, 1, 10, 11, 17, 17, 18])
    #expect(
      scenario.timeline.map(\.verb) == [
        .testPlan, .cancelPlan, .linkDown, .pauseReplication, .cleanUpPlan, .resumeReplication,
        .pauseReplication,
      ])
    let runs = scenario.timeline.map { $0.afterRun.map { ($0.entry, $0.delay) } }
    #expect(runs[0] == nil && runs[1] == nil)
    func expect(_ index: Int, _ entry: Int, _ delay: TimeSpan) {
      #expect(runs[index]?.0 == entry && runs[index]?.1 == delay)
    }
    expect(2, 0, .minutes(10))
    expect(3, 0, .minutes(11))
    // 10 min, the 5 min of the cut and 2 min.
    expect(4, 0, .minutes(17))
    expect(5, 4, .zero)
    expect(6, 0, .minutes(18))
  }
}
