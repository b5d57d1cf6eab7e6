/// A file in memory that can crash: what is not synced is kept, dropped or torn, sector by sector.
///
/// Between syncs it remembers every content that a sector had, since a disk may write any of them at any time.
///
///     let file = CrashableFile(on: storage)
///     try file.write(record, at: 0)
///     try file.sync()
///     try file.write(other, at: 0)
///     file.crash(choosing: &chooser)  // holds `record`, `other` or a mixture by sectors
///
/// A class, as all files are things with an identity. Not `Sendable`: a run stays on one thread.
///
/// - Invariant: `content` and `durable` are whole sectors with zeros beyond the length they stand for.
package final class CrashableFile: StorageFile {
  package typealias Failure = StorageFault

  /// The unit in which a disk writes: 512 bytes, the smallest in use, so that the most states are possible.
  package static let sectorSize = 512

  /// What happened to a sector since the last sync.
  private struct Pending {
    /// Contents between the durable one and the current one, oldest first.
    var versions: [[UInt8]] = []
    /// Whether a sync failed after the last write: no later sync makes that write durable.
    var isDoubtful = false
  }

  package let storage: CrashableStorage
  /// The name that its folder has for it; empty if it is of none.
  package internal(set) var name = ""
  package private(set) var byteCount: UInt64
  private var content: [UInt8]
  private var durable: [UInt8]
  /// The lengths since the last sync, the synced one first.
  private var lengths: [UInt64]
  private var pending: [Int: Pending] = [:]

  /// - Parameter bytes: What the file holds, durably.
  package init(on storage: CrashableStorage, bytes: [UInt8] = []) {
    self.storage = storage
    byteCount = UInt64(bytes.count)
    lengths = [byteCount]
    content = bytes
    let sectorCount = (bytes.count + Self.sectorSize - 1) / Self.sectorSize
    content.append(
      contentsOf: repeatElement(0, count: sectorCount * Self.sectorSize - bytes.count))
    durable = content
    storage.account(for: byteCount, insteadOf: 0)
  }

  /// A file of its own on another storage, with the same content, unsynced changes included.
  package func copy(on storage: CrashableStorage) -> CrashableFile {
    let copy = CrashableFile(on: storage)
    storage.account(for: byteCount, insteadOf: 0)
    (copy.name, copy.byteCount, copy.lengths) = (name, byteCount, lengths)
    (copy.content, copy.durable, copy.pending) = (content, durable, pending)
    return copy
  }

  /// The bytes as a reader sees them now.
  package var bytes: [UInt8] { Array(content[..<Int(byteCount)]) }

  /// Whether a crash can leave something else than what a reader sees now.
  package var hasUnsyncedChanges: Bool { !pending.isEmpty || lengths.count > 1 }

  /// The sectors that a crash can change, ascending.
  package var unsyncedSectors: [UnsyncedSector] {
    pending.keys.sorted().map { index in
      UnsyncedSector(index: index, versionCount: 2 + (pending[index]?.versions.count ?? 0))
    }
  }

  /// The lengths that the file can have after a crash, the synced one first and the current one last.
  package var possibleByteCounts: [UInt64] { lengths }

  // MARK: Operations

  package func read(_ range: Range<UInt64>, appendingTo bytes: inout [UInt8]) throws(StorageFault) {
    precondition(range.upperBound <= byteCount, "a read ends within the file")
    try storage.beginRead()
    bytes.append(contentsOf: content[Int(range.lowerBound)..<Int(range.upperBound)])
  }

  package func write(_ bytes: RawSpan, at offset: UInt64) throws(StorageFault) {
    if let failure = try storage.begin(change(.write)) {
      try store(bytes.extracting(first: min(failure.keptBytes, bytes.byteCount)), at: offset)
      throw failure.fault
    }
    try store(bytes, at: offset)
  }

  package func resize(to byteCount: UInt64) throws(StorageFault) {
    if let failure = try storage.begin(change(.resize)) { throw failure.fault }
    try storage.replace(self.byteCount, by: byteCount)
    if byteCount < self.byteCount {
      noteChange(of: byteCount..<self.byteCount)
      for index in Int(byteCount)..<Int(self.byteCount) { content[index] = 0 }
    }
    setLength(byteCount)
  }

  /// Returns when everything written before is safe from a crash.
  ///
  /// When it fails, what was written since the last sync stays readable but may never reach the disk, even
  /// if a later sync succeeds; only writing it again helps. So does Linux since 4.13: a failed `fsync` leaves
  /// the pages clean.
  package func sync() throws(StorageFault) {
    if let failure = try storage.begin(change(.sync)) {
      for index in pending.keys { pending[index]?.isDoubtful = true }
      throw failure.fault
    }
    if storage.isSyncLying?(change(.sync)) != true { makeDurable() }
  }

  private func change(_ kind: StorageChange.Kind) -> StorageChange { StorageChange(kind: kind, name: name) }

  // MARK: Crashing

  /// The bytes that a crash now would leave; the file does not change.
  package func imageAfterCrash(choosing chooser: inout some CrashChooser) -> [UInt8] {
    let size = Self.sectorSize
    let length = lengths.count == 1 ? lengths[0] : lengths[chooser.lengthIndex(of: lengths)]
    var image = durable
    let missing = max(content.count, sectorBytes(for: length)) - image.count
    if missing > 0 { image.append(contentsOf: repeatElement(0, count: missing)) }
    for sector in unsyncedSectors {
      let bytes = sector.index * size..<(sector.index + 1) * size
      switch chooser.fate(of: sector) {
      case .old: break
      case .new: copyCurrent(bytes, to: &image)
      case .version(let version):
        precondition(version >= 0 && version < sector.versionCount, "a version is one the sector had")
        if version == sector.versionCount - 1 {
          copyCurrent(bytes, to: &image)
        } else if version > 0, let older = pending[sector.index]?.versions[version - 1] {
          image.replaceSubrange(bytes, with: older)
        }
      case .torn(let newBytes):
        precondition(newBytes >= 0 && newBytes <= size, "a sector is torn within")
        copyCurrent(bytes.lowerBound..<bytes.lowerBound + newBytes, to: &image)
      }
    }
    image.removeLast(image.count - min(image.count, Int(length)))
    return image
  }

  /// Leaves what a disk would hold after a crash now, all of it durable.
  ///
  /// The machine stays down if it was: see ``CrashableStorage/restart()``.
  package func crash(choosing chooser: inout some CrashChooser) {
    let image = imageAfterCrash(choosing: &chooser)
    storage.account(for: UInt64(image.count), insteadOf: byteCount)
    byteCount = UInt64(image.count)
    content = image
    content.append(contentsOf: repeatElement(0, count: sectorBytes(for: byteCount) - image.count))
    durable = content
    pending.removeAll(keepingCapacity: true)
    lengths = [byteCount]
  }

  // MARK: Bookkeeping

  private func store(_ bytes: RawSpan, at offset: UInt64) throws(StorageFault) {
    guard bytes.byteCount > 0 else { return }
    let range = offset..<offset + UInt64(bytes.byteCount)
    if range.upperBound > byteCount {
      try storage.replace(byteCount, by: range.upperBound)
      setLength(range.upperBound)
    }
    noteChange(of: range)
    content.withUnsafeMutableBytes { target in
      bytes.withUnsafeBytes { source in
        UnsafeMutableRawBufferPointer(rebasing: target[Int(offset)...]).copyMemory(from: source)
      }
    }
  }

  /// Keeps what the sectors of `range` hold before they change.
  private func noteChange(of range: Range<UInt64>) {
    guard !range.isEmpty else { return }
    let size = Self.sectorSize
    for sector in Int(range.lowerBound) / size...Int(range.upperBound - 1) / size {
      if pending[sector] == nil {
        pending[sector] = Pending()
      } else {
        pending[sector]?.versions.append(Array(content[sector * size..<(sector + 1) * size]))
        pending[sector]?.isDoubtful = false
      }
    }
  }

  private func setLength(_ length: UInt64) {
    guard length != byteCount else { return }
    byteCount = length
    lengths.append(length)
    let missing = sectorBytes(for: length) - content.count
    if missing > 0 { content.append(contentsOf: repeatElement(0, count: missing)) }
  }

  private func makeDurable() {
    let missing = content.count - durable.count
    if missing > 0 { durable.append(contentsOf: repeatElement(0, count: missing)) }
    let size = Self.sectorSize
    // What a failed sync left in doubt stays so; everything else is on the disk now.
    var doubtful: [Int: Pending] = [:]
    for (sector, state) in pending {
      if state.isDoubtful {
        doubtful[sector] = state
      } else {
        let bytes = sector * size..<(sector + 1) * size
        durable.withUnsafeMutableBytes { target in
          content.withUnsafeBytes { source in
            UnsafeMutableRawBufferPointer(rebasing: target[bytes])
              .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[bytes]))
          }
        }
      }
    }
    pending = doubtful
    lengths = [byteCount]
  }

  private func copyCurrent(_ bytes: Range<Int>, to image: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    image.withUnsafeMutableBytes { target in
      content.withUnsafeBytes { source in
        UnsafeMutableRawBufferPointer(rebasing: target[bytes])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[bytes]))
      }
    }
  }

  private func sectorBytes(for length: UInt64) -> Int {
    (Int(length) + Self.sectorSize - 1) / Self.sectorSize * Self.sectorSize
  }
}
