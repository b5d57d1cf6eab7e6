import Inventory
import Measurements
import Quantities
import ReplicationCore
import Scenarios
import Testing

@testable import SiteSimulation

/// The published lab run with vSphere Replication 5.0 (virtuallyhyper.com, 2012), made again from the figures in its text:
/// sizes, percentages, names of files and states, end to end.
@Suite struct LabRunTests {
  /// The world of the scenario, stopped where somebody looked.
  private struct LabRun: ~Copyable {
    var world: World

    init() throws {
      world = try World(
        .shipped("published/lab-run-2012.json"), traceFolder: Scenario.shippedFolder + "/published")
    }

    /// Runs in steps of 100 ms until the sync under way has come so far.
    mutating func run(until isReached: (SyncProgress) -> Bool) throws -> SyncProgress {
      for _ in 0..<10_000 {
        if let progress = world.replications[0].source.progress, isReached(progress) { return progress }
        try world.run(until: world.time + .milliseconds(100))
      }
      throw InvalidScenario(description: "the sync never came so far")
    }

    func text(_ progress: SyncProgress, instance: String? = nil) -> String {
      HostStateText(
        group: "GID-fdf5516b", generation: 7, state: progress.total == .zero ? .active : .syncing,
        instance: instance, progress: progress,
        disks: [.init(identifier: "RDID-aa0132e8", progress: progress)]
      ).stateText
    }

    var listing: ReplicaListing {
      ReplicaListing(
        of: world.replications[0].replica,
        names: .init(
          folder: "sql", machine: "sql", group: "GID-fdf5516b", diskIDs: ["RDID-aa0132e8"], disks: ["sql"],
          testImageFolder: "52bcb8b0", objective: .hours(4)))
    }

    /// The redo logs by their number.
    var logSizes: [String: ByteCount] {
      var sizes: [String: ByteCount] = [:]
      for file in listing.files where file.name.hasPrefix("hbrdisk.") && file.name.contains("-delta") {
        sizes[String(file.name.split(separator: ".")[2])] = file.size
      }
      return sizes
    }
  }

  private static func log(mebibytes: UInt64) -> ByteCount { .bytes(24_576) + .mebibytes(mebibytes) }

  @Test func `The full sync shows 24 percent with some 2.2 of 10 GB compared and 240 MB to send`() throws {
    var lab = try LabRun()
    let progress = try lab.run { $0.percent == 24 }

    // Of what is compared a share of 10.5 % differs: (2,294 + 240.5) / (10,240 + 240.5) = 24.18 %. The steps of the
    // comparison are 64 MiB here, so that the first sample with 24 % may have compared 2.3 GB.
    let text = lab.text(progress)
    #expect(text.contains("Group State: full sync (24% done: checksummed 2."))
    #expect(progress.checksummed >= .mebibytes(2_200) && progress.checksummed <= .mebibytes(2_355))
    #expect(progress.toTransfer.isWithin(percent: 2, of: .bytes(252_182_528)))
    #expect(lab.world.replications[0].source.status == .initialFullSync)
    // Nothing can be recovered, and the files say so: a base disk and no descriptor of the group.
    #expect(lab.listing.files.map(\.name) == ["sql-flat.vmdk", "sql.vmdk"])
  }

  @Test func `The first delta has 146.3 MB, and shows 68 percent with 100 MB sent`() throws {
    var lab = try LabRun()
    let progress = try lab.run { $0.total == .zero && $0.percent == 68 }

    // 100.1 / 146.3 = 68.4 %.
    let text = lab.text(progress, instance: "replica-0")
    #expect(text.contains("(instanceId=replica-0) (68% done: transferred "))
    #expect(text.contains(" MB of 146.3 MB)"))
    #expect(abs(Int64(progress.transferred.bytes) - 104_962_457) < 2 << 20)
  }

  @Test func `A delta of 336.6 MB is sent in two minutes, merged in two minutes and leaves an empty log`()
    throws
  {
    var lab = try LabRun()
    try lab.world.run(until: .minutes(59))
    #expect(lab.logSizes == ["2": .bytes(24_576)])
    try lab.world.run(until: .minutes(60))
    let progress = try lab.run { $0.percent == 23 }

    // 78.7 / 336.6 = 23.4 %, after some 28 s; the log grows in steps of 16 MiB.
    #expect(lab.text(progress, instance: "replica-1").contains("(23% done: transferred "))
    #expect(lab.text(progress).contains(" MB of 336.6 MB)"))
    #expect(lab.logSizes == ["2": Self.log(mebibytes: 80)])
    // 352,964,919 B / 3 MB/s = 117.7 s. 22 · 16 MiB hold 336.6.
    try lab.world.run(until: .minutes(62))
    #expect(lab.logSizes == ["2": Self.log(mebibytes: 352), "3": .bytes(24_576)])
    // Merged at 3 MB/s.
    try lab.world.run(until: .minutes(64))
    #expect(lab.logSizes == ["3": .bytes(24_576)])
    #expect(
      lab.listing.files.map(\.name) == [
        "hbrcfg.GID-fdf5516b.2.vmx.4", "hbrcfg.GID-fdf5516b.2.vmxf.5", "hbrcfg.GID-fdf5516b.2.nvram.6",
        "hbrdisk.RDID-aa0132e8.3.0-delta.vmdk", "hbrdisk.RDID-aa0132e8.3.0.vmdk", "hbrgrp.GID-fdf5516b.txt",
        "sql-flat.vmdk", "sql.vmdk",
      ])
  }

  @Test func `In the test the log above the base grows from 288 to 368 MB, and the clean-up merges it`()
    throws
  {
    var lab = try LabRun()
    try lab.world.run(until: .minutes(121))
    // The idle instance of minute 90 is the third; its log is merged at once.
    #expect(lab.logSizes == ["4": .bytes(24_576)])
    #expect(lab.listing.files.contains { $0.name == "52bcb8b0/hbrimagedisk.RDID-aa0132e8-delta.vmdk" })
    try lab.world.run(until: .minutes(160))
    #expect(lab.logSizes == ["4": Self.log(mebibytes: 288), "5": .bytes(24_576)])
    try lab.world.run(until: .minutes(213))
    #expect(
      lab.logSizes == ["4": Self.log(mebibytes: 288), "5": Self.log(mebibytes: 368), "6": .bytes(24_576)])
    try lab.world.run(until: .minutes(220))
    #expect(lab.logSizes == ["4": Self.log(mebibytes: 368), "6": .bytes(24_576)])
    // The image goes, and what came meanwhile is merged into the base.
    try lab.world.run(until: .minutes(310))
    #expect(lab.logSizes == ["6": .bytes(24_576)])
    #expect(!lab.listing.files.contains { $0.name.hasPrefix("52bcb8b0") })
    #expect(lab.world.replications[0].source.status == .ok)
  }

  @Test func `The deltas of the run have the published sizes`() throws {
    let record = try run(
      .shipped("published/lab-run-2012.json"), traceFolder: Scenario.shippedFolder + "/published")

    // 18,727, 43,085, 36,864 and 47,104 extents of 8 KiB, and 12,599 B of configuration with each instance.
    let extents: [UInt64] = [18_727, 43_085, 0, 36_864, 47_104]
    #expect(record.deltas.map(\.payloadSize) == extents.map { .extents($0) })
    #expect(record.deltas.map(\.wireSize) == extents.map { .extents($0) + .bytes(12_599) })
    // 10.5 % of 1,310,720 extents differ, 137,626. Release 5.0 leaves nothing to the delta: of the 18,727 extents written
    // meanwhile, ahead of the comparison, the 89.5 % that did not differ anyway are sent too, 16,761. Chance moves
    // both by some 350.
    #expect(record.fullSyncs[0].payloadSize.isWithin(percent: 1, of: .extents(154_387)))
    #expect(record.fullSyncs[0].checksummedSize == .gibibytes(10))
  }
}
