import BlockStorage
import Quantities

/// What makes the instances of a replica exist: the one file that names the logs of each.
///
/// It is text, one `key = "value"` a line, the last of which is the checksum of those before:
///
///     # Descriptor of a replica
///     replica.format = "1"
///     replica.group = "GID-fdf5516b"
///     replica.generation = "3"
///     disk.count = "1"
///     disk.0.identity = "aa0132e8"
///     disk.0.size = "524288"
///     …
///     disk.0.fullSync.count = "0"
///     position.count = "2"
///     position.0.sequence = "4"
///     …
///     position.1.number = "3"
///     position.1.disk.0.file.count = "1"
///     position.1.disk.0.file.0 = "5 hbrdisk.RDID-aa0132e8.3.0-delta.vmdk"
///     position.1.disk.0.digest = "9d3f…"
///     checksum = "6c1a…"
///
/// Position 0 is the base disks, each further one the logs that lead to its instance. A file is named with the
/// sequence of the sync that it was committed for. Instants and times are nanoseconds, sizes bytes; identities,
/// digests and the checksum are hexadecimal.
///
/// - Source: The form and its place are those of a published group descriptor (virtuallyhyper.com, 2012); the keys
///   are drsim's own, since the published ones round times and name no content.
struct ReplicaDescriptor: Equatable {
  /// A committed redo log.
  struct LogFile: Equatable {
    var name: String
    var sequence: SyncSequence
  }

  struct Disk: Equatable {
    var identity: UInt128
    var geometry: ExtentGeometry
    /// What full syncs brought that no instance stands on yet, oldest first.
    var fullSync: [LogFile]
  }

  /// The base disks, or the logs above them that lead to one instance.
  struct Position: Equatable {
    /// Names the logs; 0 for the base disks.
    var number: UInt64 = 0
    /// Per disk, oldest first; none for the base disks.
    var files: [[LogFile]]
    /// `nil` only for base disks that hold no instance.
    var record: ReplicationTarget.InstanceRecord?
    var isRetained: Bool
    /// Per disk the digest of the instance, relative to no image; `nil` if it cannot be recovered any more.
    var digests: [UInt64]?
  }

  var group: String
  var lastGeneration: UInt64
  var disks: [Disk]
  var positions: [Position]

  static let format = "1"

  // MARK: Writing

  var encoded: [UInt8] {
    var text = "# Descriptor of a replica\n"
    func add(_ key: String, _ value: some CustomStringConvertible) { text += "\(key) = \"\(value)\"\n" }
    func add(_ key: String, _ files: [LogFile]) {
      add("\(key).count", files.count)
      for (index, file) in files.enumerated() { add("\(key).\(index)", "\(file.sequence) \(file.name)") }
    }
    add("replica.format", Self.format)
    add("replica.group", group)
    add("replica.generation", lastGeneration)
    add("disk.count", disks.count)
    for (index, disk) in disks.enumerated() {
      add("disk.\(index).identity", String(disk.identity, radix: 16))
      add("disk.\(index).size", disk.geometry.diskSize.bytes)
      add("disk.\(index).extentSize", disk.geometry.extentSize.bytes)
      add("disk.\(index).payloadWidth", disk.geometry.payloadWidth)
      add("disk.\(index).fullSync", disk.fullSync)
    }
    add("position.count", positions.count)
    for (index, position) in positions.enumerated() {
      let key = "position.\(index)"
      add("\(key).number", position.number)
      add("\(key).retained", position.isRetained ? 1 : 0)
      for (disk, files) in position.files.enumerated() { add("\(key).disk.\(disk).file", files) }
      for (disk, digest) in (position.digests ?? []).enumerated() {
        add("\(key).disk.\(disk).digest", String(digest, radix: 16))
      }
      guard let record = position.record else { continue }
      add("\(key).sequence", record.instance.sequence)
      add("\(key).start", record.instance.pointInTime.nanoseconds)
      add("\(key).complete", record.completedAt.nanoseconds)
      add("\(key).generation", record.generation)
      for disk in record.transferSizes.indices {
        add("\(key).disk.\(disk).transferBytes", record.transferSizes[disk].bytes)
        add("\(key).disk.\(disk).transferTime", record.transferTimes[disk].nanoseconds)
      }
    }
    add("checksum", Self.checksum(of: text))
    return Array(text.utf8)
  }

  private static func checksum(of text: some StringProtocol) -> String {
    String(Array(text.utf8).withUnsafeBytes { xxh64($0) }, radix: 16)
  }

  // MARK: Reading

  init(group: String, lastGeneration: UInt64, disks: [Disk], positions: [Position]) {
    (self.group, self.lastGeneration) = (group, lastGeneration)
    (self.disks, self.positions) = (disks, positions)
  }

  init(decoding bytes: [UInt8]) throws(ReplicaDamage) {
    let values = try Values(decoding: bytes)
    let format = try values.text("replica.format")
    guard format == Self.format else { throw .unsupportedDescriptorFormat(format) }
    group = try values.text("replica.group")
    lastGeneration = try values.integer("replica.generation")
    disks = []
    for index in try values.indices("disk") { disks.append(try values.disk(index)) }
    positions = []
    for index in try values.indices("position") {
      positions.append(try values.position(index, diskCount: disks.count))
    }
    guard !disks.isEmpty, !positions.isEmpty else { throw .badDescriptorEntry(key: "position.count") }
  }

  /// The entries of a descriptor whose checksum is right.
  private struct Values {
    private var entries: [String: String] = [:]

    init(decoding bytes: [UInt8]) throws(ReplicaDamage) {
      let text = String(decoding: bytes, as: UTF8.self)
      let lines = text.split(separator: "\n")
      guard let last = lines.last, let entry = Self.entry(last), entry.key == "checksum",
        entry.value == ReplicaDescriptor.checksum(of: text[..<last.startIndex])
      else { throw .wrongDescriptorChecksum }
      for line in lines.dropFirst() {
        guard let entry = Self.entry(line) else { throw .badDescriptorEntry(key: String(line)) }
        entries[entry.key] = entry.value
      }
    }

    private static func entry(_ line: Substring) -> (key: String, value: String)? {
      guard let space = line.firstIndex(of: " ") else { return nil }
      let rest = line[space...]
      guard rest.hasPrefix(" = \""), rest.hasSuffix("\""), rest.count >= 5 else { return nil }
      return (String(line[..<space]), String(rest.dropFirst(4).dropLast()))
    }

    func text(_ key: String) throws(ReplicaDamage) -> String {
      guard let value = entries[key] else { throw .badDescriptorEntry(key: key) }
      return value
    }

    func has(_ key: String) -> Bool { entries[key] != nil }

    func integer<Integer: FixedWidthInteger>(
      _ key: String, radix: Int = 10
    ) throws(ReplicaDamage) -> Integer {
      guard let value = Integer(try text(key), radix: radix) else { throw .badDescriptorEntry(key: key) }
      return value
    }

    func indices(_ key: String) throws(ReplicaDamage) -> Range<Int> {
      let count: UInt16 = try integer("\(key).count")
      return 0..<Int(count)
    }

    func files(_ key: String) throws(ReplicaDamage) -> [LogFile] {
      var files: [LogFile] = []
      for index in try indices(key) {
        let value = try text("\(key).\(index)")
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let sequence = SyncSequence(parts[0]) else {
          throw .badDescriptorEntry(key: "\(key).\(index)")
        }
        files.append(LogFile(name: String(parts[1]), sequence: sequence))
      }
      return files
    }

    func disk(_ index: Int) throws(ReplicaDamage) -> Disk {
      let key = "disk.\(index)"
      let size: UInt64 = try integer("\(key).size")
      let extentSize: UInt64 = try integer("\(key).extentSize")
      let width: Int = try integer("\(key).payloadWidth")
      guard size > 0, size <= ExtentGeometry.diskSizeMaximum.bytes, extentSize.nonzeroBitCount == 1,
        width > 0, width.isMultiple(of: 8)
      else { throw .badDescriptorEntry(key: "\(key).size") }
      return Disk(
        identity: try integer("\(key).identity", radix: 16),
        geometry: ExtentGeometry(
          diskSize: ByteCount(bytes: size), extentSize: ByteCount(bytes: extentSize), payloadWidth: width),
        fullSync: try files("\(key).fullSync"))
    }

    func position(_ index: Int, diskCount: Int) throws(ReplicaDamage) -> Position {
      let key = "position.\(index)"
      let retained: Int = try integer("\(key).retained")
      var position = Position(
        number: try integer("\(key).number"), files: [], record: nil, isRetained: retained == 1)
      if index > 0 {
        for disk in 0..<diskCount { position.files.append(try files("\(key).disk.\(disk).file")) }
      }
      if has("\(key).disk.0.digest") {
        var digests: [UInt64] = []
        for disk in 0..<diskCount {
          digests.append(try integer("\(key).disk.\(disk).digest", radix: 16))
        }
        position.digests = digests
      }
      if index == 0, !has("\(key).sequence") { return position }
      position.record = try record(key)
      return position
    }

    private func record(_ key: String) throws(ReplicaDamage) -> ReplicationTarget.InstanceRecord {
      var sizes: [ByteCount] = []
      var times: [TimeSpan] = []
      while has("\(key).disk.\(sizes.count).transferBytes") {
        let disk = "\(key).disk.\(sizes.count)"
        sizes.append(ByteCount(bytes: try integer("\(disk).transferBytes")))
        times.append(.nanoseconds(try integer("\(disk).transferTime")))
      }
      return ReplicationTarget.InstanceRecord(
        instance: ReplicationTarget.Instance(
          sequence: try integer("\(key).sequence"),
          pointInTime: Instant(nanoseconds: try integer("\(key).start"))),
        completedAt: Instant(nanoseconds: try integer("\(key).complete")),
        generation: try integer("\(key).generation"), transferSizes: sizes, transferTimes: times)
    }
  }
}
