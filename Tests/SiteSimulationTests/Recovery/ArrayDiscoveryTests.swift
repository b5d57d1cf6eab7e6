import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import Testing

@testable import SiteSimulation

/// What Site Recovery Manager learns of arrays, and what becomes of groups and plans when that changes.
@Suite struct ArrayDiscoveryTests {
  private let first = VirtualMachineID(0)
  private let second = VirtualMachineID(1)

  /// `lun-1` and `lun-2` are devices by themselves, and only the first one is in a group, unless `further` is another.
  private func apart(_ timeline: [String], further: String = "") throws -> World {
    var text = StorageWorld(groups: ["erp"], timeline: timeline).text
    for (found, instead) in [
      (#", "consistencyGroup": "erp" }"#, " }"),
      (#""datastores": ["lun-1", "lun-2"] }"#, #""datastores": ["lun-1"] }\#(further)"#),
    ] {
      #expect(text.contains(found))
      text = text.replacing(found, with: instead)
    }
    return try World(Scenario.read(text))
  }

  private func statuses(_ world: borrowing World) -> [String] {
    world.datastoreGroups(of: .only).map { "\($0.datastores.joined(separator: "+")) \($0.status.rawValue)" }
  }

  private func together(_ group: String?, at: String) -> [String] {
    let key = group.map { #", "consistencyGroup": "\#($0)""# } ?? ""
    return ["d-1", "d-2"].map {
      #""at": "\#(at)", "do": "device.change", "array": "regional", "device": "\#($0)"\#(key)"#
    }
  }

  // MARK: Datastore groups

  @Test func `A consistency group with a datastore outside of the protection group leaves it incomplete`()
    throws
  {
    var world = try apart(
      together("x", at: "10m")
        + [#""at": "11m", "do": "array.discover", "array": "regional""#]
        + together(nil, at: "20m")
        + [#""at": "21m", "do": "array.discover", "array": "regional""#])
    #expect(statuses(world) == ["lun-1 COMPLETE", "lun-2 UNASSIGNED", "lun-pay UNASSIGNED"])
    // What was changed at the array is found by the adapter, one call at either site.
    try world.run(until: .minutes(11) + .seconds(4))
    #expect(statuses(world) == ["lun-1 COMPLETE", "lun-2 UNASSIGNED", "lun-pay UNASSIGNED"])
    try world.run(until: .minutes(11) + .seconds(6))
    #expect(statuses(world) == ["lun-1+lun-2 INCOMPLETE", "lun-pay UNASSIGNED"])
    #expect(world.protectionStatus(of: first) == .arrayConfigurationError)
    #expect(world.status(of: ProtectionGroupID(0), in: .only) == .notConfigured)
    #expect(
      world.details(of: "storage.command") == ["discoverDevices at paris", "discoverDevices at lyon"])
    #expect(world.details(of: "array.discovered") == ["2 devices"])
    try world.run(until: .minutes(22))
    #expect(statuses(world) == ["lun-1 COMPLETE", "lun-2 UNASSIGNED", "lun-pay UNASSIGNED"])
    #expect(world.protectionStatus(of: first) == .ok)
    #expect(
      world.details(of: "datastore-group.status") == ["INCOMPLETE", "COMPLETE", "UNASSIGNED"])
    _ = try world.finish(version: "test")
  }

  @Test
  func `A consistency group over two protection groups splits them, and no machine of them is recovered`()
    throws
  {
    var world = try apart(
      together("x", at: "10m") + [
        #""at": "11m", "do": "array.discover", "array": "regional""#,
        #""at": "12m", "do": "plan.test", "plan": "RP", "id": "test""#,
      ], further: #", { "name": "crm", "type": "array-based", "datastores": ["lun-2"] }"#)
    try world.run(until: .minutes(12) - .seconds(1))
    #expect(statuses(world) == ["lun-1+lun-2 SPLIT", "lun-pay UNASSIGNED"])
    #expect(world.protectionStatus(of: second) == .arrayConfigurationError)
    let test = try world.run(untilEndOf: "test")
    #expect(test.machines.map(\.status) == ["TEST_ERROR"])
    #expect(
      test.errors.contains {
        $0.contains("datastore lun-2 fails over with it and is in another protection group")
      }, "\(test.errors)")
  }

  @Test func `The datastores of a deleted group are free again`() throws {
    var world = try apart([
      #""at": "10m", "do": "plan.delete", "plan": "RP""#,
      #""at": "11m", "do": "group.delete", "group": "erp""#,
    ])
    try world.run(until: .minutes(12))
    #expect(statuses(world) == ["lun-1 UNASSIGNED", "lun-2 UNASSIGNED", "lun-pay UNASSIGNED"])
    #expect(world.details(of: "datastore-group.status") == ["UNASSIGNED"])
  }

  // MARK: Devices

  @Test func `A device that is no longer replicated stops its consistency group, until it returns`() throws {
    var world = try StorageWorld(
      groups: ["erp"],
      timeline: [
        #""at": "12m", "do": "device.remove", "array": "regional", "device": "d-1", "for": "30m""#,
        #""at": "13m", "do": "plan.test", "plan": "RP", "id": "test""#,
        #""at": "25m", "do": "array.discover", "array": "regional""#,
        #""at": "45m", "do": "array.discover", "array": "regional""#,
      ]
    ).world()
    #expect(world.deviceStates(ofArrays: "regional", in: .only, seenFrom: .first) == [.outgoing, .outgoing])
    #expect(world.deviceStates(ofArrays: "regional", in: .only, seenFrom: .second) == [.incoming, .incoming])
    try world.run(until: .minutes(12) + .seconds(1))
    #expect(world.protectionStatus(of: first) == .replicationError)
    #expect(world.protectionStatus(of: second) == .replicationError)
    #expect(world.deviceStates(ofArrays: "regional", in: .only, seenFrom: .first) == [.partial, .partial])
    let test = try world.run(untilEndOf: "test")
    #expect(test.errors.contains { $0.contains("device d-1 is not replicated") }, "\(test.errors)")
    try world.run(until: .minutes(26))
    #expect(world.protectionStatus(of: first) == .invalid)
    #expect(world.protectionStatus(of: second) == .replicationError)
    #expect(statuses(world) == ["lun-2 COMPLETE", "lun-pay UNASSIGNED"])
    #expect(world.deviceStates(ofArrays: "regional", in: .only, seenFrom: .first) == [.unknown, .partial])
    // The copy of 10 min is the last one.
    #expect(world.storageSight(of: 0).points == [.minutes(10)])
    try world.run(until: .minutes(46))
    #expect(world.protectionStatus(of: first) == .ok)
    #expect(statuses(world) == ["lun-1+lun-2 COMPLETE", "lun-pay UNASSIGNED"])
    try world.run(until: .minutes(59))
    #expect(world.storageSight(of: 0).points == [.minutes(50)])
    _ = try world.finish(version: "test")
  }

  @Test func `A synchronous device that is removed follows no more, and catches up when it returns`() throws {
    var world = try StorageWorld(
      groups: ["pay"],
      timeline: [#""at": "12m", "do": "device.remove", "array": "metro", "device": "d-pay", "for": "30m""#]
    ).world()
    try world.run(until: .minutes(13))
    #expect(!world.storageSight(of: 1).isInSync)
    try world.run(until: .minutes(50))
    #expect(world.storageSight(of: 1).isInSync)
    let move = try #require(try world.complete(.plannedMigration))
    #expect(move.result == "SUCCESS", "\(move.errors)")
    #expect(world.deviceStates(ofArrays: "metro", in: .only, seenFrom: .first) == [.failover])
    _ = try world.finish(version: "test")
  }

  @Test func `Arrays that are not known yet are discovered, and groups of their datastores made after that`()
    throws
  {
    let text = StorageWorld(
      groups: ["erp"],
      timeline: [
        #""at": "5m", "do": "group.create", "group": "erp""#,
        #""at": "6m", "do": "array.discover", "array": "regional""#,
        #""at": "8m", "do": "group.create", "group": "erp""#,
        #""at": "12m", "do": "plan.recover", "plan": "RP", "id": "move""#,
      ]
    ).text.replacing(#""mode": "periodic","#, with: #""mode": "periodic", "discovered": false,"#)
    var world = try World(Scenario.read(text))
    try world.run(until: .minutes(6) + .seconds(1))
    #expect(world.details(of: "group.create-refused") == ["datastore lun-1 is on no device that is known"])
    #expect(statuses(world) == ["lun-pay UNASSIGNED"])
    // Six calls of 5 s, at both sites at the same time.
    try world.run(until: .minutes(6) + .seconds(31))
    #expect(statuses(world) == ["lun-1+lun-2 UNASSIGNED", "lun-pay UNASSIGNED"])
    let commands = world.details(of: "storage.command")
    #expect(commands.count == 12)
    #expect(commands.first == "queryInfo at paris" && commands.last == "discoverDevices at lyon")
    let discovered = world.record.events.first { $0.kind == "array.discovered" }
    #expect(discovered?.at == .minutes(6) + .seconds(30))
    let move = try world.run(untilEndOf: "move")
    #expect(move.result == "SUCCESS", "\(move.errors)")
    #expect(statuses(world) == ["lun-1+lun-2 COMPLETE", "lun-pay UNASSIGNED"])
    _ = try world.finish(version: "test")
  }

  @Test func `Devices are looked at once a day`() throws {
    let text = StorageWorld(groups: ["erp"]).text
      .replacing(
        #""allowForced": true }"#, with: #""allowForced": true }, "times": { "deviceDiscovery": "1h" }"#)
    var world = try World(Scenario.read(text))
    try world.run(until: .minutes(121))
    let found = world.record.events.filter { $0.kind == "array.discovered" }
    // Both pairs of arrays, each hour.
    #expect(found.map(\.subject) == ["regional", "metro", "regional", "metro"])
    #expect(found.first?.at == .minutes(60) + .seconds(5))
  }

  // MARK: Scenarios

  @Test(arguments: [
    (#""do": "array.discover", "array": "volumes""#, DiagnosticCode.unknownName),
    (#""do": "device.remove", "array": "regional", "device": "d-pay""#, .unknownName),
    (#""do": "device.change", "array": "regional""#, .missingKey),
    (#""do": "adapter.fail", "array": "metro", "site": "lyon", "problem": "slow""#, .unknownWord),
    (#""do": "group.remove", "vm": "erp-1""#, .replicatedByStorage),
  ])
  func `What is said of arrays must be so`(entry: String, code: DiagnosticCode) {
    let (scenario, diagnostics) = ScenarioReader.read(
      text: StorageWorld(timeline: [#""at": "1h", \#(entry)"#]).text, file: "arrays.json")
    let errors = diagnostics.filter { $0.severity == .error }
    #expect(scenario == nil && errors.map(\.code) == [code], "\(errors)")
  }

  // MARK: Adapters

  @Test(arguments: [
    ("not-installed", "the storage adapter at site lyon is NOT_INSTALLED"),
    ("version-mismatch", "the storage adapter at site lyon is VERSION_MISMATCH"),
    ("remote-broken", "the storage adapter at site lyon is REMOTE_BROKEN"),
    ("unreachable", "the array at site lyon does not answer"),
  ])
  func `An array that cannot be told anything is neither discovered nor tested`(problem: String, text: String)
    throws
  {
    var world = try StorageWorld(
      groups: ["erp"],
      timeline: [
        #""at": "10m", "do": "adapter.fail", "array": "regional", "site": "lyon", "problem": "\#(problem)", "for": "1h""#,
        #""at": "11m", "do": "array.discover", "array": "regional""#,
        #""at": "12m", "do": "plan.test", "plan": "RP", "syncData": false, "id": "test""#,
        #""at": "80m", "do": "array.discover", "array": "regional""#,
      ]
    ).world()
    let test = try world.run(untilEndOf: "test")
    #expect(world.details(of: "array.discover-refused") == [text])
    #expect(test.errors.contains { $0.contains(text) }, "\(test.errors)")
    let isUnreachable = problem == "unreachable"
    #expect(
      world.arrayManager("regional", of: .only, at: .second)?.ping == (isUnreachable ? .failure : .success))
    #expect(
      world.deviceStates(ofArrays: "regional", in: .only, seenFrom: .second).first
        == (isUnreachable ? .unknown : .incoming))
    try world.run(until: .minutes(81))
    #expect(world.details(of: "array.discovered") == ["2 devices"])
    #expect(world.arrayManager("regional", of: .only, at: .second)?.adapter == .ok)
  }

  private func test(adapterCommand: String) throws -> PlanRunRecord {
    let text = StorageWorld(
      groups: ["erp"],
      timeline: [#""at": "12m", "do": "plan.test", "plan": "RP", "syncData": false, "id": "test""#]
    ).text.replacing(
      #""allowForced": true }"#,
      with: #""allowForced": true }, "times": { "adapterCommand": "\#(adapterCommand)" }"#)
    var world = try World(Scenario.read(text))
    return try world.run(untilEndOf: "test")
  }

  @Test func `Each call of the adapter takes its time, and one that takes too long fails`() throws {
    let free = try test(adapterCommand: "0s")
    let slow = try test(adapterCommand: "7s")
    // checkTestFailoverStart and testFailoverStart.
    let (without, with) = (try #require(free.recoveryTime), try #require(slow.recoveryTime))
    #expect(with - without == .seconds(14))
    let stuck = try test(adapterCommand: "301s")
    #expect(
      stuck.errors.contains { $0.contains("the storage adapter did not answer within 5m") }, "\(stuck.errors)"
    )
    let step = try #require(stuck.steps.first { $0.status == "ERROR" && $0.finished != nil })
    let (began, ended) = (try #require(step.started), try #require(step.finished))
    #expect(ended - began == .seconds(300))
  }
}
