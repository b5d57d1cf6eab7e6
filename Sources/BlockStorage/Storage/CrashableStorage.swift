/// The storage of one machine that can fail and crash: what its files and folders share.
///
/// It counts their operations, so that a test enumerates every moment at which code can be interrupted:
///
///     let storage = CrashableStorage()
///     storage.stop(afterChanges: 3)  // the fourth write, resize, sync or folder operation throws `crashed`
///     let file = CrashableFile(on: storage)
///
/// An operation interrupted in its midst needs no moment of its own: a write that was under way is one that
/// was accepted and then torn by the crash, and a sync that was under way is one that was never called, of whose
/// writes the crash keeps some.
package final class CrashableStorage {
  /// Writes, resizes, syncs and folder operations accepted or failed so far.
  package private(set) var changeCount = 0
  /// Reads accepted or failed so far.
  package private(set) var readCount = 0
  /// Whether the machine stands still: every operation throws ``StorageFault/crashed``.
  package private(set) var isDown = false
  /// The bytes of all files together that the storage holds at most; `nil` for no limit.
  package var capacity: UInt64?
  /// Called before every change that is accepted or fails: a test looks at what a crash just then would leave.
  package var willChange: ((StorageChange) -> Void)?
  /// Which syncs of files and folders lie: they succeed and make nothing durable.
  ///
  /// A test shows with it that a sync is needed.
  package var isSyncLying: ((StorageChange) -> Bool)?
  /// The bytes of all files together, also of those without a name: a crash can bring them back.
  package private(set) var usedBytes: UInt64 = 0

  private var stopCount: Int?
  private var changeFailure: (index: Int, fault: StorageFault, keptBytes: Int)?
  private var readFailure: (index: Int, fault: StorageFault)?

  package init(capacity: UInt64? = nil) { self.capacity = capacity }

  /// Lets `count` more changes happen; then the machine stands still until ``restart()``.
  package func stop(afterChanges count: Int) { stopCount = changeCount + count }

  /// Makes the change that comes after `index` others, counted from now, fail once.
  ///
  /// - Parameter keptBytes: What a failing write still stores of its beginning. A failing sync makes
  ///   nothing durable, see ``CrashableFile/sync()``.
  package func fail(change index: Int, with fault: StorageFault, keptBytes: Int = 0) {
    changeFailure = (changeCount + index, fault, keptBytes)
  }

  /// Makes the read that comes after `index` others, counted from now, fail once.
  package func fail(read index: Int, with fault: StorageFault) { readFailure = (readCount + index, fault) }

  /// The machine is up again and no failure is planned.
  package func restart() {
    isDown = false
    stopCount = nil
    changeFailure = nil
    readFailure = nil
  }

  /// Counts a change; a planned failure is returned with the bytes it keeps, a standstill is thrown.
  func begin(_ change: StorageChange) throws(StorageFault) -> (fault: StorageFault, keptBytes: Int)? {
    if let stopCount, changeCount >= stopCount { isDown = true }
    if isDown { throw .crashed }
    willChange?(change)
    defer { changeCount += 1 }
    guard let failure = changeFailure, failure.index == changeCount else { return nil }
    changeFailure = nil
    return (failure.fault, failure.keptBytes)
  }

  func beginRead() throws(StorageFault) {
    if isDown { throw .crashed }
    defer { readCount += 1 }
    guard let failure = readFailure, failure.index == readCount else { return }
    readFailure = nil
    throw failure.fault
  }

  /// Accounts for a file that changes its length.
  func replace(_ oldByteCount: UInt64, by newByteCount: UInt64) throws(StorageFault) {
    let used = usedBytes - oldByteCount + newByteCount
    if let capacity, used > capacity, newByteCount > oldByteCount { throw .noSpace }
    usedBytes = used
  }

  /// Accounts for a length that no operation brought about: a file's first, or what a crash left.
  func account(for newByteCount: UInt64, insteadOf oldByteCount: UInt64) {
    usedBytes = usedBytes - oldByteCount + newByteCount
  }
}

/// A change that is about to be made to a crashable storage.
package struct StorageChange: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable {
    case write, resize, sync
    case create, remove, rename, folderSync
  }

  package let kind: Kind
  /// The file that it is made to, by its present name; empty for a folder's sync and a file of no folder.
  package let name: String
}

/// Why an operation of a crashable storage failed.
package enum StorageFault: Error, Equatable, Sendable {
  /// The storage is full; nothing or only the beginning was written.
  case noSpace
  /// The device reports an error; nothing or only the beginning was written.
  case deviceError
  /// The machine crashed before the operation.
  case crashed
  case noSuchFile(name: String)
  case fileExists(name: String)
}
