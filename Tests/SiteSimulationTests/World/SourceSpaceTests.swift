import BlockStorage
import Inventory
import Measurements
import Quantities
import Scenarios
import Testing

@testable import SiteSimulation

/// What guests' writes take on the datastores of their machines.
@Suite struct SourceSpaceTests {
  /// A disk of 1 GiB, of which 100 MiB are used, is written from front to back: 1 MiB/s, so that it grows from 100 s on.
  private func text(
    paris: String, hosts: Int = 1, disk: String = #""size": "1GiB", "used": "100MiB""#, _ timeline: String...
  ) -> String {
    var world = SmallWorld()
    (world.hosts, world.timeline) = (hosts, timeline)
    world.link = #""bandwidth": "10MiB/s", "latency": "0ms""#
    world.workloads = ["log": #""model": "sequential", "write": "1MiB/s", "blockSize": "64KiB""#]
    world.machines = [#""name": "app", "disks": [{ "name": "data", \#(disk), "workload": "log" }]"#]
    world.replications = [#""vm": "app", "rpo": "5m", "policy": "fixed", "initialSync": "done""#]
    return world.text.replacing(#"{ "name": "ds-paris" }"#, with: #"{ "name": "ds-paris", \#(paris) }"#)
  }

  private func story(_ record: RunRecord) -> [String] {
    record.events.filter { ["vm.out-of-space", "vm.room-again"].contains($0.kind) }
      .map { "\($0.at.nanoseconds / 1_000_000_000) \($0.kind) \($0.subject)" }
  }

  @Test func `A disk takes what its guest has ever written to, and twice that where it is mirrored`() throws {
    let plain = try run(Scenario.read(text(paris: #""capacity": "2GiB""#)))
    #expect(plain.datastores[0].usedSize == .mebibytes(600))
    let mirrored = try run(Scenario.read(text(paris: #""vsan": { "device": "2GiB" }"#, hosts: 3)))
    #expect(mirrored.datastores[0].usedSize == .mebibytes(1_200))
    #expect(story(plain).isEmpty && story(mirrored).isEmpty)
  }

  @Test func `What is rewritten takes nothing, and a disk takes no more than its size`() throws {
    // From 200 s on the front is written again.
    let record = try run(
      Scenario.read(
        text(paris: #""capacity": "2GiB""#, disk: #""size": "200MiB", "used": "100MiB""#)))
    #expect(record.datastores[0].usedSize == .mebibytes(200))
  }

  @Test func `A guest that finds no room stands still, and the datastore holds what it can`() throws {
    // Full after 250 MiB; noticed when the delta of 300 s begins, which the guest's writes are drawn for.
    let record = try run(Scenario.read(text(paris: #""capacity": "250MiB""#)))
    #expect(story(record) == ["300 vm.out-of-space app"])
    #expect(record.datastores[0].usedSize == .mebibytes(250))
    #expect(try record.vm("app").finalStatus == "OK")
  }

  @Test func `It goes on when there is room`() throws {
    // What it would have written from 100 s to 180 s is not written.
    let record = try run(
      Scenario.read(
        text(
          paris: #""capacity": "2GiB""#,
          #""at": "60s", "do": "datastore.full", "datastore": "ds-paris", "for": "2m""#)))
    #expect(story(record) == ["180 vm.out-of-space app", "180 vm.room-again app"])
    #expect(record.datastores[0].usedSize == .mebibytes(520))
  }

  @Test func `A recovered disk grows on from what the replica takes`() throws {
    // 100 MiB are in use; 50 MiB were written from the front, of which nothing is new. The recovered machine starts over there: at
    // 400 s it has written 300 MiB more, 200 to 250 MiB of them for the first time.
    var small = RecoveryWorld.small(
      rpo: "20s", workload: #""model": "sequential", "write": "1MiB/s", "blockSize": "64KiB""#,
      disk: #""size": "1GiB", "used": "100MiB""#)
    small.link = #""bandwidth": "100MiB/s", "latency": "0ms""#
    small.datastore = #", "capacity": "4GiB""#
    var world = try small.world()
    try world.run(until: .seconds(50))
    try world.switchOff(0)
    let lyon = DatastoreID(1)
    _ = try world.makeWritable(0, notAfter: nil).get()
    let before = world.usedSpace(on: lyon)
    // With the configuration files of the instance, 12,143 B.
    #expect(before == .mebibytes(100) + .bytes(12_143))
    _ = try world.startRecovered()
    try world.run(until: .seconds(400))
    let current = world.current
    world.drawWrites(of: current)
    let written = world.usedSpace(on: lyon)
    #expect(written == before + world.machines[current].growth && written > .mebibytes(250))
    let mismatch = world.growthMismatch()
    #expect(mismatch == nil)
    // The way back: the machine takes what it took but for those files, the former disks are the replica.
    try world.switchOff(current)
    #expect(try world.reverseReplication(of: current) == nil)
    let taken = world.usedSpace(on: lyon)
    #expect(taken == written - .bytes(12_143) && world.machines[current].space == taken)
    _ = try world.finish(version: "test")
  }

  @Test func `A disk that was resized goes on to grow`() throws {
    let record = try run(
      Scenario.read(
        text(
          paris: #""capacity": "4GiB""#, disk: #""size": "200MiB", "used": "100MiB""#,
          #""at": "150s", "do": "vm.resize-disk", "vm": "app", "disk": "data", "size": "1GiB""#)))
    // The workload goes on in the 200 MiB that it knows.
    #expect(record.datastores[0].usedSize == .mebibytes(200))
  }

  @Test func `What is written past the books is found`() throws {
    func world() throws -> World { try World(Scenario.read(text(paris: #""capacity": "2GiB""#))) }
    var written = try world()
    try written.run(until: .seconds(150))
    let clean = written.growthMismatch()
    #expect(clean == nil)
    written.machines[0].contents[0].fill(100_000..<100_001, tag: 7)
    let unknown = written.growthMismatch()
    #expect(unknown == "app: disk data holds extents 100000..<100001 that take no room")
    var counted = try world()
    counted.machines[0].disks[0].space += .kibibytes(8)
    let uncounted = counted.growthMismatch()
    #expect(uncounted == "app: disk data takes 102408KiB, its extents 100MiB")
  }
}
