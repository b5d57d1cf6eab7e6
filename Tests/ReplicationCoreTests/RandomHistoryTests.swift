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
    private var isMoving = false

    init(seed: UInt64, payloadWidth: Int) throws {
      var random = RandomStream(seed: seed, name: "history")
      var parameters = ReplicationParameters.small
      parameters.checksumRegionExtents = 1 + Int(random.next(below: 20))
      parameters.compareRequestRegions = 1 + Int(random.next(below: 4))
      parameters.compareRequestsInFlight = 1 + Int(random.next(below: 3))
      parameters.chunkSize = extents(1 + random.next(below: 16))
      parameters.chunksInFlight = 1 + Int(random.next(below: 3))
      parameters.usesAllocationInformation = random.next(below: 4) > 0
      parameters.allocationKnowledge = AllocationKnowledge.allCases[Int(random.next(below: 4))]
      parameters.optimizesFullSync = random.next(below: 4) > 0
      parameters.optimizesUnmap = random.next(below: 2) == 0
      parameters.collidingUnmaps = CollidingUnmapPolicy.allCases[Int(random.next(below: 4))]
      parameters.continuesSyncsAcrossMigration = random.next(below: 2) == 0
      parameters.copiesSnapshotBlocks = random.next(below: 2) == 0
      parameters.growsDisksOnline = random.next(below: 4) > 0
      if random.next(below: 3) == 0 { parameters.demandLog.capacity = .bytes(8_704 * random.next(below: 60)) }
      if random.next(below: 2) == 0 { parameters.configurationFiles = .traced }
      var objective = TimeSpan.seconds(60 + Int64(random.next(below: 400)))
      var options = ReplicationOptions()
      options.replicatesAddedDisks = random.next(below: 2) == 0
      if random.next(below: 4) == 0 {
        objective = .seconds(900 + Int64(random.next(below: 400)))
        options.quiescing = try Quiescing(
          .fileSystem, prepareTime: .seconds(Int64(random.next(below: 100))), objective: objective)
      }
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
        // Above 60 s: an empty delta of 2 × 8 s round trip and 12.6 s for the configuration at the slowest, a
        // fifth more and as long again, leave pauses.
        disks: disks, replica: replica, objective: objective,
        policy: random.next(below: 2) == 0
          ? .fixedInterval : .latestStart(history: 3, safetyFactor: .percent(120)),
        bytesPerSecond: 1_000 + random.next(below: 200_000),
        latency: .milliseconds(Int64(random.next(below: 3) * random.next(below: 4_000))),
        parameters: parameters, options: options)
      pair.mergeDelay = .milliseconds(Int64(random.next(below: 200_000)))
      self.random = random
    }

    mutating func nextDisk() -> Int { Int(random.next(below: UInt64(pair.disks.count))) }

    mutating func write() {
      // A disk that is not replicated yet is not tracked either.
      let index = pair.source.configurationProblem == nil ? nextDisk() : 0
      let extentCount = pair.disks[index].geometry.extentCount
      let start = Int(random.next(below: UInt64(extentCount)))
      let longest = random.next(below: 8) == 0 ? extentCount - start : min(4, extentCount - start)
      let run = start..<start + 1 + Int(random.next(below: UInt64(longest)))
      switch random.next(below: 8) {
      case 0: pair.discard(run, disk: index)
      case 1:
        // Any bytes of the run, often its whole extents.
        let size = pair.disks[index].geometry.extentSize.bytes
        let start = UInt64(run.lowerBound) * size + random.next(below: 2) * random.next(below: size)
        pair.unmap(start..<UInt64(run.upperBound) * size, disk: index)
      default: pair.write(run, disk: index)
      }
    }

    mutating func step() throws {
      switch random.next(below: 50) {
      case 0: try pair.pathFlips()
      case 1: try powerFlips()
      case 2:
        if isOn || random.next(below: 4) == 0 {
          try pair.failHost()
          (isOn, isMoving) = (false, false)
        }
      case 3:
        isPaused ? try pair.resume() : try pair.pause()
        isPaused.toggle()
      case 4: try pair.requestSync()
      case 5: try pair.requestFullSync()
      case 6...9: try heal()
      case 10...24: try pair.run(for: .milliseconds(Int64(random.next(below: 30_000))))
      case 25: try pair.run(for: .milliseconds(Int64(random.next(below: 600_000))))
      case 26: try moves()
      case 27: _ = try pair.takeSnapshot()
      case 28: try offlineInstanceFlips()
      case 29: try pair.failDemandLog()
      case 30: try pair.recoverDemandLog()
      case 31: try losesTracking()
      case 32: try changesDisks()
      case 33: if !isOn, !pair.source.isSyncing { try pair.restoreFromFiles() }
      default: if isOn { write() }
      }
    }

    private mutating func powerFlips() throws {
      if isOn {
        try pair.powerOff()
      } else if !pair.source.isLocked {
        try pair.powerOn()
      } else {
        return
      }
      isOn.toggle()
      isMoving = false
    }

    private mutating func moves() throws {
      guard isOn else { return }
      if isMoving {
        try pair.endMigration()
        // It is moving until the new host has taken over.
        try pair.run(for: .seconds(3))
        isMoving = false
      } else {
        try pair.beginMigration()
        isMoving = true
      }
    }

    private mutating func offlineInstanceFlips() throws {
      if pair.source.isLocked {
        try pair.stopOfflineInstance()
      } else if !isOn, !isPaused, pair.source.configurationProblem == nil {
        try pair.requestOfflineInstance()
      }
    }

    private mutating func losesTracking() throws {
      let index = pair.source.configurationProblem == nil ? nextDisk() : 0
      let start = Int(random.next(below: UInt64(pair.disks[index].geometry.extentCount)))
      try pair.revertSnapshot(start..<start + 1, to: random.next(below: 3), disk: index)
    }

    /// A disk grows, is added or is removed.
    private mutating func changesDisks() throws {
      guard pair.source.configurationProblem == nil else { return }
      switch random.next(below: 3) {
      case 0:
        let index = nextDisk()
        let extentCount = pair.disks[index].geometry.extentCount + Int(random.next(below: 20))
        try pair.grow(disk: index, to: extentCount)
        try pair.resizeReplica()
      case 1:
        guard pair.disks.count < 4 else { return }
        let extentCount = 1 + Int(random.next(below: 60))
        try pair.addDisk(
          disk(
            extentCount, used: Int(random.next(below: UInt64(extentCount))),
            payloadWidth: pair.disks[0].geometry.payloadWidth))
      default:
        guard pair.disks.count > 1 else { return }
        let removed = nextDisk()
        let kept = pair.disks.indices.filter { $0 != removed }
        try pair.reconfigure(kept.map { .kept($0) }, disks: kept.map { pair.disks[$0] })
      }
    }

    mutating func heal() throws {
      if !pair.isPathUp { try pair.restorePath() }
      if pair.source.isLocked { try pair.stopOfflineInstance() }
      if !isOn { try pair.powerOn() }
      if isPaused { try pair.resume() }
      if isMoving { try moves() }
      try pair.recoverDemandLog()
      if pair.source.configurationProblem != nil {
        let trackedCount = pair.bases.count
        try pair.reconfigure(
          pair.disks.indices.map { index in
            index < trackedCount ? .kept(index) : .added(pair.disks[index].geometry)
          }, disks: pair.disks)
      }
      (isOn, isPaused) = (true, false)
    }
  }

  @Test(arguments: [8, 64])
  func `A replica is never wrong and in the end is its source`(payloadWidth: Int) throws {
    for seed in 0..<60 as Range<UInt64> {
      var history = try History(seed: seed, payloadWidth: payloadWidth)
      do {
        for _ in 0..<150 { try history.step() }
        try history.heal()
        try history.pair.run(for: .seconds(400))
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
