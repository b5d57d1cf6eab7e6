import BlockStorage
import Quantities
import ReplicationCore
import Testing

@Suite struct FullSyncProgressTests {
  /// Samples of a trace of vSphere 5.0 (virtuallyhyper.com, 2012).
  ///
  /// It shows 24 % with 2.2 of 10 GB compared and 240 MB sent, all
  /// rounded; 2.25 rounds to 2.2 or 2.3 and gives (2,250 + 240) / (10,000 + 240) = 24.3 %. The comparison alone would
  /// be 22 %.
  @Test func `Progress counts what was compared and what was sent`() {
    let sample = SyncProgress(
      checksummed: .megabytes(2_250), total: .megabytes(10_000), transferred: .megabytes(240),
      toTransfer: .megabytes(240))
    #expect(sample.percent == 24)
    // The instance of 146.3 MB was once shown at 68 %, that of 336.6 MB at 23 %.
    func delta(_ transferred: UInt64, of total: UInt64) -> Int {
      SyncProgress(
        checksummed: .zero, total: .zero, transferred: .bytes(transferred * 100_000),
        toTransfer: .bytes(total * 100_000)
      ).percent
    }
    #expect(delta(1_000, of: 1_463) == 68)
    #expect(delta(800, of: 3_366) == 23)
    #expect(delta(1_462, of: 1_463) == 99 && delta(0, of: 0) == 100)
  }

  @Test func `A full sync is at 100 per cent when it is done`() throws {
    let pair = try ReplicationPair(disks: [disk(64, used: 64)], replica: .empty)
    // A stretch of 16 extents was taken without comparing, and two messages of 4 were sent of it:
    // (16 + 8) / (64 + 16) = 30 %.
    #expect(pair.source.progress == nil)
    try pair.run(until: seconds(0))
    #expect(
      pair.source.progress
        == SyncProgress(
          checksummed: extents(16), total: extents(64), transferred: extents(8), toTransfer: extents(16)))
    #expect(pair.source.progress?.percent == 30)
    pair.write(60..<64)
    var last: SyncProgress?
    while pair.now < seconds(59) {
      try pair.run(for: .seconds(1))
      last = pair.source.progress ?? last
    }
    // 60 to 63 were left to the delta.
    #expect(last?.transferred == extents(60) && last?.percent == 100)
  }

  @Test func `A comparison that is not answered is not progress`() throws {
    let pair = try ReplicationPair(
      disks: [disk(64, used: 64)], latency: .seconds(5))
    try pair.requestFullSync()
    try pair.run(until: seconds(11))
    // Ready is heard at 10 s; two requests of 16 extents are under way.
    #expect(pair.source.progress?.checksummed == .zero && pair.source.progress?.percent == 0)
    try pair.run(until: seconds(21))
    #expect(pair.source.progress?.checksummed == extents(32))
  }

  @Test(arguments: AllocationKnowledge.allCases)
  func `Allocation known at the target spares comparisons, at the source reads`(
    knowledge: AllocationKnowledge
  ) throws {
    var parameters = ReplicationParameters.small
    parameters.allocationKnowledge = knowledge
    let pair = try ReplicationPair(
      disks: [disk(64, used: 20)], replica: .empty, parameters: parameters)
    try pair.runUntilQuiet()
    #expect(pair.checksumsSent == .bytes(knowledge.isKnownAtTarget ? 0 : 8 * 16))
    #expect(pair.payloadSent == extents(20))
    pair.checkReplicaEqualsSource()

    // 20 extents lie in three regions of 8.
    let request = CompareRequest(disk: 0, extents: 0..<64, regionExtents: 8, checksums: [])
    let reads = pair.source.compareReads(of: request, reading: pair.disks)
    #expect(reads.source == extents(knowledge.isKnownAtSource ? 24 : 64))
    #expect(reads.target == extents(64))
  }

  @Test(arguments: [(true, 54), (false, 64)] as [(Bool, UInt64)])
  func `What is written during a full sync is left to the delta or sent twice`(
    isOptimized: Bool, sent: UInt64
  ) throws {
    var parameters = ReplicationParameters.small
    parameters.optimizesFullSync = isOptimized
    let pair = try ReplicationPair(
      disks: [disk(64, used: 64)], replica: .empty, parameters: parameters)
    try pair.run(until: seconds(10))
    pair.write(40..<50)
    try pair.runUntilQuiet()
    #expect(pair.account(of: .fullSync)?.payloadSize == extents(sent))
    #expect(pair.account(of: .delta)?.payloadSize == extents(10))
    pair.checkReplicaEqualsSource()
  }

  @Test func `After an interruption the comparison starts over and what arrived costs checksums only`() throws
  {
    var parameters = ReplicationParameters.small
    parameters.usesAllocationInformation = false
    let pair = try ReplicationPair(
      disks: [disk(64, used: 64)], replica: .empty, parameters: parameters)
    try pair.run(until: seconds(20))
    try pair.cutPath()
    try pair.run(until: seconds(100))
    let arrived = pair.bases[0].content.count
    #expect(arrived > 0 && arrived < 64)
    try pair.restorePath()
    try pair.runUntilQuiet()
    #expect(pair.account(of: .fullSync)?.comparedSize == extents(64))
    #expect(pair.account(of: .fullSync)?.payloadSize == extents(UInt64(64 - arrived)))
    pair.checkReplicaEqualsSource()
  }
}
