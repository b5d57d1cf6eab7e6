import BlockStorage
import FileStorage
import Foundation
import ReplicationCore
import Testing

/// A machine replicated onto real files.
@Suite struct StoredReplicationTests {
  @Test func `The flat disk in the folder is byte for byte the disk of the source`() throws {
    let scratch = try ScratchFolder()
    var replication = try StoredReplication(in: FileFolder(at: scratch.path), seed: 3)
    try replication.run(rounds: 8)
    try replication.merge()

    for (index, disk) in replication.disks.enumerated() {
      var expected: [UInt8] = []
      disk.read(0..<disk.geometry.extentCount, appendingTo: &expected)
      let path = "\(scratch.path)/\(["sql", "sql_1"][index])-flat.vmdk"
      var found = Array(try #require(FileManager.default.contents(atPath: path)))
      // What was never written beyond the last extent in use is zero and need not be in the file.
      found += [UInt8](repeating: 0, count: expected.count - found.count)
      #expect(found == expected)
    }
    #expect(replication.target.target.newestTags == replication.tags)
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
    #expect(names == ["hbrgrp.GID-1.txt", "sql-flat.vmdk", "sql_1-flat.vmdk"])
  }

  @Test func `Another process goes on with the replica and with the source's state`() throws {
    let scratch = try ScratchFolder()
    var replication: StoredReplication? = try StoredReplication(
      in: FileFolder(creatingAt: "\(scratch.path)/target"), seed: 4)
    try replication?.run(rounds: 5)
    let (tags, found) = (replication?.tags, replication?.target.target.instances)
    let disks = try #require(replication?.disks.map(\.geometry))
    let stateFiles = disks.enumerated().map {
      StateFileDisk(id: "RDID-\($0.offset)", identity: UInt128($0.offset), geometry: $0.element)
    }
    let saved = try #require(replication?.source.saved)
    try SourceStateFiles.create(in: FileFolder(creatingAt: "\(scratch.path)/source"), disks: stateFiles)
      .save(saved)
    replication = nil

    let target = try DurableTarget.open(
      in: FileFolder(at: "\(scratch.path)/target"), names: StoredReplication<FileFolder>.names, salt: 1 << 50)
    let opening = try SourceStateFiles.open(
      in: FileFolder(at: "\(scratch.path)/source"), disks: stateFiles
    ).opening
    #expect(target.target.newestTags == tags && target.target.instances == found)
    #expect(opening.losses == [nil, nil])
    #expect(
      opening.saved(hasReplica: true, lastSequence: saved.lastSequence).trackers.map(\.dirty)
        == saved.trackers.map(\.dirty))
  }

  /// The history that processes are killed in: the seed, its length, and where its files are.
  private static let (seed, rounds) = (UInt64(5), 6)

  /// Writes down what was acknowledged, one number a line, in a file beside the replica.
  private static func replicate(into path: String, killedAfter changeCount: Int) throws {
    let folder = MortalFolder(
      try FileFolder(creatingAt: "\(path)/replica"), counter: ChangeCounter(killingAfter: changeCount))
    let journal = try FileFolder(creatingAt: "\(path)/journal").create("acknowledged")
    var replication = try StoredReplication(in: folder, seed: seed)
    try replication.run(rounds: rounds) { try journal.append(Array("\($0)\n".utf8).span.bytes) }
  }

  /// Sixteen moments, evenly over the history.
  @Test(arguments: 0..<16)
  func `A process killed in the midst loses no instance that it acknowledged`(part: Int) async throws {
    let counter = ChangeCounter()
    var reference = try StoredReplication(
      in: MortalFolder(CrashableFolder(on: CrashableStorage()), counter: counter), seed: Self.seed)
    try reference.run(rounds: Self.rounds)
    let moment = counter.changeCount * part / 16
    let scratch = try ScratchFolder()
    let path = scratch.path

    await #expect(processExitsWith: .signal(9)) { [path = path as String, moment = moment as Int] in
      try Self.replicate(into: path, killedAfter: moment)
    }

    let journal = FileManager.default.contents(atPath: "\(path)/journal/acknowledged") ?? Data()
    let acknowledged = String(decoding: journal, as: UTF8.self).split(separator: "\n").last.flatMap {
      SyncSequence($0)
    }
    var opened: DurableTarget<FileFolder>?
    do {
      opened = try DurableTarget.open(
        in: FileFolder(at: "\(path)/replica"), names: StoredReplication<FileFolder>.names, salt: 1 << 50)
    } catch let error as ReplicaFilesError<FileStorageError> {
      #expect(error == .noReplica && acknowledged == nil)
    }
    guard let target = opened?.target else { return }
    let newest = target.newestInstance?.sequence
    #expect(newest == acknowledged || newest == (acknowledged ?? 0) + 1)
    if let newest { #expect(target.newestTags == reference.contents[newest]) }
  }

  @Test func `What a killed process left is brought up to date`() async throws {
    let scratch = try ScratchFolder()
    let path = scratch.path
    await #expect(processExitsWith: .signal(9)) { [path = path as String] in
      try Self.replicate(into: path, killedAfter: 120)
    }
    var replication = try StoredReplication(in: FileFolder(creatingAt: "\(path)/other"), seed: Self.seed)
    try replication.run(rounds: Self.rounds)
    let opened = try DurableTarget.open(
      in: FileFolder(at: "\(path)/replica"), names: StoredReplication<FileFolder>.names, salt: 1 << 50)
    try replication.resume(with: opened)
    try replication.synchronise()
    try replication.merge()
    #expect(replication.target.target.newestTags == replication.tags)
    #expect(replication.target.target.damagedDisks() == [])
  }
}
