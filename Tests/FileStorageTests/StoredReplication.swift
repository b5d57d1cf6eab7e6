import BlockStorage
import Quantities
import RandomStreams
import ReplicationCore

/// A machine of two disks that is replicated into a folder by a history that its seed determines.
///
/// An extent's payload is the whole extent of 8 KiB, as in files that something else reads.
struct StoredReplication<Folder: StorageFolder> where Folder.File.Failure == Folder.Failure {
  struct Failed: Error { let reason: String }

  static var names: ReplicaListing.Names {
    ReplicaListing.Names(
      folder: "sql", machine: "sql", group: "GID-1", diskIDs: ["RDID-0", "RDID-1"], disks: ["sql", "sql_1"],
      testImageFolder: "test", objective: .hours(4))
  }

  let disks: [ExtentStore]
  private(set) var source: ReplicationSource
  private(set) var target: DurableTarget<Folder>
  /// The tags of all extents of all disks at the start of each instance.
  private(set) var contents: [SyncSequence: [[UInt64]]] = [:]
  private(set) var tags: [[UInt64]]
  private var random: RandomStream
  private var now = Instant.zero

  /// Begins the replication into an empty folder.
  init(in folder: Folder, seed: UInt64) throws {
    disks = [40, 25].map { extentCount in
      ExtentStore(
        geometry: ExtentGeometry(diskSize: .kibibytes(8 * UInt64(extentCount)), payloadWidth: 8_192),
        image: BaseImage(usedExtentCount: 9, tag: 7))
    }
    tags = disks.map { disk in (0..<disk.geometry.extentCount).map { $0 < 9 ? 7 : 0 } }
    random = RandomStream(seed: seed, name: "stored-replication")
    source = Self.newSource(disks)
    target = try DurableTarget.create(
      in: folder, names: Self.names, identities: [1, 2],
      bases: disks.map { ExtentStore(geometry: $0.geometry) }, salt: seed << 32)
  }

  private static func newSource(_ disks: [ExtentStore]) -> ReplicationSource {
    var parameters = ReplicationParameters()
    parameters.chunkSize = .kibibytes(32)
    parameters.checksumRegionExtents = 8
    return ReplicationSource(
      disks: disks.map(\.geometry),
      schedule: SyncSchedule(objective: .hours(24), policy: .fixedInterval, imageTime: .zero),
      hasReplica: false, parameters: parameters)
  }

  /// Runs the history: a full sync, then deltas of random writes, most of them merged.
  ///
  /// - Parameter acknowledge: Called when the source knows that an instance is complete.
  mutating func run(rounds: Int, acknowledge: (SyncSequence) throws -> Void = { _ in }) throws {
    for _ in 0..<rounds {
      for _ in 0..<1 + random.next(below: 4) { write() }
      try synchronise(acknowledge: acknowledge)
      if random.next(below: 3) > 0 { try merge() }
    }
  }

  mutating func merge() throws {
    while let merge = target.nextMerge {
      target.mergeBegan(merge)
      try target.mergeCompleted(merge)
    }
  }

  /// Brings the replica up to date.
  mutating func synchronise(acknowledge: (SyncSequence) throws -> Void = { _ in }) throws {
    source.syncRequested(at: now)
    var answers: [TargetMessage] = []
    repeat {
      now = now + .milliseconds(1)
      if let deadline = source.nextDeadline, deadline <= now { source.advance(to: now, reading: disks) }
      try takeEvents(acknowledge)
      if !answers.isEmpty {
        source.receive(answers.removeFirst(), at: now, reading: disks)
      } else if let message = source.nextMessage(reading: disks) {
        guard case .taken(let answer) = try target.offer(message, at: now) else {
          throw Failed(reason: "a message was refused")
        }
        if let answer { answers.append(answer) }
      } else if source.isSyncing {
        throw Failed(reason: "the sync stands still")
      }
      try takeEvents(acknowledge)
    } while source.isSyncing || source.dirtySize > .zero
  }

  /// Another process has opened the replica, and the source starts over with a full sync.
  mutating func resume(with opened: DurableTarget<Folder>) throws {
    target = opened
    source.targetLost(at: now)
    try target.connectionLost()
    source.fullSyncRequested(at: now)
  }

  private mutating func takeEvents(_ acknowledge: (SyncSequence) throws -> Void) throws {
    for event in source.takeEvents() {
      switch event {
      case .deltaStarted(let sequence): contents[sequence] = tags
      case .deltaCompleted:
        if let newest = target.target.newestInstance { try acknowledge(newest.sequence) }
      default: break
      }
    }
  }

  private mutating func write() {
    let index = Int(random.next(below: 2))
    let first = Int(random.next(below: UInt64(tags[index].count)))
    let extents = first..<min(tags[index].count, first + 1 + Int(random.next(below: 6)))
    let tag = random.next(below: 5) == 0 ? 0 : random.next()
    source.guestWillWrite(extents, disk: index, reading: disks[index])
    disks[index].fill(extents, tag: tag)
    for extent in extents { tags[index][extent] = tag }
  }
}

extension ReplicationTarget {
  /// The tags of all extents of all disks in the newest instance; `nil` if an extent does not hold one tag
  /// throughout, or there is no instance.
  var newestTags: [[UInt64]]? {
    guard let images = recoverableDisks else { return nil }
    var result: [[UInt64]] = []
    for image in images {
      var payloads: [UInt8] = []
      image.read(0..<image.geometry.extentCount, appendingTo: &payloads)
      guard let tags = tagsOfExtents(payloads) else { return nil }
      result.append(tags)
    }
    return result
  }
}

/// The tag of every extent of 8 KiB; `nil` if one is not the same throughout.
func tagsOfExtents(_ bytes: [UInt8]) -> [UInt64]? {
  var tags: [UInt64] = []
  for start in stride(from: 0, to: bytes.count, by: 8_192) {
    let words = bytes[start..<min(start + 8_192, bytes.count)].withUnsafeBytes { raw in
      stride(from: 0, to: raw.count, by: 8).map { raw.loadUnaligned(fromByteOffset: $0, as: UInt64.self) }
    }
    guard words.allSatisfy({ $0 == words[0] }) else { return nil }
    tags.append(words[0])
  }
  return tags
}
