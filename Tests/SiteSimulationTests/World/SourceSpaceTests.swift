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

  @Test func `A disk that was resized goes on to grow`() throws {
    let record = try run(
      Scenario.read(
        text(
          paris: #""capacity": "4GiB""#, disk: #""size": "200MiB", "used": "100MiB""#,
          #""at": "150s", "do": "vm.resize-disk", "vm": "app", "disk": "data", "size": "1GiB""#)))
    // The workload goes on in the 200 MiB that it knows.
    #expect(record.datastores[0].usedSize == .mebibytes(200))
  }
}
