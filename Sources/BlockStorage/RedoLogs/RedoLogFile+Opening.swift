import Quantities

/// What a walk through a redo log file found.
struct RecoveredRedoLog {
  var bundles: [RedoLogBundle] = []
  var instance: LoggedInstance?
  var endOffset = RedoLogSuperblock.headByteCount
  var chain = RedoLogChecksum.zero
  var discardedTail: RedoLogDamage?
}

extension RedoLogFile {
  /// Opens a log as the last process, or a crash, left it.
  ///
  /// What it finds is durable once this returns. The file gets a new salt, so that nothing of a tail that was
  /// discarded is ever taken for new. Doing it twice, as after a crash in its midst, gives the same.
  ///
  /// A sync that failed leaves bytes that read as written and may never reach the disk. So a file whose sync failed
  /// is opened again after its storage was restarted, or else is reset at once.
  ///
  /// - Throws: `notARedoLog`, `damaged` with the place and the kind of the damage, or `storage`.
  /// - Complexity: Reads the descriptors, and the payloads that no superblock vouches for.
  package static func open(_ file: File) throws(Failure) -> RedoLogFile { try open(file, safeguards: .all) }

  static func open(_ file: File, safeguards: RedoLogSafeguards) throws(Failure) -> RedoLogFile {
    let (superblock, slot) = try newestSuperblock(in: file)
    let recovered =
      superblock.state == .merged
      ? RecoveredRedoLog() : try recover(file, superblock: superblock, safeguards: safeguards)
    // Written again, the slot that counts is durable even if it was only to be read: a sync may have failed.
    let log = RedoLogFile(
      file, superblock: superblock, durableSlot: slot, recovered: recovered, safeguards: safeguards)
    try log.changing { () throws(File.Failure) in
      try file.write(superblock.encoded.span.bytes, at: RedoLogSuperblock.slotOffsets[slot])
      try file.sync()
    }
    var next = superblock
    next.generation += 1
    if superblock.state != .merged {
      if recovered.instance != nil, next.state == .receiving { next.state = .complete }
      next.tail = recovered.endOffset
      next.chain = recovered.chain
    }
    if next.state == .receiving, safeguards.newSaltAtOpening { next.salt = superblock.followingSalt }
    try log.replaceSuperblock(next)
    return log
  }

  /// The valid superblock of the highest generation and its slot.
  private static func newestSuperblock(in file: File) throws(Failure) -> (RedoLogSuperblock, Int) {
    var newest: (superblock: RedoLogSuperblock, slot: Int)?
    var defects: [RedoLogDefect] = []
    for (slot, offset) in RedoLogSuperblock.slotOffsets.enumerated() {
      let bytes = try read(offset..<offset + UInt64(RedoLogSuperblock.byteCount), of: file)
      do throws(RedoLogDefect) {
        guard let bytes else {
          throw .truncated(
            neededBytes: offset + UInt64(RedoLogSuperblock.byteCount), byteCount: file.byteCount)
        }
        let superblock = try RedoLogSuperblock(decoding: bytes)
        if newest.map({ $0.superblock.generation < superblock.generation }) ?? true {
          newest = (superblock, slot)
        }
      } catch {
        // A whole superblock of another version counts: what it says cannot be passed over.
        if case .unsupportedVersion = error {
          throw .damaged(RedoLogDamage(byteOffset: offset, defect: error))
        }
        defects.append(error)
      }
    }
    guard let newest else { throw .notARedoLog(first: defects[0], second: defects[1]) }
    return newest
  }

  /// The longest prefix of whole bundles, and whether it is committed.
  private static func recover(
    _ file: File, superblock: RedoLogSuperblock, safeguards: RedoLogSafeguards
  ) throws(Failure) -> RecoveredRedoLog {
    var found = RecoveredRedoLog()
    while found.instance == nil, found.endOffset < superblock.tail {
      let damage = try readRecord(
        of: file, superblock: superblock, isVouchedFor: true, safeguards: safeguards, into: &found)
      if let damage { throw .damaged(damage) }
    }
    if found.endOffset != superblock.tail || found.chain != superblock.chain {
      throw .damaged(RedoLogDamage(byteOffset: superblock.tail, defect: .brokenChain))
    }
    if (found.instance != nil) != (superblock.state != .receiving) {
      throw .damaged(RedoLogDamage(byteOffset: superblock.tail, defect: .missingCommit))
    }
    while found.instance == nil {
      let damage = try readRecord(
        of: file, superblock: superblock, isVouchedFor: false, safeguards: safeguards, into: &found)
      guard let damage else { continue }
      if case .staleSalt = damage.defect { break }
      if found.endOffset < file.byteCount { found.discardedTail = damage }
      break
    }
    return found
  }

  /// Adds the record at the end of what was found, or says why there is none.
  private static func readRecord(
    of file: File, superblock: RedoLogSuperblock, isVouchedFor: Bool, safeguards: RedoLogSafeguards,
    into found: inout RecoveredRedoLog
  ) throws(Failure) -> RedoLogDamage? {
    let start = found.endOffset
    let salt = isVouchedFor || !safeguards.salts ? nil : superblock.salt
    let previous = safeguards.chains ? found.chain : RedoLogChecksum.zero
    let byteCount = file.byteCount
    func truncated(_ neededBytes: UInt64) -> RedoLogDamage {
      RedoLogDamage(byteOffset: start, defect: .truncated(neededBytes: neededBytes, byteCount: byteCount))
    }
    guard let head = try read(start..<start + UInt64(RedoLogCommit.byteCount), of: file) else {
      return truncated(start + UInt64(RedoLogCommit.byteCount))
    }
    do throws(RedoLogDefect) {
      switch head.field(at: 0, as: UInt32.self) {
      case RedoLogCommit.magic:
        let (commit, chain) = try RedoLogCommit.decode(head, salt: salt, after: previous)
        try found.accept(commit, chain: chain, payloadWidth: superblock.geometry.payloadWidth)
        return nil
      case RedoLogBundle.magic: break
      case let magic: throw .badMagic(UInt64(magic))
      }
    } catch {
      return RedoLogDamage(byteOffset: start, defect: error)
    }
    guard let block = try read(start..<start + UInt64(RedoLogBundle.blockSize), of: file) else {
      return truncated(start + UInt64(RedoLogBundle.blockSize))
    }
    let bundle: RedoLogBundle
    do throws(RedoLogDefect) {
      bundle = try RedoLogBundle(
        decoding: block, at: start, index: UInt64(found.bundles.count), salt: salt, after: previous,
        geometry: superblock.geometry)
    } catch {
      return RedoLogDamage(byteOffset: start, defect: error)
    }
    let width = superblock.geometry.payloadWidth
    let payloadEnd = bundle.payloadOffset + UInt64(bundle.payloadByteCount(width: width))
    if payloadEnd > byteCount { return truncated(payloadEnd) }
    if !isVouchedFor, safeguards.payloadChecksums {
      let payloads = try read(bundle.payloadOffset..<payloadEnd, of: file) ?? []
      if let damage = bundle.damage(in: payloads, width: width) { return damage }
    }
    found.bundles.append(bundle)
    found.endOffset = bundle.endOffset(width: width)
    found.chain = bundle.chain
    return nil
  }

  /// The bytes of `range`, `nil` if the file ends before.
  private static func read(_ range: Range<UInt64>, of file: File) throws(Failure) -> [UInt8]? {
    guard range.upperBound <= file.byteCount else { return nil }
    var bytes: [UInt8] = []
    do { try file.read(range, appendingTo: &bytes) } catch { throw .storage(error) }
    return bytes
  }
}

extension RecoveredRedoLog {
  /// Adds a commit that counts what was found.
  fileprivate mutating func accept(
    _ commit: RedoLogCommit, chain: RedoLogChecksum, payloadWidth: Int
  ) throws(RedoLogDefect) {
    let extentCount = bundles.reduce(0) { $0 + $1.extentCount }
    let byteCount = bundles.reduce(0) { $0 + $1.payloadByteCount(width: payloadWidth) }
    guard commit.bundleCount == UInt64(bundles.count), commit.extentCount == UInt64(extentCount),
      commit.payloadByteCount == UInt64(byteCount)
    else { throw .wrongTotals }
    instance = commit.instance
    endOffset += UInt64(RedoLogCommit.byteCount)
    self.chain = chain
  }
}
