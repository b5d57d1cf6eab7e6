import Inventory
import Quantities
import RecoveryCore
import Scenarios
import Testing

/// Timeline entries that change what was made in Site Recovery Manager, as the reader gives them.
@Suite struct RecoveryEditVerbTests {
  private func read(_ entries: [String]) throws -> [Scenario.TimelineEntry] {
    let texts = entries.enumerated().map { #"{ "at": "\#($0 + 1)h", \#($1) }"# }
    return try RecoveryKeyTests.read([("/timeline", "[\(texts.joined(separator: ", "))]")]).timeline
  }

  @Test func `Placeholders, machines, plans and settings are changed`() throws {
    let timeline = try read([
      #""do": "placeholder.delete", "vm": "db01""#,
      #""do": "placeholder.move", "vm": "db01", "place": { "network": "dr-200" }"#,
      #""do": "placeholder.move", "vm": "db01", "site": "madrid", "place": { "network": "prod-200" }"#,
      #""do": "placeholder.restore", "group": "PG-Web""#,
      #""do": "vm.delete", "vm": "mail01", "site": "madrid""#,
      #""do": "plan.edit", "plan": "RP-Prod", "changes": { "groups": ["PG-Web"], "description": "web" }"#,
      #""do": "plan.delete", "plan": "RP-Prod", "from": "madrid""#,
      #""do": "plan.damage", "plan": "RP-Prod", "for": "1m""#,
      #""do": "vm.recovery-settings", "vm": "db01", "settings": { "priority": 2, "startup": "off", "delay": "10s" }"#,
      #""do": "group.configure", "group": "PG-Web""#,
    ])
    let (pair, plan) = (RecoveryPairID(0), RecoveryPlanID(0))
    var settings = Scenario.SettingsEdit()
    settings.priority = .p2
    settings.startupAction = .doNotPowerOn
    settings.delayAfterPowerOn = .seconds(10)
    // Networks come first among what can be mapped: dr-200 is the second of lisbon.
    let changes: [Scenario.RecoveryChange] = [
      .deletePlaceholders([VirtualMachineID(0)]),
      .movePlaceholders(
        [VirtualMachineID(0)], to: VMLocationOverrides(networks: [MappableObjectID(1)]), at: .second),
      .movePlaceholders(
        [VirtualMachineID(0)], to: VMLocationOverrides(networks: [MappableObjectID(1)]), at: .first),
      .restorePlaceholders(ProtectionGroupID(1)), .deleteMachines([VirtualMachineID(1)], at: SiteID(0)),
      .editPlan(plan, Scenario.PlanEdit(text: "web", groups: [ProtectionGroupID(1)]), from: nil),
      .deletePlan(plan, from: .first), .damagePlan(plan),
      .saveSettings([VirtualMachineID(0)], settings, from: nil),
      .configureGroup(ProtectionGroupID(1), from: nil),
    ]
    #expect(timeline.map(\.action) == changes.map { .recovery(.change(pair, $0)) })
    #expect(timeline.map(\.verb) == changes.map(\.verb))
  }

  @Test func `Groups and mappings are changed`() throws {
    let timeline = try read([
      #""do": "group.remove", "vm": "db01""#,
      #""do": "group.unprotect", "vm": "db01", "from": "lisbon""#,
      #""do": "group.configure", "group": "PG-Web""#,
      #""do": "group.delete", "group": "PG-Web", "from": "madrid""#,
      #""do": "mapping.remove", "kind": "networks", "from": "madrid", "source": "prod-200", "reverse": true"#,
      #""do": "mapping.change", "kind": "networks", "from": "madrid", "source": "prod-200", "target": "dr-200""#,
    ])
    let (db, web) = (VirtualMachineID(0), ProtectionGroupID(1))
    let changes: [Scenario.RecoveryChange] = [
      .leaveGroups([db], from: nil), .unprotect([db], from: .second), .configureGroup(web, from: nil),
      .deleteGroup(web, from: .first), .removeMapping(MappableObjectID(1), from: .first, andBack: true),
      .changeMapping(MappableObjectID(1), to: MappableObjectID(1), from: .first, isReversed: false),
    ]
    #expect(timeline.map(\.action) == changes.map { .recovery(.change(RecoveryPairID(0), $0)) })
    #expect(timeline.map(\.verb) == changes.map(\.verb))
  }

  @Test func `Who leaves its group before it is added to one was a member from the beginning`() throws {
    func joinsLater(_ verbs: [String]) throws -> Bool {
      let entries = verbs.enumerated().map { #"{ "at": "\#($0 + 1)h", \#($1) }"# }
      let scenario = try RecoveryKeyTests.read([("/timeline", "[\(entries.joined(separator: ", "))]")])
      return try #require(scenario.recoveryPairs[0].virtualMachines.first { $0.id.index == 0 }).joinsLater
    }
    let leave = #""do": "group.remove", "vm": "db01""#
    let join = #""do": "group.add", "vm": "db01", "group": "PG-Web""#
    #expect(try !joinsLater([leave, join]))
    #expect(try !joinsLater([leave]))
  }

  @Test(arguments: [
    (#""do": "placeholder.delete", "vm": "lab""#, DiagnosticCode.notProtected),
    (#""do": "plan.edit", "plan": "RP-Prod", "changes": {}"#, .missingKey),
    (#""do": "vm.recovery-settings", "vm": "db01", "settings": {}"#, .missingKey),
    (#""do": "vm.recovery-settings", "vm": "db01", "settings": { "delay": "2h" }"#, .timeoutTooLong),
    (#""do": "plan.edit", "plan": "RP-Prod", "changes": { "groups": ["PG-Tier2"] }"#, .unknownName),
    (#""do": "placeholder.move", "vm": "db01", "place": { "network": "prod-100" }"#, .unknownName),
    (#""do": "vm.delete", "vm": "db01", "site": "porto""#, .unknownName),
    (#""do": "group.remove", "vm": "lab""#, .notProtected),
    (#""do": "group.delete", "group": "PG-Tier2""#, .unknownName),
    (
      #""do": "mapping.change", "kind": "networks", "from": "madrid", "source": "prod-100", "target": "prod-200""#,
      .unknownName
    ),
  ])
  func `What cannot be changed is reported`(entry: String, code: DiagnosticCode) {
    let timeline = (path: "/timeline", value: #"[{ "at": "1h", \#(entry) }]"#)
    let (scenario, diagnostics) = ScenarioReader.read(
      text: RecoveryExamples.twoSites, file: "two-site-dr.json", overrides: [timeline])
    let errors = diagnostics.filter { $0.severity == .error }
    #expect(scenario == nil && errors.map(\.code) == [code], "\(errors)")
  }
}
