package import BlockStorage
package import Quantities

/// The persistent state files of one virtual machine's disks: what of its change tracking outlives its host.
///
///     let states = try SourceStateFiles.create(in: folder, disks: disks)  // replication is configured: in use
///     try states.save(source.saved)         // after a clean power-off, before a vMotion hands over
///     …
///     let (states, opening) = try SourceStateFiles.open(in: folder, disks: disks)
///     source.restore(opening.saved(hasReplica: …, lastSequence: …))
///     try states.markInUse()                // before the machine writes
///
/// | What the file of a disk says         | What follows                           |
/// |--------------------------------------|----------------------------------------|
/// | saved, and not in use since          | a delta goes on                        |
/// | in use: the host failed              | a full sync of the disk                |
/// | damaged, or gone                     | the same, and the file is made anew    |
///
/// A file counts as saved only if its disk needs no full sync: what must be compared is left marked as in use, so it
/// still must be after a power-off and a crash. The files describe disks; that a replica exists and how
/// far its sequence numbers went is what the target knows.
///
/// - Source: Broadcom, vSphere Replication: full sync when tracking is lost; the names are those of a listing
///   (virtuallyhyper.com, 2012).
package final class SourceStateFiles<Folder: StorageFolder> where Folder.File.Failure == Folder.Failure {
  typealias File = PersistentStateFile<Folder.File>

  private let folder: Folder
  private let disks: [StateFileDisk]
  private var files: [File]

  private init(folder: Folder, disks: [StateFileDisk], files: [File]) {
    self.folder = folder
    self.disks = disks
    self.files = files
  }

  /// Makes the files of disks whose replication begins, whatever there was; their disks are in use.
  ///
  /// Never is there a file that says that nothing is dirty of a disk that must be compared: it gets its name when it
  /// is marked as in use.
  package static func create(
    in folder: Folder, disks: [StateFileDisk]
  ) throws(Folder.Failure) -> SourceStateFiles {
    var files: [File] = []
    for disk in disks { files.append(try makeFile(of: disk, in: folder)) }
    try folder.sync()
    return SourceStateFiles(folder: folder, disks: disks, files: files)
  }

  /// Opens the files as the last host left them; those that cannot be used are made anew, in use.
  ///
  /// - Throws: What the storage throws; then they are opened again later, and the machine's writes must wait.
  package static func open(
    in folder: Folder, disks: [StateFileDisk]
  ) throws(Folder.Failure) -> (states: SourceStateFiles, opening: SourceStateOpening) {
    var files: [File] = []
    var found: [SourceStateOpening.Tracking] = []
    for disk in disks {
      let (file, tracking) = try openFile(of: disk, in: folder)
      files.append(file)
      found.append(tracking)
    }
    try folder.sync()
    return (
      SourceStateFiles(folder: folder, disks: disks, files: files),
      SourceStateOpening(geometries: disks.map(\.geometry), disks: found)
    )
  }

  private static func openFile(
    of disk: StateFileDisk, in folder: Folder
  ) throws(Folder.Failure) -> (File, SourceStateOpening.Tracking) {
    guard folder.names.contains(disk.fileName) else {
      return (try makeFile(of: disk, in: folder), .lost(.missing))
    }
    let stored = try folder.open(disk.fileName)
    do {
      let (file, opening) = try File.open(
        stored, diskIdentity: disk.identity, geometry: disk.geometry)
      switch opening {
      case .clean(let state): return (file, .known(SavedTracker(state)))
      case .unclean: return (file, .lost(.inUse))
      }
    } catch {
      switch error {
      case .file(let failure): throw failure
      case .damaged(let damage): return (try makeFile(of: disk, in: folder), .lost(.damaged(damage)))
      }
    }
  }

  /// Makes a file that is marked as in use before it gets its name.
  private static func makeFile(of disk: StateFileDisk, in folder: Folder) throws(Folder.Failure) -> File {
    let newName = disk.fileName + ".new"
    // Left by a crash.
    if folder.names.contains(newName) { try folder.remove(newName) }
    let file = try File.create(
      in: try folder.create(newName), diskIdentity: disk.identity, geometry: disk.geometry)
    try file.markInUse()
    try folder.rename(newName, to: disk.fileName)
    return file
  }

  /// What the files take in a datastore.
  package var nominalSize: ByteCount { files.reduce(.zero) { $0 + $1.nominalSize } }

  /// Notes that what is saved is about to be outdated, at power-on or when a vMotion has arrived.
  ///
  /// The machine writes, and the source tracks, only after this returned.
  package func markInUse() throws(Folder.Failure) { for file in files { try file.markInUse() } }

  /// Saves what was tracked; when it returns, no crash can take it back.
  ///
  /// Nothing is written to the disks from the moment `saved` was taken until ``markInUse()`` returned again. What
  /// makes a stopped machine need a full sync, such as a reverted snapshot, is saved before it happens.
  ///
  /// - Throws: What the storage throws; some disks may be saved, the others need a full sync unless it is tried
  ///   again. If space lacks, ``SavedSource/foldedBack`` may fit.
  package func save(_ saved: SavedSource) throws(Folder.Failure) {
    precondition(saved.trackers.count == files.count, "a state is saved to the files of its disks")
    for (index, tracker) in saved.trackers.enumerated() {
      if saved.needsFullSync[index] {
        try files[index].markInUse()
      } else {
        try files[index].save(PersistentState(tracker, sequence: saved.lastSequence))
      }
    }
  }
}

/// A disk with a persistent state file.
package struct StateFileDisk: Sendable, Hashable {
  /// With its prefix, as `RDID-aa0132e8`.
  package let id: String
  /// What the file is checked against: of this replication of the disk.
  ///
  /// Another replication of the same disk has another, or a file that an earlier one left clean would speak for it where
  /// the crash of a storage kept it from being made anew.
  package let identity: UInt128
  package let geometry: ExtentGeometry

  package init(id: String, identity: UInt128, geometry: ExtentGeometry) {
    (self.id, self.identity, self.geometry) = (id, identity, geometry)
  }

  package var fileName: String { "hbr-persistent-state-\(id).psf" }
}
