import BlockStorage
import FileStorage
import Foundation
import Quantities
import ReplicationCore

/// What keeping a replica on files costs beside keeping it in memory: the same messages offered to all.
///
/// A full sync of a disk that is used throughout, then a delta of one extent in four, then its merge.
enum ReplicaStorage {
  /// - Parameter megabytes: Payload of the disk, where a payload is the whole extent.
  static func measure(megabytes: Int, repetitions: Int) throws {
    for width in [8_192, 8] {
      // A tag costs about as much as a kilobyte of payload, so fewer bytes of them take as long.
      let extentCount = (megabytes << 20) / width / (width == 8 ? 16 : 1)
      try measure(Traffic(width: width, extentCount: extentCount), repetitions: repetitions)
    }
  }

  /// What a source sends, in order, by stage.
  private struct Traffic {
    let geometry: ExtentGeometry
    var fullSync: [SourceMessage] = []
    var delta: [SourceMessage] = []
    let deltaExtentCount: Int

    init(width: Int, extentCount: Int) throws {
      geometry = ExtentGeometry(
        diskSize: ByteCount(bytes: UInt64(extentCount) << 13), extentSize: .kibibytes(8), payloadWidth: width)
      deltaExtentCount = extentCount / 4
      let disks = [ExtentStore(geometry: geometry)]
      for start in stride(from: 0, to: extentCount, by: 16) {
        disks[0].fill(start..<min(start + 16, extentCount), tag: UInt64(start + 1))
      }
      var source = ReplicationSource(
        disks: [geometry],
        schedule: SyncSchedule(objective: .hours(24), policy: .fixedInterval, imageTime: .zero),
        hasReplica: false, parameters: ReplicationParameters())
      var target = ReplicationTarget(bases: [ExtentStore(geometry: geometry)])
      // The first, empty delta belongs to the full sync, whose instance it completes.
      fullSync = try Self.messages(of: &source, at: .zero, reading: disks, to: &target)
      for start in stride(from: 0, to: extentCount, by: 64) {
        let run = start..<min(start + 16, extentCount)
        source.guestWillWrite(run, disk: 0, reading: disks[0])
        disks[0].fill(run, tag: UInt64(start + 7))
      }
      source.syncRequested(at: .zero + .seconds(1))
      delta = try Self.messages(of: &source, at: .zero + .seconds(1), reading: disks, to: &target)
    }

    private static func messages(
      of source: inout ReplicationSource, at now: Instant, reading disks: [ExtentStore],
      to target: inout ReplicationTarget
    ) throws -> [SourceMessage] {
      var messages: [SourceMessage] = []
      source.advance(to: now, reading: disks)
      while source.isSyncing {
        guard let message = source.nextMessage(reading: disks) else {
          throw BenchmarkFailure("the source waits for something that does not come")
        }
        messages.append(message)
        if let answer = try target.receive(message, at: now) {
          source.receive(answer, at: now, reading: disks)
        }
        source.advance(to: now, reading: disks)
      }
      return messages
    }
  }

  private static let stages = ["full sync", "delta", "merge"]

  private static func measure(_ traffic: Traffic, repetitions: Int) throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "drsim-benchmark-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    var least: [[Double]] = Array(repeating: Array(repeating: .infinity, count: 3), count: 3)
    for repetition in 0..<repetitions {
      let salt = UInt64(repetition + 1) << 32
      let files = try FileFolder(creatingAt: folder.path())
      let measured = [
        try inMemory(traffic), try onFiles(traffic, MemoryFolder(), salt: salt),
        try onFiles(traffic, files, salt: salt),
      ]
      for contender in measured.indices {
        for stage in stages.indices {
          least[contender][stage] = min(least[contender][stage], measured[contender][stage])
        }
      }
    }
    let width = traffic.geometry.payloadWidth
    print(
      "\n\(traffic.geometry.extentCount) extents with payloads of \(width) bytes, a quarter of them in the delta; ns an extent"
    )
    for (stage, label) in stages.enumerated() {
      let count = stage == 0 ? traffic.geometry.extentCount : traffic.deltaExtentCount
      let each = least.map { $0[stage] * 1e9 / Double(count) }
      print(
        column("  " + label, 14)
          + String(
            format: "in memory %8.1f   files in memory %8.1f (%.2f)   real files %8.1f (%.2f)", each[0],
            each[1],
            each[1] / each[0], each[2], each[2] / each[0]))
    }
  }

  private static func inMemory(_ traffic: Traffic) throws -> [Double] {
    var target = ReplicationTarget(bases: [ExtentStore(geometry: traffic.geometry)])
    let fullSync = try cpuSeconds {
      for message in traffic.fullSync { _ = try target.receive(message, at: .zero) }
    }
    while let merge = target.nextMerge {
      target.mergeBegan(merge)
      target.mergeCompleted(merge)
    }
    let delta = try cpuSeconds {
      for message in traffic.delta { _ = try target.receive(message, at: .zero + .seconds(1)) }
    }
    let merge = cpuSeconds {
      while let merge = target.nextMerge {
        target.mergeBegan(merge)
        target.mergeCompleted(merge)
      }
    }
    return [fullSync, delta, merge]
  }

  private static func onFiles<Folder: StorageFolder>(
    _ traffic: Traffic, _ folder: Folder, salt: UInt64
  ) throws -> [Double] where Folder.File.Failure == Folder.Failure {
    let names = ReplicaListing.Names(
      folder: "sql", machine: "sql", group: "GID-1", diskIDs: ["RDID-0"], disks: ["sql"],
      testImageFolder: "test", objective: .hours(24))
    let target = try DurableTarget.create(
      in: folder, names: names, identities: [1], bases: [ExtentStore(geometry: traffic.geometry)], salt: salt)
    func offer(_ messages: [SourceMessage], at now: Instant) throws {
      for message in messages {
        guard case .taken = try target.offer(message, at: now) else {
          throw BenchmarkFailure("the target refused a message")
        }
      }
    }
    func merge() throws {
      while let merge = target.nextMerge {
        target.mergeBegan(merge)
        try target.mergeCompleted(merge)
      }
    }
    let fullSync = try cpuSeconds { try offer(traffic.fullSync, at: .zero) }
    try merge()
    let delta = try cpuSeconds { try offer(traffic.delta, at: .zero + .seconds(1)) }
    let merging = try cpuSeconds { try merge() }
    guard target.target.damagedDisks() == [] else {
      throw BenchmarkFailure("the replica is not what was sent")
    }
    return [fullSync, delta, merging]
  }
}

/// A folder of files in memory that never fail: what formats cost without their storage.
final class MemoryFolder: StorageFolder {
  typealias Failure = Never

  /// A file that grows.
  final class File: StorageFile {
    typealias Failure = Never

    private var content: [UInt8] = []

    var byteCount: UInt64 { UInt64(content.count) }

    func read(_ range: Range<UInt64>, appendingTo bytes: inout [UInt8]) {
      bytes.append(contentsOf: content[Int(range.lowerBound)..<Int(range.upperBound)])
    }

    func write(_ bytes: RawSpan, at offset: UInt64) {
      let end = Int(offset) + bytes.byteCount
      if end > content.count { resize(to: UInt64(end)) }
      content.withUnsafeMutableBytes { target in
        bytes.withUnsafeBytes {
          UnsafeMutableRawBufferPointer(rebasing: target[Int(offset)..<end]).copyMemory(from: $0)
        }
      }
    }

    func resize(to byteCount: UInt64) {
      let difference = Int(byteCount) - content.count
      if difference < 0 { content.removeLast(-difference) }
      if difference > 0 { content.append(contentsOf: repeatElement(0, count: difference)) }
    }

    func sync() {}
  }

  private var files: [String: File] = [:]

  var names: [String] { files.keys.sorted() }

  func create(_ name: String) -> File {
    let file = File()
    files[name] = file
    return file
  }

  func open(_ name: String) -> File {
    guard let file = files[name] else { preconditionFailure("only files that exist are opened") }
    return file
  }

  func remove(_ name: String) { files[name] = nil }

  func rename(_ name: String, to newName: String) {
    files[newName] = files[name]
    files[name] = nil
  }

  func sync() {}
}
