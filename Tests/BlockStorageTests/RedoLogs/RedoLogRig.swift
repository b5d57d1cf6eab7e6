import Glibc
import Quantities
import RandomStreams
import StorageTesting

@testable import BlockStorage

/// A redo log and a base disk on one crashable storage, beside the plainest model of what they must hold.
final class RedoLogRig {
  /// The content of the disk at every instance, by its sequence: the payloads of all extents.
  var contents: [UInt64: [UInt8]]
  /// The instances that a crash now may show.
  var visible: Set<UInt64>
  /// The lists of batches that a log that receives may hold now.
  var received: [[ExtentBatch]] = [[]] {
    didSet { continuations = Continuations() }
  }
  /// Shared by all rigs that were opened from what a crash left of this one.
  private var continuations = Continuations()

  let geometry: ExtentGeometry
  let storage = CrashableStorage()
  let logFile: CrashableFile
  let baseFile: CrashableFile
  var log: RedoLogFile<CrashableFile>
  let safeguards: RedoLogSafeguards

  var base: ExtentFile<CrashableFile> { ExtentFile(baseFile, geometry: geometry) }

  /// A new log over an empty disk, which is instance 0.
  init(extentCount: Int, safeguards: RedoLogSafeguards = .all) throws {
    geometry = BlockStorageTests.geometry(extentCount: extentCount)
    contents = [0: [UInt8](repeating: 0, count: 8 * extentCount)]
    visible = [0]
    logFile = CrashableFile(on: storage)
    baseFile = CrashableFile(on: storage)
    self.safeguards = safeguards
    log = try RedoLogFile.create(
      in: logFile, geometry: geometry, diskIdentifier: 7, salt: 1, safeguards: safeguards)
  }

  /// What a crash left of another rig, opened.
  init(logImage: [UInt8], baseImage: [UInt8], of other: RedoLogRig) throws {
    geometry = other.geometry
    contents = other.contents
    visible = other.visible
    received = other.received
    continuations = other.continuations
    safeguards = other.safeguards
    logFile = CrashableFile(on: storage, bytes: logImage)
    baseFile = CrashableFile(on: storage, bytes: baseImage)
    log = try RedoLogFile.open(logFile, safeguards: safeguards)
  }

  /// A batch of runs that hold one tag each.
  func batch(_ runs: [(Range<Int>, UInt64)]) -> ExtentBatch {
    var batch = ExtentBatch(geometry: geometry)
    for (run, tag) in runs { batch.append(run, payloads: tagPayload(tag, width: 8 * run.count).span.bytes) }
    return batch
  }

  /// One extent in two from `first` on, each an entry of its own.
  func scattered(count: Int, from first: Int = 0, tag: UInt64) -> ExtentBatch {
    batch((0..<count).map { (first + 2 * $0..<first + 2 * $0 + 1, tag &+ UInt64($0)) })
  }

  // MARK: Operations, each telling the model before it begins and when it is acknowledged

  func append(_ batch: ExtentBatch) throws {
    let longest = received[received.count - 1]
    received.append(longest + [batch])
    try log.append(batch)
  }

  /// Appends several bundles of which the last fails, so that nothing of them counts.
  func appendFailing(_ parts: [ExtentBatch]) throws {
    let prefix = received[received.count - 1]
    var whole = ExtentBatch(geometry: geometry)
    for (index, part) in parts.enumerated() {
      part.forEachRun { whole.append($0, payloads: $1) }
      received.insert(prefix + parts[...index], at: received.count - 1)
    }
    storage.fail(change: parts.count - 1, with: .noSpace, keptBytes: 700)
    do {
      try log.append(whole)
    } catch {
      if error != .storage(.noSpace) { throw error }
    }
  }

  func commit(_ sequence: UInt64) throws {
    let shown = log.baseInstance?.sequence ?? 0
    contents[sequence] = content(contents[shown] ?? [], after: received[received.count - 1])
    visible = [shown, sequence]
    try log.commit(LoggedInstance(sequence: sequence, pointInTime: Instant(nanoseconds: Int64(sequence))))
    visible = [sequence]
  }

  func merge() throws { try log.merge(into: base) }

  /// Empties the log; an instance that was not merged is given up.
  func reset(salt: UInt64) throws {
    visible.insert(log.baseInstance?.sequence ?? 0)
    received.append([])
    try log.reset(salt: salt)
    visible = [log.baseInstance?.sequence ?? 0]
    received = [[]]
  }

  func reopen() throws { log = try RedoLogFile.open(logFile, safeguards: safeguards) }

  func content(_ content: [UInt8], after batches: [ExtentBatch]) -> [UInt8] {
    var result = content
    for batch in batches {
      batch.forEachRun { run, payloads in
        for offset in 0..<payloads.byteCount {
          result[8 * run.lowerBound + offset] = payloads.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
        }
      }
    }
    return result
  }

  // MARK: Checking

  /// Says what is wrong with what the log and the base show, `nil` if nothing is.
  ///
  /// A log that receives is continued with a batch and committed, so that what it holds becomes visible.
  func mistake() throws -> String? {
    var content: [UInt8] = []
    try base.read(0..<geometry.extentCount, appendingTo: &content)
    var sequence = log.baseInstance?.sequence ?? 0
    if let instance = completeInstance {
      sequence = instance.sequence
      try overlay(onto: &content)
    }
    if !visible.contains(sequence) { return "instance \(sequence) is not of \(visible.sorted())" }
    if !isEqual(content, contents[sequence] ?? []) {
      return "the content is not that of instance \(sequence)"
    }
    guard log.phase == .receiving else { return nil }
    let count = log.appendedExtentCount
    let candidates = received.indices.filter { received[$0].reduce(0) { $0 + $1.extentCount } == count }
    if candidates.isEmpty { return "\(count) extents are no prefix of what was appended" }
    try log.append(probe)
    try log.commit(LoggedInstance(sequence: 99, pointInTime: .zero))
    try overlay(onto: &content)
    let isExpected = candidates.contains { index in
      isEqual(content, continuation(ofInstance: sequence, index: index))
    }
    return isExpected ? nil : "the log holds other extents than those received"
  }

  /// What a log that receives is continued with.
  private var probe: ExtentBatch { batch([(0..<2, 0xabcd)]) }

  /// The content of an instance after the batches of `received[index]` and the probe; worked out once for all states
  /// of a crash.
  private func continuation(ofInstance sequence: UInt64, index: Int) -> [UInt8] {
    if let known = continuations.contents[sequence]?[index] { return known }
    let content = content(contents[sequence] ?? [], after: received[index] + [probe])
    continuations.contents[sequence, default: [:]][index] = content
    return content
  }

  /// The instance that the log holds whole.
  var completeInstance: LoggedInstance? {
    switch log.phase {
    case .complete(let instance), .merging(let instance): instance
    case .receiving, .merged: nil
    }
  }

  /// Replaces in the payloads of all extents what the log holds.
  private func overlay(onto content: inout [UInt8]) throws {
    let loaded = try log.load()
    content.withUnsafeMutableBytes { bytes in
      if let target = bytes.baseAddress { loaded.overlay(0..<geometry.extentCount, onto: target) }
    }
  }
}

/// As `==`, without a look at every byte by itself.
private func isEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
  one.count == other.count
    && one.withUnsafeBytes { one in
      other.withUnsafeBytes { other in
        guard let start = one.baseAddress, let otherStart = other.baseAddress else { return true }
        return memcmp(start, otherStart, one.count) == 0
      }
    }
}

/// Contents by instance and index of what was received.
private final class Continuations { var contents: [UInt64: [Int: [UInt8]]] = [:] }

/// How many crash states were looked at and how many of them were wrong.
struct CrashTally {
  var states = 0
  var wrong = 0
  var firstMistake: String?

  mutating func note(_ mistake: String?) {
    states += 1
    guard let mistake else { return }
    wrong += 1
    if firstMistake == nil { firstMistake = mistake }
  }
}

extension RedoLogRig {
  /// Looks at every content that the cover makes of a crash now.
  func forEachCrash(
    cover: CrashCover, seed: UInt64, _ body: (_ logImage: [UInt8], _ baseImage: [UInt8]) -> Void
  ) {
    var chooser = RandomCrash(random: RandomStream(seed: seed, name: "other-file"))
    cover.forEachImage(of: logFile, seed: seed) { logImage in
      body(logImage, baseFile.imageAfterCrash(choosing: &chooser))
    }
    if baseFile.unsyncedSectors.isEmpty { return }
    cover.forEachImage(of: baseFile, seed: seed) { baseImage in
      body(logFile.imageAfterCrash(choosing: &chooser), baseImage)
    }
  }

  /// Checks what a crash now leaves, in every state of the cover.
  func checkCrashes(cover: CrashCover, seed: UInt64, place: String, tally: inout CrashTally) {
    forEachCrash(cover: cover, seed: seed) { logImage, baseImage in
      do {
        let mistake = try RedoLogRig(logImage: logImage, baseImage: baseImage, of: self).mistake()
        tally.note(mistake.map { "\(place): \($0)" })
      } catch {
        tally.note("\(place): \(error)")
      }
    }
  }
}
