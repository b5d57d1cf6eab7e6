import BlockStorage
import Quantities
import ReplicationCore

extension TargetParameters {
  /// Redo logs grow by one extent of 8 KiB, so that sizes can be added up by hand.
  static var small: TargetParameters {
    var parameters = TargetParameters()
    parameters.redoLogGrowth = extents(1)
    return parameters
  }

  /// Every instance of the last `count` minutes is kept, if there is one a minute.
  static func keeping(_ count: Int) throws -> TargetParameters {
    var parameters = small
    parameters.retention = try RetentionPolicy(tiers: [.init(granularity: .minutes(1), slotCount: count)])
    return parameters
  }
}

extension ReplicationPair {
  /// A disk of 64 extents in use and a link that carries one per second; a delta starts only when asked for.
  static func manual(
    _ parameters: TargetParameters = .small, mergeDelay: TimeSpan = .seconds(10)
  ) throws -> ReplicationPair {
    let pair = try ReplicationPair(
      disks: [disk(64, used: 64)], objective: .hours(24), targetParameters: parameters)
    pair.mergeDelay = mergeDelay
    return pair
  }

  /// Writes the extents and replicates them, at the beginning of the next minute.
  ///
  /// - Returns: The point in time of the instance.
  @discardableResult
  func replicate(_ extents: Range<Int>) throws -> Instant {
    let minute = TimeSpan.minutes(1).nanoseconds
    try run(until: Instant(nanoseconds: (now.nanoseconds / minute + 1) * minute))
    write(extents)
    let begun = now
    try requestSync()
    try run(for: .seconds(Int64(extents.count)))
    return begun
  }

  var names: ReplicaListing.Names { .example(diskCount: disks.count) }
  var listing: ReplicaListing { ReplicaListing(of: target, names: names) }

  /// The sizes of the redo logs of the first disk by number.
  var logSizes: [String: ByteCount] {
    var sizes: [String: ByteCount] = [:]
    for file in listing.files
    where file.name.hasPrefix("hbrdisk.RDID-0.") && file.name.hasSuffix("-delta.vmdk") {
      sizes[String(file.name.split(separator: ".")[2])] = file.size
    }
    return sizes
  }
}

/// The file of a redo log with so many extents, if logs grow by one extent at a time.
func log(_ count: UInt64) -> ByteCount { .kibibytes(24) + extents(count) }

func minutes(_ count: Int64) -> Instant { .zero + .minutes(count) }
