import Quantities
import RandomStreams
import ReplicationCore
import Testing

/// The word that a running source gives and the one that follows from what was done to it.
@Suite struct StatusOfSourceTests {
  @Test(arguments: 0..<100 as Range<UInt64>)
  func `A source says what the conditions of its history say`(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "status")
    let hasReplica = random.next(below: 2) == 0
    let pair = try ReplicationPair(
      disks: [disk(64, used: 16)], replica: hasReplica ? .complete : .empty)
    var conditions = ReplicationConditions()
    conditions.hasReplica = hasReplica
    conditions.needsFullSync = !hasReplica
    var seen: Set<ReplicationStatus> = []
    var eventsRead = 0
    for _ in 0..<60 {
      switch random.next(below: 12) {
      case 0:
        try pair.pause()
        conditions.isPaused = true
      case 1, 2:
        try pair.resume()
        conditions.isPaused = false
      case 3:
        try pair.powerOff()
        conditions.isPoweredOn = false
      case 4, 5:
        try pair.powerOn()
        conditions.isPoweredOn = true
      case 6 where conditions.isPoweredOn:
        try pair.failHost()
        conditions.isPoweredOn = false
        conditions.needsFullSync = true
      case 7: try pair.cutPath()
      case 8: try pair.restorePath()
      case 9:
        try pair.requestFullSync()
        conditions.needsFullSync = true
      default: pair.write(0..<1 + Int(random.next(below: 40)))
      }
      try pair.run(for: .seconds(Int64(random.next(below: 90))))
      for (_, event) in pair.events[eventsRead...] {
        switch event {
        case .connectionLost: conditions.isConnected = false
        case .connectionRestored: conditions.isConnected = true
        case .fullSyncCompleted: conditions.needsFullSync = false
        case .deltaCompleted: conditions.hasReplica = true
        default: break
        }
      }
      eventsRead = pair.events.count
      conditions.sync =
        switch pair.source.currentAccount?.kind {
        case .fullSync: .fullSync
        case .delta: .delta
        case nil: .none
        }
      #expect(pair.source.status == conditions.status, "\(conditions) at \(pair.now)")
      seen.insert(conditions.status)
    }
    #expect(seen.count > 1)
  }
}
