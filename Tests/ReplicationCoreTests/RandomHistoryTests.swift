import BlockStorage
import Quantities
import RandomStreams
import ReplicationCore
import Testing

/// Histories nobody thought of: the pair checks after every step what it says in its description.
@Suite struct RandomHistoryTests {
  /// A machine, its link and its luck, drawn from one stream.
  private struct History {
    var random: RandomStream
    let pair: ReplicationPair
    private var isOn = true
    private var isPaused = false

    init(seed: UInt64, payloadWidth: Int) throws {
      var random = RandomStream(seed: seed, name: "history")
      var parameters = ReplicationParameters.small
      parameters.checksumRegionExtents = 1 + Int(random.next(below: 20))
      parameters.compareRequestRegions = 1 + Int(random.next(below: 4))
      parameters.compareRequestsInFlight = 1 + Int(random.next(below: 3))
      parameters.chunkSize = extents(1 + random.next(below: 16))
      parameters.chunksInFlight = 1 + Int(random.next(below: 3))
      parameters.usesAllocationInformation = random.next(below: 4) > 0
      let disks = (0..<1 + Int(random.next(below: 3))).map { _ in
        let extentCount = 1 + Int(random.next(below: 150))
        return disk(
          extentCount, used: Int(random.next(below: UInt64(extentCount) + 1)), payloadWidth: payloadWidth)
      }
      let replica: ReplicationPair.Replica
      switch random.next(below: 3) {
      case 0: replica = .empty
      case 1: replica = .complete
      default:
        replica = .seeds(
          disks.map { disk in
            let seed = random.next(below: 2) == 0 ? disk.copy() : ExtentStore(geometry: disk.geometry)
            for _ in 0..<random.next(below: 5) {
              let extent = Int(random.next(below: UInt64(disk.geometry.extentCount)))
              seed.fill(extent..<extent + 1, tag: random.next(below: 3))
            }
            return seed
          })
      }
      pair = try ReplicationPair(
        // Above 36 s: an empty delta of 2 × 8 s round trip, a fifth more and as long again leave pauses.
        disks: disks, replica: replica, objective: .seconds(40 + Int64(random.next(below: 400))),
        policy: random.next(below: 2) == 0
          ? .fixedInterval : .latestStart(history: 3, safetyFactor: .percent(120)),
        bytesPerSecond: 1_000 + random.next(below: 200_000),
        latency: .milliseconds(Int64(random.next(below: 3) * random.next(below: 4_000))),
        parameters: parameters)
      pair.mergeDelay = .milliseconds(Int64(random.next(below: 200_000)))
      self.random = random
    }

    mutating func write() {
      let index = Int(random.next(below: UInt64(pair.disks.count)))
      let extentCount = pair.disks[index].geometry.extentCount
      let start = Int(random.next(below: UInt64(extentCount)))
      let longest = random.next(below: 8) == 0 ? extentCount - start : min(4, extentCount - start)
      let run = start..<start + 1 + Int(random.next(below: UInt64(longest)))
      if random.next(below: 8) == 0 {
        pair.discard(run, disk: index)
      } else {
        pair.write(run, disk: index)
      }
    }

    mutating func step() throws {
      switch random.next(below: 40) {
      case 0: try pair.pathFlips()
      case 1:
        isOn ? try pair.powerOff() : try pair.powerOn()
        isOn.toggle()
      case 2:
        if isOn || random.next(below: 4) == 0 {
          try pair.failHost()
          isOn = false
        }
      case 3:
        isPaused ? try pair.resume() : try pair.pause()
        isPaused.toggle()
      case 4: try pair.requestSync()
      case 5: try pair.requestFullSync()
      case 6...9: try heal()
      case 10...24: try pair.run(for: .milliseconds(Int64(random.next(below: 30_000))))
      case 25: try pair.run(for: .milliseconds(Int64(random.next(below: 600_000))))
      default: if isOn { write() }
      }
    }

    mutating func heal() throws {
      if !pair.isPathUp { try pair.restorePath() }
      if !isOn { try pair.powerOn() }
      if isPaused { try pair.resume() }
      (isOn, isPaused) = (true, false)
    }
  }

  @Test(arguments: [8, 64])
  func `A replica is never wrong and in the end is its source`(payloadWidth: Int) throws {
    for seed in 0..<100 as Range<UInt64> {
      var history = try History(seed: seed, payloadWidth: payloadWidth)
      do {
        for _ in 0..<150 { try history.step() }
        try history.heal()
        // Merges that take longer than a cycle would pile up for ever.
        history.pair.mergeDelay = .seconds(1)
        try history.pair.runUntilQuiet(within: .days(30))
        try history.pair.requestSync()
        try history.pair.runUntilQuiet(within: .days(30))
        history.pair.checkReplicaEqualsSource()
        #expect(history.pair.source.status == .ok)
        #expect(history.pair.source.dirtySize == .zero)
      } catch {
        Issue.record("seed \(seed): \(error)")
      }
    }
  }
}

extension ReplicationPair {
  fileprivate func pathFlips() throws { isPathUp ? try cutPath() : try restorePath() }
}
