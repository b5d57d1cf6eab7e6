package import BlockStorage
import Quantities

/// The replica of one group in a folder, on formats that survive any crash.
///
/// | File                                         | Holds                                                    |
/// |----------------------------------------------|----------------------------------------------------------|
/// | `<disk>-flat.vmdk`                           | a base disk (`ExtentFile`)                               |
/// | `hbrdisk.<RDID>.<number>.<n>-delta.vmdk`     | the log of an instance (`RedoLogFile`)                   |
/// | `….fullsync<k>-delta.vmdk`                   | the log of a full sync after the first instance          |
/// | `….merged<g>-delta.vmdk`                     | what a merge made of two logs, up to generation *g*      |
/// | `hbrgrp.<GID>.txt`                           | the descriptor: which of these files count, and for what |
///
/// Names are those of ``ReplicaListing``; the last two kinds of logs are drsim's own. What makes every moment safe:
///
/// - A file that the descriptor names never changes what it means. Logs are committed and synced, then the folder
///   is synced, then the descriptor names them, all disks at once: this is when the instance exists.
/// - The descriptor is written to a new file, synced, renamed over the old one, and the folder synced.
/// - Logs that it no longer names are removed after that; what a crash leaves of them, and of logs that it
///   does not name yet, is removed on opening.
/// - A merge into a base disk syncs the base before the log is emptied; until then the log covers all that
///   the merge wrote, and the instance below is one that nobody may recover any more.
/// - With each recoverable instance the descriptor keeps the digest of every disk, which opening compares with
///   what the files show.
///
/// The folder may hold other files; they are left alone. A log without extents has no file.
///
/// A class, since files are things with an identity; not `Sendable`. After a failure of anything but
/// ``append(_:toDisk:number:isFullSync:)`` and ``write(_:toBase:)`` only a new look tells what the files hold: everything throws
/// `mustBeReopened`. A file whose sync failed is opened again after its storage was restarted.
package final class ReplicaFiles<Folder: StorageFolder> where Folder.File.Failure == Folder.Failure {
  package typealias Failure = ReplicaFilesError<Folder.Failure>
  typealias Log = RedoLogFile<Folder.File>

  /// A redo log and its name.
  struct NamedLog {
    let name: String
    let log: Log
    /// Of the sync that it was committed for; `nil` while it is filled.
    var sequence: SyncSequence?
  }

  let folder: Folder
  let names: ReplicaListing.Names
  let identities: [UInt128]
  private(set) var bases: [ExtentFile<Folder.File>]
  /// The logs of each level by its number, per disk, oldest first.
  var levels: [(number: UInt64, logs: [[NamedLog]])] = []
  /// Per disk what full syncs brought that no instance stands on yet.
  private(set) var fullSync: [[NamedLog]]
  /// Per disk the log being filled; none before its first extent.
  private var incoming: [NamedLog?]
  /// Files that the next descriptor no longer names.
  var obsolete: [String] = []
  /// Whether a name was given that the next descriptor relies on.
  private var hasNewNames = false
  private var nextSalt: UInt64
  private var isBroken = false

  init(
    folder: Folder, names: ReplicaListing.Names, identities: [UInt128], bases: [ExtentFile<Folder.File>],
    salt: UInt64
  ) {
    self.folder = folder
    self.names = names
    self.identities = identities
    self.bases = bases
    nextSalt = salt
    fullSync = bases.map { _ in [] }
    incoming = bases.map { _ in nil }
  }

  /// What opening found.
  func adopt(levels: [(number: UInt64, logs: [[NamedLog]])], fullSync: [[NamedLog]]) {
    (self.levels, self.fullSync) = (levels, fullSync)
  }

  // MARK: Failures

  /// Does something after whose failure only a new look at the files tells what they hold.
  func changing<Result>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    if isBroken { throw .mustBeReopened }
    do { return try body() } catch {
      isBroken = true
      throw error
    }
  }

  func storing<Result>(_ body: () throws(Folder.Failure) -> Result) throws(Failure) -> Result {
    do { return try body() } catch { throw .storage(error) }
  }

  func using<Result>(
    _ name: String, _ body: () throws(Log.Failure) -> Result
  ) throws(Failure) -> Result {
    do { return try body() } catch { throw Self.failure(of: name, error) }
  }

  static func failure(of name: String, _ error: Log.Failure) -> Failure {
    switch error {
    case .storage(let failure): .storage(failure)
    case .notARedoLog(let first, let second):
      .damaged(.redoLog(file: name, .noRedoLog(first: first, second: second)))
    case .damaged(let damage): .damaged(.redoLog(file: name, .damaged(damage)))
    case .mustBeReopened: .mustBeReopened
    }
  }

  // MARK: Receiving

  /// Stores extents in the log being filled; not durable before it is committed.
  ///
  /// After a failure nothing of the batch counts and it can be tried again.
  ///
  /// - Parameters:
  ///   - number: Of the level that the log will be of.
  ///   - isFullSync: Whether the log is one of a full sync, on which a delta is to stand.
  package func append(
    _ batch: ExtentBatch, toDisk index: Int, number: UInt64, isFullSync: Bool = false
  ) throws(Failure) {
    if isBroken { throw .mustBeReopened }
    if incoming[index] == nil {
      let suffix = isFullSync ? ".fullsync\(fullSync[index].count)" : ""
      let name = "\(names.log(number, ofDisk: index))\(suffix)-delta.vmdk"
      incoming[index] = try changing { () throws(Failure) in try createLog(name, ofDisk: index) }
    }
    guard let incoming = incoming[index] else { preconditionFailure("a log was just created") }
    try using(incoming.name) { () throws(Log.Failure) in try incoming.log.append(batch) }
  }

  /// Stores extents of the first full sync in the base disk; not durable before ``syncBases()``.
  ///
  /// After a failure some may be stored, and the batch can be tried again.
  package func write(_ batch: ExtentBatch, toBase index: Int) throws(Failure) {
    if isBroken { throw .mustBeReopened }
    try storing { () throws(Folder.Failure) in
      try batch.forEachRun { extents, payloads throws(Folder.Failure) in
        try bases[index].write(extents, payloads: payloads)
      }
    }
  }

  /// Makes durable what the first full sync brought: now it may be accepted.
  package func syncBases() throws(Failure) {
    try changing { () throws(Failure) in
      for base in bases { try storing { () throws(Folder.Failure) in try base.sync() } }
    }
  }

  /// Keeps what a full sync has brought so far beneath the instance that will stand on it.
  ///
  /// It counts once the next descriptor names it (``record(_:)``).
  package func keepFullSync(_ sequence: SyncSequence) throws(Failure) {
    try changing { () throws(Failure) in
      let instance = LoggedInstance(sequence: sequence, pointInTime: .zero)
      for index in incoming.indices {
        guard let received = incoming[index] else { continue }
        try using(received.name) { () throws(Log.Failure) in try received.log.commit(instance) }
        fullSync[index].append(NamedLog(name: received.name, log: received.log, sequence: sequence))
        incoming[index] = nil
      }
    }
  }

  /// Gives up the logs being filled.
  package func dropIncoming() throws(Failure) {
    try changing { () throws(Failure) in
      for index in incoming.indices {
        guard let received = incoming[index] else { continue }
        incoming[index] = nil
        try storing { () throws(Folder.Failure) in try folder.remove(received.name) }
      }
    }
  }

  /// Gives up the logs being filled and what full syncs have brought that no instance stands on.
  ///
  /// The latter is removed with the next descriptor, which must be written before anything else is received.
  package func dropReceived() throws(Failure) {
    try dropIncoming()
    for index in fullSync.indices {
      obsolete += fullSync[index].map(\.name)
      fullSync[index] = []
    }
  }

  /// Makes durable, on all disks, what was received for an instance.
  ///
  /// The instance exists once the next descriptor names it (``record(_:)``).
  package func commit(_ instance: LoggedInstance, number: UInt64) throws(Failure) {
    try changing { () throws(Failure) in
      var logs = fullSync
      for index in incoming.indices {
        guard let received = incoming[index] else { continue }
        try using(received.name) { () throws(Log.Failure) in try received.log.commit(instance) }
        logs[index].append(
          NamedLog(name: received.name, log: received.log, sequence: instance.sequence))
      }
      levels.append((number, logs))
      for index in incoming.indices {
        incoming[index] = nil
        fullSync[index] = []
      }
    }
  }

  // MARK: The descriptor

  /// Makes durable which instances exist, as the target says, and removes the files that no longer count.
  package func record(_ target: ReplicationTarget) throws(Failure) {
    try changing { () throws(Failure) in
      if hasNewNames {
        try storing { () throws(Folder.Failure) in try folder.sync() }
        hasNewNames = false
      }
      let bytes = descriptor(of: target).encoded
      let newName = names.newDescriptor
      try storing { () throws(Folder.Failure) in
        let file = try folder.create(newName)
        try file.write(bytes.span.bytes, at: 0)
        try file.sync()
        try folder.rename(newName, to: names.groupDescriptor)
        try folder.sync()
        for name in obsolete { try folder.remove(name) }
      }
      obsolete.removeAll()
    }
  }

  private func descriptor(of target: ReplicationTarget) -> ReplicaDescriptor {
    func named(_ logs: [NamedLog]) -> [ReplicaDescriptor.LogFile] {
      logs.map { entry in
        guard let sequence = entry.sequence else { preconditionFailure("only committed logs are named") }
        return ReplicaDescriptor.LogFile(name: entry.name, sequence: sequence)
      }
    }
    precondition(
      levels.map(\.number) == target.levels.map(\.number), "files and target are of the same instances")
    let recoverable = target.recoverablePositions
    let positions = (0...levels.count).map { position in
      ReplicaDescriptor.Position(
        number: position == 0 ? 0 : levels[position - 1].number,
        files: position == 0 ? [] : levels[position - 1].logs.map(named),
        record: target.record(at: position), isRetained: target.isRetained(at: position),
        digests: recoverable.contains(position) ? target.digests(at: position) : nil)
    }
    return ReplicaDescriptor(
      group: names.group, lastGeneration: target.lastGeneration,
      disks: bases.indices.map { index in
        ReplicaDescriptor.Disk(
          identity: identities[index], geometry: bases[index].geometry, fullSync: named(fullSync[index]))
      },
      positions: positions)
  }

  func createLog(_ name: String, ofDisk index: Int) throws(Failure) -> NamedLog {
    let file = try storing { () throws(Folder.Failure) in try folder.create(name) }
    hasNewNames = true
    nextSalt &+= 0x9e37_79b9_7f4a_7c15
    let salt = nextSalt
    let log = try using(name) { () throws(Log.Failure) in
      try Log.create(
        in: file, geometry: bases[index].geometry, diskIdentifier: identities[index], salt: salt)
    }
    return NamedLog(name: name, log: log)
  }
}

extension ReplicaListing.Names {
  /// What the descriptor is called until it is whole.
  var newDescriptor: String { groupDescriptor + ".new" }

  func baseFile(ofDisk index: Int) -> String { "\(disks[index])-flat.vmdk" }

  /// Whether a file of this name is a redo log of one of the disks, or a descriptor that was not finished.
  func isTransient(_ name: String) -> Bool {
    name == newDescriptor || diskIDs.contains { name.hasPrefix("hbrdisk.\($0).") }
  }
}
