/// A folder in memory that can crash, of files that crash with it.
///
/// - Invariant: A file that was removed, or replaced by a rename, keeps its content as long as a crash can bring
///   it back.
package final class CrashableFolder: StorageFolder {
  package typealias File = CrashableFile
  package typealias Failure = StorageFault

  /// A change of names.
  ///
  /// It names the file it moves, since its effect does not depend on whether the changes
  /// before it survive.
  private enum Operation {
    case enter(name: String, file: CrashableFile)
    case remove(name: String)
    case rename(from: String, to: String, file: CrashableFile)
  }

  package let storage: CrashableStorage
  private var files: [String: CrashableFile] = [:]
  private var durableFiles: [String: CrashableFile] = [:]
  private var unsynced: [Operation] = []

  package init(on storage: CrashableStorage) { self.storage = storage }

  package var names: [String] { files.keys.sorted() }

  /// The number of operations that a crash can undo.
  package var unsyncedOperationCount: Int { unsynced.count }

  /// The operations that a crash can undo, in the order they were made; a rename by its old name.
  package var unsyncedOperations: [StorageChange] {
    unsynced.map { operation in
      switch operation {
      case .enter(let name, _): StorageChange(kind: .create, name: name)
      case .remove(let name): StorageChange(kind: .remove, name: name)
      case .rename(let name, _, _): StorageChange(kind: .rename, name: name)
      }
    }
  }

  /// The files, also those without a name as long as a crash can bring them back, whose content is not all synced.
  package var unsyncedFiles: [CrashableFile] { allFiles.filter(\.hasUnsyncedChanges) }

  /// A folder of its own on another storage, in the same state, unsynced changes included.
  package func copy(on storage: CrashableStorage) -> CrashableFolder {
    var copies: [ObjectIdentifier: CrashableFile] = [:]
    for file in allFiles { copies[ObjectIdentifier(file)] = file.copy(on: storage) }
    func copied(_ file: CrashableFile) -> CrashableFile {
      guard let copy = copies[ObjectIdentifier(file)] else {
        preconditionFailure("every file that a crash can leave is copied")
      }
      return copy
    }
    let folder = CrashableFolder(on: storage)
    folder.files = files.mapValues(copied)
    folder.durableFiles = durableFiles.mapValues(copied)
    folder.unsynced = unsynced.map { operation in
      switch operation {
      case .enter(let name, let file): .enter(name: name, file: copied(file))
      case .remove: operation
      case .rename(let name, let newName, let file): .rename(from: name, to: newName, file: copied(file))
      }
    }
    return folder
  }

  /// Every file that has a name, or can get one by a crash: durable ones by name, then those entered since.
  private var allFiles: [CrashableFile] {
    let entered = unsynced.compactMap { operation in
      if case .enter(_, let file) = operation { file } else { nil }
    }
    return durableFiles.keys.sorted().compactMap { durableFiles[$0] } + entered
  }

  package func create(_ name: String) throws(StorageFault) -> CrashableFile {
    try begin(.create, name)
    if files[name] != nil { throw .fileExists(name: name) }
    let file = CrashableFile(on: storage)
    apply(.enter(name: name, file: file))
    return file
  }

  package func open(_ name: String) throws(StorageFault) -> CrashableFile {
    try storage.beginRead()
    guard let file = files[name] else { throw .noSuchFile(name: name) }
    return file
  }

  package func remove(_ name: String) throws(StorageFault) {
    try begin(.remove, name)
    if files[name] == nil { throw .noSuchFile(name: name) }
    apply(.remove(name: name))
  }

  package func rename(_ name: String, to newName: String) throws(StorageFault) {
    try begin(.rename, name)
    guard let file = files[name] else { throw .noSuchFile(name: name) }
    if name != newName { apply(.rename(from: name, to: newName, file: file)) }
  }

  package func sync() throws(StorageFault) {
    try begin(.folderSync, "")
    if storage.isSyncLying?(StorageChange(kind: .folderSync, name: "")) == true { return }
    durableFiles = files
    unsynced = []
  }

  private func begin(_ kind: StorageChange.Kind, _ name: String) throws(StorageFault) {
    if let failure = try storage.begin(StorageChange(kind: kind, name: name)) { throw failure.fault }
  }

  /// Leaves what a disk would hold after a crash now.
  ///
  /// That is some of the unsynced operations, and of every file that still has a name what
  /// `CrashableFile.crash(choosing:)` leaves. Files crash in the order of their names.
  package func crash(choosing chooser: inout some CrashChooser) {
    files = durableFiles
    for (index, operation) in unsynced.enumerated() where chooser.keepsFolderOperation(index) {
      Self.apply(operation, to: &files)
    }
    unsynced = []
    durableFiles = files
    var crashed: [ObjectIdentifier] = []
    for name in names {
      // Of two renames of a file only the second may survive: it has two names then, and crashes once.
      guard let file = files[name], !crashed.contains(ObjectIdentifier(file)) else { continue }
      crashed.append(ObjectIdentifier(file))
      file.name = name
      chooser.fileBegins(name)
      file.crash(choosing: &chooser)
    }
  }

  private func apply(_ operation: Operation) {
    Self.apply(operation, to: &files)
    unsynced.append(operation)
  }

  private static func apply(_ operation: Operation, to files: inout [String: CrashableFile]) {
    switch operation {
    case .enter(let name, let file):
      files[name] = file
      file.name = name
    case .remove(let name): files[name] = nil
    case .rename(let name, let newName, let file):
      files[name] = nil
      files[newName] = file
      file.name = newName
    }
  }
}
