import Quantities
import RandomStreams
import StorageTesting
import Testing

@testable import BlockStorage

@Suite struct RedoLogFileTests {
  private let instance = LoggedInstance(sequence: 7, pointInTime: Instant(nanoseconds: 42))

  private func newLog(
    _ geometry: ExtentGeometry, on storage: CrashableStorage = CrashableStorage()
  ) throws -> RedoLogFile<CrashableFile> {
    try RedoLogFile.create(
      in: CrashableFile(on: storage), geometry: geometry, diskIdentifier: 0xd15c, salt: 1)
  }

  private func batch(_ runs: [(Range<Int>, UInt64)], _ geometry: ExtentGeometry) -> ExtentBatch {
    var batch = ExtentBatch(geometry: geometry)
    for (run, tag) in runs {
      batch.append(run, payloads: tagPayload(tag, width: run.count * geometry.payloadWidth).span.bytes)
    }
    return batch
  }

  @Test func `A file weighs its superblocks, a descriptor and the payloads of each bundle, and a commit`()
    throws
  {
    // 8,192 + (4,096 + 16 × 8 padded to 4,096) + 512: zeros weigh nothing.
    let tags = try newLog(geometry(extentCount: 100))
    try tags.append(batch([(0..<16, 3), (20..<90, 0)], tags.geometry))
    try tags.commit(instance)
    #expect(tags.usedByteCount == 16_896 && tags.file.byteCount == 16_896)

    // 8,192 + (4,096 + 3 × 8,192) + 512.
    let wide = try newLog(geometry(extentCount: 100, payloadWidth: 8_192))
    try wide.append(batch([(0..<3, 3)], wide.geometry))
    try wide.commit(instance)
    #expect(wide.usedByteCount == 37_376)
  }

  @Test func `A committed log opens with its instance and its extents`() throws {
    let log = try newLog(geometry(extentCount: 100))
    try log.append(batch([(0..<4, 3), (8..<9, 0)], log.geometry))
    try log.append(batch([(2..<6, 4)], log.geometry))
    try log.append(batch([(5..<6, 0)], log.geometry))
    try log.commit(instance)

    let opened = try RedoLogFile.open(log.file)

    #expect(opened.phase == .complete(instance) && opened.diskIdentifier == 0xd15c)
    #expect(opened.geometry == log.geometry && opened.discardedTail == nil)
    let loaded = try opened.load()
    #expect(loaded.runs.map(\.count).reduce(0, +) == 7)
    let tags = [0, 1, 2, 3, 4, 5, 8].map { loaded.payload(of: $0) }
    #expect(tags == [3, 3, 4, 4, 4, 0, 0].map { tagPayload($0, width: 8) })
  }

  @Test func `A merge writes the base and remembers the instance it holds`() throws {
    let storage = CrashableStorage()
    let log = try newLog(geometry(extentCount: 100), on: storage)
    let base = ExtentFile(CrashableFile(on: storage), geometry: log.geometry)
    try log.append(batch([(98..<100, 3)], log.geometry))
    try log.commit(instance)
    try log.merge(into: base)
    #expect(log.phase == .merged && log.baseInstance == instance)
    #expect(base.file.unsyncedSectors.isEmpty)
    var bytes: [UInt8] = []
    try base.read(97..<100, appendingTo: &bytes)
    #expect(bytes == tagPayload(0, width: 8) + tagPayload(3, width: 16))

    let opened = try RedoLogFile.open(log.file)
    #expect(opened.phase == .merged && opened.baseInstance == instance)
    try opened.reset(salt: 2)
    #expect(opened.phase == .receiving && opened.appendedExtentCount == 0)
    #expect(try RedoLogFile.open(log.file).baseInstance == instance)
  }

  @Test func `A torn tail is found, discarded and named`() throws {
    let log = try newLog(geometry(extentCount: 100))
    try log.append(batch([(0..<4, 3)], log.geometry))
    try log.append(batch([(4..<8, 4)], log.geometry))
    // The second bundle's payloads begin at 8,192 + 8,192 + 4,096 = 20,480.
    try log.file.write([UInt8]([9]).span.bytes, at: 20_481)

    let opened = try RedoLogFile.open(log.file)

    #expect(opened.phase == .receiving && opened.appendedExtentCount == 4)
    #expect(
      opened.discardedTail == RedoLogDamage(byteOffset: 20_480, defect: .badPayload(entryIndex: 0)))
  }

  @Test func `What is no redo log is refused with the reason`() throws {
    let storage = CrashableStorage()
    #expect(
      throws: RedoLogFileError<StorageFault>.notARedoLog(
        first: .truncated(neededBytes: 512, byteCount: 3),
        second: .truncated(neededBytes: 4_608, byteCount: 3))
    ) { _ = try RedoLogFile.open(CrashableFile(on: storage, bytes: [1, 2, 3])) }

    var bytes = try newLog(geometry(extentCount: 10)).file.bytes
    bytes.setField(UInt32(2), at: 8)
    bytes.setField(bytes.checksum(of: 0..<496), at: 496)
    #expect(
      throws: RedoLogFileError<StorageFault>.damaged(
        RedoLogDamage(byteOffset: 0, defect: .unsupportedVersion(2)))
    ) { _ = try RedoLogFile.open(CrashableFile(on: storage, bytes: bytes)) }
  }

  @Test func `An incomplete log is neither loaded nor given up in the midst of a merge`() async {
    await #expect(processExitsWith: .failure) {
      let log = try RedoLogFile.create(
        in: CrashableFile(on: CrashableStorage()), geometry: ExtentGeometry(diskSize: .mebibytes(1)),
        diskIdentifier: 1, salt: 1)
      _ = try log.load()
    }
    await #expect(processExitsWith: .failure) {
      let storage = CrashableStorage()
      let log = try RedoLogFile.create(
        in: CrashableFile(on: storage), geometry: ExtentGeometry(diskSize: .mebibytes(1)), diskIdentifier: 1,
        salt: 1)
      try log.commit(LoggedInstance(sequence: 1, pointInTime: .zero))
      // A merge makes 3 changes of the log, then syncs the base.
      storage.fail(change: 3, with: .deviceError)
      try? log.merge(into: ExtentFile(CrashableFile(on: storage), geometry: log.geometry))
      try log.reset(salt: 2)
    }
  }

  /// Flips bits of a committed log, and of one that receives and was opened once, so that all of it is vouched for.
  ///
  /// In a build without optimisation one bit of each byte, else all.
  @Test(arguments: [true, false])
  func `A flipped bit is found or lies where nothing is read`(isCommitted: Bool) throws {
    let log = try newLog(geometry(extentCount: 100))
    try log.append(batch([(0..<4, 3), (8..<9, 0), (20..<30, 5)], log.geometry))
    if isCommitted { try log.commit(instance) }
    _ = try RedoLogFile.open(log.file)
    let bytes = log.file.bytes
    let payloadBytes = 14 * 8

    for offset in bytes.indices {
      let isPadding =
        512..<4_096 ~= offset || 4_608..<8_192 ~= offset || 12_288 + payloadBytes..<16_384 ~= offset
      // Either superblock can be lost: the other is equal.
      let isSuperblock = offset < 8_192 && !isPadding
      let bits = isOptimisedBuild ? 0..<8 : offset % 8..<offset % 8 + 1
      for bit in bits {
        var flipped = bytes
        flipped[offset] ^= 1 << UInt8(bit)
        let file = CrashableFile(on: CrashableStorage(), bytes: flipped)
        do {
          let opened = try RedoLogFile.open(file)
          if isCommitted {
            #expect(opened.phase == .complete(instance))
            let loaded = try opened.load()
            #expect([0, 8, 29].map { loaded.payload(of: $0) } == [3, 0, 5].map { tagPayload($0, width: 8) })
          } else {
            // A log that receives is read when it is complete.
            #expect(opened.phase == .receiving && opened.appendedExtentCount == 15)
            try opened.commit(instance)
            _ = try opened.load()
          }
          #expect(isPadding || isSuperblock, "bit \(bit) of byte \(offset) was not found")
        } catch {
          guard case .damaged = error else { throw error }
          #expect(!isPadding && !isSuperblock)
        }
      }
    }
  }

  /// Every change fails once, for lack of space or by a device error, with nothing or some of a write done.
  @Test(arguments: [StorageFault.noSpace, .deviceError])
  func `After a failure at any operation the file recovers`(fault: StorageFault) throws {
    var isDone = false
    var failedCount = 0
    while !isDone {
      for keptBytes in [0, 700] {
        let rig = try RedoLogRig(extentCount: 64)
        try rig.append(rig.batch([(0..<4, 1)]))
        try rig.commit(1)
        try rig.merge()
        try rig.reset(salt: 2)
        rig.storage.fail(change: failedCount, with: fault, keptBytes: keptBytes)
        do {
          try rig.append(rig.batch([(2..<6, 2)]))
          try rig.append(rig.batch([(8..<9, 3)]))
          try rig.commit(2)
          try rig.merge()
          try rig.reset(salt: 3)
          isDone = true
        } catch let error as RedoLogFileError<StorageFault> {
          #expect(error == .storage(fault))
        } catch let error as RedoLogMergeError<StorageFault, StorageFault> {
          switch error {
          case .log(let error): #expect(error == .storage(fault))
          case .base(let error): #expect(error == fault)
          }
        }
        var tally = CrashTally()
        rig.checkCrashes(
          cover: CrashCover(randomCount: 4, cuts: [64]), seed: UInt64(failedCount), place: "\(failedCount)",
          tally: &tally)
        #expect(tally.wrong == 0, "\(tally.firstMistake ?? "")")
      }
      failedCount += 1
    }
    // 2 appends, 3 of the commit, 3 to begin the merge, 2 writes and a sync of the base, 3 to end it, 3 of the reset.
    #expect(failedCount == 17 + 1)
  }

  @Test func `A read that fails is reported and can be done again`() throws {
    let rig = try RedoLogRig(extentCount: 64)
    try rig.append(rig.batch([(0..<4, 1)]))
    try rig.commit(1)
    let loaded = try rig.log.load()
    rig.storage.fail(read: 0, with: .deviceError)
    #expect(throws: RedoLogFileError<StorageFault>.storage(.deviceError)) { _ = try rig.log.load() }
    #expect(try rig.log.load().payload(of: 3) == loaded.payload(of: 3))
    for index in 0... {
      rig.storage.fail(read: index, with: .deviceError)
      do { try rig.reopen() } catch { continue }
      // 2 superblocks, 2 of the descriptor, the commit.
      #expect(index == 5)
      break
    }
    rig.storage.restart()
    #expect(try rig.log.load().payload(of: 3) == loaded.payload(of: 3))
  }

  @Test func `An append without space can be tried again`() throws {
    let storage = CrashableStorage()
    let log = try newLog(geometry(extentCount: 100), on: storage)
    storage.capacity = storage.usedBytes
    #expect(throws: RedoLogFileError<StorageFault>.storage(.noSpace)) {
      try log.append(batch([(0..<4, 3)], log.geometry))
    }
    #expect(log.appendedExtentCount == 0)
    storage.capacity = nil
    try log.append(batch([(0..<4, 3)], log.geometry))
    try log.commit(instance)
    #expect(try log.load().extentCount == 4)
  }
}
