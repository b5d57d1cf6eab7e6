import BlockStorage
import RandomStreams
import ReplicationCore
import StorageTesting
import Testing

/// Short histories, interrupted before every operation of either storage and every step, which then go on to their end.
///
/// Unless a run is exhaustive, some of the kinds of moments (``StorageMoments``) are taken once.
@Suite struct DurableCrashTests {
  /// A fault at every moment of a history.
  ///
  /// - Parameters:
  ///   - kinds: The kinds of moments of an undisturbed run.
  ///   - stride: What is not exhaustive takes one kind of moment in so many, with the choosers in turn.
  private func enumerate(
    _ history: CrashHistory, kinds: (DurablePair) -> [String], fault: (Int) -> DurablePair.Fault,
    choosers: [any CrashChooser], stride: Int = 8
  ) throws {
    let undisturbed = try history.pair()
    try undisturbed.begin()
    try undisturbed.run(history.actions())
    var seen: Set<String> = []
    for (index, kind) in (kinds(undisturbed) + ["end"]).enumerated() {
      let isNew = seen.insert(kind).inserted
      guard isExhaustive || isNew && seen.count.isMultiple(of: stride) else { continue }
      for chooser in isExhaustive ? choosers : [choosers[seen.count / stride % choosers.count]] {
        do { try history.run(fault(index), chooser) } catch {
          Issue.record("\(history), \(fault(index)), \(chooser): \(error)")
        }
      }
    }
  }

  private func choosers(_ count: UInt64) -> [any CrashChooser] {
    [UniformCrash.keepingAll, UniformCrash.keepingNothing]
      + (0..<count).map { RandomCrash(random: RandomStream(seed: $0, name: "durable-crash")) }
  }

  @Test(arguments: CrashHistory.all)
  func `A crash of the target's storage at any operation leaves what was acknowledged`(
    history: CrashHistory
  ) throws {
    try enumerate(
      history, kinds: { $0.targetMoments.kinds }, fault: { .targetCrash(afterChanges: $0) },
      choosers: choosers(2))
  }

  @Test(arguments: CrashHistory.all)
  func `A server that dies at any operation leaves what was acknowledged`(history: CrashHistory) throws {
    try enumerate(
      history, kinds: { $0.targetMoments.kinds }, fault: { .serverLoss(afterChanges: $0) },
      choosers: [UniformCrash.keepingAll])
  }

  @Test(arguments: CrashHistory.all)
  func `A crash of the source's storage at any operation is noticed`(history: CrashHistory) throws {
    let lostName = ChosenFolderCrash(keptOperations: ~1, description: "first name lost") { _ in .new }
    try enumerate(
      history, kinds: { $0.sourceMoments.kinds }, fault: { .sourceStorageCrash(afterChanges: $0) },
      choosers: choosers(1) + [lostName], stride: 1)
  }

  @Test(arguments: CrashHistory.all)
  func `Whatever fails between two steps is followed by the sync that it needs`(
    history: CrashHistory
  ) throws {
    let faults: [(Int) -> DurablePair.Fault] = [
      { .sourceCrash(beforeStep: $0) }, { .serverLossBeforeStep($0) }, { .targetCrashBeforeStep($0) },
      { .cut(beforeStep: $0) },
    ]
    for fault in faults {
      try enumerate(history, kinds: { $0.stepKinds }, fault: fault, choosers: choosers(1))
    }
  }
}
