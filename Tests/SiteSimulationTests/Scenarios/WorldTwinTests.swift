import Measurements
import Quantities
import ReplicationCore
import Scenarios
import Testing

@testable import SiteSimulation

/// Shipped worlds beside twins in which the cause is taken out, all made small by one factor so that times are those of the large
/// ones: disks, rates, links and datastores.
@Suite struct WorldTwinTests {
  private typealias Changes = [(String, String)]

  /// How many extents of the first disk hold what ransomware wrote.
  private func encryptedCount(_ disks: [[UInt8]]?) throws -> Int {
    let disk = try #require(disks?.first)
    // Bit 39 of a payload of eight bytes says so.
    return stride(from: 4, to: disk.count, by: 8).count { disk[$0] & 0x80 != 0 }
  }

  /// A 64th.
  private static let ransomware: Changes = [
    ("100GiB", "1600MiB"), ("40GiB", "640MiB"), (#""8GiB""#, #""128MiB""#), ("200kB/s", "3125B/s"),
    ("1MB/s", "15625B/s"), (#""1MiB""#, #""16KiB""#), ("300Mbps", "4687500bps"),
  ]

  @Test func `Nine points in time are encrypted, and the tenth is as clean as the run that goes back says`()
    throws
  {
    var world = try World(.thinned("ransomware-24-points", Self.ransomware))
    try world.run(until: .minutes(13 * 60 + 31))
    let points = world.recoveryInstances(of: 0)
    let counts = try points.map { try encryptedCount(world.recoverableContents(of: 0, at: $0)) }

    // Every 59 minutes from 0:30 on, of which those after 5 h hold more from cycle to cycle.
    #expect(points.count == 14)
    let dirty = zip(points, counts).filter { $0.0 > .minutes(300) }.map(\.1)
    #expect(dirty.count == 9 && zip(dirty, dirty.dropFirst()).allSatisfy { 0 < $0 && $0 < $1 }, "\(counts)")
    #expect(counts.dropLast(9).allSatisfy { $0 == 0 }, "\(counts)")
    // The second server keeps the latest only.
    let latest = world.recoveryInstances(of: 1)
    #expect(latest.count == 1)
    #expect(try encryptedCount(world.recoverableContents(of: 1, at: latest[0])) > dirty[7])

    let back = try world.run(untilEndOf: "back")

    #expect(back.result == "SUCCESS", "\(back.errors)")
    let clean = points[points.count - 10]
    #expect(back.machines.map(\.instance) == [clean, latest[0]])
    // Off from 13:30 on.
    #expect(back.machines[0].dataLoss == .minutes(810) - clean)
    #expect(clean > .minutes(240))
    // The intruder came back with the machine: beside 3,125 B/s of the users (14 h, but for 11.5 min until it was on again) there are
    // 15,625 B/s of encryption, 8.5 h and 18 min more of them. Without those it were 633 MB, and chance moves it by 1 or 2.
    try world.run(until: .minutes(14 * 60))
    let record = try world.finish(version: "test")
    let written = try record.vm("files-01").writtenSize
    #expect(written > .megabytes(643) && written < .megabytes(655), "\(written)")
  }

  /// Found after a day, all of the points that are kept are younger than the attack.
  @Test func `Points of a day are no way back from what is found after a day`() throws {
    let late: Changes = [
      (#""14h""#, #""32h""#), (#""13h30m""#, #""30h""#), (#""13h40m""#, #""30h10m""#),
    ]
    var world = try World(.thinned("ransomware-24-points", Self.ransomware + late))
    try world.run(until: .minutes(30 * 60 + 1))
    let points = world.recoveryInstances(of: 0)
    let counts = try points.map { try encryptedCount(world.recoverableContents(of: 0, at: $0)) }
    #expect(points.count >= 24 && counts.allSatisfy { $0 > 0 }, "\(points) \(counts)")

    let back = try world.run(untilEndOf: "back")
    #expect(back.result == "ERRORS" && back.machines[0].instance == nil, "\(back.machines)")
  }

  // MARK: Others

  /// An eighth of the desktops at a fortieth of the rate.
  @Test(arguments: [true, false])
  func `Only the storm of logins leaves desktops twenty minutes beyond their objective`(isStormy: Bool) throws
  {
    let record = try run(
      .thinned(
        "monday-login-storm",
        [
          ("desk-{01..40}", "desk-{01..05}"), ("60kB/s", "1500B/s"), (#""2GiB""#, #""51MiB""#),
          ("120Mbps", "375kbps"), (#""40GiB", "used": "20GiB""#, #""1GiB", "used": "512MiB""#),
        ] + (isStormy ? [] : [("300%", "100%")])), until: .minutes(4 * 60 + 40))

    for vm in record.vms {
      let opening = try #require(vm.lag.statistics(in: .minutes(60)..<(.minutes(150))).lagMaximum)
      let storm = try #require(vm.lag.statistics(in: .minutes(150)..<(.minutes(280))).lagMaximum)
      #expect(opening < .minutes(21), "\(vm.name): \(opening)")
      #expect(
        isStormy ? storm > .minutes(35) && storm < .minutes(45) : storm < .minutes(21), "\(vm.name): \(storm)"
      )
    }
  }

  /// A 400th, its comparison too.
  @Test(arguments: [true, false])
  func `A crash costs a read of the whole disk and no more than a delta on the line`(crashes: Bool) throws {
    let record = try run(
      .thinned(
        "host-crash-during-delta",
        [
          (#""2TB", "used": "2TB""#, #""5GB", "used": "5GB""#), ("12MB/s", "30kB/s"),
          ("40GiB\", \"skew", "102MiB\", \"skew"),
          ("1200MB/s", "3MB/s"), ("800MB/s", "2MB/s"), ("1Gbps", "2500kbps"),
          ("idle-{01..12}", "idle-{01..01}"),
          (#""timeline": ["#, #""profile": { "checksumRate": "256KiB/s" }, "timeline": ["#),
        ] + (crashes ? [] : [(#""at": "62m""#, #""at": "479m""#)])), until: .minutes(470))

    let deltas = record.deltas.filter(\.isCompleted)
    guard crashes else {
      #expect(record.fullSyncs.isEmpty && !record.cycles.contains(where: \.isAborted))
      #expect(record.violatedTime(in: .zero..<(.minutes(470))) == .zero)
      return
    }
    #expect(record.cycles.count(where: \.isAborted) == 1)
    #expect(
      record.fullSyncs.map(\.checksummedSize) == [.bytes(5_000_003_584)],
      "\(record.fullSyncs.map(\.checksummedSize))")
    // 5 GB at 256 KiB/s take 5 h 18 min.
    let (sync, before) = (record.fullSyncs[0], try #require(deltas.last { $0.endedAt < .minutes(62) }))
    #expect(sync.duration > .minutes(310) && sync.duration < .minutes(330), "\(sync.duration)")
    #expect(sync.payloadSize * 4 < before.payloadSize * 5, "\(sync.payloadSize), \(before.payloadSize)")
    let violations = try record.violations(of: "db01")
    #expect(violations.count == 1 && violations[0].upperBound - violations[0].lowerBound > .minutes(315))
  }

  /// A 16th.
  @Test(arguments: [true, false])
  func `A replica in the same fire is none, and another one is worth its objective`(sharesFate: Bool) throws {
    let groups = """
      "protectionGroups": [{ "name": "near", "vms": ["near-*"] }, { "name": "far", "vms": ["far"] }],
      "recoveryPlans": [{ "name": "near", "groups": ["near"] }, { "name": "far", "groups": ["far"] }],
      "timeline": [
        { "at": "5h30m", "do": "plan.recover", "plan": "near", "mode": "disaster-recovery", "id": "save-near" },
        { "at": "5h30m", "do": "plan.recover", "plan": "far", "mode": "disaster-recovery", "id": "save-far" },
      """
    let record = try run(
      .thinned(
        "campus-fire",
        [
          (#""20GiB", "used": "10GiB""#, #""1280MiB", "used": "640MiB""#), ("300kB/s", "18750B/s"),
          (#""2GiB""#, #""128MiB""#),
          ("10Gbps", "625Mbps"), ("100Mbps", "6250kbps"), (#""timeline": ["#, groups),
        ] + (sharesFate ? [] : [(#""fateGroup": "campus", "#, "")])), until: .minutes(360))

    func recovered(_ id: String) -> [PlanRunRecord.Machine] {
      record.planRuns.first { $0.id == id }?.machines.filter { $0.ready != nil } ?? []
    }
    let far = recovered("save-far")
    #expect(far.count == 1 && far.allSatisfy { $0.dataLoss.map { $0 <= .hours(4) } ?? false })
    let near = recovered("save-near")
    #expect(near.count == (sharesFate ? 0 : 4))
    #expect(near.allSatisfy { $0.dataLoss.map { $0 <= .seconds(305) } ?? false })
  }

  /// A 16th.
  @Test func `A warning saves what the last cycle lacked, for those that use it`() throws {
    func losses(_ changes: Changes) throws -> [TimeSpan] {
      let record = try run(
        .thinned(
          "site-loss-with-warning",
          [
            (#""40GiB", "used": "20GiB""#, #""2560MiB", "used": "1280MiB""#), ("500kB/s", "31250B/s"),
            (#""4GiB""#, #""256MiB""#),
            ("200Mbps", "12500kbps"),
          ] + changes), until: .minutes(150))
      // Until when it wrote: those that are shut down until 2:15:40 at the latest.
      return try record.vms.map { vm in
        let wrote: Instant =
          changes.isEmpty && vm.name != "forgotten" ? .seconds(135 * 60 + 40) : .minutes(150)
        let newest = try #require(vm.lag.completions.last).pointInTime
        return newest < wrote ? wrote - newest : .zero
      }
    }
    let warned = try losses([])
    let unwarned = try losses([
      (#""2h5m""#, #""5h5m""#), (#""2h15m""#, #""5h15m""#), (#""2h16m""#, #""5h16m""#),
    ])
    #expect(warned.dropLast().allSatisfy { $0 == .zero }, "\(warned)")
    #expect(warned.last == unwarned.last)
    // Chance decides how long before the flood the last cycle began.
    #expect(unwarned.allSatisfy { $0 > .minutes(7) && $0 <= .minutes(60) }, "\(unwarned)")
    #expect(unwarned.last.map { $0 > .minutes(45) } == true, "\(unwarned)")
  }
}
