package import BlockStorage
import RandomStreams

/// A systematic cover of the states in which a crash can leave a folder and its files.
///
/// All subsets of the unsynced changes of names where there are at most `exhaustiveOperationCount`; else none, all,
/// each one alone, all but each one, and every prefix. Each of them with the unsynced content of all files,
/// of none, and, where all changes of names survive, with every unsynced sector torn. As far as `filesAlone` says, with the
/// content of each file alone, and of all but each one. Then `randomCount` mixtures, in which sectors are torn too.
package struct FolderCrashCover {
  package var exhaustiveOperationCount: Int
  package var randomCount: Int
  /// For which sets of names each file is looked at alone.
  package var filesAlone: FilesAlone

  package enum FilesAlone: Sendable {
    case always
    /// Where all changes of names survive.
    case withAllNames
    case never
  }

  package init(
    exhaustiveOperationCount: Int = isOptimisedBuild ? 6 : 2, randomCount: Int = isOptimisedBuild ? 12 : 1,
    filesAlone: FilesAlone = isOptimisedBuild ? .always : .withAllNames
  ) {
    (self.exhaustiveOperationCount, self.randomCount) = (exhaustiveOperationCount, randomCount)
    self.filesAlone = filesAlone
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
      let hasAllNames = kept.nonzeroBitCount == folder.unsyncedOperationCount
      for chooser in contents(files, keptOperations: kept, hasAllNames: hasAllNames) {
        try visit(chooser, chooser.description)
      }
    }
    if files.isEmpty { return }
    for index in 0..<randomCount {
      let chooser = RandomCrash(random: RandomStream(seed: seed, name: "folder-crash-\(index)"))
      try visit(chooser, "random \(seed).\(index)")
    }
  }

  private func contents(
    _ files: [String], keptOperations: UInt64, hasAllNames: Bool
  ) -> [ChosenFolderCrash] {
    func crash(
      _ description: String, _ fate: @escaping @Sendable (_ file: String) -> SectorFate
    ) -> ChosenFolderCrash {
      ChosenFolderCrash(keptOperations: keptOperations, description: description, fate: fate)
    }
    var result = [crash("content kept") { _ in .new }]
    if files.isEmpty { return result }
    result.append(crash("content lost") { _ in .old })
    if hasAllNames || filesAlone == .always {
      result.append(crash("content torn") { _ in .torn(newBytes: CrashableFile.sectorSize / 2) })
    }
    let looksAtFiles =
      switch filesAlone {
      case .always: true
      case .withAllNames: hasAllNames
      case .never: false
      }
    if files.count == 1 || !looksAtFiles { return result }
    for file in files {
      result.append(crash("\(file) lost") { $0 == file ? .old : .new })
      result.append(crash("all but \(file) lost") { $0 == file ? .new : .old })
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
