import BlockStorage
import Quantities
import ReplicationCore

/// A short history of a source and its durable target, which tests interrupt.
struct CrashHistory: Sendable, CustomStringConvertible {
  let name: String
  var extentCounts = [20]
  var slots = 0
  var continuesMigrations = false
  var isSeeded = false
  let actions: @Sendable () -> [DurablePair.Action]

  var description: String { name }

  func pair(_ fault: DurablePair.Fault? = nil, _ chooser: any CrashChooser = UniformCrash.keepingAll) throws
    -> DurablePair
  {
    var parameters = ReplicationParameters.small
    parameters.continuesSyncsAcrossMigration = continuesMigrations
    return try DurablePair(
      extentCounts: extentCounts, fault: fault, chooser: chooser, parameters: parameters,
      targetParameters: slots > 0 ? try .keeping(slots) : .small, isSeeded: isSeeded)
  }

  /// Runs the history with the fault, then to its end.
  @discardableResult
  func run(_ fault: DurablePair.Fault?, _ chooser: any CrashChooser) throws -> DurablePair {
    let pair = try pair(fault, chooser)
    try pair.begin()
    try pair.run(actions())
    try pair.end()
    return pair
  }

  /// Runs the history undisturbed, but for a search that looks at its states.
  func run(
    lyingSync: String? = nil, seen: CrashStateSearch.SeenKinds = .init()
  ) throws -> (pair: DurablePair, search: CrashStateSearch) {
    let pair = try pair()
    pair.targetMoments.lyingSync = lyingSync
    let search = CrashStateSearch(pair, stopsAtFirstMistake: lyingSync != nil, seen: seen)
    try pair.begin()
    try pair.run(actions())
    pair.targetMoments.look = nil
    return (pair, search)
  }

  static let all = [
    CrashHistory(name: "first full sync") { [.deliver(3), .write(2..<5), .drain, .merge] },
    CrashHistory(name: "two deltas") {
      [.drain, .write(1..<3), .write(10..<12), .sync, .drain, .merge, .write(2..<4), .sync, .drain]
    },
    CrashHistory(name: "two disks", extentCounts: [12, 9]) {
      [
        .drain, .merge, .write(1..<3), .write(2..<7, disk: 1), .sync, .deliver(2), .write(0..<2), .drain,
        .write(8..<9, disk: 1), .sync, .drain, .merge, .merge,
      ]
    },
    CrashHistory(name: "full sync over an instance") {
      [.drain, .merge, .write(3..<9), .fullSync, .deliver(3), .write(4..<5), .drain, .merge]
    },
    CrashHistory(name: "two full syncs over an instance", extentCounts: [12, 9]) {
      [
        .drain, .write(3..<9), .write(1..<2, disk: 1), .fullSync, .deliver(4), .cut, .wait(.seconds(70)),
        .restore,
        .drain, .merge,
      ]
    },
    CrashHistory(name: "power-off and on", extentCounts: [12, 9]) {
      [
        .drain, .write(1..<3), .powerOff, .powerOn, .write(5..<6, disk: 1), .drain, .sync, .deliver(1),
        .powerOff,
        .powerOn, .sync, .drain,
      ]
    },
    CrashHistory(name: "power-off before the first instance") {
      [.deliver(2), .powerOff, .powerOn, .write(1..<2), .drain]
    },
    CrashHistory(name: "vMotion") {
      [.drain, .write(1..<9), .sync, .deliver(1), .migrate, .write(4..<6), .sync, .drain]
    },
    CrashHistory(name: "vMotion of a delta", continuesMigrations: true) {
      [
        .drain, .write(1..<18), .sync, .write(16..<18), .deliver(1), .migrate, .write(4..<6), .write(15..<17),
        .drain,
      ]
    },
    CrashHistory(name: "points in time", extentCounts: [12, 9], slots: 2) {
      let minute = [
        DurablePair.Action.write(1..<4), .write(2..<3, disk: 1), .sync, .drain, .merge, .wait(.minutes(1)),
      ]
      return [.drain, .wait(.minutes(1))] + minute + minute + [.write(0..<1)] + minute + minute + [
        .merge, .merge,
      ]
    },
    CrashHistory(name: "full sync cut in its midst") {
      [
        .drain, .merge, .write(3..<9), .fullSync, .deliver(7), .cut, .wait(.seconds(70)), .restore, .drain,
        .merge,
      ]
    },
    CrashHistory(name: "instances of one slot", extentCounts: [12, 9], slots: 2) {
      let cycle = [DurablePair.Action.write(1..<4), .write(2..<3, disk: 1), .sync, .drain]
      return [.drain, .wait(.minutes(1))] + cycle + cycle + [.merge, .merge, .write(0..<2)] + cycle + [
        .merge, .merge,
      ]
    },
    CrashHistory(name: "seeds", isSeeded: true) { [.drain, .write(1..<3), .sync, .drain, .merge] },
    CrashHistory(name: "removal and a new replication", extentCounts: [12, 9]) {
      [.drain, .write(1..<3), .sync, .drain, .replace(removed: true), .write(4..<6), .drain, .merge]
    },
    CrashHistory(name: "a new replication over an old one") {
      [
        .drain, .write(1..<3), .sync, .drain, .write(3..<4), .sync, .deliver(2), .powerOff,
        .replace(removed: false),
        .write(4..<6), .drain,
      ]
    },
  ]
}
