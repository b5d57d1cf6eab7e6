/// A redo log on disk: what ``RedoLog`` is in memory, safe from a crash.
///
///     let log = try RedoLogFile.create(in: file, geometry: geometry, diskIdentifier: id, salt: salt)
///     try log.append(batch)  // several times
///     try log.commit(LoggedInstance(sequence: 7, pointInTime: imageTime))  // one sync: the instance is safe
///     try log.merge(into: base)
///     try log.reset(salt: otherSalt)  // the same file serves the next instance
///
/// | Bytes         | Hold                                                             |
/// |---------------|------------------------------------------------------------------|
/// | 0 to 8,191    | two slots of 4 KiB with the same 512-byte superblock             |
/// | from 8,192 on | bundles: a descriptor block of 4 KiB, payloads, padding to 4 KiB |
/// | at the end    | a commit of 512 bytes                                            |
///
/// What an earlier instance left in the file stays there until it is overwritten. It is never taken for new, since each
/// use of the file has a salt of its own that descriptors and commit carry.
///
/// Opening finds the longest prefix of whole bundles with the current salt. It reads descriptors, and of what no
/// superblock vouches for yet the payloads too; a torn tail is discarded. What a superblock vouches for and is
/// not there any more is reported as damage, never passed over.
///
/// A class, since a file is a thing with an identity; not `Sendable`.
///
/// - Invariant: At every moment one superblock slot is durable, and only the other one is written.
package final class RedoLogFile<File: StorageFile> {
  package typealias Failure = RedoLogFileError<File.Failure>

  /// What the log holds.
  package enum Phase: Equatable, Sendable {
    /// Extents of an instance that is not complete: nothing recoverable.
    case receiving
    /// All extents of an instance.
    case complete(LoggedInstance)
    /// All extents of an instance, some of which may be in the base already: it must be merged, for the base alone
    /// is no instance.
    case merging(LoggedInstance)
    /// Nothing: its instance is in the base.
    case merged
  }

  package let file: File
  package private(set) var phase: Phase
  /// What opening the file found and discarded after the last whole bundle, if it was of the current use.
  package internal(set) var discardedTail: RedoLogDamage?

  let safeguards: RedoLogSafeguards
  private(set) var superblock: RedoLogSuperblock
  private var durableSlot: Int
  private var mustBeReopened = false

  private(set) var bundles: [RedoLogBundle] = []
  /// Where the next record goes.
  private(set) var endOffset = RedoLogSuperblock.headByteCount
  private(set) var chain = RedoLogChecksum.zero

  package var geometry: ExtentGeometry { superblock.geometry }
  package var diskIdentifier: UInt128 { superblock.diskIdentifier }
  /// The instance that the base disk held when this log last knew; `nil` before the first merge.
  package var baseInstance: LoggedInstance? { superblock.baseInstance }
  /// Payloads received, repeated extents counted each time.
  package var appendedExtentCount: Int { bundles.reduce(0) { $0 + $1.extentCount } }
  /// Bytes of the file in use, superblocks included.
  package var usedByteCount: UInt64 { endOffset }

  init(
    _ file: File, superblock: RedoLogSuperblock, durableSlot: Int, recovered: RecoveredRedoLog,
    safeguards: RedoLogSafeguards
  ) {
    self.file = file
    self.superblock = superblock
    self.durableSlot = durableSlot
    self.safeguards = safeguards
    bundles = recovered.bundles
    endOffset = recovered.endOffset
    chain = recovered.chain
    phase =
      switch (superblock.state, recovered.instance) {
      case (.merging, let instance?): .merging(instance)
      case (_, let instance?): .complete(instance)
      case (.merged, nil): .merged
      case (_, nil): .receiving
      }
    discardedTail = recovered.discardedTail
  }

  /// Makes an empty log in a file; what the file held is gone.
  ///
  /// It is there once this returns. A crash before leaves a file that may not be a redo log.
  ///
  /// - Parameters:
  ///   - diskIdentifier: Which disk the extents belong to; kept for the caller to check.
  ///   - salt: Any number that no earlier use of the file had, such as a random one.
  package static func create(
    in file: File, geometry: ExtentGeometry, diskIdentifier: UInt128, salt: UInt64
  ) throws(Failure) -> RedoLogFile {
    try create(
      in: file, geometry: geometry, diskIdentifier: diskIdentifier, salt: salt, safeguards: .all)
  }

  static func create(
    in file: File, geometry: ExtentGeometry, diskIdentifier: UInt128, salt: UInt64,
    safeguards: RedoLogSafeguards
  ) throws(Failure) -> RedoLogFile {
    let superblock = RedoLogSuperblock(
      state: .receiving, generation: 0, salt: salt, diskIdentifier: diskIdentifier, geometry: geometry)
    let log = RedoLogFile(
      file, superblock: superblock, durableSlot: 1, recovered: RecoveredRedoLog(), safeguards: safeguards)
    do { try file.resize(to: 0) } catch { throw .storage(error) }
    try log.replaceSuperblock(superblock)
    return log
  }

  // MARK: Filling

  /// Stores a batch that was received, in as many bundles as it takes.
  ///
  /// It is not durable before ``commit(_:)`` or ``sync()``. A batch that fails is not in the log and can be
  /// tried again. Extents of zeros are stored as such, without payload.
  ///
  /// - Precondition: The log is receiving; the batch is of the log's geometry.
  package func append(_ batch: ExtentBatch) throws(Failure) {
    precondition(phase == .receiving, "only a log that receives takes extents")
    precondition(batch.geometry == geometry, "a redo log takes extents of its geometry")
    try checkIsUsable()
    let before = (bundles.count, endOffset, chain)
    do throws(File.Failure) {
      var writer = RedoLogBundleWriter(geometry: geometry)
      var (extents, offset) = (0..<0, 0)
      for run in batch.runs {
        extents = run
        while !extents.isEmpty {
          let entry = writer.nextEntry(of: extents, payloads: batch.payloads, at: offset)
          if writer.isFull { try write(&writer) }
          writer.add(entry, payloads: batch.payloads, at: offset)
          extents = entry.extents.upperBound..<extents.upperBound
          offset += entry.extents.count * geometry.payloadWidth
        }
      }
      if !writer.isEmpty { try write(&writer) }
    } catch {
      bundles.removeLast(bundles.count - before.0)
      (endOffset, chain) = (before.1, before.2)
      throw .storage(error)
    }
  }

  private func write(_ writer: inout RedoLogBundleWriter) throws(File.Failure) {
    let (bundle, bytes) = writer.finish(
      at: endOffset, index: UInt64(bundles.count), salt: superblock.salt,
      after: safeguards.chains ? chain : .zero)
    try file.write(bytes.span.bytes, at: endOffset)
    bundles.append(bundle)
    endOffset += UInt64(bytes.count)
    chain = bundle.chain
  }

  /// Makes durable what was appended, so that a crash does not lose it.
  ///
  /// An instance does not need it: its commit makes all of it durable.
  package func sync() throws(Failure) {
    try checkIsUsable()
    try changing { () throws(File.Failure) in try file.sync() }
  }

  /// Declares that the log holds all extents of `instance`.
  ///
  /// Once this returns the instance survives any crash.
  ///
  /// - Precondition: The log is receiving.
  package func commit(_ instance: LoggedInstance) throws(Failure) {
    precondition(phase == .receiving, "an instance is committed once")
    try checkIsUsable()
    let width = geometry.payloadWidth
    let commit = RedoLogCommit(
      salt: superblock.salt, bundleCount: UInt64(bundles.count), instance: instance,
      extentCount: UInt64(appendedExtentCount),
      payloadByteCount: UInt64(bundles.reduce(0) { $0 + $1.payloadByteCount(width: width) }))
    let record = commit.encoded(after: safeguards.chains ? chain : .zero)
    var vouching = superblock
    vouching.state = .complete
    vouching.generation += 1
    vouching.tail = endOffset + UInt64(RedoLogCommit.byteCount)
    vouching.chain = record.chain
    try changing { () throws(File.Failure) in
      try file.write(record.bytes.span.bytes, at: endOffset)
      try file.sync()
      // The instance is durable. That a superblock says so saves the next opening the look at the payloads, and
      // tells rot from a torn tail; it need not be durable.
      try file.write(vouching.encoded.span.bytes, at: RedoLogSuperblock.slotOffsets[1 - durableSlot])
    }
    (superblock, endOffset, chain) = (vouching, vouching.tail, vouching.chain)
    phase = .complete(instance)
  }

  /// Empties the log for the next instance; what it held is given up.
  ///
  /// - Parameter salt: Any number that no earlier use of the file had, such as a random one.
  /// - Precondition: No merge has begun that is not finished: the base would be left between two instances.
  package func reset(salt: UInt64) throws(Failure) {
    if case .merging = phase { preconditionFailure("a log whose merge has begun is not given up") }
    precondition(salt != superblock.salt, "every use of a redo log file has its own salt")
    try empty(state: .receiving, salt: salt, baseInstance: superblock.baseInstance)
  }

  // MARK: Superblocks

  /// Makes durable that the base is about to change.
  func beginMerge(of instance: LoggedInstance) throws(Failure) {
    try checkIsUsable()
    var next = superblock
    next.state = .merging
    next.generation += 1
    try replaceSuperblock(next)
    phase = .merging(instance)
  }

  /// Empties the log durably.
  func empty(
    state: RedoLogSuperblock.State, salt: UInt64, baseInstance: LoggedInstance?
  ) throws(Failure) {
    try checkIsUsable()
    var next = RedoLogSuperblock(
      state: state, generation: superblock.generation + 1, salt: salt, diskIdentifier: diskIdentifier,
      geometry: geometry)
    next.baseInstance = baseInstance
    try replaceSuperblock(next)
    bundles.removeAll(keepingCapacity: true)
    (endOffset, chain) = (next.tail, next.chain)
    discardedTail = nil
    phase = state == .merged ? .merged : .receiving
  }

  /// Makes `next` durable in the slot that does not hold the durable superblock, then copies it to the other.
  func replaceSuperblock(_ next: RedoLogSuperblock) throws(Failure) {
    let bytes = next.encoded
    try changing { () throws(File.Failure) in
      try file.write(bytes.span.bytes, at: RedoLogSuperblock.slotOffsets[1 - durableSlot])
      try file.sync()
      durableSlot = 1 - durableSlot
      superblock = next
      try file.write(bytes.span.bytes, at: RedoLogSuperblock.slotOffsets[1 - durableSlot])
    }
  }

  /// Does something after whose failure only a new look at the file tells what it holds.
  func changing(_ body: () throws(File.Failure) -> Void) throws(Failure) {
    do { try body() } catch {
      mustBeReopened = true
      throw .storage(error)
    }
  }

  func checkIsUsable() throws(Failure) { if mustBeReopened { throw .mustBeReopened } }
}

/// What keeps a redo log from being taken for more than it is.
///
/// Tests switch one off to see that it is needed.
struct RedoLogSafeguards: Sendable {
  /// Records of an earlier use of the file are told by their salt.
  var salts = true
  /// Payloads are compared with the checksums in their descriptor.
  var payloadChecksums = true
  /// A record vouches for those before it.
  var chains = true
  /// Opening gives the file another salt, so that what it cut off is of an earlier use.
  var newSaltAtOpening = true

  static let all = RedoLogSafeguards()
}
