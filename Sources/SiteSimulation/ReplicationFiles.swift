import BlockStorage
import Inventory
import Quantities
import RandomStreams
import ReplicationCore

/// The product's files of one replication, on storage that a crash can hit.
///
/// The replica's files lie at the target, the persistent state files beside the machine. What the cores do in memory is
/// done to the files as well; when their owner stops, the memory is gone, and the run goes on with what is read from the
/// files.
///
/// | What happens                     | What becomes of what was not synced | What the run goes on with       |
/// |----------------------------------|-------------------------------------|---------------------------------|
/// | the replication server fails     | each sector stays, goes or is torn  | the replica as the files say    |
/// | the host of the machine fails    | the same                            | full sync of disks in use       |
/// | the machine stops, or moves      | all was synced                      | bitmaps and demand log as saved |
///
/// What the target receives goes through frames of the wire format on its way to the files, neither compressed nor encrypted.
///
/// Nothing can go wrong with this storage but what a crash does, so that any error is a defect of the formats or of
/// their code. It is kept in ``defect`` and the run must stop.
final class ReplicationFiles {
  private typealias Target = DurableTarget<CrashableFolder>
  private typealias States = SourceStateFiles<CrashableFolder>

  private let names: ReplicaListing.Names
  private let stateDisks: [StateFileDisk]
  private let parameters: TargetParameters
  private var targetFolder = CrashableFolder(on: CrashableStorage())
  private let sourceFolder = CrashableFolder(on: CrashableStorage())
  private var crash: RandomCrash
  private let geometries: [ExtentGeometry]
  /// The two ends of the connection to whoever stores what arrives; both start anew with a server.
  private var (encoder, decoder) = (FrameEncoder(), FrameDecoder())
  /// How often logs were opened for writing: each time they get another salt.
  private var openCount: UInt64 = 0
  private var target: Target?
  private var states: States?
  /// What went wrong first, and must not.
  private(set) var defect: String?

  /// - Parameters:
  ///   - replica: As the run begins; its base disks are copied.
  ///   - random: Decides what each crash leaves.
  init(
    names: ReplicaListing.Names, geometries: [ExtentGeometry], bases: [ExtentStore],
    instance: ReplicationTarget.Instance?, parameters: TargetParameters, random: RandomStream
  ) {
    self.names = names
    self.parameters = parameters
    self.geometries = geometries
    crash = RandomCrash(random: random)
    let identities = geometries.indices.map { UInt128($0 + 1) }
    stateDisks = zip(zip(names.diskIDs, identities), geometries).map {
      StateFileDisk(id: $0.0, identity: $0.1, geometry: $1)
    }
    attempt("creating the files") {
      target = try Target.create(
        in: targetFolder, names: names, identities: identities, bases: bases.map { $0.copy() },
        instance: instance, parameters: parameters, salt: nextSalt())
      states = try States.create(in: sourceFolder, disks: stateDisks)
    }
  }

  private func nextSalt() -> UInt64 {
    openCount += 1
    return openCount << 32
  }

  private func attempt(_ what: String, _ body: () throws -> Void) {
    guard defect == nil else { return }
    do { try body() } catch { defect = "\(what): \(error)" }
  }

  // MARK: - The replica

  /// Whether the server is gone that had the files open.
  var isReplicaClosed: Bool { target == nil }

  /// Stores what the target took, as it comes out of a frame on the wire.
  func taken(_ message: SourceMessage, at now: Instant) {
    attempt("storing what was received") {
      let message = try received(message)
      guard case .taken = try target?.offer(message, at: now) else {
        defect = "the files refused what the target took"
        return
      }
    }
  }

  private func received(_ message: SourceMessage) throws -> SourceMessage {
    var bytes: [UInt8] = []
    try encoder.encode(message, address: FrameAddress(replication: 0, session: 0), into: &bytes)
    decoder.received(bytes.span.bytes)
    guard let frame = try decoder.nextFrame(), decoder.pendingByteCount == 0 else {
      throw FrameDecodingError.truncated(missing: decoder.pendingByteCount)
    }
    return try SourceMessage(decoding: frame, disks: geometries)
  }

  func connectionLost() { attempt("ending a session") { try target?.connectionLost() } }

  func mergeBegan(_ merge: ReplicationTarget.Merge) { target?.mergeBegan(merge) }

  func mergeCompleted(_ merge: ReplicationTarget.Merge) {
    attempt("merging") { try target?.mergeCompleted(merge) }
  }

  /// The merges under way stop without progress.
  func mergesCancelled() { target?.hostFailed(hasOtherHost: true) }

  /// The server stops in the middle of what it does.
  func serverFailed() {
    target = nil
    targetFolder.crash(choosing: &crash)
    (encoder, decoder) = (FrameEncoder(), FrameDecoder())
  }

  /// A server opens the files.
  ///
  /// - Parameter instances: What must be recoverable, no more and no less.
  /// - Returns: The target as the files describe it, or `nil` after a defect.
  func reopened(expecting instances: [ReplicationTarget.Instance]) -> ReplicationTarget? {
    var restored: ReplicationTarget?
    attempt("opening the replica") {
      // Two targets, since the content of base disks is shared by the copies of one.
      restored = try Target.open(in: targetFolder, names: names, parameters: parameters, salt: nextSalt())
        .target
      target = try Target.open(in: targetFolder, names: names, parameters: parameters, salt: nextSalt())
      guard let found = restored?.instances, found == instances else {
        defect =
          "the files hold the instances \(restored?.instances.map(\.sequence) ?? []), not \(instances.map(\.sequence))"
        return
      }
    }
    return defect == nil ? restored : nil
  }

  /// The files of the replica were lost or hold what cannot be read: new ones take their place, without an instance.
  ///
  /// - Parameters:
  ///   - bases: What they hold; the base disks are copied.
  ///   - lastGeneration: The number of the latest instance that there was, after which numbers go on.
  func replicaMadeAnew(bases: [ExtentStore], lastGeneration: UInt64) {
    let wasClosed = isReplicaClosed
    targetFolder = CrashableFolder(on: CrashableStorage())
    attempt("making the replica anew") {
      target = try Target.create(
        in: targetFolder, names: names, identities: bases.indices.map { UInt128($0 + 1) },
        bases: bases.map { $0.copy() }, instance: nil, lastGeneration: lastGeneration,
        parameters: parameters, salt: nextSalt())
    }
    if wasClosed { target = nil }
  }

  /// Flips a bit in the middle of every file of the replica, as no crash does: for the test that it is found.
  func damageReplica() {
    attempt("damaging the replica") {
      for name in targetFolder.names {
        let file = try targetFolder.open(name)
        let middle = file.byteCount / 2
        var bytes: [UInt8] = []
        try file.read(middle..<middle + 1, appendingTo: &bytes)
        bytes[0] ^= 1
        try file.write(bytes.span.bytes, at: middle)
        try file.sync()
      }
    }
  }

  // MARK: - The state of the tracking

  /// Saves what was tracked of a machine that does not run, or is being moved.
  func save(_ saved: SavedSource) { attempt("saving the state") { try states?.save(saved) } }

  /// The host of the machine fails while it runs.
  func sourceHostFailed() {
    states = nil
    sourceFolder.crash(choosing: &crash)
  }

  /// A host opens the state files and marks them as in use.
  ///
  /// - Returns: What they say; `nil` after a defect.
  func openStates() -> SourceStateOpening? {
    var found: SourceStateOpening?
    attempt("opening the state files") {
      let (states, opening) = try States.open(in: sourceFolder, disks: stateDisks)
      try states.markInUse()
      self.states = states
      found = opening
    }
    return found
  }
}

/// A crash that keeps, drops or tears each unsynced sector as chance will.
struct RandomCrash: CrashChooser {
  var random: RandomStream

  mutating func fate(of sector: UnsyncedSector) -> SectorFate {
    switch random.next(below: 4) {
    case 0: .old
    case 1: .new
    case 2: .version(Int(random.next(below: UInt64(sector.versionCount))))
    default: .torn(newBytes: Int(random.next(below: UInt64(CrashableFile.sectorSize))))
    }
  }

  mutating func lengthIndex(of lengths: [UInt64]) -> Int { Int(random.next(below: UInt64(lengths.count))) }

  mutating func keepsFolderOperation(_ index: Int) -> Bool { random.next(below: 2) == 0 }
}
