package import BlockStorage
import RandomStreams

/// A systematic cover of the states in which a crash can leave a file.
///
/// All subsets of the unsynced sectors where there are at most `exhaustiveSectorCount`; else none, all, each
/// one alone, all but each one, and every prefix and suffix. Each of them at every possible length. Then every
/// sector torn at several cuts among kept and among dropped ones, then `randomCount` random mixtures.
package struct CrashCover {
  package var exhaustiveSectorCount: Int
  package var randomCount: Int
  package var cuts: [Int]
  /// Only one of so many states is looked at: all of them in an optimised build, which is fifty times as fast.
  package var stride: Int

  package init(
    exhaustiveSectorCount: Int = 6, randomCount: Int = 20, cuts: [Int] = [1, 64, 256, 511],
    stride: Int = isOptimisedBuild ? 1 : 16
  ) {
    (self.exhaustiveSectorCount, self.randomCount) = (exhaustiveSectorCount, randomCount)
    (self.cuts, self.stride) = (cuts, stride)
  }

  /// Calls `body` with every content that the cover makes of `file`.
  package func forEachImage(
    of file: CrashableFile, seed: UInt64, _ body: (_ image: [UInt8]) throws -> Void
  ) rethrows {
    let sectors = file.unsyncedSectors
    let lengthCount = file.possibleByteCounts.count
    var skipped = Int(seed % UInt64(stride))
    func isSkipped() -> Bool {
      skipped += 1
      return skipped % stride != 0
    }
    func visit(_ fates: [SectorFate], lengthChoice: Int) throws {
      if isSkipped() { return }
      var chooser = ChosenCrash(fates: fates, lengthChoice: lengthChoice)
      try body(file.imageAfterCrash(choosing: &chooser))
    }
    for fates in subsets(count: sectors.count) {
      // A length in between is that of a crash before the later writes, which has a moment of its own.
      for lengthChoice in Set([0, lengthCount - 1]).sorted() {
        try visit(fates, lengthChoice: lengthChoice)
      }
    }
    for index in sectors.indices {
      for cut in cuts {
        for rest in [SectorFate.old, .new] {
          var fates = [SectorFate](repeating: rest, count: sectors.count)
          fates[index] = .torn(newBytes: cut)
          try visit(fates, lengthChoice: lengthCount - 1)
        }
      }
      for version in 1..<max(1, sectors[index].versionCount - 1) {
        var fates = [SectorFate](repeating: .new, count: sectors.count)
        fates[index] = .version(version)
        try visit(fates, lengthChoice: lengthCount - 1)
      }
    }
    guard !sectors.isEmpty || lengthCount > 1 else { return }
    var chooser = RandomCrash(random: RandomStream(seed: seed, name: "crash-cover"))
    for _ in 0..<randomCount where !isSkipped() {
      try body(file.imageAfterCrash(choosing: &chooser))
    }
  }

  private func subsets(count: Int) -> [[SectorFate]] {
    func fates(_ isKept: (Int) -> Bool) -> [SectorFate] { (0..<count).map { isKept($0) ? .new : .old } }
    if count <= exhaustiveSectorCount {
      return (0..<1 << count).map { bits in fates { bits & 1 << $0 != 0 } }
    }
    return [fates { _ in false }, fates { _ in true }]
      + (0..<count).flatMap { index in [fates { $0 == index }, fates { $0 != index }] }
      + (1..<count).flatMap { index in [fates { $0 < index }, fates { $0 >= index }] }
  }
}
