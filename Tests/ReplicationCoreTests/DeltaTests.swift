import BlockStorage
import Quantities
import RandomStreams
import ReplicationCore
import Testing

@Suite struct DeltaTests {
  /// A write at exactly the switch belongs to the next interval; 1 MiB is 128 extents.
  @Test(arguments: [(1, 24), (24, 1)] as [(Int64, UInt64)])
  func `A mebibyte rewritten hourly is sent as often as the objective asks`(
    objectiveHours: Int64, mebibytesPerDay: UInt64
  ) throws {
    let pair = try ReplicationPair(
      disks: [disk(256)], objective: .hours(objectiveHours), bytesPerSecond: 1 << 20,
      parameters: ReplicationParameters())
    for hour in 0..<24 as Range<Int64> {
      try pair.run(until: .zero + .hours(hour))
      pair.write(64..<192)
    }
    // The switch at 24 h takes the write of 23 h along, and not one at 24 h.
    try pair.run(until: .zero + .hours(24))
    pair.write(64..<192)
    try pair.run(until: .zero + .hours(24) + .minutes(1))

    #expect(pair.payloadSent == .mebibytes(mebibytesPerDay))
    #expect(pair.source.dirtySize == .mebibytes(1))
    try pair.checkNewestInstance()
  }

  @Test func `Guest writes during a transfer cost a copy only where it has not yet read`() throws {
    let pair = try ReplicationPair(disks: [disk(64, used: 64)])
    pair.write(0..<20)
    // The delta starts at 100 s. At once two messages of 4 extents are read; at 104 s a third.
    try pair.run(until: seconds(104))
    pair.write(0..<16)

    try pair.run(until: seconds(150))

    #expect(pair.account(of: .delta)?.preservedExtents == 4, "12, 13, 14 and 15")
    #expect(pair.account(of: .delta)?.payloadSize == extents(20))
    #expect(pair.account(of: .delta)?.startedAt == seconds(100))
    #expect(pair.instances.last?.at == seconds(120))
    #expect(pair.source.dirtySize == extents(16))
    try pair.checkNewestInstance()
  }

  @Test func `An instance is recoverable when the last of its disks is complete`() throws {
    let pair = try ReplicationPair(disks: [disk(64, used: 64), disk(64, used: 64)])
    pair.write(0..<4, disk: 0)
    pair.write(0..<8, disk: 1)
    try pair.run(until: seconds(111))
    #expect(pair.target.newestInstance?.sequence == 0, "11 of 12 extents arrived")
    #expect(pair.target.redoSize == extents(8))
    try pair.run(until: seconds(112))
    #expect(pair.target.newestInstance?.pointInTime == seconds(100))
  }

  @Test func `A redo log is recoverable before it is merged and after`() throws {
    let pair = try ReplicationPair(disks: [disk(64, used: 64)])
    pair.mergeDelay = .seconds(250)
    let tag = pair.write(0..<4)
    try pair.run(until: seconds(110))
    #expect(pair.target.nextMergeSize == extents(4))
    #expect(pair.bases[0].tag(of: 0) == 7, "not yet merged")
    #expect(pair.target.recoverableDisks?[0].tag(of: 0) == tag)
    // Two more instances arrive meanwhile: at 200 s, of one extent, and at 300 s, of none.
    pair.write(1..<2)
    try pair.run(until: seconds(353))
    #expect(pair.target.redoSize == extents(4 + 1))
    try pair.run(until: seconds(354))
    #expect(pair.target.redoSize == extents(1), "the first was complete at 104 s and took 250 s")
    #expect(pair.bases[0].tag(of: 0) == tag)
  }

  @Test func `A request brings the next delta forward and never disturbs a running one`() throws {
    let pair = try ReplicationPair(disks: [disk(64, used: 64)], objective: .hours(1))
    pair.write(0..<4)
    try pair.run(until: seconds(50))
    try pair.requestSync()
    try pair.run(until: seconds(52))
    try pair.requestSync()
    try pair.run(until: seconds(60))
    #expect(pair.instances.map(\.at) == [seconds(54)])
    try pair.run(until: .zero + .hours(2))
    // One hour after the start of the run, by the interval; the request did not shift it.
    #expect(pair.instances.map(\.instance.pointInTime) == [50, 3_600, 7_200].map { seconds($0) })
  }

  @Test func `Transfers as long as half the objective make the latest start continuous`() throws {
    // 32 extents take 32 s; the objective is 64 s.
    let pair = try ReplicationPair(
      disks: [disk(64, used: 64)], objective: .seconds(64),
      policy: .latestStart(history: 15, safetyFactor: .one))
    for second in stride(from: 0, through: 192, by: 32) as StrideThrough<Int64> {
      try pair.run(until: seconds(second))
      pair.write(0..<32)
    }
    #expect(pair.instances.map(\.instance.pointInTime) == [32, 64, 96, 128, 160].map { seconds($0) })
    #expect(pair.instances.map(\.at) == [64, 96, 128, 160, 192].map { seconds($0) })
  }

  /// The guest writes disk A, then disk B, always: a log and what the log promises.
  @Test func `No instance holds a write to the second disk without the one before it to the first`() throws {
    for seed in 0..<60 as Range<UInt64> {
      var random = RandomStream(seed: seed, name: "causal-order")
      let pair = try ReplicationPair(
        disks: [disk(32), disk(32)], replica: random.next(below: 2) == 0 ? .complete : .empty,
        objective: .seconds(20), bytesPerSecond: 8_192 * (1 + random.next(below: 4)))
      var checkedCount = 0
      for _ in 0..<60 {
        let extent = Int(random.next(below: 32))
        let first = pair.write(extent..<extent + 1, disk: 0)
        try pair.run(for: .milliseconds(Int64(random.next(below: 5) * random.next(below: 1_000))))
        #expect(pair.write(extent..<extent + 1, disk: 1) == first + 1)
        try pair.run(for: .milliseconds(Int64(random.next(below: 3_000))))
        guard let images = pair.target.recoverableDisks else { continue }
        for extent in 0..<32 where images[1].tag(of: extent) > 0 {
          // The last write to B here came right after one to A here, which A must hold, or a later one.
          #expect(images[0].tag(of: extent) >= images[1].tag(of: extent) - 1, "seed \(seed)")
          checkedCount += 1
        }
      }
      #expect(checkedCount > 0, "seed \(seed)")
    }
  }
}
