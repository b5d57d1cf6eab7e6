import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import Testing

@testable import SiteSimulation

/// What people change of protection groups and mappings after they were made, and what comes of it.
@Suite struct GroupChangeTests {
  private let first = VirtualMachineID(0)
  private let second = VirtualMachineID(1)
  private let group = ProtectionGroupID(0)

  private func world(_ timeline: [String]) -> PlannedWorld {
    PlannedWorld(
      duration: "4h", machines: 2, machinesPerGroup: 2, disk: "1MiB", write: "1kB/s", timeline: timeline)
  }

  /// `lyon` has a cluster in each of two datacenters; `paris` is mapped to the first.
  private func twoDatacenters(_ timeline: [String]) throws -> World {
    var world = world(timeline)
    world.mappings = #""resources": { "paris-cluster": "dr-a" }, "reverse": true"#
    let clusters =
      #""clusters": [{ "name": "dr-a", "hosts": 1 }, { "name": "dr-b", "hosts": 1, "datacenter": "DC-B" }]"#
    let text = world.text.replacing(#""lyon", "hosts": 2"#, with: #""lyon", \#(clusters)"#)
    return try World(Scenario.read(text))
  }

  // MARK: Members

  @Test func `A machine that leaves its group loses its placeholder, is in no run and goes on replicating`()
    throws
  {
    var world = try world([
      #""at": "10m", "do": "group.remove", "vm": "vm-01""#,
      #""at": "11m", "do": "plan.test", "plan": "RP", "id": "test""#,
    ]).world()
    try world.run(until: .minutes(10) + .seconds(1))
    #expect(world.protectionStatus(of: first) == nil)
    #expect(world.status(of: group, in: .only) == .ok)
    let test = try world.run(untilEndOf: "test")
    #expect(test.machines.map(\.name) == ["vm-02"])
    #expect(world.details(of: "vm.left-group") == ["PG-1"])
    // The placeholder takes 3 s to go, as to come.
    let removed = world.record.events.first { $0.kind == "placeholder.removed" }
    #expect(removed?.at == .minutes(10) + .seconds(3))
    #expect(removed?.subject == "vm-01")
    try world.run(until: .minutes(30))
    let record = try world.finish(version: "test")
    #expect(record.cycles.contains { $0.vm == first && $0.startedAt > .minutes(11) })
  }

  @Test func `A machine comes back to its group, or goes to another one`() throws {
    var text = world([
      #""at": "10m", "do": "group.remove", "vm": "vm-01""#,
      #""at": "12m", "do": "group.add", "vm": "vm-01", "group": "PG-2""#,
      #""at": "14m", "do": "group.remove", "vm": "vm-*""#,
      #""at": "16m", "do": "group.add", "vm": "vm-01", "group": "PG-1""#,
    ])
    text.machinesPerGroup = 1
    var world = try text.world()
    #expect(world.protectionStatus(of: first) == .ok)
    try world.run(until: .minutes(12) + .seconds(1))
    #expect(world.protectionStatus(of: first) == .configuringProtection)
    #expect(world.status(of: ProtectionGroupID(1), in: .only) == .configuringProtection)
    try world.run(until: .minutes(13))
    #expect(world.conductors[0].groups.protectedVM(first)?.group == world.conductors[0].groupIDs[1])
    #expect(world.protectionStatus(of: first) == .ok)
    try world.run(until: .minutes(17))
    #expect(world.conductors[0].groups.protectedVM(first)?.group == world.conductors[0].groupIDs[0])
    #expect(world.protectionStatus(of: second) == nil)
    #expect(world.details(of: "vm.left-group") == ["PG-1", "PG-2", "PG-2"])
  }

  @Test func `No machine leaves a group on which a plan works, and none that was recovered comes back`()
    throws
  {
    var world = try world([
      #""at": "10m", "do": "plan.recover", "plan": "RP", "id": "move""#,
      #""at": "10m5s", "do": "group.remove", "vm": "vm-01""#,
      #""after": "move", "delay": "1m", "do": "group.remove", "vm": "vm-01", "id": "leave""#,
      #""after": "leave", "delay": "1m", "do": "group.add", "vm": "vm-01", "group": "PG-1", "id": "back""#,
      #""after": "back", "delay": "1m", "do": "plan.reprotect", "plan": "RP", "id": "turn""#,
      #""after": "turn", "delay": "1m", "do": "group.add", "vm": "vm-01", "group": "PG-1""#,
    ]).world()
    let turn = try world.run(untilEndOf: "turn")
    #expect(world.details(of: "group.remove-refused") == ["the protection group is RECOVERING"])
    // What has left is not reprotected; the other one is.
    #expect(turn.result == "SUCCESS", "\(turn.errors)")
    #expect(turn.machines.map(\.name) == ["vm-02"])
    try world.run(for: .minutes(2))
    let text = "virtual machine vm-01 was recovered and is not replicated"
    #expect(world.details(of: "group.add-refused") == [text, text])
    #expect(world.power(of: first, atSite: SiteID(1)) == "ON")
    _ = try world.finish(version: "test")
  }

  @Test func `Protection is removed and configured again, and its placeholder with it`() throws {
    var world = try world([
      #""at": "10m", "do": "group.unprotect", "vm": "vm-01""#,
      #""at": "11m", "do": "group.configure", "group": "PG-1""#,
    ]).world()
    try world.run(until: .minutes(10) + .seconds(1))
    #expect(world.protectionStatus(of: first) == .removingProtection)
    #expect(world.status(of: group, in: .only) == .removingProtection)
    try world.run(until: .minutes(10) + .seconds(4))
    #expect(world.protectionStatus(of: first) == .notConfigured)
    #expect(world.placeholder(of: first) == nil)
    #expect(world.status(of: group, in: .only) == .notConfigured)
    try world.run(until: .minutes(12))
    #expect(world.protectionStatus(of: first) == .ok)
    #expect(world.status(of: group, in: .only) == .ok)
  }

  // MARK: Groups

  @Test func `A group is deleted once no plan lists it, and can be made again`() throws {
    var world = try world([
      #""at": "10m", "do": "group.delete", "group": "PG-1""#,
      #""at": "11m", "do": "plan.edit", "plan": "RP", "changes": { "groups": [] }"#,
      #""at": "12m", "do": "group.delete", "group": "PG-1""#,
      #""at": "13m", "do": "group.delete", "group": "PG-1""#,
      #""at": "14m", "do": "group.create", "group": "PG-1""#,
      #""at": "15m", "do": "plan.edit", "plan": "RP", "changes": { "groups": ["PG-1"] }"#,
      #""at": "16m", "do": "plan.test", "plan": "RP", "id": "test""#,
    ]).world()
    try world.run(until: .minutes(11))
    #expect(world.details(of: "group.delete-refused") == ["a plan lists the protection group"])
    #expect(world.protectionStatus(of: first) == .ok)
    try world.run(until: .minutes(13) + .seconds(1))
    #expect(world.status(of: group, in: .only) == nil)
    #expect(world.protectionStatus(of: first) == nil)
    #expect(world.planStatus == .noProtectionGroups)
    #expect(world.details(of: "group.delete-refused").last == "the protection group does not exist")
    #expect(world.record.events.count { $0.kind == "placeholder.removed" } == 2)
    let test = try world.run(untilEndOf: "test")
    #expect(test.result == "SUCCESS", "\(test.errors)")
    #expect(test.machines.map(\.name) == ["vm-01", "vm-02"])
  }

  @Test func `A group is not deleted while a test holds it, and a placeholder at a dead site stays`() throws {
    var world = try world([
      #""at": "10m", "do": "plan.test", "plan": "RP", "id": "test""#,
      #""after": "test", "delay": "1m", "do": "group.delete", "group": "PG-1", "id": "early""#,
      #""after": "early", "do": "plan.cleanup", "plan": "RP", "id": "cleanup""#,
      #""after": "cleanup", "do": "plan.delete", "plan": "RP", "id": "gone""#,
      #""after": "gone", "delay": "1m", "do": "site.fail", "site": "lyon", "id": "fire""#,
      #""after": "fire.start", "delay": "1m", "do": "group.remove", "vm": "vm-01", "id": "leave""#,
      #""after": "leave", "delay": "1m", "do": "group.delete", "group": "PG-1""#,
    ]).world()
    try world.run(untilEndOf: "cleanup")
    #expect(world.details(of: "group.delete-refused") == ["the protection group is in use"])
    try world.run(for: .minutes(5))
    #expect(world.details(of: "placeholder.left") == ["site lyon does not answer"])
    // A member may leave while the other site is down, but no group is deleted then.
    #expect(world.details(of: "group.delete-refused").last == "site lyon does not answer")
    #expect(world.status(of: group, in: .only) != nil)
  }

  // MARK: Mappings

  @Test func `A mapping that was deleted is missing for machines configured after that`() throws {
    var world = try world([
      #""at": "10m", "do": "mapping.remove", "kind": "networks", "from": "paris", "source": "prod", "reverse": true"#,
      #""at": "11m", "do": "group.unprotect", "vm": "vm-01""#,
      #""at": "12m", "do": "group.configure", "group": "PG-1""#,
      #""at": "13m", "do": "mapping.remove", "kind": "networks", "from": "paris", "source": "prod""#,
      #""at": "14m", "do": "mapping.change", "kind": "networks", "from": "paris", "source": "prod", "target": "bubble""#,
      #""at": "15m", "do": "group.configure", "group": "PG-1""#,
      #""at": "16m", "do": "plan.recover", "plan": "RP", "id": "move""#,
    ]).world()
    try world.run(until: .minutes(12) + .seconds(5))
    #expect(world.protectionStatus(of: first) == .missingMapping)
    #expect(world.protectionStatus(of: second) == .ok)
    #expect(world.details(of: "vm.protection-failed") == ["Mapping Missing: prod"])
    #expect(world.mappings(of: .only).mappings(.network, from: .second).isEmpty)
    try world.run(until: .minutes(13) + .seconds(1))
    #expect(world.details(of: "mapping.remove-refused") == ["it is not mapped"])
    let move = try world.run(untilEndOf: "move")
    #expect(move.result == "SUCCESS", "\(move.errors)")
    // Who was configured before keeps the old place.
    #expect(world.network(of: first) == "bubble")
    #expect(world.network(of: second) == "dr")
  }

  @Test
  func `Folder and cluster in different datacenters are a Mapping Conflict until one follows the other`()
    throws
  {
    var world = try twoDatacenters([
      #""at": "10m", "do": "mapping.change", "kind": "resources", "from": "paris", "source": "paris-cluster", "target": "dr-b""#,
      #""at": "11m", "do": "group.unprotect", "vm": "vm-01""#,
      #""at": "12m", "do": "group.configure", "group": "PG-1""#,
      #""at": "13m", "do": "plan.test", "plan": "RP", "id": "test""#,
      #""after": "test", "do": "plan.cleanup", "plan": "RP", "id": "cleanup""#,
      #""after": "cleanup", "do": "mapping.change", "kind": "folders", "from": "paris", "source": "Datacenter", "target": "DC-B", "id": "fix""#,
      #""after": "fix", "do": "group.configure", "group": "PG-1", "id": "retry""#,
      #""after": "retry", "delay": "1m", "do": "plan.recover", "plan": "RP", "id": "move""#,
    ])
    try world.run(until: .minutes(11) - .seconds(1))
    // What is configured stays where it is.
    #expect(world.protectionStatus(of: first) == .ok)
    try world.run(until: .minutes(12) + .seconds(5))
    #expect(world.protectionStatus(of: first) == .mappingConflict)
    #expect(world.status(of: group, in: .only) == .notConfigured)
    let text = "Mapping Conflict: folder and resource are in different datacenters"
    #expect(world.details(of: "vm.protection-failed") == [text])
    let test = try world.run(untilEndOf: "test")
    #expect(test.machines.map(\.status) == ["TEST_ERROR", "TEST_SUCCEEDED"])
    #expect(test.errors.contains { $0.contains(text) }, "\(test.errors)")
    let move = try world.run(untilEndOf: "move")
    #expect(move.result == "SUCCESS", "\(move.errors)")
    let places = world.conductors[0].groups
    let objects = world.conductors[0].description.objects.second
    #expect(places.protectedVM(first).map { objects[$0.location.resource].name } == "dr-b")
    #expect(places.protectedVM(second).map { objects[$0.location.resource].name } == "dr-a")
  }

  @Test func `No placeholder is moved to a cluster of another datacenter than its folder`() throws {
    var world = try twoDatacenters([
      #""at": "10m", "do": "placeholder.move", "vm": "vm-01", "place": { "resource": "dr-b" }"#,
      #""at": "11m", "do": "placeholder.move", "vm": "vm-01", "place": { "resource": "dr-b", "folder": "DC-B" }"#,
    ])
    try world.run(until: .minutes(12))
    #expect(
      world.details(of: "placeholder.move-refused") == ["folder and resource are in different datacenters"])
    #expect(world.record.events.count { $0.kind == "placeholder.moved" } == 1)
  }

  @Test func `A mapping is not changed to a target that is mapped back elsewhere, and keeps what it was`()
    throws
  {
    var world = try world([
      #""at": "10m", "do": "mapping.change", "kind": "networks", "from": "lyon", "source": "bubble", "target": "prod""#,
      #""at": "11m", "do": "mapping.change", "kind": "networks", "from": "paris", "source": "prod", "target": "bubble", "reverse": true"#,
      #""at": "12m", "do": "mapping.change", "kind": "networks", "from": "lyon", "source": "dr", "target": "prod", "reverse": true"#,
    ]).world()
    try world.run(until: .minutes(10) + .seconds(1))
    // Two networks may lead to one.
    #expect(world.mappings(of: .only).mappings(.network, from: .second).count == 2)
    try world.run(until: .minutes(11) + .seconds(1))
    let mappings = world.mappings(of: .only)
    #expect(mappings.mappings(.network, from: .first).map { $0.target.index } == [1])
    // The mapping back from the old target is gone with it, and the new target is mapped back already.
    #expect(mappings.mappings(.network, from: .second).map { $0.source.index } == [1])
    try world.run(until: .minutes(13))
    #expect(
      world.details(of: "mapping.change-refused") == ["the target is mapped to another object"])
    #expect(world.mappings(of: .only) == mappings)
  }

  // MARK: Roles

  @Test(arguments: [
    ("group.remove", #""vm": "vm-01""#, "VcDr.ProtectionProfile.com.vmware.vcDr.Edit"),
    ("group.unprotect", #""vm": "vm-01""#, "VcDr.ProtectionProfile.com.vmware.vcDr.Edit"),
    ("group.configure", #""group": "PG-1""#, "VcDr.ProtectionProfile.com.vmware.vcDr.Edit"),
    ("group.delete", #""group": "PG-1""#, "VcDr.ProtectionProfile.com.vmware.vcDr.Delete"),
    (
      "mapping.remove", #""kind": "networks", "from": "paris", "source": "prod""#,
      "VcDr.InventoryMapper.com.vmware.vcDr.Edit"
    ),
    (
      "mapping.change", #""kind": "networks", "from": "paris", "source": "prod", "target": "bubble""#,
      "VcDr.InventoryMapper.com.vmware.vcDr.Edit"
    ),
    (
      "plan.edit", #""plan": "RP", "changes": { "description": "mine" }"#,
      "VcDr.RecoveryProfile.com.vmware.vcDr.Edit"
    ),
    ("plan.delete", #""plan": "RP""#, "VcDr.RecoveryProfile.com.vmware.vcDr.Delete"),
    (
      "vm.recovery-settings", #""vm": "vm-01", "settings": { "priority": 1 }"#,
      "VcDr.RecoveryProfile.com.vmware.vcDr.Edit"
    ),
    ("placeholder.restore", #""group": "PG-1""#, "Resource.com.vmware.vcDr.RecoveryUse"),
  ])
  func `Who lacks the privilege for a change is refused`(verb: String, keys: String, privilege: String) throws
  {
    var text = world([#""at": "10m", "do": "\#(verb)", \#(keys), "as": "tester""#])
    text.recovery = #""roles": { "tester": ["plan.run"] }"#
    var world = try text.world()
    try world.run(until: .minutes(11))
    let refusals = world.details(of: "\(verb)-refused")
    #expect(refusals.count == 1)
    #expect(refusals.first?.contains(privilege) == true, "\(refusals)")
  }
}
