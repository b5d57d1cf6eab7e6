import RandomStreams
import StorageTesting
import Testing

@testable import BlockStorage

@Suite struct RedoLogFileCrashTests {
  private typealias Step = (name: String, run: (RedoLogRig) throws -> Void)

  /// A log whose file holds two earlier instances, of the same shape as the ones to come.
  private func usedRig(safeguards: RedoLogSafeguards = .all) throws -> RedoLogRig {
    let rig = try RedoLogRig(extentCount: 512, safeguards: safeguards)
    for sequence in 1...2 as ClosedRange<UInt64> {
      try rig.append(rig.batch([(0..<5, 10 * sequence), (9..<11, 0)]))
      try rig.append(rig.batch([(3..<12, 11 * sequence)]))
      try rig.append(rig.batch([(20..<24, 12)]))
      try rig.commit(sequence)
      try rig.merge()
      try rig.reset(salt: 100 + sequence)
    }
    try rig.log.sync()
    return rig
  }

  private let steps: [Step] = [
    (
      "failing append",
      { rig in
        try rig.appendFailing([
          rig.scattered(count: 120, tag: 1_000), rig.scattered(count: 120, from: 1, tag: 2_000),
          rig.scattered(count: 1, from: 400, tag: 3_000),
        ])
      }
    ),
    ("first append", { rig in try rig.append(rig.batch([(0..<5, 30), (9..<11, 0)])) }),
    ("second append", { rig in try rig.append(rig.batch([(3..<12, 33)])) }),
    ("commit", { rig in try rig.commit(3) }),
    ("merge", { rig in try rig.merge() }),
    ("reset", { rig in try rig.reset(salt: 103) }),
    ("append of the next", { rig in try rig.append(rig.batch([(0..<5, 40), (9..<11, 0)])) }),
    ("reopening", { rig in try rig.reopen() }),
    ("append after reopening", { rig in try rig.append(rig.batch([(3..<12, 44)])) }),
    ("next commit", { rig in try rig.commit(4) }),
    ("giving up", { rig in try rig.reset(salt: 104) }),
  ]

  /// Runs the steps until `changeCount` changes happened; says whether they were all.
  private func run(_ rig: RedoLogRig, changes changeCount: Int) throws -> (isDone: Bool, place: String) {
    rig.storage.stop(afterChanges: changeCount)
    for step in steps {
      do {
        try step.run(rig)
      } catch {
        if !rig.storage.isDown { throw error }
        return (false, "\(step.name), \(changeCount) changes")
      }
    }
    return (true, "end")
  }

  /// Every crash point of the steps, `stride` apart, each in every state of the cover.
  private func enumerate(
    safeguards: RedoLogSafeguards = .all, cover: CrashCover = CrashCover(),
    visit: ((RedoLogRig, String, inout CrashTally) throws -> Void)? = nil
  ) throws -> CrashTally {
    var tally = CrashTally()
    for changeCount in 0... {
      let rig = try usedRig(safeguards: safeguards)
      let (isDone, place) = try run(rig, changes: changeCount)
      if let visit {
        try visit(rig, place, &tally)
      } else {
        rig.checkCrashes(cover: cover, seed: UInt64(changeCount), place: place, tally: &tally)
      }
      if isDone { break }
    }
    return tally
  }

  @Test func `A crash at any moment leaves an exact instance`() throws {
    let tally = try enumerate()
    #expect(tally.wrong == 0, "\(tally.firstMistake ?? "")")
    #expect(tally.states > (isOptimisedBuild ? 3_000 : 200))
  }

  @Test func `A crash while a crash is recovered from leaves an exact instance`() throws {
    let sparse = CrashCover(exhaustiveSectorCount: 0, randomCount: 2, cuts: [], stride: 1)
    let tally = try enumerate { rig, place, tally in
      var images: [([UInt8], [UInt8])] = []
      rig.forEachCrash(cover: sparse, seed: 5) { images.append(($0, $1)) }
      // Every seventh of them, so that over the crash points all kinds of choices come up.
      for index in stride(from: rig.storage.changeCount % 7, to: images.count, by: 7) {
        for changeCount in 0...4 {
          let (logImage, baseImage) = images[index]
          let second = try RedoLogRig(logImage: logImage, baseImage: baseImage, of: rig)
          // Back to what the first crash left, and down again in the midst of recovery.
          let storage = CrashableStorage()
          let file = CrashableFile(on: storage, bytes: logImage)
          storage.stop(afterChanges: changeCount)
          do {
            _ = try RedoLogFile.open(file)
          } catch {
            if !storage.isDown { throw error }
          }
          var cover = CrashCover(exhaustiveSectorCount: 3, randomCount: 2, cuts: [64])
          cover.stride = min(cover.stride, 5)
          cover.forEachImage(of: file, seed: UInt64(index + changeCount)) { image in
            do {
              let third = try RedoLogRig(logImage: image, baseImage: baseImage, of: second)
              if third.log.phase != second.log.phase
                || third.log.appendedExtentCount != second.log.appendedExtentCount
              {
                tally.note("\(place): recovered to \(third.log.phase), before to \(second.log.phase)")
              } else {
                tally.note(try third.mistake().map { "\(place): \($0)" })
              }
            } catch {
              tally.note("\(place): \(error)")
            }
          }
        }
      }
    }
    #expect(tally.wrong == 0, "\(tally.firstMistake ?? "")")
    #expect(tally.states > (isOptimisedBuild ? 2_000 : 100))
  }

  /// The source sends the same again, as it does after a crash, so that the chain fits what came behind a torn tail.
  ///
  /// Opening gives the file another salt for that: what was cut off must be found neither now nor later.
  @Test func `What was cut off once does not come back when the same is received again`() throws {
    let tally = try receiveAgainAfterCrashes()
    #expect(tally.wrong == 0, "\(tally.firstMistake ?? "")")
    #expect(tally.states > 40)
  }

  @Test func `Without another salt what was cut off comes back`() throws {
    var safeguards = RedoLogSafeguards.all
    safeguards.newSaltAtOpening = false
    #expect(try receiveAgainAfterCrashes(safeguards: safeguards).wrong > 0)
  }

  /// Three batches that are not durable, in every state that a crash leaves; the first that is missing is received again.
  private func receiveAgainAfterCrashes(safeguards: RedoLogSafeguards = .all) throws -> CrashTally {
    let rig = try RedoLogRig(extentCount: 64)
    try rig.log.sync()
    let batches = [
      rig.batch([(0..<5, 30)]), rig.batch([(9..<11, 31)]), rig.batch([(20..<22, 32)]),
    ]
    for batch in batches { try rig.append(batch) }
    var tally = CrashTally()
    CrashCover(stride: 1).forEachImage(of: rig.logFile, seed: 1) { image in
      do {
        let file = CrashableFile(on: CrashableStorage(), bytes: image)
        let log = try RedoLogFile.open(file, safeguards: safeguards)
        guard let next = [0: 0, 5: 1, 7: 2][log.appendedExtentCount] else { return }
        let expected = log.appendedExtentCount + batches[next].extentCount
        try log.append(batches[next])
        // Whatever stands behind it is of before the crash.
        let found = try RedoLogFile.open(file, safeguards: safeguards).appendedExtentCount
        tally.note(found == expected ? nil : "\(found) extents are there, of \(expected) received")
      } catch {
        tally.note("\(error)")
      }
    }
    return tally
  }

  @Test(arguments: ["salts", "payload checksums", "chains"])
  func `Each safeguard is needed`(name: String) throws {
    var safeguards = RedoLogSafeguards.all
    switch name {
    case "salts": safeguards.salts = false
    case "payload checksums": safeguards.payloadChecksums = false
    default: safeguards.chains = false
    }
    let tally = try enumerate(safeguards: safeguards)
    #expect(tally.wrong > 0)
  }

  /// Random batches, commits, merges, resets and reopenings over one file, with crashes in between.
  @Test(arguments: 0..<(isOptimisedBuild ? 2_000 : 40) as Range<UInt64>)
  func `Any history with crashes shows an exact instance`(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "redo-log-history")
    var rig = try RedoLogRig(extentCount: 64)
    var sequence: UInt64 = 0
    for _ in 0..<60 {
      if random.next(below: 6) == 0 { rig.storage.stop(afterChanges: Int(random.next(below: 6))) }
      do {
        switch (rig.log.phase, random.next(below: 8)) {
        case (.receiving, 0..<5): try rig.append(randomBatch(rig, &random))
        case (.receiving, 5...6):
          sequence += 1
          try rig.commit(sequence)
        case (.complete, 0..<6), (.merging, _): try rig.merge()
        case (.merged, 0..<6): try rig.reset(salt: random.next())
        case (_, 6): try rig.reset(salt: random.next())
        default: try rig.reopen()
        }
      } catch {
        if !rig.storage.isDown { throw error }
        var chooser = RandomCrash(random: RandomStream(seed: random.next(), name: "crash"))
        let (logImage, baseImage) = (
          rig.logFile.imageAfterCrash(choosing: &chooser), rig.baseFile.imageAfterCrash(choosing: &chooser)
        )
        #expect(try RedoLogRig(logImage: logImage, baseImage: baseImage, of: rig).mistake() == nil)
        rig = try RedoLogRig(logImage: logImage, baseImage: baseImage, of: rig)
        adopt(rig)
      }
    }
  }

  /// What recovery found is what counts from now on.
  private func adopt(_ rig: RedoLogRig) {
    if let instance = rig.completeInstance {
      rig.visible = [instance.sequence]
    } else {
      rig.visible = [rig.log.baseInstance?.sequence ?? 0]
    }
    let count = rig.log.appendedExtentCount
    rig.received = [rig.received.last { $0.reduce(0) { $0 + $1.extentCount } == count } ?? []]
  }

  private func randomBatch(_ rig: RedoLogRig, _ random: inout RandomStream) -> ExtentBatch {
    var runs: [(Range<Int>, UInt64)] = []
    for _ in 0...random.next(below: 3) {
      let first = Int(random.next(below: 60))
      runs.append((first..<first + 1 + Int(random.next(below: 4)), random.next(below: 5)))
    }
    return rig.batch(runs)
  }
}
