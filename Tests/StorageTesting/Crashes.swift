package import BlockStorage
package import RandomStreams

/// A crash given by one choice for each unsynced sector and a choice of the length.
package struct ChosenCrash: CrashChooser {
  /// The fates of the unsynced sectors in ascending order.
  package var fates: [SectorFate]
  package var lengthChoice: Int
  private var next = 0

  package init(fates: [SectorFate], lengthChoice: Int) {
    self.fates = fates
    self.lengthChoice = lengthChoice
  }

  package mutating func fate(of sector: UnsyncedSector) -> SectorFate {
    defer { next += 1 }
    return fates[next]
  }

  package func lengthIndex(of lengths: [UInt64]) -> Int { lengthChoice }
  package func keepsFolderOperation(_ index: Int) -> Bool { true }
}

/// Decides by a random stream: keep, drop, tear or an earlier version.
package struct RandomCrash: CrashChooser {
  private var random: RandomStream

  package init(random: RandomStream) { self.random = random }

  package mutating func fate(of sector: UnsyncedSector) -> SectorFate {
    switch random.next(below: 8) {
    case 0..<3: .old
    case 3..<6: .new
    case 6: .torn(newBytes: Int(random.next(below: UInt64(CrashableFile.sectorSize) + 1)))
    default: .version(Int(random.next(below: UInt64(sector.versionCount))))
    }
  }

  package mutating func lengthIndex(of lengths: [UInt64]) -> Int {
    Int(random.next(below: UInt64(lengths.count)))
  }
  package mutating func keepsFolderOperation(_ index: Int) -> Bool { random.next(below: 2) == 0 }
}

/// A crash of a folder given by which changes of names survive and what becomes of each file's unsynced sectors.
package struct ChosenFolderCrash: CrashChooser, CustomStringConvertible {
  /// Bit *i* is set if the unsynced change of names of that number survives.
  private let keptOperations: UInt64
  private let fate: @Sendable (_ file: String) -> SectorFate
  package let description: String
  private var currentFate = SectorFate.new

  /// - Parameter fate: Of all unsynced sectors of a file; with `old` it has its old length too.
  package init(
    keptOperations: UInt64, description: String, fate: @escaping @Sendable (_ file: String) -> SectorFate
  ) {
    (self.keptOperations, self.fate) = (keptOperations, fate)
    self.description = "names kept \(String(keptOperations, radix: 2)), \(description)"
  }

  package mutating func fileBegins(_ name: String) { currentFate = fate(name) }
  package func fate(of sector: UnsyncedSector) -> SectorFate { currentFate }
  package func lengthIndex(of lengths: [UInt64]) -> Int { currentFate == .old ? 0 : lengths.count - 1 }
  package func keepsFolderOperation(_ index: Int) -> Bool { keptOperations >> UInt64(index) & 1 == 1 }
}
