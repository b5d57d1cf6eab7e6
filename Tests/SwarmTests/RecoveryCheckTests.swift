import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import SiteSimulation
import Testing

@testable import Swarm

@Suite struct RecoveryBooksTests {
  /// A world with one pair of sites, two plans and one group.
  private func books() throws -> RecoveryBooks {
    var draft = WorldDraw(seed: 1, switches: .without(Feature.all.map(\.name))).draft
    draft.groups = [.init(name: "group-1", machines: ["vm-1"])]
    draft.plans = [.init(name: "plan-1", groups: ["group-1"]), .init(name: "plan-2", groups: ["group-1"])]
    let scenario = try #require(ScenarioReader.read(text: draft.text, file: "test").scenario)
    return RecoveryBooks(scenario)
  }

  private func sight(_ status: RecoveryPlanStatus, _ workflow: PlanWorkflow? = nil, key: Int = 1) -> PlanSight
  {
    PlanSight(
      status: status,
      run: workflow.map { PlanSight.Run(key: key, workflow: $0, started: .zero, groups: [0]) })
  }

  private func run(_ operation: HistoryRecord.OperationType, _ status: RecoveryPlanStatus) -> PlanRunRecord {
    PlanRunRecord(
      key: 1, id: nil, plan: "plan-1", protectedSite: "madrid", recoverySite: "lisbon", user: "somebody",
      workflow: "", operationType: operation.rawValue, result: "SUCCESS", planStatus: status.rawValue,
      started: .zero, ended: .zero, recoveryTime: nil, criticalPath: [], errors: [], warnings: [], steps: [],
      machines: [])
  }

  @Test func `Two plans that work on one group are found`() throws {
    var books = try books()
    let both = [
      sight(.recoveryInProgress, .plannedMigration),
      sight(.recoveryInProgress, .disasterRecovery(synchronizesData: true), key: 2),
    ]
    #expect(books.saw([both[0], sight(.protectionGroupsInUse)], ofPair: 0) == nil)
    #expect(books.saw(both, ofPair: 0)?.detail == "plans 1 and 2 work on it")
  }

  @Test func `A test holds its group until it is cleaned up`() throws {
    let test = PlanWorkflow.test(synchronizesData: true)
    let other = sight(.recoveryInProgress, .plannedMigration, key: 3)
    var books = try books()
    #expect(books.saw([sight(.testInProgress, test), sight(.protectionGroupsInUse)], ofPair: 0) == nil)
    #expect(books.saw([sight(.testComplete), sight(.protectionGroupsInUse)], ofPair: 0) == nil)
    var early = books
    #expect(
      early.saw([sight(.testComplete), other], ofPair: 0)?.detail
        == "plan 2 works on it, and the test of plan 1 is not cleaned up")
    books.ended(run(.cleanup, .ready), plan: 0, groups: [0], pair: 0)
    #expect(books.saw([sight(.protectionGroupsInUse), other], ofPair: 0) == nil)
  }

  @Test func `A clean-up that did not come to its end keeps the group`() throws {
    var books = try books()
    books.ended(run(.test, .testComplete), plan: 0, groups: [0], pair: 0)
    books.ended(run(.cleanup, .cleanupIncomplete), plan: 0, groups: [0], pair: 0)
    let other = sight(.recoveryInProgress, .plannedMigration, key: 3)
    #expect(books.saw([sight(.cleanupIncomplete), other], ofPair: 0) != nil)
  }
}

@Suite struct MachineRoomTests {
  /// The replica of 100 bytes, 10 of them configuration files, becomes the machine when its replication is reversed.
  @Test func `A machine and its replica change places once the replication is reversed`() throws {
    let draft = WorldDraw(seed: 1, switches: .without(Feature.all.map(\.name))).draft
    let scenario = try #require(ScenarioReader.read(text: draft.text, file: "test").scenario)
    let replication = scenario.replications[0]
    let origin = scenario.inventory[replication.virtualMachine].datastore
    var room = MachineRoom(replication, in: scenario)
    room.saw(isRecovered: false, disks: ByteCount(bytes: 100), ByteCount(bytes: 10))
    room.saw(isRecovered: true, disks: ByteCount(bytes: 100), ByteCount(bytes: 10))
    #expect(room.machine.datastore == origin)
    #expect(room.replica == replication.datastore)
    #expect(!room.hasMoved)

    room.saw(isRecovered: false, disks: ByteCount(bytes: 500), ByteCount(bytes: 10))

    #expect(room.machine.datastore == replication.datastore)
    #expect(room.machine.size == ByteCount(bytes: 90))
    #expect(room.replica == origin)
    #expect(room.hasMoved)
  }
}

@Suite struct OwnWriteTests {
  /// An extent whose payload is a tag of a disk.
  private func extent(_ disk: UInt64, _ write: UInt64) -> [UInt8] {
    let tag = disk << 40 | write
    return (0..<8).map { UInt8(truncatingIfNeeded: tag >> (8 * $0)) }
  }

  /// Disk 7 was recovered as disk 3 had it; then extent 1 was written, and extent 2 freed.
  @Test func `What a machine wrote since its recovery, or freed, is its own`() {
    let image = [extent(3, 1) + extent(3, 2) + extent(3, 3)]
    let disks = [extent(3, 1) + extent(7, 1) + [UInt8](repeating: 0, count: 8)]
    #expect(WorldChecker.strangeWrite(in: disks, since: image, by: [7]) == nil)
    #expect(WorldChecker.strangeWrite(in: disks, since: image, by: [8]) != nil)
  }

  @Test func `A later write of the machine that was left behind is found`() {
    let image = [extent(3, 1) + extent(3, 2)]
    let disks = [extent(3, 1) + extent(3, 9)]
    #expect(
      WorldChecker.strangeWrite(in: disks, since: image, by: [7])
        == "disk 0 holds what the machine has not written, in extent 1")
  }

  @Test func `What a disk grew by begins as zeros`() {
    let image = [extent(3, 1)]
    let zeros = [UInt8](repeating: 0, count: 8)
    #expect(WorldChecker.strangeWrite(in: [image[0] + zeros, zeros], since: image, by: [7]) == nil)
    #expect(WorldChecker.strangeWrite(in: [image[0] + extent(3, 1)], since: image, by: [7]) != nil)
  }
}

@Suite struct LossCheckTests {
  /// The run lasts from 100 s to 200 s.
  private func defect(
    instance: Int64?, loss: Int64?, _ recovery: RecoveryBooks.Recovery?
  ) -> String? {
    let machine = PlanRunRecord.Machine(
      vm: VirtualMachineID(0), name: "vm-1", group: "group-1", status: "", ready: nil,
      instance: instance.map { .zero + .seconds($0) }, dataLoss: loss.map { .seconds($0) })
    let run = PlanRunRecord(
      key: 1, id: nil, plan: "plan-1", protectedSite: "madrid", recoverySite: "lisbon", user: "somebody",
      workflow: "", operationType: "", result: "SUCCESS", planStatus: "", started: .zero + .seconds(100),
      ended: .zero + .seconds(200), recoveryTime: nil, criticalPath: [], errors: [], warnings: [], steps: [],
      machines: [machine])
    return WorldChecker.lossDefect(of: machine, in: run, recovery)
  }

  private func recovery(at: Int64) -> RecoveryBooks.Recovery {
    .init(at: .zero + .seconds(at), instance: .zero + .seconds(90), loss: .seconds(40))
  }

  @Test func `A loss is the one that was seen, of the instance that was seen`() {
    #expect(defect(instance: 90, loss: 40, recovery(at: 130)) == nil)
    #expect(defect(instance: 90, loss: 10, recovery(at: 130)) != nil)
    #expect(defect(instance: 91, loss: 40, recovery(at: 130)) != nil)
    #expect(defect(instance: 90, loss: nil, recovery(at: 130)) != nil)
  }

  @Test func `A run tells of what it recovered, and of nothing else`() {
    #expect(defect(instance: nil, loss: nil, recovery(at: 130)) != nil)
    #expect(defect(instance: nil, loss: nil, recovery(at: 50)) == nil)
    #expect(defect(instance: nil, loss: nil, nil) == nil)
    #expect(defect(instance: 90, loss: 40, nil) != nil)
  }
}
