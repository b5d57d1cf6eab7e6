import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import Testing

@testable import SiteSimulation

/// What people change of placeholders, machines, plans and settings, and what comes of it.
@Suite struct RecoveryChangeTests {
  private func world(_ timeline: [String], machines: Int = 2, plan: String = "") -> PlannedWorld {
    PlannedWorld(
      machines: machines, machinesPerGroup: 2, disk: "1MiB", write: "1kB/s", plan: plan, timeline: timeline)
  }

  private func statuses(_ kind: String, _ subject: String, in world: borrowing World) -> [String] {
    world.record.events.filter { $0.kind == kind && $0.subject == subject }.map(\.detail)
  }

  // MARK: Placeholders

  @Test func `Without its placeholder a machine is not recovered, and with a new one it is`() throws {
    var world = try world([
      #""at": "10m", "do": "placeholder.delete", "vm": "vm-01""#,
      #""at": "11m", "do": "plan.test", "plan": "RP", "id": "test""#,
      #""after": "test", "do": "plan.cleanup", "plan": "RP", "id": "cleanup""#,
      #""after": "cleanup", "do": "placeholder.restore", "group": "PG-1", "id": "repair""#,
      #""after": "repair", "delay": "1m", "do": "plan.test", "plan": "RP", "id": "again""#,
    ]).world()
    try world.run(until: .minutes(10) + .seconds(1))
    let (first, group) = (VirtualMachineID(0), ProtectionGroupID(0))
    #expect(world.protectionStatus(of: first) == .placeholderDeleted)
    #expect(world.status(of: group, in: .only) == .notConfigured)
    #expect(world.power(of: first, atSite: SiteID(1)) == nil)
    let test = try world.run(untilEndOf: "test")
    #expect(test.errors.contains { $0.contains("PLACEHOLDER_VM_DELETED") }, "\(test.errors)")
    #expect(test.machines.map(\.status) == ["TEST_ERROR", "TEST_SUCCEEDED"])

    let again = try world.run(untilEndOf: "again")
    #expect(again.result == "SUCCESS", "\(again.errors)")
    #expect(
      statuses("vm.protection-status", "vm-01", in: world) == ["PLACEHOLDER_VM_DELETED", "OK"])
    #expect(
      statuses("group.status", "PG-1", in: world) == [
        "NOT_CONFIGURED", "TESTING", "TEST_COMPLETE", "CLEANING_UP", "NOT_CONFIGURED",
        "RESTORING_PLACEHOLDERS", "OK", "TESTING", "TEST_COMPLETE",
      ])
  }

  @Test func `A placeholder is repaired while the protected site is down, and cannot be deleted twice`()
    throws
  {
    var world = try world([
      #""at": "10m", "do": "placeholder.delete", "vm": "vm-*""#,
      #""at": "11m", "do": "placeholder.delete", "vm": "vm-01""#,
      #""at": "12m", "do": "site.fail", "site": "paris""#,
      #""at": "13m", "do": "placeholder.restore", "group": "PG-1""#,
      #""at": "14m", "do": "plan.recover", "plan": "RP", "mode": "disaster-recovery", "id": "save""#,
    ]).world()
    let save = try world.run(untilEndOf: "save")
    #expect(save.errors.isEmpty, "\(save.errors)")
    #expect(world.details(of: "placeholder.delete-refused") == ["there is no placeholder"])
  }

  @Test func `A recovered machine is where its placeholder was moved to`() throws {
    var text = world([
      #""at": "10m", "do": "placeholder.move", "vm": "vm-01", "place": { "network": "bubble" }"#,
      #""at": "11m", "do": "plan.recover", "plan": "RP", "id": "move""#,
    ])
    text.duration = "2h"
    var world = try text.world()
    let run = try world.run(untilEndOf: "move")
    #expect(run.result == "SUCCESS", "\(run.errors)")
    #expect(world.network(of: VirtualMachineID(0)) == "bubble")
    #expect(world.network(of: VirtualMachineID(1)) == "dr")
  }

  // MARK: Machines

  @Test func `Reprotect needs the machine that ran before, unless storage replicates it`() throws {
    var world = try world([
      #""at": "10m", "do": "plan.recover", "plan": "RP", "id": "move""#,
      #""after": "move", "delay": "1m", "do": "vm.delete", "vm": "vm-01", "site": "paris", "id": "mistake""#,
      #""after": "mistake", "delay": "1m", "do": "plan.reprotect", "plan": "RP", "id": "turn""#,
    ]).world()
    let turn = try world.run(untilEndOf: "turn")
    #expect(turn.errors.contains { $0.contains("Original protected VM not found") }, "\(turn.errors)")
    #expect(turn.machines.first?.status == "REPROTECT_ERROR")
    #expect(statuses("vm.protection-status", "vm-01", in: world) == ["INVALID"])
    #expect(world.planStatus == .incompleteReprotect)
    _ = try world.finish(version: "test")

    var stored = try StorageWorld(
      groups: ["pay"],
      timeline: [
        #""at": "10m", "do": "plan.recover", "plan": "RP", "id": "move""#,
        #""after": "move", "delay": "1m", "do": "vm.delete", "vm": "pay", "site": "paris", "id": "mistake""#,
        #""after": "mistake", "delay": "1m", "do": "plan.reprotect", "plan": "RP", "id": "turn""#,
      ]
    ).world()
    let back = try stored.run(untilEndOf: "turn")
    #expect(back.result == "SUCCESS", "\(back.errors)")
    #expect(stored.planStatus == .ready)
    #expect(stored.placeholder(of: VirtualMachineID(2))?.state == .present)
    _ = try stored.finish(version: "test")
  }

  /// Without mappings back, a placeholder can only go where the original was.
  @Test(arguments: [false, true])
  func `The placeholder of reprotect goes where the original was, or where the mappings say if that is gone`(
    isDeleted: Bool
  ) throws {
    var world = StorageWorld(groups: ["pay"])
    world.timeline = [#""at": "10m", "do": "plan.recover", "plan": "RP", "id": "move""#]
    if isDeleted {
      world.timeline += [
        #""after": "move", "delay": "1m", "do": "vm.delete", "vm": "pay", "site": "paris", "id": "mistake""#
      ]
    }
    world.timeline += [#""after": "move", "delay": "5m", "do": "plan.reprotect", "plan": "RP", "id": "turn""#]
    var text = world.text
    text.replace(#""reverse": true"#, with: #""reverse": false"#)
    var run = try World(Scenario.read(text))
    let turn = try run.run(untilEndOf: "turn")
    #expect(turn.errors.contains { $0.contains("Mapping Missing") } == isDeleted, "\(turn.errors)")
    #expect(run.planStatus == (isDeleted ? .incompleteReprotect : .ready))
    let placeholder = run.placeholder(of: VirtualMachineID(2))
    let original = run.scenario.recoveryPairs[0].virtualMachines.first { $0.id.index == 2 }?.location
    #expect((placeholder?.state == .present) == !isDeleted)
    #expect(isDeleted || placeholder?.location == original)
  }

  @Test func `A protected machine that is deleted is invalid, and the others of its plan are recovered`()
    throws
  {
    var world = try world([
      #""at": "10m", "do": "vm.delete", "vm": "vm-01", "site": "paris""#,
      #""at": "11m", "do": "vm.power-on", "vm": "vm-01""#,
      #""at": "12m", "do": "plan.recover", "plan": "RP", "id": "move""#,
    ]).world()
    let run = try world.run(untilEndOf: "move")
    #expect(statuses("vm.protection-status", "vm-01", in: world) == ["INVALID"])
    #expect(run.machines.map(\.status) == ["RECOVERY_ERROR", "RECOVERY_SUCCEEDED"], "\(run.errors)")
    let power = world.power(of: VirtualMachineID(0), atSite: SiteID(0))
    #expect(power == nil)
    _ = try world.finish(version: "test")
  }

  // MARK: Warnings

  @Test func `A violated objective is a warning from its first moment until an instance is complete`() throws
  {
    var text = world([
      #""at": "6m", "do": "link.down", "link": "wan", "for": "14m""#
    ])
    text.duration = "1h"
    var world = try text.world()
    try world.run(until: .minutes(6) + .seconds(1))
    let newest = world.recoveryInstances(of: 0).last
    let instance = try #require(newest)
    try world.run(until: .minutes(40))
    #expect(
      statuses("vm.protection-status", "vm-01", in: world) == ["REPLICATION_WARNING", "OK"])
    let began = try #require(world.record.events.first { $0.kind == "vm.protection-status" }?.at)
    // What is five minutes old keeps the objective, what is older does not.
    #expect(began == instance + .minutes(5) + .nanoseconds(1))
    #expect(statuses("group.status", "PG-1", in: world) == ["NOT_CONFIGURED", "OK"])
    // A warning keeps nothing from being recovered.
    #expect(try world.complete(.plannedMigration)?.result == "SUCCESS")
  }

  @Test func `A disk that is not replicated keeps its machine from being recovered until it is`() throws {
    var world = try world([
      #""at": "6m", "do": "vm.add-disk", "vm": "vm-01", "disk": "data", "size": "1MiB""#,
      #""at": "7m", "do": "plan.test", "plan": "RP", "id": "test""#,
      #""after": "test", "do": "plan.cleanup", "plan": "RP", "id": "cleanup""#,
      #""after": "cleanup", "do": "replication.reconfigure", "vm": "vm-01", "id": "mend""#,
      #""after": "mend", "delay": "15m", "do": "plan.test", "plan": "RP", "id": "again""#,
    ]).world()
    let test = try world.run(untilEndOf: "test")
    #expect(test.errors.contains { $0.contains("device \"data\" is not replicated") }, "\(test.errors)")
    let again = try world.run(untilEndOf: "again")
    #expect(again.result == "SUCCESS", "\(again.errors)")
    // While the replication was in error the objective passed; the next instance mends that.
    #expect(
      statuses("vm.protection-status", "vm-01", in: world) == [
        "DEVICE_NOT_FOUND", "REPLICATION_WARNING", "OK",
      ])
  }

  @Test func `Copies that lack room are a warning of their machines`() throws {
    var text = StorageWorld(groups: ["erp"]).text
    // The copies are to be on a datastore that holds no second image.
    text.replace(#"{ "name": "copy-2" }"#, with: #"{ "name": "copy-2", "capacity": "70MiB" }"#)
    var world = try World(Scenario.read(text))
    try world.run(until: .minutes(120))
    let unit = try #require(world.storageUnits.firstIndex { $0.description.name == "erp" })
    let isShort = world.lacksRoom(unit: unit)
    #expect(world.protectionStatus(of: VirtualMachineID(0)) == (isShort ? .replicationWarning : .ok))
    #expect(isShort)
  }

  // MARK: Plans

  private static let second =
    #"{ "name": "ONE", "from": "paris", "to": "lyon", "groups": ["PG-1"] }"#

  @Test func `A plan gets and loses groups, and recovers those that it has`() throws {
    var text = world(
      [
        #""at": "10m", "do": "plan.edit", "plan": "ONE", "changes": { "groups": ["PG-1", "PG-2"] }"#,
        #""at": "11m", "do": "plan.test", "plan": "ONE", "id": "test""#,
        #""at": "11m30s", "do": "plan.edit", "plan": "ONE", "changes": { "groups": [] }"#,
        #""after": "test", "do": "plan.cleanup", "plan": "ONE", "id": "cleanup""#,
        #""after": "cleanup", "do": "plan.edit", "plan": "ONE", "changes": { "groups": [] }"#,
      ], machines: 4)
    text.furtherPlans = [Self.second]
    var world = try text.world()
    let test = try world.run(untilEndOf: "test")
    #expect(test.machines.count == 4 && test.result == "SUCCESS", "\(test.errors)")
    try world.run(untilEndOf: "cleanup")
    try world.run(for: .minutes(1))
    #expect(world.details(of: "plan.edit-refused") == ["the plan is TEST_IN_PROGRESS"])
    #expect(world.status(of: RecoveryPlanID(1), in: .only) == .noProtectionGroups)
    #expect(world.planStatus == .ready)
  }

  @Test func `A plan edited at both sites while they are apart is in conflict until it is edited again`()
    throws
  {
    var text = world(
      [
        #""at": "10m", "do": "link.down", "link": "wan", "for": "10m""#,
        #""at": "11m", "do": "plan.edit", "plan": "ONE", "from": "paris", "changes": { "description": "of paris" }"#,
        #""at": "12m", "do": "plan.edit", "plan": "ONE", "from": "lyon", "changes": { "description": "of lyon" }"#,
        #""at": "21m", "do": "plan.test", "plan": "ONE", "id": "refused""#,
        #""at": "22m", "do": "plan.edit", "plan": "ONE", "changes": { "description": "of both" }"#,
        #""at": "23m", "do": "plan.test", "plan": "ONE", "id": "test""#,
      ], machines: 2)
    text.furtherPlans = [Self.second]
    var world = try text.world()
    let test = try world.run(untilEndOf: "test")
    #expect(test.result == "SUCCESS", "\(test.errors)")
    #expect(world.details(of: "plan.test-refused") == ["the plan is SYNC_CONFLICT"])
    #expect(statuses("plan.status", "ONE", in: world).prefix(2) == ["SYNC_CONFLICT", "READY_STATE"])
  }

  @Test func `A plan that is deleted is gone, at both sites once these have met`() throws {
    var text = world(
      [
        #""at": "10m", "do": "plan.delete", "plan": "RP""#,
        #""at": "11m", "do": "link.down", "link": "wan", "for": "10m""#,
        #""at": "12m", "do": "plan.delete", "plan": "ONE", "from": "paris""#,
        #""at": "30m", "do": "plan.test", "plan": "ONE", "id": "refused""#,
      ], machines: 2)
    text.furtherPlans = [Self.second]
    var world = try text.world()
    try world.run(until: .minutes(10))
    try world.run(for: .milliseconds(1))
    #expect(world.planStatus == .deleting)
    try world.run(until: .minutes(15))
    #expect(world.planStatus == nil)
    let one = RecoveryPlanID(1)
    // The site that conducts the plan knows nothing of it yet.
    #expect(world.status(of: one, in: .only) == .ready)
    #expect(world.status(of: one, in: .only, seenFrom: .first) == .deleting)
    try world.run(until: .minutes(31))
    #expect(world.status(of: one, in: .only) == nil)
    #expect(world.details(of: "plan.test-refused") == ["the recovery plan does not exist"])
    #expect(world.record.events.filter { $0.kind == "plan.deleted" }.map(\.subject) == ["RP", "ONE"])
    // The groups are free for another plan.
    #expect(world.status(of: ProtectionGroupID(0), in: .only) == .ok)
  }

  @Test func `A plan with a damaged record can do nothing until it comes back`() throws {
    var world = try world([
      #""at": "10m", "do": "plan.damage", "plan": "RP", "for": "10m""#,
      #""at": "11m", "do": "plan.test", "plan": "RP", "id": "refused""#,
      #""at": "21m", "do": "plan.test", "plan": "RP", "id": "test""#,
    ]).world()
    let test = try world.run(untilEndOf: "test")
    #expect(test.result == "SUCCESS", "\(test.errors)")
    #expect(world.details(of: "plan.test-refused") == ["the plan is UNKNOWN_STATE"])
    #expect(statuses("plan.status", "RP", in: world).prefix(2) == ["UNKNOWN_STATE", "READY_STATE"])
  }

  /// Seed 501332 of the swarm: dismissing a prompt of a plan whose record is damaged stopped the program.
  @Test func `A prompt of a plan with a damaged record waits until the record is back`() throws {
    var world = try world(
      [
        #""at": "10m", "do": "plan.test", "plan": "RP", "id": "test", "prompts": { "after": "20m" }"#,
        #""at": "14m", "do": "plan.damage", "plan": "RP", "for": "20m""#,
        #""at": "15m", "do": "plan.dismiss-prompt", "plan": "RP""#,
        #""at": "40m", "do": "plan.dismiss-prompt", "plan": "RP""#,
      ], plan: #""steps": [{ "before": "power-on:P3", "type": "PROMPT", "name": "Check", "text": "Go on?" }]"#
    ).world()
    let test = try world.run(untilEndOf: "test")
    #expect(test.result == "SUCCESS", "\(test.errors)")
    // The entry at 15 min and whoever would have dismissed it after 20 are refused; the entry at 40 is not.
    #expect(
      world.details(of: "plan.dismiss-prompt-refused") == [
        "the plan is UNKNOWN_STATE", "the plan is UNKNOWN_STATE",
      ])
    let refused = world.record.events.filter { $0.kind == "plan.dismiss-prompt-refused" }
    #expect(refused.map(\.subject) == ["RP", "RP"] && refused[0].at == .minutes(15))
    #expect(world.time >= .minutes(40))
  }

  // MARK: Settings

  @Test func `Settings saved at one site hold at both, also when the sites were apart`() throws {
    var world = try world([
      #""at": "10m", "do": "vm.recovery-settings", "vm": "vm-02", "settings": { "priority": 1 }"#,
      #""at": "11m", "do": "link.down", "link": "wan", "for": "10m""#,
      #""at": "12m", "do": "vm.recovery-settings", "vm": "vm-01", "from": "paris", "settings": { "startup": "off" }"#,
      #""at": "25m", "do": "plan.test", "plan": "RP", "id": "test""#,
    ]).world()
    let test = try world.run(untilEndOf: "test")
    #expect(test.result == "SUCCESS", "\(test.errors)")
    #expect(world.record.events.filter { $0.kind == "vm.settings-conflict" }.isEmpty)
    // The sixth step powers on priority 1, the eighth priority 3; a machine that stays off has no power-on.
    #expect(test.steps.contains { $0.number == "6.1" && $0.title == "vm-02" })
    #expect(test.steps.contains { $0.number == "8.1" && $0.title == "vm-01" })
    let steps = world.steps(of: RecoveryPlanID.first, in: .only)
    #expect(steps.count { $0.title == "Power on" } == 1)
  }

  @Test
  func `Settings changed at both sites are in conflict, and the recovery site's count until they are saved`()
    throws
  {
    var world = try world([
      #""at": "11m", "do": "link.down", "link": "wan", "for": "10m""#,
      #""at": "12m", "do": "vm.recovery-settings", "vm": "vm-01", "from": "paris", "settings": { "priority": 1 }"#,
      #""at": "13m", "do": "vm.recovery-settings", "vm": "vm-01", "from": "lyon", "settings": { "priority": 5 }"#,
    ]).world()
    try world.run(until: .minutes(25))
    #expect(world.record.events.filter { $0.kind == "vm.settings-conflict" }.map(\.subject) == ["vm-01"])
    let machine = VirtualMachineID(0)
    let (atLyon, atParis) = (
      world.conductors[0].settings(of: machine, recoveredTo: .second).priority,
      world.conductors[0].settings(of: machine, recoveredTo: .first).priority
    )
    #expect(atLyon == .p5 && atParis == .p1)
    var edit = Scenario.SettingsEdit()
    edit.priority = .p2
    try world.perform(.change(.only, .saveSettings([machine], edit, from: .first)))
    let saved = PairSide.allCases.map { world.conductors[0].settings(of: machine, recoveredTo: $0).priority }
    #expect(saved == [.p2, .p2])
    // They agree: to part and to meet again makes no conflict of it.
    let status = world.conductors[0].settings[0].status
    #expect(status == .ok)
  }
}
