import BlockStorage
import Quantities
import RandomStreams
import ReplicationCore
import Testing

/// Histories nobody thought of, at the target: the pair reads every instance that can be recovered after each step.
@Suite struct TargetHistoryTests {
  private struct History {
    var random: RandomStream
    let pair: ReplicationPair
    let policy: RetentionPolicy?
    /// The plainest model of retention: every instance so far that the policy has not let go.
    private var model: [ReplicationTarget.Instance]
    private var seenInstances = 0
    /// What was written to the test image, per disk.
    private var testWrites: [ReplicationPair.Content] = []

    init(seed: UInt64) throws {
      var random = RandomStream(seed: seed, name: "target-history")
      let slots = 1 + Int(random.next(below: 6))
      policy =
        random.next(below: 3) == 0
        ? nil
        : try RetentionPolicy(tiers: [
          .init(granularity: .minutes(1 + Int(random.next(below: 15))), slotCount: slots)
        ])
      var parameters = TargetParameters()
      parameters.retention = policy
      parameters.concurrentMerges = 1 + Int(random.next(below: 3))
      parameters.provisioning = random.next(below: 2) == 0 ? .thick : .thin
      parameters.timeOfDayAtStart = .minutes(Int64(random.next(below: 1_440)))
      parameters.redoLogGrowth = extents(1 + random.next(below: 8))
      let disks = (0..<1 + Int(random.next(below: 2))).map { _ in
        let extentCount = 1 + Int(random.next(below: 60))
        return disk(extentCount, used: Int(random.next(below: UInt64(extentCount) + 1)))
      }
      pair = try ReplicationPair(
        disks: disks, replica: random.next(below: 2) == 0 ? .complete : .empty,
        objective: .seconds(60 + Int64(random.next(below: 200))),
        bytesPerSecond: 8_192 + random.next(below: 80_000),
        latency: .milliseconds(Int64(random.next(below: 2_000))), targetParameters: parameters)
      pair.mergeDelay = .milliseconds(Int64(random.next(below: 400_000)))
      model = pair.target.instances
      self.random = random
    }

    mutating func write() {
      let index = Int(random.next(below: UInt64(pair.disks.count)))
      let extentCount = pair.disks[index].geometry.extentCount
      let start = Int(random.next(below: UInt64(extentCount)))
      let run = start..<start + 1 + Int(random.next(below: UInt64(min(4, extentCount - start))))
      if random.next(below: 8) == 0 {
        pair.discard(run, disk: index)
      } else {
        pair.write(run, disk: index)
      }
    }

    mutating func step() throws {
      switch random.next(below: 40) {
      case 0: try pair.isPathUp ? pair.cutPath() : pair.restorePath()
      case 1...4: try pair.testStep(&random, writes: &testWrites)
      case 5: try interruptMerge()
      case 6:
        let hasOther = random.next(below: 2) == 0
        try pair.changeTarget { $0.hostFailed(hasOtherHost: hasOther) }
      case 7: try pair.changeTarget { $0.serverFailed() }
      case 8: try pair.requestFullSync()
      case 9: pair.datastoreSize = pair.target.spaceUse.total + extents(random.next(below: 20))
      case 10...15: try heal()
      case 16...28: try pair.run(for: .milliseconds(Int64(random.next(below: 60_000))))
      default: write()
      }
      try check()
    }

    private mutating func interruptMerge() throws {
      guard let merge = pair.target.mergesInProgress.first else { return }
      let written = extents(random.next(below: merge.size.bytes / 8_192 + 1))
      try pair.changeTarget { $0.mergeInterrupted(merge, written: written) }
    }

    mutating func heal() throws {
      if !pair.isPathUp { try pair.restorePath() }
      pair.datastoreSize = nil
      try pair.changeTarget {
        $0.serverRestarted()
        $0.hostBecameAccessible()
      }
    }

    /// Compares retention with the model, the test image with what was written to it, and space with the files.
    private mutating func check() throws {
      let target = pair.target
      for completed in pair.instances[seenInstances...] {
        model.append(completed.instance)
        let latest = completed.instance
        let isKept =
          policy?.kept(
            of: model.map(\.pointInTime), timeOfDayAtStart: target.parameters.timeOfDayAtStart)
          ?? model.map { _ in false }
        model = zip(model, isKept).filter { $0.1 || $0.0 == latest }.map(\.0)
      }
      seenInstances = pair.instances.count
      #expect(target.instances == model)

      if let tested = target.testedInstance, let images = target.testImageDisks {
        let content = try pair.content(of: tested)
        for (index, image) in images.enumerated() {
          let expected = content[index].merging(testWrites[index]) { $1 }
          var payloads: [UInt8] = []
          image.read(0..<image.geometry.extentCount, appendingTo: &payloads)
          let tags = (0..<image.geometry.extentCount).map { expected[$0] ?? 0 }
          #expect(tags.withUnsafeBytes { $0.elementsEqual(payloads) })
        }
      }

      let use = target.spaceUse
      let names = ReplicaListing.Names.example(diskCount: pair.disks.count)
      let files = ReplicaListing(of: target, names: names).files
      let listed = files.filter { !$0.isDescriptor }.reduce(ByteCount.zero) { $0 + $1.allocatedSize }
      #expect(listed + use.mergeGrowth == use.total)
      #expect(use.total <= target.spaceUsePeak)
      #expect(Set(files.map(\.name)).count == files.count)
    }

    mutating func end() throws {
      try heal()
      if pair.target.testImageDisks != nil { try pair.changeTarget { try $0.removeTestImage() } }
      // Merges that take longer than a cycle would pile up for ever.
      pair.mergeDelay = .seconds(1)
      try pair.runUntilQuiet(within: .days(30))
      try pair.requestSync()
      try pair.runUntilQuiet(within: .days(30))
      try check()
      #expect(pair.target.damagedDisks() == [])
      #expect(pair.target.groupState == .idle)
      #expect(pair.source.dirtySize == .zero)
      for (index, image) in try #require(pair.target.recoverableDisks).enumerated() {
        #expect(image.holds(pair.content[index]))
      }
      // Nothing is left to merge, so there is one log for each kept instance but the oldest.
      #expect(pair.target.levelCount == pair.target.instances.count - 1)
    }

    mutating func promote() throws {
      let instances = pair.target.instances
      let chosen = instances[Int(random.next(below: UInt64(instances.count)))]
      let content = try pair.content(of: chosen)
      var target = pair.target
      let promotion = try target.promote(pointInTime: chosen.pointInTime)
      #expect(promotion.instance == chosen)
      #expect(promotion.droppedInstances == Array(instances.drop { $0 != chosen }.dropFirst()))
      for (index, disk) in promotion.disks.enumerated() {
        #expect(ReplicaImage(base: disk, logs: []).holds(content[index]))
        #expect(disk.fullDigest() == disk.digest)
      }
    }
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `Every kept instance reads as it was, whatever happens to the target`(seed: UInt64) throws {
    var history = try History(seed: seed)
    for _ in 0..<100 { try history.step() }
    try history.end()
    try history.promote()
  }
}

extension ReplicationPair {
  /// Begins a test, writes to its image, or cleans it up.
  fileprivate func testStep(_ random: inout RandomStream, writes: inout [Content]) throws {
    if let images = target.testImageDisks {
      if random.next(below: 3) == 0 {
        try changeTarget { try $0.removeTestImage() }
      } else {
        let index = Int(random.next(below: UInt64(images.count)))
        let extent = Int(random.next(below: UInt64(images[index].geometry.extentCount)))
        let tag = random.next(below: 1_000)
        images[index].write(extent..<extent + 1, payloads: [tag].span.bytes)
        writes[index][extent] = tag
      }
      return
    }
    let instances = target.instances
    guard !instances.isEmpty, target.canAct else { return }
    let chosen = instances[Int(random.next(below: UInt64(instances.count)))]
    writes = disks.map { _ in [:] }
    try changeTarget { _ = try $0.beginTestImage(pointInTime: chosen.pointInTime) }
  }
}

extension ReplicaListing.Names {
  static func example(diskCount: Int) -> ReplicaListing.Names {
    ReplicaListing.Names(
      folder: "sql", machine: "sql", group: "GID-fdf5516b", diskIDs: (0..<diskCount).map { "RDID-\($0)" },
      disks: (0..<diskCount).map { $0 == 0 ? "sql" : "sql_\($0)" }, testImageFolder: "52bcb8b0",
      objective: .minutes(240))
  }
}

extension ReplicaListing.File {
  /// A text file: the descriptor of a disk or of the group.
  var isDescriptor: Bool {
    name.hasSuffix(".txt")
      || (name.hasSuffix(".vmdk") && !name.hasSuffix("-delta.vmdk") && !name.hasSuffix("-flat.vmdk"))
  }
}
