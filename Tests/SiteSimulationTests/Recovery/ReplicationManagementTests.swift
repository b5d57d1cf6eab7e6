import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import Testing

@testable import SiteSimulation

/// What people may tell vSphere Replication between sites that are paired, and when.
@Suite struct ReplicationManagementTests {
  /// Entries that install both add-ons at both sites at an instant; each takes 15 minutes.
  private static func installations(at instant: String) -> [String] {
    ["paris", "lyon"].flatMap { site in
      ["srm", "vsphere-replication"].map {
        #""at": "\#(instant)", "do": "addon.install", "site": "\#(site)", "addon": "\#($0)""#
      }
    }
  }

  @Test
  func `A replication is configured once the add-ons are there, the sites paired and somebody logged in`()
    throws
  {
    let configure = #""do": "replication.configure", "vm": "vm-01""#
    var world = try PlannedWorld(
      machines: 1,
      timeline: Self.installations(at: "0s") + [
        #""at": "10m", \#(configure)"#, #""at": "16m", \#(configure)"#,
        #""at": "17m", "do": "site.pair", "sites": ["paris", "lyon"]"#,
        #""at": "18m", \#(configure)"#, #""at": "19m", "do": "site.log-in", "site": "paris""#,
        #""at": "20m", \#(configure)"#,
      ]
    ).world()
    try world.run(until: .minutes(19))
    #expect(
      world.details(of: "replication.configure-refused") == [
        "vSphere Replication is not installed at site paris", "the sites are not paired",
        "nobody is logged in at site lyon",
      ])
    #expect(world.details(of: "replication.configured").isEmpty)

    try world.run(until: .minutes(21))

    #expect(world.details(of: "replication.configure-refused").count == 3)
    #expect(world.details(of: "replication.configured").count == 1)
  }

  @Test func `A replication that is stopped and configured again was there before, and begins anew`() throws {
    var world = try PlannedWorld(
      machines: 1,
      timeline: [
        #""at": "40m", "do": "replication.configure", "vm": "vm-01""#,
        #""at": "30m", "do": "replication.stop", "vm": "vm-01""#,
      ]
    ).world()
    try world.run(until: .minutes(29))
    #expect(world.replications[0].isActive && world.instances(of: 0).count > 0)
    try world.run(until: .minutes(39))
    #expect(!world.replications[0].isActive && world.instances(of: 0).isEmpty)
    try world.run(until: .minutes(120))
    #expect(world.details(of: "replication.configured").count == 1)
    #expect(world.replications[0].isActive && world.sight(of: 0).status == "OK")
    let record = try world.finish(version: "test")
    #expect(record.fullSyncs.contains { $0.startedAt >= .minutes(40) && $0.isCompleted })
  }

  @Test func `Without a login at the other site replications are synchronized but not paused`() throws {
    var world = try PlannedWorld(
      machines: 1,
      timeline: [
        #""at": "10m", "do": "site.log-out", "site": "paris""#,
        #""at": "11m", "do": "replication.pause", "vm": "vm-01""#,
        #""at": "12m", "do": "replication.sync", "vm": "vm-01""#,
        #""at": "13m", "do": "replication.pause", "vm": "vm-01", "from": "lyon""#,
        #""at": "14m", "do": "replication.resume", "vm": "vm-01""#,
        #""at": "15m", "do": "replication.stop", "vm": "vm-01""#,
        #""at": "16m", "do": "site.log-in", "site": "paris""#,
        #""at": "17m", "do": "replication.resume", "vm": "vm-01""#,
      ]
    ).world()
    try world.run(until: .minutes(12) + .seconds(30))
    #expect(world.details(of: "replication.pause-refused") == ["nobody is logged in at site lyon"])
    #expect(world.details(of: "replication.sync-refused").isEmpty)
    #expect(world.sight(of: 0).status != "PAUSED")
    // Whoever is at the other site is logged in at both.
    try world.run(until: .minutes(13) + .seconds(30))
    #expect(world.sight(of: 0).status == "PAUSED")
    try world.run(until: .minutes(16))
    #expect(world.details(of: "replication.resume-refused").count == 1)
    #expect(world.details(of: "replication.stop-refused").count == 1)
    #expect(world.sight(of: 0).status == "PAUSED")
    try world.run(until: .minutes(18))
    #expect(world.details(of: "replication.resume-refused").count == 1)
    #expect(world.sight(of: 0).status != "PAUSED")
  }

  @Test(arguments: ["pause", "sync", "full-sync", "reconfigure", "stop"])
  func `While the sites do not reach each other nothing is managed`(verb: String) throws {
    var world = try PlannedWorld(
      machines: 1,
      timeline: [
        #""at": "10m", "do": "link.down", "link": "wan", "for": "10m""#,
        #""at": "11m", "do": "replication.\#(verb)", "vm": "vm-01""#,
        #""at": "30m", "do": "replication.\#(verb)", "vm": "vm-01""#,
      ]
    ).world()
    try world.run(until: .minutes(25))
    #expect(world.details(of: "replication.\(verb)-refused") == ["site lyon does not answer"])
    try world.run(until: .minutes(31))
    #expect(world.details(of: "replication.\(verb)-refused").count == 1)
  }

  @Test func `Where no pair is described nobody asks for one`() throws {
    let scenario = try Scenario.read(
      PlannedWorld(machines: 1).text.replacing(#""wan", "between""#, with: #""wan" , "between""#)
        .replacing(/"mappings": \{.*\n/, with: "")
        .replacing(/"protectionGroups": .*\n/, with: "")
        .replacing(/"recoveryPlans": .*\n/, with: "")
        .replacing(
          "\"timeline\": [",
          with:
            #""timeline": [{ "at": "10m", "do": "link.down", "link": "wan" }, { "at": "11m", "do": "replication.pause", "vm": "vm-01" }"#
        ))
    #expect(scenario.recoveryPairs.isEmpty)
    var world = try World(scenario)
    try world.run(until: .minutes(12))
    #expect(world.details(of: "replication.pause-refused").isEmpty)
    #expect(world.sight(of: 0).status == "PAUSED")
  }

  // MARK: - Privileges

  private static let roles =
    #"""
    "roles": { "tester": ["plan.run"], "planner": ["plan.run", "plan.failover"], "storage": ["replication.manage"] }
    """#

  @Test func `Who may test may not fail over, and who may fail over may not reprotect`() throws {
    var world = try PlannedWorld(
      machines: 1, recovery: Self.roles,
      timeline: [
        #""at": "10m", "do": "plan.test", "plan": "RP", "as": "tester", "id": "drill""#,
        #""after": "drill", "do": "plan.cleanup", "plan": "RP", "as": "tester", "id": "cleanup""#,
        #""after": "cleanup", "do": "plan.recover", "plan": "RP", "as": "tester", "id": "refused""#,
        #""after": "refused", "do": "plan.recover", "plan": "RP", "as": "planner", "id": "move""#,
        #""after": "move", "do": "plan.reprotect", "plan": "RP", "as": "planner", "user": "ann""#,
        #""after": "move", "delay": "1m", "do": "plan.reprotect", "plan": "RP", "user": "ann", "id": "back""#,
      ]
    ).world()

    try world.run(untilEndOf: "back")

    #expect(
      world.details(of: "plan.recover-refused") == [
        "tester lacks VcDr.RecoveryProfile.com.vmware.vcDr.Failover"
      ])
    #expect(
      world.details(of: "plan.reprotect-refused") == [
        "planner lacks VcDr.RecoveryProfile.com.vmware.vcDr.Reprotect"
      ])
    #expect(world.planRuns.map(\.id) == ["drill", "cleanup", "move", "back"])
    #expect(world.planRuns.map(\.user) == ["tester", "tester", "planner", "ann"])
  }

  @Test func `Who may manage replications may not pause them without the privilege on the machine`() throws {
    var world = try PlannedWorld(
      machines: 1, recovery: Self.roles,
      timeline: [
        #""at": "10m", "do": "replication.sync", "vm": "vm-01", "as": "storage""#,
        #""at": "11m", "do": "replication.pause", "vm": "vm-01", "as": "storage""#,
        #""at": "12m", "do": "replication.sync", "vm": "vm-01", "as": "tester""#,
      ]
    ).world()

    try world.run(until: .minutes(13))

    #expect(world.details(of: "replication.sync-refused") == ["tester lacks Host.Hbr.HbrManagement"])
    #expect(
      world.details(of: "replication.pause-refused") == [
        "storage lacks VirtualMachine.Hbr.ConfigureReplication"
      ])
  }

  @Test func `Whoever configures needs the privileges of what they make`() throws {
    let role = Scenario.Role(name: "visitor", privileges: [.planRun])
    let visitor = Scenario.Actor(role: role)
    var world = try PlannedWorld(machines: 1).world()
    try world.run(until: .minutes(5))

    try world.perform(.map(.only, .network, from: .first), by: visitor)
    try world.perform(.placePlaceholders(.only, at: .first), by: visitor)
    try world.perform(.createGroup(.only, ProtectionGroupID(0)), by: visitor)
    try world.perform(.protect(.only, ProtectionGroupID(0), [VirtualMachineID(0)]), by: visitor)
    try world.perform(.createPlan(.only, .first), by: visitor)
    try world.perform(.unpair(.only), by: visitor)
    try world.perform(.reconnect(.only), by: visitor)

    for verb in [
      "mapping.add", "mapping.placeholders", "group.create", "group.add", "plan.create", "site.unpair",
      "site.reconnect",
    ] {
      let details = world.details(of: "\(verb)-refused")
      let isCreation = verb == "group.create"
      #expect(
        details.count == 1 && (isCreation || details[0].hasPrefix("visitor lacks ")), "\(verb): \(details)")
    }
  }
}
