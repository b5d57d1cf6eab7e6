import FileStorage
import Foundation
import Glibc
import Testing

@Suite struct FileFolderTests {
  private let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private func failure<Value>(_ body: () throws(FileStorageError) -> Value) -> FileStorageError? {
    do { _ = try body() } catch { return error }
    return nil
  }

  @Test func `A folder has one user at a time`() throws {
    var first: FileFolder? = try FileFolder(at: scratch.path)
    #expect(failure { () throws(FileStorageError) in try FileFolder(at: scratch.path) }?.cause == .inUse)
    #expect(first?.names == [])
    first = nil
    #expect(failure { () throws(FileStorageError) in try FileFolder(at: scratch.path) } == nil)
  }

  /// A process that is being started has all descriptors of its parent for a moment; here copies of them stand for it.
  @Test func `A folder that is closed is free, whoever still has its descriptor`() throws {
    var folder: FileFolder? = try FileFolder(at: scratch.path)
    #expect(folder?.names == [])
    var here = stat()
    #expect(stat(scratch.path, &here) == 0)
    let held = (0..<min(getdtablesize(), 65_536)).filter { descriptor in
      var there = stat()
      return fstat(descriptor, &there) == 0 && there.st_dev == here.st_dev && there.st_ino == here.st_ino
    }
    let copies = held.map { fcntl($0, F_DUPFD_CLOEXEC, 0) }
    defer { for copy in copies { close(copy) } }
    #expect(!copies.isEmpty && copies.allSatisfy { $0 >= 0 })

    folder = nil

    #expect(failure { () throws(FileStorageError) in try FileFolder(at: scratch.path) } == nil)
  }

  @Test func `An error names what was attempted, the path and the number`() throws {
    let folder = try FileFolder(at: scratch.path)
    let missing = failure { () throws(FileStorageError) in try folder.open("log") }
    #expect(missing == FileStorageError(.open, "\(scratch.path)/log", .system(errno: ENOENT)))
    #expect(missing?.description == "cannot open \(scratch.path)/log: No such file or directory (errno 2)")
    _ = try folder.create("log")
    let existing = failure { () throws(FileStorageError) in try folder.create("log") }
    #expect(existing?.cause == .system(errno: EEXIST))
    let nowhere = failure { () throws(FileStorageError) in try FileFolder(at: "\(scratch.path)/none") }
    #expect(nowhere?.cause == .system(errno: ENOENT))
  }

  @Test(arguments: ["", ".", "..", "a/b", "../a", "a\0b"])
  func `A name leads to nothing outside the folder`(name: String) throws {
    let folder = try FileFolder(at: scratch.path)
    #expect(failure { () throws(FileStorageError) in try folder.create(name) }?.cause == .badName)
    #expect(failure { () throws(FileStorageError) in try folder.open(name) }?.cause == .badName)
    #expect(failure { () throws(FileStorageError) in try folder.rename("a", to: name) }?.cause == .badName)
  }

  @Test func `Folders, links and pipes are no files`() throws {
    try FileManager.default.createDirectory(
      atPath: "\(scratch.path)/folder", withIntermediateDirectories: false)
    #expect(mkfifo("\(scratch.path)/pipe", 0o600) == 0)
    try FileManager.default.createSymbolicLink(
      atPath: "\(scratch.path)/link", withDestinationPath: "/etc/hostname")
    let folder = try FileFolder(at: scratch.path)
    #expect(folder.names == [])
    #expect(failure { () throws(FileStorageError) in try folder.open("folder") } != nil)
    #expect(failure { () throws(FileStorageError) in try folder.open("pipe") }?.cause == .notAFile)
    #expect(
      failure { () throws(FileStorageError) in try folder.open("link") }?.cause == .system(errno: ELOOP))
  }

  @Test func `A file that something else cut is told from one that cannot be read`() throws {
    let file = try FileFolder(at: scratch.path).create("log")
    try file.write([UInt8](repeating: 1, count: 10).span.bytes, at: 0)
    #expect(truncate(file.path, 4) == 0)
    var bytes: [UInt8] = [7]
    do {
      try file.read(0..<10, appendingTo: &bytes)
      Issue.record("bytes that are gone were read")
    } catch { #expect(error.cause == .endOfFile(byteOffset: 4)) }
    #expect(bytes == [7])
  }

  @Test func `A write beyond the largest file fails for lack of space and keeps what is there`() throws {
    let file = try FileFolder(at: scratch.path).create("log")
    try file.write([UInt8]([1]).span.bytes, at: 0)
    let error = failure { () throws(FileStorageError) in
      try file.write([UInt8]([1, 2]).span.bytes, at: UInt64(Int64.max) - 1)
    }
    #expect(error?.operation == .write && error?.path == file.path)
    #expect(file.byteCount == 1)
    // EFBIG, or EINVAL where the file system refuses the offset itself.
    #expect(error?.isOutOfSpace == true || error?.cause == .system(errno: EINVAL))
  }
}
