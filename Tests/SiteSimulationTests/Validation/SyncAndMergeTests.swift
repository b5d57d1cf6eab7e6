import Inventory
import Measurements
import Quantities
import ReplicationCore
import Scenarios
import Testing

@testable import SiteSimulation

/// Full syncs, merges and space, interruptions, the demand log: the scenarios 05 to 08.
@Suite struct SyncAndMergeTests {
  // MARK: - 05

  @Test func `A seed saves bytes and costs the reading of both sides`() throws {
    let record = try run(.validation("05-full-sync"))
    func fullSync(_ name: String) throws -> CycleRecord {
      try #require(record.cycles(of: name).first { $0.kind == .fullSync })
    }
    let size = 8_589_934_592.0

    // 8 GiB / 1.25 GB/s = 6.87 s to copy; 8 GiB / 100 MB/s = 85.9 s to compare.
    #expect(try fullSync("fat-copy").duration.inSeconds.isWithin(percent: 0.1, of: size / 1.25e9))
    #expect(try fullSync("fat-seed").duration.inSeconds.isWithin(percent: 1, of: size / 100e6))
    // Over 12.5 MB/s the copy of 8 GiB takes 687 s, the seed hardly more than its comparison.
    #expect(try fullSync("thin-busy").duration.inSeconds.isWithin(percent: 0.1, of: size / 12.5e6))
    #expect(try fullSync("thin-seed").duration.inSeconds.isWithin(percent: 3, of: size / 100e6))
    // 1 % of 1,048,576 extents of 8 KiB; chance moves them by some 102.
    for name in ["fat-seed", "thin-seed"] {
      #expect(try fullSync(name).payloadSize.isWithin(percent: 4, of: .extents(10_486)))
      #expect(try fullSync(name).checksummedSize == .gibibytes(8))
    }
  }

  @Test func `What is not allocated costs nothing`() throws {
    let record = try run(.validation("05-full-sync"))
    let sync = try #require(record.cycles(of: "thin-copy").first)
    // 1 GiB / 12.5 MB/s = 85.9 s, of a disk of 8 GiB.
    #expect(sync.payloadSize == .gibibytes(1))
    #expect(sync.duration.inSeconds.isWithin(percent: 0.1, of: 85.9))
  }

  @Test func `A machine that writes meanwhile is protected after the delta only`() throws {
    let record = try run(.validation("05-full-sync"))
    let cycles = record.cycles(of: "thin-busy")
    let completion = try #require(record.vm("thin-busy").lag.completions.first)

    #expect(cycles[1].startedAt == cycles[0].endedAt)
    // 1 MiB/s for 687.2 s.
    #expect(cycles[1].payloadSize.isWithin(percent: 0.1, of: .mebibytes(687)))
    // 8 GiB and 687 MiB at 12.5 MB/s: the first instance is there after 745 s.
    #expect((completion.at - .zero).inSeconds.isWithin(percent: 0.1, of: 744.8))
    #expect(completion.pointInTime == cycles[0].endedAt)
  }

  // MARK: - 06

  @Test func `A datastore as fast as the line makes cycles last twice as long`() throws {
    let record = try run(.validation("06-merge-at-the-target"))

    // 600 MiB / 2 MiB/s = 300 s. Then the merge of one cycle and the transfer of the next share the 2 MiB/s.
    let fast = record.deltas(of: "fast-01").map(\.duration.inSeconds)
    #expect(fast.allSatisfy { $0.isWithin(percent: 0.1, of: 300) })
    let slow = record.deltas(of: "slow-01").map(\.duration.inSeconds)
    #expect(slow[0].isWithin(percent: 0.1, of: 300))
    #expect(slow.dropFirst().allSatisfy { $0.isWithin(percent: 0.1, of: 600) })
    // Half the RPO just keeps it; the whole of it misses it from minute 15 on, for good.
    // (Transfers end at the next whole nanosecond, so it may be a few of these late.)
    #expect(try record.violatedSeconds(of: "fast-01") < 0.001)
    #expect(try record.violatedSeconds(of: "slow-01") == 585 * 60)
  }

  @Test func `Points in time fill a datastore on which the latest instance fits`() throws {
    let record = try run(.validation("06-merge-at-the-target"))

    // 4 GiB of base and 1 GiB for each kept hour: the eighth log of 1 GiB and 24 KiB does not fit beside the others.
    let shortage = record.events.filter { $0.kind == "replication.insufficient-space" }
    #expect(shortage.map(\.subject) == ["points-01"])
    #expect(try #require(shortage.first).at > .minutes(8 * 60))
    #expect(try record.vm("points-01").finalStatus == "ERROR_RPO_VIOLATION")
    #expect(try record.violations(of: "latest-01").isEmpty)
  }

  @Test func `While an image is tested the log above its base grows, and goes at the clean-up`() throws {
    let scenario = try Scenario.validation("06-merge-at-the-target")
    var world = try World(scenario)
    let index = 4
    try world.run(until: .minutes(89))
    #expect(world.replications[index].replica.spaceUse.redoLogs < .mebibytes(1))
    // 256 KiB/s for six hours are 5.3 GiB; the last cycle may not have begun.
    try world.run(until: .minutes(90 + 6 * 60 - 1))
    #expect(world.replications[index].replica.spaceUse.redoLogs > .gibibytes(4))
    try world.run(until: .minutes(90 + 6 * 60 + 10))
    #expect(world.replications[index].replica.spaceUse.redoLogs < .mebibytes(1))
    let record = try world.finish(version: "test")
    #expect(try record.violations(of: "tested-01").isEmpty)
  }

  // MARK: - 07

  /// The last instance before the faults of 1:03:00 is of 0:49:15; a cycle is under way since 1:02:20.
  @Test func `Only the crash costs a comparison; all others a delta of what was written`() throws {
    let record = try run(.validation("07-interruptions"))
    func recovery(_ name: String) throws -> CycleRecord {
      try #require(record.deltas(of: name).first { $0.endedAt > .minutes(63) })
    }
    func written(from start: Instant, to end: Instant) -> ByteCount {
      ByteCount(bytes: UInt64((end - start).inSeconds * 500 * 1_024))
    }
    let last = try #require(record.deltas(of: "cut-01").last { $0.endedAt < .minutes(63) }).startedAt

    #expect(record.fullSyncs.map(\.checksummedSize) == [.gibibytes(10)])
    #expect(record.fullSyncs.map(\.vm) == [try record.vm("crashed-01").id])
    for name in ["cut-01", "server-01", "paused-01"] {
      let delta = try recovery(name)
      #expect(delta.payloadSize.isWithin(percent: 0.1, of: written(from: last, to: delta.startedAt)))
    }
    // The machine that was off wrote nothing meanwhile.
    #expect(
      try recovery("stopped-01").payloadSize.isWithin(percent: 0.1, of: written(from: last, to: .minutes(63)))
    )
    // It differs in the same, found by comparing.
    #expect(
      record.fullSyncs[0].payloadSize.isWithin(percent: 0.1, of: written(from: last, to: .minutes(63))))
    // 10 GiB / 20 MB/s = 537 s from the restart at 1:06 on, and what differs at 4 MiB/s, partly at the same time.
    #expect(537..<660 ~= record.fullSyncs[0].duration.inSeconds)
  }

  @Test func `What a cut delta had sent goes again, after the connection is back`() throws {
    let record = try run(.validation("07-interruptions"))
    let cut = try #require(record.cycles(of: "cut-01").first { $0.isAborted })
    #expect(cut.outcome == .aborted(reason: "connectionLost"))
    // From 1:02:20 to 1:03:00 at 4 MiB/s.
    #expect(cut.payloadSize.isWithin(percent: 1, of: .mebibytes(160)))
    let restored = try #require(
      record.events.first { $0.kind == "replication.connection-restored" && $0.subject == "cut-01" })
    #expect(restored.at >= .minutes(83) && restored.at <= .minutes(83) + .seconds(90))
    // All of them are out of RPO once, and never again.
    for vm in record.vms { #expect(try record.violations(of: vm.name).count == 1) }
  }

  // MARK: - 08

  @Test func `Rewriting what is being sent costs copies, a guest's time and room`() throws {
    let scenario = try Scenario.validation("08-copy-before-write")
    var world = try World(scenario)
    try world.run(until: scenario.clock.end)
    let delays = world.machines.map(\.delays)
    let record = try world.finish(version: "test")

    #expect(record.deltas(of: "before-01").allSatisfy { $0.preservedExtentCount == 0 })
    // 30 s after the start 30 MiB are sent and up to two steps of 4 MiB read ahead: 262 to 270 MiB are copied.
    let always = record.deltas(of: "always-01")
    #expect(always.count == 3)
    #expect(always.allSatisfy { 262 * 128...270 * 128 ~= $0.preservedExtentCount })
    // They ship the same.
    #expect(record.shippedSize(of: "before-01") == .mebibytes(900))
    #expect(record.shippedSize(of: "always-01") == .mebibytes(900))
    // 64 copies at a time, each a read and a write of 1 ms: some 34,000 / 64 · 2 ms = 1.06 s in each of three cycles.
    #expect(delays[0].total == .zero)
    #expect(3.1..<3.3 ~= delays[1].total.inSeconds)
  }
}
