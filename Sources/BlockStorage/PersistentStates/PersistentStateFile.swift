package import Quantities

/// The persistent state file of one virtual disk: what the tracking of its changes leaves beside the
/// virtual machine.
///
///     let file = try PersistentStateFile.create(in: storage, diskIdentity: id, geometry: geometry)
///     try file.markInUse()            // power-on; from here on writes are tracked
///     try file.save(state)            // clean power-off, hand-over of a vMotion
///     …
///     let (file, opening) = try PersistentStateFile.open(storage, diskIdentity: id, geometry: geometry)
///     switch opening {
///     case .clean(let state): …       // goes on with a delta
///     case .unclean: …                // the host crashed while the disk was in use: full sync
///     }
///
/// | Offset              | Size        | Part                                                        |
/// |--------------------:|------------:|-------------------------------------------------------------|
/// |                   0 |         512 | header (``PersistentStateHeader``), two copies of 256       |
/// |                 512 |         *b* | dirty bitmap: extent *e* is bit *e* mod 8 of byte *e* / 8   |
/// |           512 + *b* |         *b* | transfer bitmap of the instance in flight                   |
/// |         512 + 2 *b* |         512 | header of the demand log, if an extent is preserved         |
/// |       1,024 + 2 *b* | 512 + *w*   | per preserved extent: metadata, payload                     |
///
/// *b* is `geometry.persistentBitmapSize`, *w* the payload width. The bitmaps only point to extents; content is in
/// the demand log alone. The product's sizes (``PersistentStateSize``) and these are the same but for *w* in
/// place of the extent size, so with whole extents as payloads a file has the product's size to the byte.
///
/// A crash at any moment leaves what was saved last if the disk was not marked in use since, else
/// `unclean`, or what is being saved: never a mix of them. What makes it so:
///
/// - Bitmaps and demand log are written only while the synced header says that the disk is in use, and the header
///   vouches for them, by checksums, only after they are synced.
/// - The header is changed copy by copy with a sync after each, so one of them is always whole.
///
/// A sector may be torn into any mix of old and new bytes; a sector that cannot be read at all afterwards is
/// a failure of the storage and reported as such.
///
/// A class, since a file is a thing with an identity; not `Sendable`. After an operation threw, the file is one that a
/// crash could have left; the same operation or another may be tried, and writes are tracked only while ``isInUse``.
///
/// - Source: The layout's sizes as in ``PersistentStateSize``; the parts' inner form, the generation and the clean
///   flag are drsim's own.
package final class PersistentStateFile<File: StorageFile> {
  package let file: File
  package let diskIdentity: UInt128
  package let geometry: ExtentGeometry

  /// How many extents the demand log in the file holds.
  package internal(set) var preservedCount = 0
  /// Counts the changes of the header.
  package internal(set) var generation: UInt64 = 0
  /// Whether writes may be tracked: a crash now is found out by whoever opens the file.
  package internal(set) var isInUse = false

  /// The copy of the header that is overwritten first: not the newest.
  var olderHeaderCopy = 0
  /// Per chunk of the dirty bitmap, then of the transfer bitmap: whether the file may hold marks there.
  var chunkMayHoldMarks: [Bool]

  init(_ file: File, diskIdentity: UInt128, geometry: ExtentGeometry) {
    self.file = file
    self.diskIdentity = diskIdentity
    self.geometry = geometry
    chunkMayHoldMarks = []
    chunkMayHoldMarks = [Bool](repeating: false, count: 2 * chunkCount)
  }

  /// What the file takes in a datastore.
  package var nominalSize: ByteCount {
    PersistentStateSize(geometry).byteCount(preservedCount: preservedCount)
  }

  // MARK: Life

  /// Makes the file of a disk of which nothing is dirty, whatever was in it before.
  ///
  /// - Throws: What the storage throws; the file holds its old content, or is not a state file, then.
  package static func create(
    in file: File, diskIdentity: UInt128, geometry: ExtentGeometry
  ) throws(File.Failure) -> PersistentStateFile {
    let result = PersistentStateFile(file, diskIdentity: diskIdentity, geometry: geometry)
    try file.resize(to: 0)
    try file.resize(to: PersistentStateSize(geometry).idle.bytes)
    try file.sync()
    let empty = PersistentStateHeader.Bitmap(count: 0, checksum: .none)
    try result.writeHeader(
      PersistentStateHeader.Content(
        instance: nil, dirty: empty, transfer: empty, preservedCount: 0, demandLogChecksum: .none))
    return result
  }

  /// Notes that what the file holds is about to be outdated, as at power-on.
  ///
  /// Writes are tracked only after it returned. If the disk is in use already it does nothing.
  package func markInUse() throws(File.Failure) {
    guard !isInUse else { return }
    try writeHeader(nil)
    isInUse = true
  }

  /// Saves what was tracked, as at a clean power-off: when it returns, no crash can take it back.
  ///
  /// The disk must not change from the moment `state` was taken until ``markInUse()`` returned again, or
  /// this threw and ``isInUse`` is still true.
  ///
  /// - Throws: What the storage throws. If that is a lack of space, the state may fit without the demand log: its
  ///   owner folds the instance back into the dirty extents and saves again.
  /// - Precondition: The state is of this file's geometry.
  /// - Complexity: O(1) for each 4,096 extents of the disk, and what is written: 64 KiB for every
  ///   524,288 extents of which one is or was marked, and the demand log.
  package func save(_ state: PersistentState) throws(File.Failure) {
    precondition(state.geometry == geometry, "a state is saved to the file of its disk")
    // After a failure the header might already vouch for the content that is overwritten now.
    try markInUse()
    let preserved = state.instance?.preserved
    let transfer = state.instance?.transfer ?? DirtyBitmap(geometry: geometry)
    let dirtyBitmap = try write(state.dirty, toBitmap: 0)
    let transferBitmap = try write(transfer, toBitmap: 1)
    preservedCount = preserved?.count ?? 0
    let size = PersistentStateSize(geometry).stored(preservedCount: preservedCount).bytes
    // Also if it has this size: the sync of an earlier attempt may have failed, and lost its length.
    try file.resize(to: size)
    let demandLogChecksum = try preserved.map(writeDemandLog) ?? .none
    try file.sync()
    noteMarks(of: state.dirty, inBitmap: 0)
    noteMarks(of: transfer, inBitmap: 1)
    try writeHeader(
      PersistentStateHeader.Content(
        instance: state.instance.map {
          PersistentStateHeader.Instance(sequence: $0.sequence, cursor: UInt64($0.cursor))
        },
        dirty: dirtyBitmap, transfer: transferBitmap, preservedCount: UInt64(preservedCount),
        demandLogChecksum: demandLogChecksum))
  }

  /// Puts a header of the next generation in both copies, one after the other.
  private func writeHeader(_ content: PersistentStateHeader.Content?) throws(File.Failure) {
    isInUse = false
    // A generation whose writing failed may be in the file and is never used again.
    generation += 1
    let header = PersistentStateHeader(
      diskIdentity: diskIdentity, geometry: geometry, generation: generation, content: content)
    let bytes = header.encoded
    for _ in 0..<2 {
      try file.write(
        bytes.span.bytes, at: UInt64(olderHeaderCopy * PersistentStateHeader.copySize))
      try file.sync()
      olderHeaderCopy ^= 1
    }
  }
}
