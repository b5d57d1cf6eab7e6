import BlockStorage
import Glibc

/// A folder of the operating system with its regular files, whose names `fsync` of the folder makes durable.
///
///     let folder = try FileFolder(creatingAt: "/replicas/sql")
///     let target = try DurableTarget.create(in: folder, names: names, …)
///
/// One value at a time has a folder: an advisory lock (`flock`) on it keeps out other processes that use this type,
/// and goes with the process, however that ends. So ``names`` is read once and then kept; what else is in the folder, such
/// as other folders, is not seen.
///
/// After a failed `create`, `remove` or `rename` it is open whether it happened: the folder is opened again.
///
/// A class, since a folder is a thing with an identity; not `Sendable`. It is closed with the last reference.
package final class FileFolder: StorageFolder {
  package typealias File = DiskFile
  package typealias Failure = FileStorageError

  package let path: String
  private let descriptor: Int32
  private var knownNames: Set<String> = []

  /// Opens a folder that exists.
  ///
  /// - Throws: `inUse` if another value has it, or what the system says.
  package init(at path: String) throws(FileStorageError) {
    self.path = path
    descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor < 0 { throw FileStorageError(.open, path, .system(errno: errno)) }
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      throw FileStorageError(.lock, path, errno == EWOULDBLOCK ? .inUse : .system(errno: errno))
    }
    knownNames = try namesOfFiles()
  }

  /// Makes the folder if there is none, durably, and opens it; the one above it must exist.
  package convenience init(creatingAt path: String) throws(FileStorageError) {
    if mkdir(path, 0o755) != 0, errno != EEXIST {
      throw FileStorageError(.create, path, .system(errno: errno))
    }
    try self.init(at: path)
    // The folder is itself a name in another one.
    let parent = openat(descriptor, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if parent < 0 { throw FileStorageError(.sync, path + "/..", .system(errno: errno)) }
    defer { close(parent) }
    try Self.sync(parent, path: path + "/..")
  }

  deinit {
    guard descriptor >= 0 else { return }
    // A child process that is just being started has the descriptor until it runs its program, and would keep the lock as long.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  package var names: [String] { knownNames.sorted() }

  package func create(_ name: String) throws(FileStorageError) -> DiskFile {
    try check(name, for: .create)
    let file = openat(descriptor, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
    if file < 0 { throw failure(.create, name) }
    knownNames.insert(name)
    return try DiskFile(descriptor: file, path: path(of: name))
  }

  package func open(_ name: String) throws(FileStorageError) -> DiskFile {
    try check(name, for: .open)
    // Not waiting, since the name may be that of a pipe.
    let file = openat(descriptor, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    if file < 0 { throw failure(.open, name) }
    return try DiskFile(descriptor: file, path: path(of: name))
  }

  package func remove(_ name: String) throws(FileStorageError) {
    try check(name, for: .remove)
    if unlinkat(descriptor, name, 0) != 0 { throw failure(.remove, name) }
    knownNames.remove(name)
  }

  package func rename(_ name: String, to newName: String) throws(FileStorageError) {
    try check(name, for: .rename)
    try check(newName, for: .rename)
    if renameat(descriptor, name, descriptor, newName) != 0 { throw failure(.rename, name) }
    knownNames.remove(name)
    knownNames.insert(newName)
  }

  package func sync() throws(FileStorageError) { try Self.sync(descriptor, path: path) }

  private static func sync(_ descriptor: Int32, path: String) throws(FileStorageError) {
    while fsync(descriptor) != 0 {
      if errno != EINTR { throw FileStorageError(.sync, path, .system(errno: errno)) }
    }
  }

  // MARK: Names

  private func path(of name: String) -> String { "\(path)/\(name)" }

  private func failure(_ operation: FileStorageError.Operation, _ name: String) -> FileStorageError {
    // Read first: making the path may change it.
    let number = errno
    return FileStorageError(operation, path(of: name), .system(errno: number))
  }

  private func check(_ name: String, for operation: FileStorageError.Operation) throws(FileStorageError) {
    if name.isEmpty || name == "." || name == ".." || name.utf8.contains(where: { $0 == 0x2f || $0 == 0 }) {
      throw FileStorageError(operation, path(of: name), .badName)
    }
  }

  /// The regular files in the folder.
  private func namesOfFiles() throws(FileStorageError) -> Set<String> {
    func failed() -> FileStorageError { FileStorageError(.list, path, .system(errno: errno)) }
    let own = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if own < 0 { throw failed() }
    guard let stream = fdopendir(own) else {
      defer { close(own) }
      throw failed()
    }
    defer { closedir(stream) }
    var names: Set<String> = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { throw failed() }
        return names
      }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      var status = stat()
      if fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) != 0 { throw failed() }
      if status.st_mode & S_IFMT == S_IFREG { names.insert(name) }
    }
  }
}
