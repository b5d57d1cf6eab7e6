import BlockStorage
import Quantities
import ReplicationCore
import Testing

@Suite struct ReplicaListingTests {
  @Test func `An idle instance costs 12,599 bytes for 12,143 bytes of files`() {
    let parameters = TargetParameters()
    #expect(parameters.configurationSize == .bytes(3_201 + 258 + 8_684))
    // Chunks of 8 KiB: one of vmx, one of vmxf and two of nvram, each with 114 bytes more.
    #expect(parameters.configurationTransferSize == .bytes(12_143 + 4 * 114))
    #expect(parameters.configurationTransferSize == .bytes(12_599))
  }

  /// The published trace of a 10 GiB disk (virtuallyhyper.com, 2012) on a disk of 512 MiB: its deltas, the test
  /// failover and its clean-up.
  @Test func `Redo logs grow and vanish as in the published trace`() throws {
    let pair = try ReplicationPair(
      disks: [disk(65_536)], objective: .hours(24), bytesPerSecond: 2_500_000,
      parameters: ReplicationParameters())
    pair.mergeDelay = .minutes(2)
    let mebibyte = 128
    func size(mebibytes: UInt64) -> ByteCount { .bytes(24_576) + .mebibytes(mebibytes) }
    #expect(pair.logSizes == ["2": .bytes(24_576)])

    // 146.3 MB arrive in a minute; 10 × 16 MiB hold them.
    pair.write(0..<18_727)
    try pair.requestSync()
    try pair.run(for: .seconds(62))
    #expect(pair.logSizes == ["2": size(mebibytes: 160), "3": .bytes(24_576)])
    try pair.run(for: .seconds(122))
    #expect(pair.logSizes == ["3": .bytes(24_576)])

    // 336.6 MB, a third of which is there after 47 s: 112 MiB.
    pair.write(18_000..<18_000 + 43_085)
    try pair.requestSync()
    try pair.run(for: .seconds(46))
    #expect(pair.logSizes == ["3": size(mebibytes: 112)])
    try pair.run(for: .seconds(100))
    #expect(pair.logSizes == ["3": size(mebibytes: 352), "4": .bytes(24_576)])
    try pair.runUntilQuiet()
    #expect(pair.logSizes == ["4": .bytes(24_576)])

    // The test: 288 MiB gather in the first log above the frozen disk.
    let image = try pair.changeTarget { try $0.beginTestImage() }[0]
    image.write(0..<1, payloads: [UInt64(1)].span.bytes)
    pair.write(0..<288 * mebibyte)
    try pair.requestSync()
    try pair.runUntilQuiet()
    #expect(pair.logSizes == ["4": size(mebibytes: 288), "5": .bytes(24_576)])
    #expect(pair.listing["52bcb8b0/hbrimagedisk.RDID-0-delta.vmdk"]?.size == .bytes(16_801_792))

    // A delta of 368 MiB holds the 288 and is merged into their log.
    pair.write(0..<368 * mebibyte)
    try pair.requestSync()
    try pair.run(for: .seconds(156))
    #expect(
      pair.logSizes
        == ["4": size(mebibytes: 288), "5": size(mebibytes: 368), "6": .bytes(24_576)])
    try pair.runUntilQuiet()
    #expect(pair.logSizes == ["4": size(mebibytes: 368), "6": .bytes(24_576)])
    let generations = pair.listing.files.filter { $0.name.contains(".vmx.") }.map(\.name)
    #expect(generations == ["hbrcfg.GID-fdf5516b.3.vmx.7", "hbrcfg.GID-fdf5516b.5.vmx.13"])

    try pair.changeTarget { try $0.removeTestImage() }
    try pair.runUntilQuiet()
    #expect(pair.logSizes == ["6": .bytes(24_576)])
    #expect(
      pair.listing.files.map(\.name) == [
        "hbrcfg.GID-fdf5516b.5.vmx.13", "hbrcfg.GID-fdf5516b.5.vmxf.14", "hbrcfg.GID-fdf5516b.5.nvram.15",
        "hbrdisk.RDID-0.6.0-delta.vmdk", "hbrdisk.RDID-0.6.0.vmdk", "hbrgrp.GID-fdf5516b.txt",
        "sql-flat.vmdk",
        "sql.vmdk",
      ])
    pair.checkReplicaEqualsSource()
  }

  @Test func `Before the first instance there is only the base disk`() throws {
    let pair = try ReplicationPair(disks: [disk(64, used: 64)], replica: .empty, objective: .hours(24))
    try pair.run(for: .seconds(10))
    #expect(pair.target.groupState == .fullsync)
    #expect(pair.listing.files.map(\.name) == ["sql-flat.vmdk", "sql.vmdk"])
  }

  @Test func `The descriptor tells instances, files and disks`() throws {
    let pair = try ReplicationPair.manual(.keeping(5))
    try pair.replicate(0..<4)
    let text = """
      # Recovery descriptor of a replication group
      group.id = "GID-fdf5516b"
      group.rpo = "240"
      group.paused = "0"
      group.instanceSeq = "1"
      group.instances = "2"
      instance.0.label = "replica-0"
      instance.0.start = "0"
      instance.0.complete = "0"
      instance.0.transferBytes = "12599"
      instance.0.diskCount = "1"
      instance.0.fileCount = "3"
      instance.0.file.0.id = "sql.vmx"
      instance.0.file.0.path.relpath = "sql/hbrcfg.GID-fdf5516b.1.vmx.1"
      instance.0.file.1.id = "sql.vmxf"
      instance.0.file.1.path.relpath = "sql/hbrcfg.GID-fdf5516b.1.vmxf.2"
      instance.0.file.2.id = "sql.nvram"
      instance.0.file.2.path.relpath = "sql/hbrcfg.GID-fdf5516b.1.nvram.3"
      instance.1.label = "replica-1"
      instance.1.start = "60"
      instance.1.complete = "64"
      instance.1.transferBytes = "45367"
      instance.1.diskCount = "1"
      instance.1.fileCount = "3"
      instance.1.file.0.id = "sql.vmx"
      instance.1.file.0.path.relpath = "sql/hbrcfg.GID-fdf5516b.2.vmx.4"
      instance.1.file.1.id = "sql.vmxf"
      instance.1.file.1.path.relpath = "sql/hbrcfg.GID-fdf5516b.2.vmxf.5"
      instance.1.file.2.id = "sql.nvram"
      instance.1.file.2.path.relpath = "sql/hbrcfg.GID-fdf5516b.2.nvram.6"
      disk.count = "1"
      disk.0.id = "RDID-0"
      disk.0.instance.0.path.relpath = "sql/sql.vmdk"
      disk.0.instance.0.groupInstance = "replica-0"
      disk.0.instance.0.transferBytes = "0"
      disk.0.instance.0.transferSeconds = "0"
      disk.0.instance.0.quiescedType = "0"
      disk.0.instance.0.isComplete = "1"
      disk.0.instance.1.path.relpath = "sql/hbrdisk.RDID-0.2.0.vmdk"
      disk.0.instance.1.groupInstance = "replica-1"
      disk.0.instance.1.transferBytes = "32768"
      disk.0.instance.1.transferSeconds = "4"
      disk.0.instance.1.quiescedType = "0"
      disk.0.instance.1.isComplete = "1"
      disk.0.instance.2.path.relpath = "sql/hbrdisk.RDID-0.3.0.vmdk"
      disk.0.instance.2.isComplete = "0"

      """
    // 4 × 8,192 + 12,599 = 45,367 bytes.
    #expect(pair.listing.groupDescriptor == text)
    #expect(pair.listing["hbrgrp.GID-fdf5516b.txt"]?.size == .bytes(UInt64(text.utf8.count)))
  }
}
