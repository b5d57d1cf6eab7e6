import BlockStorage
package import Quantities

/// One file of a replica that holds content: on vSAN an object of its own.
package struct ReplicaFile: Sendable, Hashable {
  /// Names the file among all that the replica ever has.
  package struct Name: Sendable, Hashable, Comparable {
    package enum Kind: UInt8, Sendable, Hashable {
      /// A base disk; the number is 0.
      case base
      /// A redo log; the number is that of its level, which a log keeps when it is complete.
      case redoLog
      /// A base disk left behind when a disk grew; the number is that of the chain.
      case preservedBase
      /// The log of a test image's disk; the number is 0.
      case testImage
      /// The configuration files of all instances together; number and disk are 0.
      case configuration
    }

    package let kind: Kind
    package let number: UInt64
    /// The index among the replicated disks.
    package let disk: Int

    package init(_ kind: Kind, number: UInt64 = 0, disk: Int = 0) {
      self.kind = kind
      self.number = number
      self.disk = disk
    }

    package static func < (left: Self, right: Self) -> Bool {
      (left.kind.rawValue, left.number, left.disk) < (right.kind.rawValue, right.number, right.disk)
    }
  }

  package let name: Name
  /// The most the file can hold: the size of its disk.
  package let nominalSize: ByteCount
  /// What it takes now, what a merge under way adds to it included.
  package let size: ByteCount
}

extension ReplicationTarget {
  /// Every file of the replica, ascending by name.
  ///
  /// - Invariant: The sizes sum up to the total of ``spaceUse``.
  package var files: [ReplicaFile] {
    guard lifecycle != .removed else { return [] }
    var files: [ReplicaFile] = []
    func add(_ name: ReplicaFile.Name, _ size: ByteCount, of nominal: ByteCount) {
      files.append(ReplicaFile(name: name, nominalSize: nominal, size: size))
    }
    for index in disks.indices {
      let nominal = disks[index].base.geometry.diskSize
      add(.init(.base, disk: index), baseSize(ofDisk: index) + mergeGrowth(of: nil, disk: index), of: nominal)
      if hasTopLog { add(topLogName(ofDisk: index), topLogSize(ofDisk: index), of: nominal) }
    }
    for level in levels {
      for (index, log) in level.logs.enumerated() {
        let size = parameters.redoLogSize(content: log.nominalBytes)
        add(
          .init(.redoLog, number: level.number, disk: index),
          size + mergeGrowth(of: level.number, disk: index), of: log.geometry.diskSize)
      }
    }
    for chain in preserved {
      for index in chain.bases.indices {
        add(
          .init(.preservedBase, number: chain.number, disk: index), chain.baseSize(ofDisk: index),
          of: chain.bases[index].geometry.diskSize)
      }
      for level in chain.levels {
        for (index, log) in level.logs.enumerated() {
          add(
            .init(.redoLog, number: level.number, disk: index),
            parameters.redoLogSize(content: log.nominalBytes), of: log.geometry.diskSize)
        }
      }
    }
    for (index, image) in (testImage?.disks ?? []).enumerated() {
      add(
        .init(.testImage, disk: index), parameters.redoLogSize(content: image.writtenSize),
        of: disks[index].base.geometry.diskSize)
    }
    let configuration = parameters.configurationSize * UInt64(configurationCount)
    add(.init(.configuration), configuration, of: configuration)
    return files.sorted { $0.name < $1.name }
  }

  /// The log that takes what arrives for a disk; it exists from the end of the first full sync on.
  ///
  /// Its level's number is known before the instance is complete.
  package func topLogName(ofDisk index: Int) -> ReplicaFile.Name {
    .init(.redoLog, number: lastGeneration + 1, disk: index)
  }

  /// Whether a level's log of a disk holds an extent; a merge of that level overwrites it below.
  package func holds(extent: Int, ofDisk index: Int, inLevel number: UInt64) -> Bool {
    guard let level = levels.first(where: { $0.number == number }) else { return false }
    return level.logs[index].runs.contains { $0.contains(extent) }
  }

  /// The extents that a level's log of a disk holds, ascending and apart; none of a level that does not exist.
  package func runs(ofDisk index: Int, inLevel number: UInt64) -> [Range<Int>] {
    levels.first { $0.number == number }?.logs[index].runs ?? []
  }

  /// What a merge under way adds to a log, or to a base disk.
  private func mergeGrowth(of destination: UInt64?, disk index: Int) -> ByteCount {
    runningMerges.reduce(.zero) { sum, running in
      running.merge.destination == destination ? sum + running.growths[index] : sum
    }
  }
}
