package import BlockStorage
import RandomStreams

/// A systematic cover of the states in which a crash can leave a folder and its files.
///
/// All subsets of the unsynced changes of names where there are at most `exhaustiveOperationCount`; else none, all,
/// each one alone, all but each one, and every prefix. Each of them with the unsynced content of all files,
/// of none, and, where all changes of names survive or in an optimised build, of each one alone and of all but each
/// one. Then `randomCount` mixtures, in which sectors are torn too.
package struct FolderCrashCover {
  package var exhaustiveOperationCount: Int
  package var randomCount: Int

  package init(
    exhaustiveOperationCount: Int = isOptimisedBuild ? 6 : 2, randomCount: Int = isOptimisedBuild ? 12 : 1
  ) {
    (self.exhaustiveOperationCount, self.randomCount) = (exhaustiveOperationCount, randomCount)
  }

  /// Calls `body` with a folder of its own for every state that the cover makes of `folder`, all of it durable.
  package func forEachCrash(
    of folder: CrashableFolder, seed: UInt64,
    _ body: (_ crashed: CrashableFolder, _ crash: String) throws -> Void
  ) rethrows {
    func visit(_ chooser: some CrashChooser, _ description: String) throws {
      var chooser = chooser
      let copy = folder.copy(on: CrashableStorage())
      copy.crash(choosing: &chooser)
      try body(copy, description)
    }
    let files = folder.unsyncedFiles.map(\.name)
    for kept in subsets(count: folder.unsyncedOperationCount) {
      let isWhole = isOptimisedBuild || kept.nonzeroBitCount == folder.unsyncedOperationCount
      for chooser in contents(files, keptOperations: kept, isWhole: isWhole) {
        try visit(chooser, chooser.description)
      }
    }
    if files.isEmpty { return }
    for index in 0..<randomCount {
      let chooser = RandomCrash(random: RandomStream(seed: seed, name: "folder-crash-\(index)"))
      try visit(chooser, "random \(seed).\(index)")
    }
  }

  private func contents(_ files: [String], keptOperations: UInt64, isWhole: Bool) -> [ChosenFolderCrash] {
    var result = [
      ChosenFolderCrash(keptOperations: keptOperations, description: "content kept") { _ in false }
    ]
    if files.isEmpty { return result }
    result.append(
      ChosenFolderCrash(keptOperations: keptOperations, description: "content lost") { _ in true })
    if files.count == 1 || !isWhole { return result }
    for file in files {
      result.append(
        ChosenFolderCrash(keptOperations: keptOperations, description: "\(file) lost") { $0 == file })
      result.append(
        ChosenFolderCrash(keptOperations: keptOperations, description: "all but \(file) lost") { $0 != file })
    }
    return result
  }

  /// Sets of operations as bits, each once.
  private func subsets(count: Int) -> [UInt64] {
    precondition(count < 64, "so few names change between two syncs that a word has a bit for each")
    if count <= exhaustiveOperationCount { return Array(0..<1 << UInt64(count)) }
    let all = UInt64(1) << UInt64(count) - 1
    var result = [0, all]
    for index in 0..<UInt64(count) {
      result += [1 << index, all & ~(1 << index), 1 << index - 1]
    }
    return result.enumerated().filter { !result[..<$0.offset].contains($0.element) }.map(\.element)
  }
}
