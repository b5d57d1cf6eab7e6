import BlockStorage
import Quantities

extension ReplicaFiles {
  // MARK: Creating

  /// Makes the files of a replica whose target has just begun.
  ///
  /// What an earlier replica of the group left in the folder is removed. A crash before this returns leaves a folder
  /// without a replica; then it is created anew.
  ///
  /// - Parameters:
  ///   - target: Its base disks are written to files, what seeds hold included.
  ///   - identities: One per disk, which redo logs are checked against.
  ///   - salt: Any number that no earlier use of the folder had, such as a random one.
  /// - Precondition: Nothing was received yet.
  package static func create(
    in folder: Folder, names: ReplicaListing.Names, identities: [UInt128], target: ReplicationTarget,
    salt: UInt64
  ) throws(Failure) -> ReplicaFiles {
    precondition(target.levels.isEmpty, "files are made for a target that has just begun")
    precondition(
      names.disks.count == target.disks.count && names.diskIDs.count == target.disks.count
        && identities.count == target.disks.count, "every disk has a name and an identity")
    var bases: [ExtentFile<Folder.File>] = []
    do throws(Folder.Failure) {
      // The old descriptor goes first, for good: it must not name what is made now.
      let present = folder.names
      if present.contains(names.groupDescriptor) {
        try folder.remove(names.groupDescriptor)
        try folder.sync()
      }
      for name in present where names.isTransient(name) { try folder.remove(name) }
      for (index, disk) in target.disks.enumerated() {
        let name = names.baseFile(ofDisk: index)
        if present.contains(name) { try folder.remove(name) }
        let base = ExtentFile(try folder.create(name), geometry: disk.base.geometry)
        try copy(disk.base, to: base)
        try base.sync()
        bases.append(base)
      }
      try folder.sync()
    } catch { throw .storage(error) }
    let files = ReplicaFiles(
      folder: folder, names: names, identities: identities, bases: bases, salt: salt)
    try files.record(target)
    return files
  }

  private static func copy(
    _ store: ExtentStore, to base: ExtentFile<Folder.File>
  ) throws(Folder.Failure) {
    var payloads: [UInt8] = []
    var rest = 0..<store.geometry.extentCount
    while let run = store.nextAllocatedRun(in: rest) {
      let part = run.prefix(extentsPerTransfer(store.geometry))
      payloads.removeAll(keepingCapacity: true)
      store.read(part, appendingTo: &payloads)
      try base.write(part, payloads: payloads.span.bytes)
      rest = part.upperBound..<rest.upperBound
    }
  }

  /// At most 1 MiB, at least one.
  private static func extentsPerTransfer(_ geometry: ExtentGeometry) -> Int {
    max(1, (1 << 20) / geometry.payloadWidth)
  }

  // MARK: Opening

  /// Opens a replica as its server, or a crash at any moment, left it.
  ///
  /// What it finds is durable once this returns, and what does not count is removed. Doing it twice, as after a
  /// crash in its midst, gives the same.
  ///
  /// - Returns: The files, and what a target goes on from: ``ReplicationTarget/init(restoring:parameters:)``.
  /// - Complexity: Reads everything, since a target has base disks and logs in memory.
  package static func open(
    in folder: Folder, names: ReplicaListing.Names, salt: UInt64
  ) throws(Failure) -> (files: ReplicaFiles, chain: ReplicaChain) {
    let descriptor = try readDescriptor(in: folder, names: names)
    guard descriptor.group == names.group else { throw .damaged(.foreignGroup(descriptor.group)) }
    try removeLeftovers(in: folder, names: names, descriptor: descriptor)
    var bases: [ExtentFile<Folder.File>] = []
    var stores: [ExtentStore] = []
    for (index, disk) in descriptor.disks.enumerated() {
      let file = ExtentFile(
        try openFile(names.baseFile(ofDisk: index), in: folder), geometry: disk.geometry)
      do {
        // Read, it must not be lost any more.
        try file.sync()
        stores.append(try load(file))
      } catch { throw .storage(error) }
      bases.append(file)
    }
    let files = ReplicaFiles(
      folder: folder, names: names, identities: descriptor.disks.map(\.identity), bases: bases, salt: salt)
    let chain = try files.openLogs(of: descriptor, bases: stores)
    return (files, chain)
  }

  private static func readDescriptor(
    in folder: Folder, names: ReplicaListing.Names
  ) throws(Failure) -> ReplicaDescriptor {
    // What is read must not be lost any more: the process that renamed it may have died before it synced.
    do { try folder.sync() } catch { throw .storage(error) }
    guard folder.names.contains(names.groupDescriptor) else { throw .noReplica }
    let file = try openFile(names.groupDescriptor, in: folder)
    var bytes: [UInt8] = []
    do { try file.read(0..<file.byteCount, appendingTo: &bytes) } catch { throw .storage(error) }
    do { return try ReplicaDescriptor(decoding: bytes) } catch { throw .damaged(error) }
  }

  private static func openFile(_ name: String, in folder: Folder) throws(Failure) -> Folder.File {
    guard folder.names.contains(name) else { throw .damaged(.missingFile(name)) }
    do { return try folder.open(name) } catch { throw .storage(error) }
  }

  private static func removeLeftovers(
    in folder: Folder, names: ReplicaListing.Names, descriptor: ReplicaDescriptor
  ) throws(Failure) {
    let logs = descriptor.disks.map(\.fullSync) + descriptor.positions.flatMap(\.files)
    let named = Set(logs.joined().map(\.name))
    let leftovers = folder.names.filter { names.isTransient($0) && !named.contains($0) }
    // Not synced: one that a crash brings back is removed by the next opening, and no name that is used anew counts before
    // the folder was synced for it.
    do { for name in leftovers { try folder.remove(name) } } catch { throw .storage(error) }
  }

  private static func load(_ file: ExtentFile<Folder.File>) throws(Folder.Failure) -> ExtentStore {
    let geometry = file.geometry
    let store = ExtentStore(geometry: geometry)
    let width = UInt64(geometry.payloadWidth)
    let usedCount = Int(min(UInt64(geometry.extentCount), (file.file.byteCount + width - 1) / width))
    var payloads: [UInt8] = []
    for first in stride(from: 0, to: usedCount, by: extentsPerTransfer(geometry)) {
      let extents = first..<min(first + extentsPerTransfer(geometry), usedCount)
      payloads.removeAll(keepingCapacity: true)
      try file.read(extents, appendingTo: &payloads)
      forEachRun(of: extents, payloads: payloads, width: geometry.payloadWidth) {
        store.write($0, payloads: $1)
      }
    }
    return store
  }

  /// Calls `body` with every run of extents that hold anything but zeros.
  private static func forEachRun(
    of extents: Range<Int>, payloads: [UInt8], width: Int, _ body: (Range<Int>, RawSpan) -> Void
  ) {
    let bytes = payloads.span.bytes
    func isZero(_ extent: Int) -> Bool {
      let start = (extent - extents.lowerBound) * width
      for offset in stride(from: start, to: start + width, by: 8)
      where bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self) != 0 { return false }
      return true
    }
    var extent = extents.lowerBound
    while extent < extents.upperBound {
      let first = extent
      while extent < extents.upperBound, !isZero(extent) { extent += 1 }
      if extent > first {
        let start = (first - extents.lowerBound) * width
        body(first..<extent, bytes.extracting(start..<start + (extent - first) * width))
      }
      extent += 1
    }
  }

  // MARK: Logs

  private func openLogs(
    of descriptor: ReplicaDescriptor, bases: [ExtentStore]
  ) throws(Failure) -> ReplicaChain {
    var opened: [(number: UInt64, logs: [[NamedLog]])] = []
    var levels: [ReplicationTarget.Level] = []
    for (index, position) in descriptor.positions.enumerated() {
      var contents: [RedoLog] = []
      if index > 0 {
        let logs = try openLogs(position.files)
        opened.append((position.number, logs))
        for (disk, logs) in logs.enumerated() { contents.append(try content(of: logs, ofDisk: disk)) }
        guard let record = position.record else { preconditionFailure("a decoded level has a record") }
        let changes = contents.indices.map { disk in
          contents[disk].digestChange(over: bases[disk], through: levels.map { $0.logs[disk] })
        }
        levels.append(
          ReplicationTarget.Level(
            number: position.number, logs: contents, changes: changes, record: record,
            isRetained: position.isRetained))
      }
      for (disk, expected) in (position.digests ?? []).enumerated() {
        let found = levels.reduce(bases[disk].digest) { $0 + $1.changes[disk] }
        guard found.change.sum == expected else {
          throw .damaged(
            .wrongContent(disk: disk, sequence: position.record?.instance.sequence ?? 0))
        }
      }
    }
    let fullSync = try openLogs(descriptor.disks.map(\.fullSync))
    adopt(levels: opened, fullSync: fullSync)
    var pending: [RedoLog?] = []
    for logs in fullSync { pending.append(try merged(logs)) }
    return ReplicaChain(
      bases: bases, levels: levels, baseRecord: descriptor.positions[0].record,
      isBaseRetained: descriptor.positions[0].isRetained, fullSync: pending,
      lastGeneration: descriptor.lastGeneration)
  }

  private func content(of logs: [NamedLog], ofDisk index: Int) throws(Failure) -> RedoLog {
    if let log = try merged(logs) { return log }
    var empty = RedoLog(geometry: bases[index].geometry)
    empty.seal()
    return empty
  }

  private func openLogs(_ files: [[ReplicaDescriptor.LogFile]]) throws(Failure) -> [[NamedLog]] {
    var result: [[NamedLog]] = []
    for (index, files) in files.enumerated() {
      var logs: [NamedLog] = []
      for file in files { logs.append(try openLog(file, ofDisk: index)) }
      result.append(logs)
    }
    return result
  }

  private func openLog(_ file: ReplicaDescriptor.LogFile, ofDisk index: Int) throws(Failure) -> NamedLog {
    let stored = try Self.openFile(file.name, in: folder)
    let log = try using(file.name) { () throws(Log.Failure) in try Log.open(stored) }
    guard log.diskIdentifier == identities[index], log.geometry == bases[index].geometry else {
      throw .damaged(.redoLog(file: file.name, .foreignDisk(log.diskIdentifier)))
    }
    let found: SyncSequence? =
      switch log.phase {
      case .complete(let instance), .merging(let instance): instance.sequence
      case .merged: log.baseInstance?.sequence
      case .receiving: nil
      }
    guard found == file.sequence else {
      throw .damaged(
        .redoLog(file: file.name, .wrongInstance(found: found, expected: file.sequence)))
    }
    return NamedLog(name: file.name, log: log, sequence: file.sequence)
  }

  // MARK: Removing

  /// Ends the replication: its files are removed, the descriptor first.
  ///
  /// - Parameter keepsBases: Whether the base disks stay, as seeds of a later replication.
  package func remove(keepsBases: Bool) throws(Failure) {
    try changing { () throws(Failure) in
      try storing { () throws(Folder.Failure) in
        try folder.remove(names.groupDescriptor)
        try folder.sync()
        for name in folder.names where names.isTransient(name) { try folder.remove(name) }
        if !keepsBases {
          for index in bases.indices { try folder.remove(names.baseFile(ofDisk: index)) }
        }
        try folder.sync()
      }
    }
  }
}
