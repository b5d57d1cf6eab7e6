import BlockStorage
import Quantities
import RandomStreams
import ReplicationCore
import Testing

/// Short histories, interrupted before every operation of either storage and every step, in every way.
@Suite struct DurableCrashTests {
  struct History: Sendable, CustomStringConvertible {
    let name: String
    var extentCounts = [20]
    var slots = 0
    var continuesMigrations = false
    let actions: @Sendable () -> [DurablePair.Action]

    var description: String { name }

    func pair(_ fault: DurablePair.Fault?, _ chooser: any CrashChooser) throws -> DurablePair {
      var parameters = ReplicationParameters.small
      parameters.continuesSyncsAcrossMigration = continuesMigrations
      return try DurablePair(
        extentCounts: extentCounts, fault: fault, chooser: chooser, parameters: parameters,
        targetParameters: slots > 0 ? try .keeping(slots) : .small)
    }

    /// Runs the history with the fault, then to its end.
    ///
    /// - Returns: The pair before its end, for counting, and after it.
    @discardableResult
    func run(_ fault: DurablePair.Fault?, _ chooser: any CrashChooser) throws -> DurablePair {
      let pair = try pair(fault, chooser)
      try pair.run(actions())
      try pair.end()
      return pair
    }
  }

  static let histories = [
    History(name: "first full sync") { [.deliver(3), .write(2..<5), .drain, .merge] },
    History(name: "two deltas") {
      [.drain, .write(1..<3), .write(10..<12), .sync, .drain, .merge, .write(2..<4), .sync, .drain]
    },
    History(name: "two disks", extentCounts: [12, 9]) {
      [
        .drain, .merge, .write(1..<3), .write(2..<7, disk: 1), .sync, .deliver(2), .write(0..<2), .drain,
        .write(8..<9, disk: 1), .sync, .drain, .merge, .merge,
      ]
    },
    History(name: "full sync over an instance") {
      [.drain, .merge, .write(3..<9), .fullSync, .deliver(3), .write(4..<5), .drain, .merge]
    },
    History(name: "two full syncs over an instance", extentCounts: [12, 9]) {
      [
        .drain, .write(3..<9), .write(1..<2, disk: 1), .fullSync, .deliver(4), .cut, .wait(.seconds(70)),
        .restore,
        .drain, .merge,
      ]
    },
    History(name: "power-off and on", extentCounts: [12, 9]) {
      [
        .drain, .write(1..<3), .powerOff, .powerOn, .write(5..<6, disk: 1), .drain, .sync, .deliver(1),
        .powerOff,
        .powerOn, .sync, .drain,
      ]
    },
    History(name: "power-off before the first instance") {
      [.deliver(2), .powerOff, .powerOn, .write(1..<2), .drain]
    },
    History(name: "vMotion") {
      [.drain, .write(1..<9), .sync, .deliver(1), .migrate, .write(4..<6), .sync, .drain]
    },
    History(name: "vMotion of a delta", continuesMigrations: true) {
      [
        .drain, .write(1..<18), .sync, .write(16..<18), .deliver(1), .migrate, .write(4..<6), .write(15..<17),
        .drain,
      ]
    },
    History(name: "points in time", extentCounts: [12, 9], slots: 2) {
      let minute = [
        DurablePair.Action.write(1..<4), .write(2..<3, disk: 1), .sync, .drain, .merge, .wait(.minutes(1)),
      ]
      return [.drain, .wait(.minutes(1))] + minute + minute + [.write(0..<1)] + minute + minute + [
        .merge, .merge,
      ]
    },
  ]

  /// Whether tests can afford every moment with every chooser.
  static let isOptimised: Bool = {
    #if DEBUG
      false
    #else
      true
    #endif
  }()

  /// A fault of one kind at every moment, with each chooser.
  ///
  /// In a debug build, which is far slower, the choosers take turns and only one moment in `stride` is looked at.
  ///
  /// - Returns: The crash states looked at.
  private func enumerate(
    _ history: History, changes: (DurablePair) -> Int, fault: (Int) -> DurablePair.Fault,
    choosers: [any CrashChooser], stride: Int = 48
  ) throws -> Int {
    let undisturbed = try history.pair(nil, UniformCrash.keepingAll)
    try undisturbed.run(history.actions())
    let count = changes(undisturbed)
    var states = 0
    for index in 0...count {
      for (number, chooser) in choosers.enumerated()
      where Self.isOptimised || index % stride == 0 && index / stride % choosers.count == number {
        do {
          states += try history.run(fault(index), chooser).crashCount
        } catch {
          Issue.record("\(history), \(fault(index)), \(chooser): \(error)")
        }
      }
    }
    return states
  }

  private func choosers(_ count: UInt64) -> [any CrashChooser] {
    [UniformCrash.keepingAll, UniformCrash.keepingNothing]
      + (0..<count).map { FileCrash(random: RandomStream(seed: $0, name: "durable-crash")) }
  }

  @Test(arguments: histories)
  func `A crash of the target's storage at any operation leaves what was acknowledged`(history: History)
    throws
  {
    _ = try enumerate(
      history, changes: { $0.targetStorage.changeCount }, fault: { .targetCrash(afterChanges: $0) },
      choosers: choosers(2))
  }

  @Test(arguments: histories[1...1])
  func `A change of names that is lost alone takes no instance with it`(history: History) throws {
    _ = try enumerate(
      history, changes: { $0.targetStorage.changeCount }, fault: { .targetCrash(afterChanges: $0) },
      choosers: (0..<3).map { LostName(index: $0) }, stride: 5)
  }

  @Test(arguments: histories)
  func `A server that dies at any operation leaves what was acknowledged`(history: History) throws {
    _ = try enumerate(
      history, changes: { $0.targetStorage.changeCount }, fault: { .serverLoss(afterChanges: $0) },
      choosers: [UniformCrash.keepingAll])
  }

  @Test(arguments: histories)
  func `A crash of the source's storage at any operation is noticed`(history: History) throws {
    _ = try enumerate(
      history, changes: { $0.sourceStorage.changeCount }, fault: { .sourceStorageCrash(afterChanges: $0) },
      choosers: choosers(3))
  }

  @Test(arguments: histories)
  func `Whatever fails between two steps is followed by the sync that it needs`(history: History) throws {
    let faults: [(Int) -> DurablePair.Fault] = [
      { .sourceCrash(beforeStep: $0) }, { .serverLossBeforeStep($0) }, { .targetCrashBeforeStep($0) },
      { .cut(beforeStep: $0) },
    ]
    for fault in faults {
      _ = try enumerate(
        history, changes: { $0.stepCount }, fault: fault, choosers: choosers(1))
    }
  }
}

/// Decides by a random stream: per sector keep, drop, tear or an earlier version, and whether names change.
struct FileCrash: CrashChooser {
  var random: RandomStream

  mutating func fate(of sector: UnsyncedSector) -> SectorFate {
    switch random.next(below: 8) {
    case 0..<3: .old
    case 3..<6: .new
    case 6: .torn(newBytes: Int(random.next(below: UInt64(CrashableFile.sectorSize) + 1)))
    default: .version(Int(random.next(below: UInt64(sector.versionCount))))
    }
  }

  mutating func lengthIndex(of lengths: [UInt64]) -> Int { Int(random.next(below: UInt64(lengths.count))) }
  mutating func keepsFolderOperation(_ index: Int) -> Bool { random.next(below: 2) == 0 }
}

/// A crash that loses one unsynced change of a folder and nothing else.
struct LostName: CrashChooser {
  let index: Int

  func fate(of sector: UnsyncedSector) -> SectorFate { .new }
  func lengthIndex(of lengths: [UInt64]) -> Int { lengths.count - 1 }
  func keepsFolderOperation(_ index: Int) -> Bool { index != self.index }
}
