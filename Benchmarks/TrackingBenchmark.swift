import BlockStorage
import Foundation
import Quantities
import RandomStreams
import ReplicationCore

/// What tracking adds to a guest's write, beside setting the bits of one flat bitmap.
///
/// Both start empty, so the first writes also find memory for their marks. Positions are drawn before, the same for all.
/// Both must end with the same number of marked extents.
enum TrackingBenchmark: Benchmark {
  static let name = "tracking"
  static let summary = "ns of a tracked guest write: idle, in flight, copying; beside one flat bitmap"
  static let options = "[--gibibytes N (1024)] [--writes N (2e6)] [--repetitions N (5)]"

  /// What the tracker does when the writes come.
  private enum Situation: String, CaseIterable {
    case idle
    /// The instance in flight holds one extent in 1,000, none of which is read yet.
    case inFlight = "in flight"
  }

  /// The first extents of the writes of one pattern.
  private struct Writes {
    let starts: [UInt32]
    let runLength: Int

    init(isRandom: Bool, runLength: Int, count: Int, extentCount: Int) {
      self.runLength = runLength
      var random = RandomStream(seed: 1, name: "tracking")
      let positions = extentCount / runLength
      starts = (0..<count).map {
        UInt32(runLength * (isRandom ? Int(random.next(below: UInt64(positions))) : $0 % positions))
      }
    }

    @inline(__always)
    func forEach(_ body: (Range<Int>) -> Void) {
      for start in starts { body(Int(start)..<Int(start) + runLength) }
    }
  }

  static func run(_ options: inout BenchmarkOptions) throws {
    let gibibytes = try options.takeNumber("--gibibytes", default: 1_024)
    let count = try options.takeNumber("--writes", default: 2_000_000)
    let repetitions = try options.takeNumber("--repetitions", default: 5)
    try options.checkAllTaken()
    let geometry = ExtentGeometry(diskSize: .gibibytes(UInt64(gibibytes)))
    guard geometry.extentCount < UInt32.max else {
      throw BenchmarkFailure("such a disk has too many extents")
    }

    print(
      "a disk of \(geometry.diskSize) in extents of \(geometry.extentSize), \(count) writes to an empty map;"
        + " ns of CPU time a write, least of \(repetitions)")
    for isRandom in [true, false] {
      for runLength in [1, 16] {
        try measure(
          geometry, isRandom: isRandom, runLength: runLength, count: count, repetitions: repetitions)
      }
    }
    try measureCopies(geometry, count: max(1, count / 10), repetitions: repetitions)
    for perMillion in [100, 10_000] {
      try measureDrain(geometry, perMillion: perMillion, repetitions: repetitions)
    }
  }

  private static func measure(
    _ geometry: ExtentGeometry, isRandom: Bool, runLength: Int, count: Int, repetitions: Int
  ) throws {
    let writes = Writes(
      isRandom: isRandom, runLength: runLength, count: count, extentCount: geometry.extentCount)
    let disk = ExtentStore(geometry: geometry)
    var counts: [Int] = []
    var contenders: [() -> Double] = [
      {
        var bitmap = FlatBitmap(extentCount: 0)
        let seconds = cpuSeconds {
          bitmap = FlatBitmap(extentCount: geometry.extentCount)
          mark(writes, in: &bitmap)
        }
        counts.append(bitmap.count)
        return seconds
      }
    ]
    for situation in Situation.allCases {
      contenders.append {
        var tracker = ChangeTracker(geometry: geometry)
        if situation == .inFlight {
          for extent in stride(from: 500, to: geometry.extentCount, by: 1_000) {
            tracker.guestWillWrite(extent..<extent + 1, reading: disk)
          }
          tracker.beginInstance()
        }
        let seconds = cpuSeconds { track(writes, with: &tracker, reading: disk) }
        counts.append(tracker.dirty.count)
        return seconds
      }
    }
    let least = try leastSeconds(repetitions: repetitions, of: contenders)
    guard Set(counts).count == 1 else { throw BenchmarkFailure("trackers differ in what they mark") }
    let pattern = "\(isRandom ? "random" : "sequential"), \(runLength) extent\(runLength == 1 ? "" : "s")"
    report(pattern, "flat", least[0], of: least[0], count: count)
    for (index, situation) in Situation.allCases.enumerated() {
      report(pattern, situation.rawValue, least[index + 1], of: least[0], count: count)
    }
  }

  @inline(never)
  private static func mark(_ writes: Writes, in bitmap: inout FlatBitmap) {
    bitmap.withMarker { marker in writes.forEach { marker.mark($0) } }
  }

  @inline(never)
  private static func track(_ writes: Writes, with tracker: inout ChangeTracker, reading disk: ExtentStore) {
    writes.forEach { tracker.guestWillWrite($0, reading: disk) }
  }

  /// Random writes of which each hits an extent of the instance in flight that is not read yet, and copies it first.
  private static func measureCopies(_ geometry: ExtentGeometry, count: Int, repetitions: Int) throws {
    for runLength in [1, 16] {
      let writes = Writes(
        isRandom: true, runLength: runLength, count: count / runLength, extentCount: geometry.extentCount)
      let disk = ExtentStore(
        geometry: geometry, image: BaseImage(usedExtentCount: geometry.extentCount, tag: 1))
      var copied = 0
      let least = try leastSeconds(
        repetitions: repetitions,
        of: [
          {
            var tracker = ChangeTracker(geometry: geometry)
            writes.forEach { tracker.guestWillWrite($0, reading: disk) }
            tracker.beginInstance()
            let seconds = cpuSeconds { track(writes, with: &tracker, reading: disk) }
            copied = tracker.preservedCount
            return seconds
          }
        ])
      guard copied > 0 else { throw BenchmarkFailure("no write copied anything") }
      print(
        column("random, \(runLength) extent\(runLength == 1 ? "" : "s"), each copied first", 44)
          + String(format: "%7.1f ns an extent copied", least[0] * 1e9 / Double(copied)))
    }
  }

  /// Reads all marks of a map of which some extents in a million are marked at random.
  private static func measureDrain(_ geometry: ExtentGeometry, perMillion: Int, repetitions: Int) throws {
    var random = RandomStream(seed: 2, name: "tracking")
    var flat = FlatBitmap(extentCount: geometry.extentCount)
    var bitmap = DirtyBitmap(geometry: geometry)
    for _ in 0..<geometry.extentCount / 1_000_000 * perMillion {
      let extent = Int(random.next(below: UInt64(geometry.extentCount)))
      flat.mark(extent..<extent + 1)
      bitmap.mark(extent..<extent + 1)
    }
    var sums = (0, 0)
    let least = try leastSeconds(
      repetitions: repetitions,
      of: [
        {
          sums.0 = 0
          return cpuSeconds { flat.forEach { sums.0 &+= $0 } }
        },
        {
          sums.1 = 0
          return cpuSeconds { bitmap.forEachRun { for extent in $0 { sums.1 &+= extent } } }
        },
      ])
    guard sums.0 == sums.1 else { throw BenchmarkFailure("the maps differ in what they mark") }
    print(
      column(String(format: "reading all marks, %.2f %% at random", Double(perMillion) / 1e4), 44)
        + String(
          format: "%7.2f ms, flat %.2f ms, ratio %.2f", least[1] * 1e3, least[0] * 1e3, least[1] / least[0]))
  }

  private static func report(
    _ pattern: String, _ label: String, _ seconds: Double, of limit: Double, count: Int
  ) {
    print(
      column(pattern, 26) + column(label, 18)
        + String(format: "%7.2f ns  %5.2f of the flat bitmap", seconds * 1e9 / Double(count), seconds / limit)
    )
  }
}
