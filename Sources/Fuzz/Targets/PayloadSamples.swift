import BlockStorage
import Quantities
import RandomStreams
import ReplicationCore

/// Valid payloads of every kind of message, written from the layout in the tables of the documentation and not by the
/// code under test.
enum PayloadSamples {
  /// Of 10, 4 and 131,072 extents, which are held in 8, 16 and 8 bytes.
  static let disks = [
    ExtentGeometry(diskSize: .kibibytes(80)),
    ExtentGeometry(diskSize: .kibibytes(32), payloadWidth: 16),
    ExtentGeometry(diskSize: .gibibytes(1)),
  ]

  static func payload(of kind: FrameKind, _ random: inout RandomStream) -> [UInt8] {
    var bytes = Bytes()
    let disk = Int(random.next(below: UInt64(disks.count)))
    switch kind {
    case .fullSyncBegan:
      bytes.append8(random.next())
      bytes.append16(&random)
    case .fullSyncEnded, .fullSyncAccepted, .instanceCompleted: bytes.append8(random.next())
    case .regionChecksums:
      let run = run(on: disk, from: 0, &random)
      let regionExtents = 1 + random.next(below: 300)
      bytes.append4(UInt64(disk))
      bytes.append4(regionExtents)
      bytes.append(run)
      for _ in 0..<(UInt64(run.count) + regionExtents - 1) / regionExtents { bytes.append16(&random) }
    case .fullSyncData, .deltaData:
      let runs = ascendingRuns(on: disk, gap: 1, &random)
      bytes.append8(random.next())
      bytes.append4(UInt64(disk))
      bytes.append4(UInt64(runs.count))
      for run in runs { bytes.append(run) }
      let words = runs.reduce(0) { $0 + $1.count } * disks[disk].payloadWidth / 8
      for _ in 0..<words { bytes.append8(random.next(below: 4)) }
    case .deltaEnded:
      bytes.append8(random.next())
      bytes.append8(random.next())
      bytes.append4(UInt64(disks.count))
      for disk in disks {
        let used = random.next(below: UInt64(disk.extentCount + 1))
        bytes.append8(random.next(below: UInt64(disk.extentCount + 1)))
        bytes.append8(used)
        bytes.append8(used == 0 ? 0 : max(1, random.next()))
        bytes.append4(UInt64(disk.payloadWidth))
        bytes.append8(random.next())
      }
    case .fullSyncReady:
      bytes.append8(random.next())
      bytes.append4(UInt64(disks.count))
      for disk in disks.indices {
        let runs = ascendingRuns(on: disk, gap: 0, &random)
        bytes.append4(UInt64(runs.count))
        for run in runs { bytes.append(run) }
      }
    case .regionsCompared:
      let runs = ascendingRuns(on: disk, gap: 0, &random)
      bytes.append4(UInt64(disk))
      bytes.append4(UInt64(runs.count))
      for run in runs {
        bytes.append(run)
        for _ in run { bytes.append16(&random) }
      }
    }
    return bytes.bytes
  }

  /// A run of at most 40 extents, one in four at the end of the disk.
  private static func run(on disk: Int, from start: Int, _ random: inout RandomStream) -> Range<Int> {
    let end = disks[disk].extentCount
    if random.next(below: 4) == 0 {
      return end - 1 - Int(random.next(below: UInt64(min(40, end - start))))..<end
    }
    let lowerBound = start + Int(random.next(below: UInt64(end - start)))
    return lowerBound..<lowerBound + 1 + Int(random.next(below: UInt64(min(40, end - lowerBound))))
  }

  private static func ascendingRuns(
    on disk: Int, gap: Int, _ random: inout RandomStream
  ) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var start = 0
    while start < disks[disk].extentCount, random.next(below: 4) > 0 {
      runs.append(run(on: disk, from: start, &random))
      start = runs[runs.count - 1].upperBound + gap
    }
    return runs
  }

  private struct Bytes {
    var bytes: [UInt8] = []

    mutating func append4(_ value: UInt64) {
      for index in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }

    mutating func append8(_ value: UInt64) {
      for index in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }

    mutating func append16(_ random: inout RandomStream) {
      append8(random.next())
      append8(random.next())
    }

    mutating func append(_ run: Range<Int>) {
      append8(UInt64(run.lowerBound))
      append8(UInt64(run.upperBound))
    }
  }
}
