import Foundation
import GRDB
package import Measurements
package import Quantities

/// The results of one or more runs in one SQLite file, `results.db`.
///
/// The file is written whole or not at all, holds no wall clock, and any SQLite tool can read it; the tables are
/// described at ``ResultSchema``.
///
///     try ResultStore.write([record], to: "out/results.db")
///     try ResultStore.open("out/results.db").record(ofRun: 0) == record  // true
package struct ResultStore: Sendable {
  let path: String
  let queue: DatabaseQueue

  /// Writes `records` as a new database at `path`, numbered from zero.
  ///
  /// It is made under another name in the same folder and renamed when it is whole, so a failure or crash leaves the
  /// old results as they were. Old results are replaced; anything else at `path` is left alone.
  ///
  /// - Parameter sizeMaximum: The largest file to make, for places with little room; `nil` for no limit.
  /// - Throws: ``ResultStoreError/notAResultDatabase(path:)``, ``ResultStoreError/inUse(path:by:)`` or
  ///   ``ResultStoreError/cannotWrite(path:reason:)``; nothing is left behind then.
  /// - Complexity: Linear; about 2.5 s of CPU time for a million rows.
  package static func write(
    _ records: [RunRecord], to path: String, sizeMaximum: ByteCount? = nil
  ) throws(ResultStoreError) {
    try checkReplaceable(path)
    let target = URL(fileURLWithPath: path)
    let partial = target.deletingLastPathComponent()
      .appendingPathComponent(
        ".\(target.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).partial"
      )
      .path
    do {
      try removePartial(partial)
      try fill(partial, with: records, sizeMaximum: sizeMaximum)
      guard rename(partial, path) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    } catch {
      // What made the writing fail is the news; whether its rest could be removed is not.
      try? removePartial(partial)
      throw .cannotWrite(path: path, reason: reason(of: error))
    }
  }

  /// Checks that results may be written to `path`: before a long run rather than after it.
  ///
  /// - Throws: As ``write(_:to:sizeMaximum:)``, for what can be seen beforehand.
  package static func checkReplaceable(_ path: String) throws(ResultStoreError) {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
      throw .cannotWrite(path: path, reason: "there is no folder \(folder)")
    }
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw .cannotWrite(path: path, reason: "the folder \(folder) is read-only")
    }
    // SQLite would apply the journal of the old database to the new one.
    for suffix in ["-wal", "-journal"] where FileManager.default.fileExists(atPath: path + suffix) {
      throw .inUse(path: path, by: URL(fileURLWithPath: path + suffix).lastPathComponent)
    }
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
    guard !isFolder.boolValue, try isResultDatabase(path) else { throw .notAResultDatabase(path: path) }
  }

  /// Opens the database at `path` for reading.
  ///
  /// - Throws: ``ResultStoreError/cannotRead(path:reason:)``, ``ResultStoreError/notAResultDatabase(path:)`` or
  ///   ``ResultStoreError/unsupportedVersion(path:found:supported:)``.
  package static func open(_ path: String) throws(ResultStoreError) -> ResultStore {
    guard FileManager.default.fileExists(atPath: path) else {
      throw .cannotRead(path: path, reason: "there is no such file")
    }
    guard try isResultDatabase(path) else { throw .notAResultDatabase(path: path) }
    let found: Int
    let queue: DatabaseQueue
    do {
      var configuration = Configuration()
      configuration.readonly = true
      queue = try DatabaseQueue(path: path, configuration: configuration)
      found = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
    } catch {
      throw .cannotRead(path: path, reason: reason(of: error))
    }
    guard found == ResultSchema.version else {
      throw .unsupportedVersion(path: path, found: found, supported: ResultSchema.version)
    }
    return ResultStore(path: path, queue: queue)
  }

  private static func fill(_ path: String, with records: [RunRecord], sizeMaximum: ByteCount?) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { database in
      if let sizeMaximum {
        let pageSize = try UInt64.fetchOne(database, sql: "PRAGMA page_size") ?? 4096
        try database.execute(sql: "PRAGMA max_page_count = \(max(1, sizeMaximum.bytes / pageSize))")
      }
      try database.inTransaction(.immediate) {
        try database.execute(sql: ResultSchema.statements)
        try database.execute(sql: "PRAGMA application_id = \(ResultSchema.applicationID)")
        try database.execute(sql: "PRAGMA user_version = \(ResultSchema.version)")
        let writer = ResultWriter(database: database)
        for (index, record) in records.enumerated() { try writer.write(record, run: Int64(index)) }
        return .commit
      }
    }
    try queue.close()
  }

  private static func removePartial(_ partial: String) throws {
    for path in [partial, partial + "-journal"] where FileManager.default.fileExists(atPath: path) {
      try FileManager.default.removeItem(atPath: path)
    }
  }

  /// Whether the header of the file says so; the file is not opened as a database for this.
  private static func isResultDatabase(_ path: String) throws(ResultStoreError) -> Bool {
    let header: Data
    do {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? file.close() }
      header = try file.read(upToCount: 72) ?? Data()
    } catch {
      throw .cannotRead(path: path, reason: reason(of: error))
    }
    guard header.count == 72, header.prefix(16).elementsEqual("SQLite format 3\0".utf8) else { return false }
    let applicationID = header[68..<72].reduce(Int32(0)) { $0 << 8 | Int32($1) }
    return applicationID == ResultSchema.applicationID
  }

  /// What went wrong, in one line.
  static func reason(of error: any Error) -> String {
    switch error {
    case let error as DatabaseError:
      error.resultCode == .SQLITE_FULL
        ? "the disk is full, or the file would exceed its largest size"
        : error.message ?? "\(error.resultCode)"
    case let error as POSIXError: String(cString: strerror(error.code.rawValue))
    default: error.localizedDescription
    }
  }
}
