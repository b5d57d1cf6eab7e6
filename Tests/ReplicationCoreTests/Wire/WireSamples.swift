import BlockStorage
import Quantities
import RandomStreams

@testable import ReplicationCore

/// Messages about two small disks: one of ten extents held as tags, one of four held as 16 bytes each.
enum WireSamples {
  static let disks = [
    ExtentGeometry(diskSize: .kibibytes(80)),
    ExtentGeometry(diskSize: .kibibytes(32), payloadWidth: 16),
  ]
  static let address = FrameAddress(replication: 7, session: 2)

  static func batch(disk: Int, _ runs: [Range<Int>], bytes: [UInt8]) -> ExtentBatch {
    var batch = ExtentBatch(geometry: disks[disk])
    var offset = 0
    for run in runs {
      let end = offset + run.count * disks[disk].payloadWidth
      batch.append(run, payloads: bytes.span.bytes.extracting(offset..<end))
      offset = end
    }
    return batch
  }

  static func tags(_ tags: [UInt64]) -> [UInt8] {
    tags.flatMap { tag in withUnsafeBytes(of: tag.littleEndian) { Array($0) } }
  }

  /// Checksums of the given lower words, whose upper words are one more.
  static func checksums(_ words: [UInt64]) -> [RegionChecksum] {
    words.map { RegionChecksum(value: UInt128($0 + 1) << 64 | UInt128($0)) }
  }

  /// One message of each kind.
  static let sourceMessages: [SourceMessage] = [
    .fullSyncBegan(sequence: 258, keySeed: 0xf1_0000_0000_0000_00f2),
    .regionChecksums(
      CompareRequest(disk: 0, extents: 1..<10, regionExtents: 4, checksums: checksums([0xa1, 0xa2, 0xa3]))),
    .fullSyncData(sequence: 258, disk: 1, batch: batch(disk: 1, [2..<3], bytes: Array(0..<16))),
    .fullSyncEnded(sequence: 258),
    .deltaData(
      sequence: 259, disk: 0, batch: batch(disk: 0, [8..<10, 0..<1], bytes: tags([0xb1, 0xb2, 0xb3]))),
    .deltaEnded(
      InstanceSummary(
        sequence: 259, pointInTime: Instant(nanoseconds: -5), extentCounts: [3, 0],
        certificates: [
          ContentDigest(
            image: BaseImage(usedExtentCount: 10, tag: 0xc1), payloadWidth: 8,
            change: ContentDigest.Change(sum: 0xd1)),
          ContentDigest(image: .empty, payloadWidth: 16, change: ContentDigest.Change(sum: 0xd2)),
        ])),
  ]

  /// One answer of each kind.
  static let targetMessages: [TargetMessage] = [
    .fullSyncReady(sequence: 258, allocated: [[0..<3, 5..<10], []]),
    .regionsCompared(
      RegionComparison(
        disk: 1,
        differences: [RegionComparison.Difference(extents: 2..<4, checksums: checksums([0xe1, 0xe2]))])),
    .fullSyncAccepted(sequence: 258),
    .instanceCompleted(sequence: 259),
  ]

  /// The frames of all messages, source before target, numbered from 0.
  static func frames(codec: FrameCodec = .identity) throws -> [[UInt8]] {
    var encoder = FrameEncoder(codec: codec)
    var frames: [[UInt8]] = []
    for message in sourceMessages {
      var bytes: [UInt8] = []
      try encoder.encode(message, address: address, into: &bytes)
      frames.append(bytes)
    }
    for message in targetMessages {
      var bytes: [UInt8] = []
      try encoder.encode(message, address: address, into: &bytes)
      frames.append(bytes)
    }
    return frames
  }

  // MARK: - Random messages

  static func randomChecksum(_ random: inout RandomStream) -> RegionChecksum {
    RegionChecksum(value: UInt128(random.next()) << 64 | UInt128(random.next()))
  }

  static func randomRun(on disk: Int, _ random: inout RandomStream) -> Range<Int> {
    let count = UInt64(disks[disk].extentCount)
    let lowerBound = random.next(below: count)
    return Int(lowerBound)..<Int(lowerBound + 1 + random.next(below: count - lowerBound))
  }

  static func randomSourceMessage(_ random: inout RandomStream) -> SourceMessage {
    let disk = Int(random.next(below: 2))
    let sequence = random.next()
    switch random.next(below: 6) {
    case 0: return .fullSyncBegan(sequence: sequence, keySeed: randomChecksum(&random).value)
    case 1: return .fullSyncEnded(sequence: sequence)
    case 2:
      let extents = randomRun(on: disk, &random)
      let regionExtents = 1 + Int(random.next(below: 12))
      let regions = (extents.count + regionExtents - 1) / regionExtents
      return .regionChecksums(
        CompareRequest(
          disk: disk, extents: extents, regionExtents: regionExtents,
          checksums: (0..<regions).map { _ in randomChecksum(&random) }))
    case 3:
      return .deltaEnded(
        InstanceSummary(
          sequence: sequence, pointInTime: Instant(nanoseconds: Int64(bitPattern: random.next())),
          extentCounts: disks.map { Int(random.next(below: UInt64($0.extentCount + 1))) },
          certificates: disks.map {
            ContentDigest(
              image: BaseImage(
                usedExtentCount: Int(random.next(below: UInt64($0.extentCount + 1))),
                tag: random.next(below: 3)),
              payloadWidth: $0.payloadWidth, change: ContentDigest.Change(sum: random.next()))
          }))
    default:
      let runs = (0..<random.next(below: 5)).map { _ in randomRun(on: disk, &random) }
      let size = runs.reduce(0) { $0 + $1.count } * disks[disk].payloadWidth
      let bytes = (0..<size).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let batch = batch(disk: disk, runs, bytes: bytes)
      return random.next(below: 2) == 0
        ? .deltaData(sequence: sequence, disk: disk, batch: batch)
        : .fullSyncData(sequence: sequence, disk: disk, batch: batch)
    }
  }

  static func randomTargetMessage(_ random: inout RandomStream) -> TargetMessage {
    let disk = Int(random.next(below: 2))
    switch random.next(below: 4) {
    case 0: return .fullSyncAccepted(sequence: random.next())
    case 1: return .instanceCompleted(sequence: random.next())
    case 2:
      let differences = (0..<random.next(below: 4)).map { _ in
        let extents = randomRun(on: disk, &random)
        return RegionComparison.Difference(
          extents: extents, checksums: extents.map { _ in randomChecksum(&random) })
      }
      return .regionsCompared(RegionComparison(disk: disk, differences: differences))
    default:
      let allocated = disks.indices.map { disk in
        var runs: [Range<Int>] = []
        var rest = 0..<disks[disk].extentCount
        while !rest.isEmpty, random.next(below: 3) > 0 {
          let lowerBound = rest.lowerBound + Int(random.next(below: UInt64(rest.count)))
          let count = 1 + Int(random.next(below: UInt64(rest.upperBound - lowerBound)))
          runs.append(lowerBound..<lowerBound + count)
          rest = lowerBound + count..<rest.upperBound
        }
        return runs
      }
      return .fullSyncReady(sequence: random.next(), allocated: allocated)
    }
  }
}

extension FrameDecoder {
  mutating func received(_ bytes: [UInt8]) { received(bytes.span.bytes) }
}
