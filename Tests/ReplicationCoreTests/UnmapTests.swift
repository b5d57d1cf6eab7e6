import BlockStorage
import Quantities
import ReplicationCore
import Testing

@Suite struct UnmapTests {
  @Test func `Whole extents are freed and the ends are written`() throws {
    let pair = try ReplicationPair(disks: [disk(64, used: 64)])
    // Half of extent 0, extents 1 and 2, one byte of extent 3.
    #expect(
      pair.unmap(4_096..<24_577)
        == .passed(freed: [1..<3], written: [0..<1, 3..<4], cost: .none))
    #expect(pair.unmap(100..<200) == .passed(freed: [], written: [0..<1], cost: .none))
    // From the midst of extent 9 to the midst of extent 10, neither of which is freed.
    #expect(pair.unmap(80_000..<84_000) == .passed(freed: [], written: [9..<11], cost: .none))
    #expect(pair.unmap(5..<5) == .withoutEffect)
    #expect(pair.source.dirtySize == extents(4 + 2))
    try pair.requestSync()
    try pair.runUntilQuiet()
    #expect(pair.bases[0].tag(of: 1) == 0)
    pair.checkReplicaEqualsSource()
  }

  @Test func `The last extent of a disk is freed as far as the disk goes`() throws {
    let odd = ExtentStore(geometry: ExtentGeometry(diskSize: .bytes(3 * 8_192 + 100)))
    let pair = try ReplicationPair(disks: [odd])
    #expect(pair.unmap(8_192..<24_676) == .passed(freed: [1..<4], written: [], cost: .none))
  }

  /// The delta of extents 0 to 19 starts at 100 s; at 104 s those from 12 on are not yet read.
  @Test(
    arguments: [
      (.preserve, .passed(freed: [10..<30], written: [], cost: WriteCost(copiedExtents: 8)), 20),
      (.refuse, .refused, 0),
      (.ignore, .withoutEffect, 0),
      (.freeTheRest, .passed(freed: [10..<12, 20..<30], written: [], cost: .none), 12),
    ] as [(CollidingUnmapPolicy, UnmapOutcome, UInt64)])
  func `A colliding UNMAP follows its policy`(
    policy: CollidingUnmapPolicy, expected: UnmapOutcome, dirty: UInt64
  ) throws {
    var parameters = ReplicationParameters.small
    parameters.collidingUnmaps = policy
    let pair = try ReplicationPair(disks: [disk(64, used: 64)], parameters: parameters)
    pair.write(0..<20)
    try pair.run(until: seconds(104))
    #expect(pair.unmap(extents: 10..<30) == expected)
    #expect(pair.source.dirtySize == extents(dirty))
    try pair.run(until: seconds(150))
    try pair.checkNewestInstance()
    try pair.requestSync()
    try pair.runUntilQuiet()
    pair.checkReplicaEqualsSource()
  }

  @Test func `An UNMAP of what is preserved already collides with nothing`() throws {
    var parameters = ReplicationParameters.small
    parameters.collidingUnmaps = .refuse
    let pair = try ReplicationPair(disks: [disk(64, used: 64)], parameters: parameters)
    pair.write(0..<20)
    try pair.run(until: seconds(104))
    pair.write(12..<20)
    #expect(
      pair.unmap(extents: 10..<20) == .passed(freed: [10..<20], written: [], cost: .none))
    try pair.run(until: seconds(150))
    try pair.checkNewestInstance()
  }

  @Test func `The optimisation leaves zeros clean and misses nothing between them`() throws {
    var parameters = ReplicationParameters.small
    parameters.optimizesUnmap = true
    let pair = try ReplicationPair(disks: [disk(64, used: 10)], parameters: parameters)
    pair.write(20..<25)
    pair.write(40..<41)
    try pair.run(until: seconds(199))
    pair.unmap(extents: 5..<64)
    // 5 to 9, 20 to 24 and 40 held something.
    #expect(pair.source.dirtySize == extents(5 + 5 + 1))
    try pair.run(until: seconds(250))
    pair.checkReplicaEqualsSource()
  }

  /// A trim frees all that the file system does not use: *size − used + deleted*, written before or not.
  ///
  /// 10 − 1 = 9 and 10 − 9 + 2 = 3. VMware, vSphere Replication 8.5 documentation: at least 9 and 3 TB are sent.
  @Test(arguments: [(1, 0, 9), (9, 2, 3)] as [(UInt64, UInt64, UInt64)])
  func `A trim of a 10 TiB disk makes dirty what its file system does not use`(
    used: UInt64, deleted: UInt64, expected: UInt64
  ) {
    // In place of the product's 32 KiB, to spare memory; the sum is the same.
    let geometry = ExtentGeometry(diskSize: .tebibytes(10), extentSize: .mebibytes(1))
    let perTebibyte = ByteCount.tebibytes(1).bytes
    let usedExtents = Int(used * perTebibyte / geometry.extentSize.bytes)
    let image = BaseImage(usedExtentCount: usedExtents, tag: 7)
    for isOptimized in [false, true] {
      var parameters = ReplicationParameters()
      parameters.optimizesUnmap = isOptimized
      let disk = ExtentStore(geometry: geometry, image: image)
      var source = ReplicationSource(
        disks: [geometry],
        schedule: SyncSchedule(objective: .hours(1), policy: .fixedInterval, imageTime: .zero),
        hasReplica: true, parameters: parameters)
      _ = source.guestWillUnmap((used - deleted) * perTebibyte..<10 * perTebibyte, disk: 0, reading: disk)
      // With the optimisation only what held something changes: what was deleted.
      #expect(source.dirtySize == .tebibytes(isOptimized ? deleted : expected))
    }
  }

  /// The same on the wire: a hundred extents for each terabyte.
  @Test(arguments: [(100, 0, 900), (900, 200, 300)] as [(Int, Int, UInt64)])
  func `What a trim frees is sent in full`(used: Int, deleted: Int, expected: UInt64) throws {
    let pair = try ReplicationPair(
      disks: [disk(1_000, used: used)], bytesPerSecond: 1 << 30, parameters: ReplicationParameters())
    pair.unmap(extents: used - deleted..<1_000)
    try pair.run(until: seconds(101))
    try pair.runUntilQuiet()
    #expect(pair.payloadSent == extents(expected))
    pair.checkReplicaEqualsSource()
  }
}
