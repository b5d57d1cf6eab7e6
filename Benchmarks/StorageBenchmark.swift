import BlockStorage
import Foundation
import Quantities
import RandomStreams

/// The digest of a disk, redo logs and state files, beside what copying or reading the same bytes costs.
///
/// All of it is memory but the last: files are ``MemoryFile``, so what is measured is the formats and not a disk. At the end
/// come whole replicas, in memory, on files in memory and on real files (``ReplicaStorage``).
enum StorageBenchmark: Benchmark {
  static let name = "storage"
  static let summary =
    "digest and checksums of a disk, redo log, state file: GB per CPU second, beside memcpy; replicas on files"
  static let options = "[--megabytes N (64)] [--repetitions N (5)]"

  static func run(_ options: inout BenchmarkOptions) throws {
    let megabytes = try options.takeNumber("--megabytes", default: 64)
    let repetitions = try options.takeNumber("--repetitions", default: 5)
    try options.checkAllTaken()
    print("CPU time, least of \(repetitions) interleaved; GB/s of payload, and the share of memcpy's speed")
    for width in [8_192, 8] {
      try measureDigest(width: width, bytes: megabytes << 20, repetitions: repetitions)
    }
    for width in [8_192, 8] {
      for runLength in [1, 16] {
        let extentCount = (megabytes << 20) / (width == 8 ? 8 : 2) / width
        try measureRedoLog(
          width: width, runLength: runLength, extentCount: extentCount, repetitions: repetitions)
      }
    }
    try measureStateFile(repetitions: repetitions)
    try ReplicaStorage.measure(megabytes: megabytes, repetitions: repetitions)
  }

  // MARK: Digest

  private static func measureDigest(width: Int, bytes: Int, repetitions: Int) throws {
    let extentCount = bytes / width
    let geometry = ExtentGeometry(
      diskSize: ByteCount(bytes: UInt64(extentCount) << 13), payloadWidth: width)
    let disk = ExtentStore(geometry: geometry)
    let content = noise(byteCount: bytes)
    let step = (1 << 20) / width
    for start in stride(from: 0, to: extentCount, by: step) {
      let extents = start..<min(start + step, extentCount)
      let range = extents.lowerBound * width..<extents.upperBound * width
      disk.write(extents, payloads: content.span.bytes.extracting(range))
    }
    var target = [UInt8](repeating: 1, count: bytes)
    var sum: UInt64 = 0
    var digest = ContentDigest.Change.none
    let key = ComparisonKey(seed: 1, payloadWidth: width)
    var checksums: [RegionChecksum] = []
    let least = try leastSeconds(
      repetitions: repetitions,
      of: [
        { cpuSeconds { copy(content, to: &target) } },
        { cpuSeconds { sum = sumOfWords(content) } },
        { cpuSeconds { digest = disk.fullDigest().change } },
        {
          cpuSeconds {
            checksums = stride(from: 0, to: extentCount, by: 256).map {
              disk.checksum(ofRegion: $0..<min($0 + 256, extentCount), key: key)
            }
          }
        },
        {
          cpuSeconds { for seed in 0..<100 { _ = ComparisonKey(seed: UInt128(seed), payloadWidth: width) } }
        },
      ])
    let whole = disk.checksum(ofRegion: 0..<extentCount, key: key)
    guard digest == disk.digest.change, sum != 0, target == content,
      checksums.reduce(UInt128(0), { ($0 + $1.value) % (UInt128(1) << 127 - 1) }) == whole.value
    else {
      throw BenchmarkFailure("the digest computed anew is not the one that was kept")
    }
    print("\n\(bytes >> 20) MiB in payloads of \(width) bytes")
    report("memcpy", least[0], of: least[0], bytes: bytes)
    report("reading words", least[1], of: least[0], bytes: bytes)
    report("digest", least[2], of: least[0], bytes: bytes, extentCount: extentCount)
    report("keyed checksums", least[3], of: least[0], bytes: bytes, extentCount: extentCount)
    print(column("  a key", 24) + String(format: "%9.3f ms", least[4] * 10))
  }

  // MARK: Redo logs

  /// Fills, commits, opens, loads and merges a log whose runs have gaps of their own length between them.
  private static func measureRedoLog(
    width: Int, runLength: Int, extentCount: Int, repetitions: Int
  ) throws {
    let geometry = ExtentGeometry(
      diskSize: ByteCount(bytes: UInt64(extentCount) << 14), payloadWidth: width)
    let bytes = extentCount * width
    let batches = batches(geometry, runLength: runLength, extentCount: extentCount)
    // At a width of 8 a run of one extent still takes an entry of its own, in blocks of 4 KiB.
    let file = MemoryFile(capacity: bytes * (width == 8 ? 14 : 2) + (1 << 20))
    let base = ExtentFile(MemoryFile(capacity: geometry.extentCount * width), geometry: geometry)
    let source = noise(byteCount: bytes)
    var target = [UInt8](repeating: 1, count: bytes)
    var memory: [String: Double] = [:]
    var usedBytes: UInt64 = 0
    for repetition in 0..<repetitions {
      func note(_ label: String, _ seconds: Double) {
        memory[label] = min(memory[label] ?? .infinity, seconds)
      }
      note("memcpy", cpuSeconds { copy(source, to: &target) })
      let log = try RedoLogFile.create(
        in: file, geometry: geometry, diskIdentifier: 1, salt: UInt64(repetition + 1))
      note("append", try cpuSeconds { for batch in batches { try log.append(batch) } })
      note("commit", try cpuSeconds { try log.commit(LoggedInstance(sequence: 1, pointInTime: .zero)) })
      usedBytes = log.usedByteCount
      var opened = log
      note("open, committed", try cpuSeconds { opened = try RedoLogFile.open(file) })
      var loadedCount = 0
      note("load", try cpuSeconds { loadedCount = try opened.load().extentCount })
      note("merge", try cpuSeconds { try opened.merge(into: base) })
      guard loadedCount == extentCount, opened.phase == .merged else {
        throw BenchmarkFailure("the redo log lost extents")
      }
      try measureMemoryLog(batches, geometry: geometry, note: note)
    }
    let copySeconds = memory["memcpy"] ?? .infinity
    let overhead = Double(usedBytes) / Double(bytes)
    print(
      "\nredo log, \(bytes >> 20) MiB in payloads of \(width) bytes, runs of \(runLength):"
        + String(format: " %.2f bytes in the file for each byte of payload", overhead))
    report("memcpy", copySeconds, of: copySeconds, bytes: bytes)
    for label in ["append", "load", "merge", "in memory: append", "in memory: digest", "in memory: merge"] {
      report(label, memory[label] ?? .infinity, of: copySeconds, bytes: bytes, extentCount: extentCount)
    }
    for label in ["commit", "open, committed"] {
      print(column("  " + label, 24) + String(format: "%9.3f ms", (memory[label] ?? .infinity) * 1e3))
    }
  }

  private static func measureMemoryLog(
    _ batches: [ExtentBatch], geometry: ExtentGeometry, note: (String, Double) -> Void
  ) throws {
    let disk = ExtentStore(geometry: geometry)
    var log = RedoLog(geometry: geometry)
    note(
      "in memory: append",
      cpuSeconds {
        for batch in batches { log.append(batch) }
        log.seal()
      })
    var change = ContentDigest.Change.none
    note("in memory: digest", cpuSeconds { change = log.digestChange(over: disk) })
    note("in memory: merge", cpuSeconds { log.merge(into: disk) })
    guard disk.digest.change == change else { throw BenchmarkFailure("the redo log has another digest") }
  }

  /// Batches of 4,096 extents, or 32 where a payload is a whole extent.
  private static func batches(
    _ geometry: ExtentGeometry, runLength: Int, extentCount: Int
  ) -> [ExtentBatch] {
    let width = geometry.payloadWidth
    let content = noise(byteCount: runLength * width)
    let perBatch = width == 8 ? 4_096 : 32
    var result: [ExtentBatch] = []
    var batch = ExtentBatch(geometry: geometry)
    for start in stride(from: 0, to: 2 * extentCount, by: 2 * runLength) {
      batch.append(start..<start + runLength, payloads: content.span.bytes)
      if batch.extentCount == perBatch {
        result.append(batch)
        batch = ExtentBatch(geometry: geometry)
      }
    }
    if !batch.isEmpty { result.append(batch) }
    return result
  }

  // MARK: State files

  private static func measureStateFile(repetitions: Int) throws {
    let geometry = ExtentGeometry(diskSize: .tebibytes(1))
    let bytes = Int(PersistentStateSize(geometry).idle.bytes)
    print("\nstate file of 1 TiB, \(bytes) bytes; ms")
    let content = noise(byteCount: bytes)
    var target = [UInt8](repeating: 1, count: bytes)
    for (label, dirty) in [
      ("nothing dirty", DirtyBitmap(geometry: geometry)),
      ("1 % dirty, runs of 4,096", scattered(geometry, runLength: 4_096)),
      ("1 % dirty, at random", scattered(geometry, runLength: 1)),
    ] {
      let state = PersistentState(dirty: dirty)
      let file = MemoryFile(capacity: bytes)
      let least = try leastSeconds(
        repetitions: repetitions,
        of: [
          { cpuSeconds { copy(content, to: &target) } },
          {
            let saved = PersistentStateFile.create(in: file, diskIdentity: 1, geometry: geometry)
            return cpuSeconds { saved.save(state) }
          },
          {
            var opening = PersistentStateOpening.unclean
            let seconds = try cpuSeconds {
              opening = try PersistentStateFile.open(file, diskIdentity: 1, geometry: geometry).opening
            }
            guard case .clean(let read) = opening, read.dirty == dirty else {
              throw BenchmarkFailure("the state file holds something else")
            }
            return seconds
          },
        ])
      print(
        column("  " + label, 30)
          + String(
            format: "save %6.2f (%.2f of memcpy's time), open %6.2f (%.2f), memcpy %.2f", least[1] * 1e3,
            least[1] / least[0], least[2] * 1e3, least[2] / least[0], least[0] * 1e3))
    }
  }

  private static func scattered(_ geometry: ExtentGeometry, runLength: Int) -> DirtyBitmap {
    var random = RandomStream(seed: 1, name: "storage")
    var dirty = DirtyBitmap(geometry: geometry)
    while dirty.count < geometry.extentCount / 100 {
      let start = Int(random.next(below: UInt64(geometry.extentCount / runLength))) * runLength
      dirty.mark(start..<start + runLength)
    }
    return dirty
  }

  // MARK: Limits

  private static func copy(_ source: [UInt8], to target: inout [UInt8]) {
    target.withUnsafeMutableBytes { target in source.withUnsafeBytes { target.copyMemory(from: $0) } }
  }

  @inline(never)
  private static func sumOfWords(_ bytes: [UInt8]) -> UInt64 {
    bytes.withUnsafeBytes { bytes in
      var sum: UInt64 = 0
      for offset in stride(from: 0, to: bytes.count - 7, by: 8) {
        sum &+= bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      }
      return sum
    }
  }

  private static func noise(byteCount: Int) -> [UInt8] {
    var random = RandomStream(seed: 1, name: "storage")
    return [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
      let bytes = UnsafeMutableRawBufferPointer(buffer)
      for offset in stride(from: 0, to: byteCount, by: 8) {
        let word = random.next()
        if offset + 8 <= byteCount {
          bytes.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
        } else {
          for index in offset..<byteCount { bytes[index] = 1 }
        }
      }
      count = byteCount
    }
  }

  private static func report(
    _ label: String, _ seconds: Double, of limit: Double, bytes: Int, extentCount: Int? = nil
  ) {
    let perExtent =
      extentCount.map { String(format: "  %8.1f ns an extent", seconds * 1e9 / Double($0)) } ?? ""
    print(
      column("  " + label, 24)
        + String(format: "%7.2f GB/s  %5.2f", Double(bytes) / seconds / 1e9, limit / seconds) + perExtent)
  }
}
