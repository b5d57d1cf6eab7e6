package import BlockStorage
package import Quantities

/// A target whose replica survives any crash: a ``ReplicationTarget`` and its ``ReplicaFiles``, kept in step.
///
/// An answer is given only after what it promises is durable: a full sync is accepted, an instance complete, no matter
/// what happens next. It needs the same driver as the target alone; when the server or its datastore has stopped,
/// the replica is opened again:
///
///     let target = try DurableTarget.create(in: folder, names: names, identities: ids, bases: bases, salt: 1)
///     …
///     let target = try DurableTarget.open(in: folder, names: names, salt: 2)
///     target.connectionLost()  // the source's session has ended
///
/// Test images, promotion and changes of disks are those of the target in memory and are not offered here.
///
/// A class, since files are things with an identity; not `Sendable`. After it threw anything but a mismatch or
/// `files(.storage)` on received data, the replica is opened again.
package final class DurableTarget<Folder: StorageFolder> where Folder.File.Failure == Folder.Failure {
  package typealias Failure = ReplicaFilesError<Folder.Failure>

  package private(set) var target: ReplicationTarget
  let files: ReplicaFiles<Folder>

  private init(target: ReplicationTarget, files: ReplicaFiles<Folder>) {
    self.target = target
    self.files = files
  }

  /// Begins a replica: its files are in the folder, with the base disks' content, once this returns.
  ///
  /// Parameters as those of ``ReplicationTarget/init(bases:instance:parameters:)`` and
  /// ``ReplicaFiles/create(in:names:identities:target:salt:)``; instances are numbered on from `lastGeneration`.
  package static func create(
    in folder: Folder, names: ReplicaListing.Names, identities: [UInt128], bases: [ExtentStore],
    instance: ReplicationTarget.Instance? = nil, lastGeneration: UInt64 = 0,
    parameters: TargetParameters = TargetParameters(), salt: UInt64
  ) throws(Failure) -> DurableTarget {
    var target = ReplicationTarget(bases: bases, instance: instance, parameters: parameters)
    target.lastGeneration = max(target.lastGeneration, lastGeneration)
    let files = try ReplicaFiles.create(
      in: folder, names: names, identities: identities, target: target, salt: salt)
    return DurableTarget(target: target, files: files)
  }

  /// Goes on with what the files hold.
  ///
  /// - Parameter parameters: As before the stop; the retention policy may have changed.
  package static func open(
    in folder: Folder, names: ReplicaListing.Names, parameters: TargetParameters = TargetParameters(),
    salt: UInt64
  ) throws(Failure) -> DurableTarget {
    let (files, chain) = try ReplicaFiles.open(in: folder, names: names, salt: salt)
    return DurableTarget(
      target: ReplicationTarget(restoring: chain, parameters: parameters), files: files)
  }

  // MARK: - Messages

  /// As ``ReplicationTarget/offer(_:at:freeSpace:)``; what the answer promises is durable.
  ///
  /// - Throws: `files(.storage)` for received data leaves everything as it was, and the message can be offered again.
  package func offer(
    _ message: SourceMessage, at now: Instant, freeSpace: ByteCount? = nil
  ) throws(DurableTargetError<Folder.Failure>) -> Reception {
    guard target.refusal(of: message, at: now, freeSpace: freeSpace) == nil else {
      return try take(message, at: now, freeSpace: freeSpace)
    }
    do { try storeContent(of: message) } catch { throw .files(error) }
    let reception: Reception
    do { reception = try take(message, at: now, freeSpace: freeSpace) } catch {
      do {
        try files.dropReceived()
        try files.record(target)
      } catch { throw .files(error) }
      throw error
    }
    do { try complete(message) } catch { throw .files(error) }
    return reception
  }

  private func take(
    _ message: SourceMessage, at now: Instant, freeSpace: ByteCount?
  ) throws(DurableTargetError<Folder.Failure>) -> Reception {
    do { return try target.offer(message, at: now, freeSpace: freeSpace) } catch { throw .mismatch(error) }
  }

  /// What goes to the files before the target knows of it.
  private func storeContent(of message: SourceMessage) throws(Failure) {
    switch message {
    case .fullSyncBegan: try endReception()
    case .fullSyncData(_, let index, let batch) where target.newestInstance == nil:
      try files.write(batch, toBase: index)
    case .fullSyncData(_, let index, let batch):
      try files.append(batch, toDisk: index, number: nextNumber, isFullSync: true)
    case .deltaData(_, let index, let batch): try files.append(batch, toDisk: index, number: nextNumber)
    case .fullSyncEnded(let sequence):
      if target.newestInstance == nil {
        try files.syncBases()
      } else {
        try files.keepFullSync(sequence)
      }
    case .regionChecksums, .deltaEnded: break
    }
  }

  /// What makes durable what the target has come to.
  private func complete(_ message: SourceMessage) throws(Failure) {
    switch message {
    case .fullSyncEnded: try files.record(target)
    case .deltaEnded(let summary):
      let instance = LoggedInstance(sequence: summary.sequence, pointInTime: summary.pointInTime)
      try files.commit(instance, number: target.lastGeneration)
      try files.record(target)
    case .fullSyncBegan, .regionChecksums, .fullSyncData, .deltaData: break
    }
  }

  /// The number of the level that is being received.
  private var nextNumber: UInt64 { target.lastGeneration + 1 }

  /// The session of the source ended: as ``ReplicationTarget/connectionLost()``.
  package func connectionLost() throws(Failure) {
    try endReception()
    target.connectionLost()
  }

  /// What an unfinished full sync brought is kept, though a crash may lose it; the rest goes.
  private func endReception() throws(Failure) {
    if case .fullSync(let sequence, _) = target.sync, target.newestInstance != nil {
      try files.keepFullSync(sequence)
    } else {
      try files.dropIncoming()
    }
  }

  // MARK: - Merging

  /// As ``ReplicationTarget/nextMerge``.
  package var nextMerge: ReplicationTarget.Merge? { target.nextMerge }

  package func mergeBegan(_ merge: ReplicationTarget.Merge) { target.mergeBegan(merge) }

  /// Merges the files, durably, and then in memory: all of the merge happens here.
  ///
  /// - Precondition: It was begun and not interrupted since.
  package func mergeCompleted(_ merge: ReplicationTarget.Merge) throws(Failure) {
    guard let level = target.levels.first(where: { $0.number == merge.source }) else {
      preconditionFailure("a merge reads logs that exist")
    }
    if let destination = merge.destination {
      let instance = level.record.instance
      try files.merge(
        merge.source, into: destination,
        instance: LoggedInstance(sequence: instance.sequence, pointInTime: instance.pointInTime),
        generation: level.record.generation)
    } else {
      try files.mergeIntoBases(merge.source)
    }
    target.mergeCompleted(merge)
    try files.record(target)
  }

  // MARK: - What happens to the target

  /// As ``ReplicationTarget/hostFailed(hasOtherHost:)``.
  package func hostFailed(hasOtherHost: Bool) { target.hostFailed(hasOtherHost: hasOtherHost) }

  package func hostBecameAccessible() { target.hostBecameAccessible() }

  package func pauseChanged(to isPaused: Bool) { target.pauseChanged(to: isPaused) }

  /// Ends the replication; the files are gone once this returns.
  ///
  /// - Parameter keepsBases: Whether the base disks stay, as seeds of a later replication.
  package func remove(keepsBases: Bool = false) throws(Failure) {
    try files.remove(keepsBases: keepsBases)
    do { _ = try target.remove() } catch {
      preconditionFailure("a replica without test image is removed once")
    }
  }
}
