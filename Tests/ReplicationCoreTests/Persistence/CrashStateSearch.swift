import BlockStorage
import ReplicationCore
import StorageTesting

/// Opens the replica from every state in which something could leave its files, at every moment of a history.
///
/// The history itself goes on undisturbed. At a moment
///
/// - the machine crashes, in every way of ``FolderCrashCover``;
/// - the server dies: what it wrote is readable, synced or not, and another one opens it;
/// - and while the files are opened after that, the machine crashes again before each of the opening's changes, and
///   after it.
///
/// Unless all are looked at (``isExhaustive``), one moment of each kind is (``StorageMoments``), by all searches that share
/// what they have seen.
final class CrashStateSearch {
  /// The kinds of moments that several searches have looked at.
  final class SeenKinds { fileprivate var kinds: Set<String> = [] }

  private let pair: DurablePair
  private let cover: FolderCrashCover
  private let stopsAtFirstMistake: Bool
  private let seen: SeenKinds
  private(set) var momentCount = 0
  private(set) var stateCount = 0
  private(set) var mistakes: [String] = []
  /// The kinds of syncs that opening made.
  private(set) var syncKinds: Set<String> = []

  init(
    _ pair: DurablePair, cover: FolderCrashCover = FolderCrashCover(), stopsAtFirstMistake: Bool = false,
    seen: SeenKinds = SeenKinds()
  ) {
    self.pair = pair
    self.seen = seen
    self.cover = cover
    self.stopsAtFirstMistake = stopsAtFirstMistake
    pair.targetMoments.look = { [unowned self] in look(at: $0) }
  }

  private var isDone: Bool { stopsAtFirstMistake && !mistakes.isEmpty }

  private func look(at kind: String) {
    if isDone || !isExhaustive && !seen.kinds.insert(kind).inserted { return }
    momentCount += 1
    let possible = pair.possibleReplicas
    // The server dies; its machine goes on.
    openInterrupted(pair.targetFolder.copy(on: CrashableStorage()), possible, "\(kind): server lost")
    for chooser in [UniformCrash.keepingAll, .keepingNothing] {
      var chooser = chooser
      let copy = pair.targetFolder.copy(on: CrashableStorage())
      copy.crash(choosing: &chooser)
      openInterrupted(copy, possible, "\(kind): \(chooser.keepsAll ? "all" : "nothing") kept")
    }
    cover.forEachCrash(of: pair.targetFolder, seed: UInt64(momentCount)) { folder, crash in
      if !isDone { _ = open(folder, possible, "\(kind): \(crash)") }
    }
  }

  /// Opens a folder and notes what is wrong.
  ///
  /// - Returns: The instances found, `nil` if there is no replica or it cannot be opened.
  private func open(
    _ folder: CrashableFolder, _ possible: PossibleReplicas, _ place: @autoclosure () -> String,
    look: ((String) -> Void)? = nil
  ) -> [ReplicationTarget.Instance]? {
    stateCount += 1
    let moments = StorageMoments(
      of: folder, activity: "opening", lyingSync: pair.targetMoments.lyingSync, recordsKinds: look != nil)
    moments.look = look
    defer { syncKinds.formUnion(moments.syncKinds) }
    do {
      let target = try pair.openTarget(in: folder)
      if let mistake = pair.mistake(of: target, in: folder, possible: possible) {
        mistakes.append("\(place()): \(mistake)")
      }
      return target?.target.instances
    } catch {
      mistakes.append("\(place()): \(error)")
      return nil
    }
  }

  /// Opens a folder; a crash before every change of the opening, and one after it, is followed by another opening.
  private func openInterrupted(
    _ folder: CrashableFolder, _ possible: PossibleReplicas, _ place: String
  ) {
    if isDone { return }
    var changeCount = 0
    let smallCover = FolderCrashCover(exhaustiveOperationCount: 2, randomCount: 0, filesAlone: .never)
    func crashAgain(_ possible: PossibleReplicas, _ moment: String) {
      smallCover.forEachCrash(of: folder, seed: 0) { crashed, crash in
        if !isDone { _ = open(crashed, possible, "\(place), \(moment): \(crash)") }
      }
    }
    let found = open(folder, possible, place) { [unowned self] kind in
      if isExhaustive || seen.kinds.insert(kind).inserted {
        crashAgain(possible, "\(changeCount) changes into opening")
      }
      changeCount += 1
    }
    // What an opening has shown stays.
    crashAgain(
      PossibleReplicas(instances: found.map { [$0] } ?? [], mayBeMissing: found == nil), "after opening")
  }
}
