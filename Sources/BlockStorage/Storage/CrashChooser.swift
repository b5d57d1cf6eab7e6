/// Decides what a crash leaves of what was not synced.
///
/// The storage asks for the length of a file first, then for each sector in ascending order. Every combination of
/// answers is a state that a disk can be in.
package protocol CrashChooser {
  /// The fate of one unsynced sector.
  mutating func fate(of sector: UnsyncedSector) -> SectorFate

  /// Which length the file has.
  ///
  /// - Parameter lengths: The lengths it had since it was synced, the synced one first; at least two.
  /// - Returns: An index of `lengths`.
  mutating func lengthIndex(of lengths: [UInt64]) -> Int

  /// Whether an unsynced operation on a folder happened.
  ///
  /// - Parameter index: Its number among the folder's unsynced operations, in the order they were made.
  mutating func keepsFolderOperation(_ index: Int) -> Bool

  /// A file of a folder crashes now: what is asked next is about it.
  ///
  /// - Parameter name: What the crash left it as its name; the first of them if it left several.
  mutating func fileBegins(_ name: String)
}

extension CrashChooser {
  package mutating func fileBegins(_ name: String) {}
}

/// A sector that was written, or cut off, since its file was synced.
package struct UnsyncedSector: Equatable, Sendable {
  /// Its number in the file.
  package var index: Int
  /// The contents it had since the sync, the synced one included: at least 2.
  package var versionCount: Int

  package init(index: Int, versionCount: Int) {
    self.index = index
    self.versionCount = versionCount
  }
}

/// What a crash leaves of one unsynced sector.
package enum SectorFate: Equatable, Sendable {
  /// The content of the last sync.
  case old
  /// The content written last.
  case new
  /// A content it had in between: 0 is the synced one, ``UnsyncedSector/versionCount`` − 1 the last.
  case version(Int)
  /// The first bytes of the content written last, then those of the last sync.
  case torn(newBytes: Int)
}

/// A crash after which all unsynced changes are there, or none of them.
package struct UniformCrash: CrashChooser, Sendable {
  package let keepsAll: Bool

  /// Everything written reached the disk.
  package static let keepingAll = UniformCrash(keepsAll: true)
  /// Nothing unsynced reached the disk.
  package static let keepingNothing = UniformCrash(keepsAll: false)

  package func fate(of sector: UnsyncedSector) -> SectorFate { keepsAll ? .new : .old }
  package func lengthIndex(of lengths: [UInt64]) -> Int { keepsAll ? lengths.count - 1 : 0 }
  package func keepsFolderOperation(_ index: Int) -> Bool { keepsAll }
}
