import BlockStorage
import Inventory
import Measurements
import Quantities
import ReplicationCore
import Scenarios
import Testing

@testable import SiteSimulation

/// Machines on test images.
@Suite struct TestCopyTests {
  private static var small: SmallWorld {
    var small = RecoveryWorld.small(
      workload: #""model": "uniform", "write": "64KiB/s", "blockSize": "8KiB""#, duration: "1h")
    small.datastore = #", "capacity": "10GiB""#
    return small
  }

  @Test func `A test disturbs neither the guest nor what is replicated`() throws {
    var tested = try Self.small.world()
    var twin = try Self.small.world()
    try tested.run(until: .seconds(400))
    #expect(try tested.createTestImage(of: 0, notAfter: nil).get() == .seconds(300))
    #expect(tested.registerTest(0) == nil)
    let host = try tested.powerOn(0, copy: .test).get()
    #expect(tested.scenario.inventory[host].name == "lyon-esx-01")
    tested.awaitTools(of: 0, copy: .test, for: RecoveryWorld.ticket(1))
    #expect(try tested.wait(for: RecoveryWorld.ticket(1), until: .seconds(500))?.at == .seconds(420))
    try tested.run(until: .seconds(1_500))
    try tested.discardTest(0)
    try tested.run(until: .seconds(3_600))
    try twin.run(until: .seconds(3_600))

    #expect(
      RecoveryWorld.written(tested.contents(ofCopy: 0)) == RecoveryWorld.written(twin.contents(ofCopy: 0)))
    let newest = try #require(twin.recoveryInstances(of: 0).last)
    #expect(tested.recoveryInstances(of: 0).last == newest)
    let replica = tested.recoverableContents(of: 0, at: newest)
    let other = twin.recoverableContents(of: 0, at: newest)
    #expect(replica != nil && replica.map(RecoveryWorld.written) == other.map(RecoveryWorld.written))
    #expect(tested.replicaSpace(of: 0) == twin.replicaSpace(of: 0))
    #expect(tested.usedSpace(on: DatastoreID(1)) == twin.usedSpace(on: DatastoreID(1)))
    #expect(tested.cycles.map(\.startedAt) == twin.cycles.map(\.startedAt))
  }

  @Test func `A test machine reads the instance, and its own writes take room of their own`() throws {
    var world = try Self.small.world()
    try world.run(until: .seconds(300))
    let image = world.contents(ofCopy: 0)
    try world.run(until: .seconds(400))
    _ = try world.createTestImage(of: 0, notAfter: nil)
    #expect(world.testContents() == image)
    #expect(world.registerTest(0) == nil)
    _ = try world.powerOn(0, copy: .test)
    try world.run(until: .seconds(820))
    // 400 s at 64 KiB/s from 420 s on are 3,200 blocks on the average, chosen at random among 131,072.
    let changed = differingExtents(world.testContents(), image)
    #expect(changed > 2_900 && changed < 3_400)
    #expect(world.replications[0].replica.spaceUse.testImage > .kibibytes(8) * changed)
    // What it writes is not what the protected machine writes.
    #expect(world.contents(ofCopy: 0) != world.testContents())
    try world.discardTest(0)
    #expect(world.replications[0].replica.spaceUse.testImage == .zero)
    #expect(world.place(of: .test, of: 0) == nil)
    #expect(world.machineSights.count == 1)
  }

  @Test func `The failure of its host restarts a test machine, and clean-up removes it in any state`() throws
  {
    var small = Self.small
    small.timeline = [#""at": "500s", "do": "host.fail", "host": "lyon-esx-01", "for": "20m""#]
    small.profile = #""haRestartDelay": "1m""#
    var world = try small.world()
    try world.run(until: .seconds(400))
    _ = try world.createTestImage(of: 0, notAfter: nil)
    #expect(world.registerTest(0) == nil)
    _ = try world.powerOn(0, copy: .test)
    try world.run(until: .seconds(530))
    try world.discardTest(0)
    try world.discardTest(0)
    try world.run(until: .seconds(1_000))
    let record = try world.finish(version: "test")
    #expect(
      record.events.filter { $0.kind.hasPrefix("vm.") }.map { "\($0.kind) \($0.detail)" } == [
        "vm.start test copy, on host lyon-esx-01", "vm.ready test copy",
        "vm.fail test copy, host lyon-esx-01 failed",
      ])
    #expect(record.vms[0].finalStatus == "OK")
  }

  @Test func `A machine is not recovered under its own test`() throws {
    var world = try Self.small.world()
    try world.run(until: .seconds(400))
    _ = try world.createTestImage(of: 0, notAfter: nil)
    guard case .failure(let failure) = try world.makeWritable(0, notAfter: nil) else {
      Issue.record("a test image lies over the replica")
      return
    }
    #expect(failure.text == "a test image lies over the replica")
    try world.stopReplication([ReplicationID(0)])
    #expect(world.replications[0].isActive)
  }
}
