import BlockStorage
import Quantities

/// A chain that takes no more instances: what a disk was before it grew, kept for its points in time.
///
/// Nothing is merged in it. Logs above its newest kept instance are deleted, and all of it when none is kept.
struct PreservedChain {
  /// Tells it from all other chains of the replica.
  let number: UInt64
  let bases: [ExtentStore]
  let allocations: [DirtyBitmap?]
  private(set) var levels: [ReplicationTarget.Level]
  private let baseRecord: ReplicationTarget.InstanceRecord?
  private var isBaseRetained: Bool

  init(
    number: UInt64, bases: [ExtentStore], allocations: [DirtyBitmap?], levels: [ReplicationTarget.Level],
    baseRecord: ReplicationTarget.InstanceRecord?, isBaseRetained: Bool
  ) {
    self.number = number
    self.bases = bases
    self.allocations = allocations
    self.levels = levels
    self.baseRecord = baseRecord
    self.isBaseRetained = isBaseRetained
    dropUnneededLogs()
  }

  /// The positions with kept instances, ascending: 0 for the base disks.
  private var retained: [(position: Int, record: ReplicationTarget.InstanceRecord)] {
    var result: [(position: Int, record: ReplicationTarget.InstanceRecord)] = []
    if isBaseRetained, let baseRecord { result.append((0, baseRecord)) }
    for (index, level) in levels.enumerated() where level.isRetained {
      result.append((index + 1, level.record))
    }
    return result
  }

  var retainedRecords: [ReplicationTarget.InstanceRecord] { retained.map(\.record) }
  var pointsInTime: [Instant] { retained.map(\.record.instance.pointInTime) }

  /// What the base disks take on the datastore.
  var baseSize: ByteCount { bases.indices.reduce(.zero) { $0 + baseSize(ofDisk: $1) } }

  func baseSize(ofDisk index: Int) -> ByteCount {
    let geometry = bases[index].geometry
    return allocations[index].map { geometry.nominalBytes(ofExtents: $0.count) } ?? geometry.diskSize
  }

  func images(at pointInTime: Instant) -> [ReplicaImage]? {
    guard let position = position(of: pointInTime) else { return nil }
    return bases.indices.map { index in
      ReplicaImage(base: bases[index], logs: levels[..<position].map { $0.logs[index] })
    }
  }

  private func position(of pointInTime: Instant) -> Int? {
    retained.last { $0.record.instance.pointInTime == pointInTime }?.position
  }

  /// Lets go the kept instances, oldest first, for which `isKept` is false.
  mutating func prune(_ isKept: some Collection<Bool>) {
    for ((position, _), isKept) in zip(retained, isKept) where !isKept {
      if position == 0 { isBaseRetained = false } else { levels[position - 1].isRetained = false }
    }
    dropUnneededLogs()
  }

  private mutating func dropUnneededLogs() {
    while let last = levels.last, !last.isRetained { levels.removeLast() }
  }

  /// Merges everything up to the instance into the base disks.
  ///
  /// - Precondition: It is kept.
  func consolidate(
    to pointInTime: Instant
  ) -> (record: ReplicationTarget.InstanceRecord, levels: Int, size: ByteCount) {
    guard let found = retained.last(where: { $0.record.instance.pointInTime == pointInTime }) else {
      preconditionFailure("an instance is kept that is recovered")
    }
    var size = ByteCount.zero
    for level in levels[..<found.position] {
      for (base, log) in zip(bases, level.logs) {
        size += log.nominalBytes
        log.merge(into: base)
      }
    }
    return (found.record, found.position, size)
  }
}
