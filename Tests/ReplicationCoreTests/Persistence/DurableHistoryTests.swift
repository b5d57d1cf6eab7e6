import BlockStorage
import Quantities
import RandomStreams
import ReplicationCore
import StorageTesting
import Testing

/// Histories nobody thought of, on files: both storages crash again and again, also while they are opened.
@Suite struct DurableHistoryTests {
  private struct History {
    var random: RandomStream
    let pair: DurablePair

    init(seed: UInt64) throws {
      var random = RandomStream(seed: seed, name: "durable-history")
      var parameters = ReplicationParameters.small
      parameters.chunkSize = extents(1 + random.next(below: 8))
      parameters.usesAllocationInformation = random.next(below: 4) > 0
      parameters.optimizesFullSync = random.next(below: 4) > 0
      pair = try DurablePair(
        extentCounts: (0..<1 + Int(random.next(below: 3))).map { _ in 1 + Int(random.next(below: 30)) },
        used: Int(random.next(below: 20)),
        chooser: RandomCrash(random: RandomStream(seed: seed, name: "durable-history-crash")),
        parameters: parameters,
        targetParameters: random.next(below: 2) == 0 ? .small : try .keeping(1 + Int(random.next(below: 3))),
        payloadWidth: random.next(below: 4) == 0 ? 64 : 8)
      try pair.begin()
      self.random = random
    }

    mutating func write() throws {
      let index = Int(random.next(below: UInt64(pair.disks.count)))
      let extentCount = pair.disks[index].geometry.extentCount
      let start = Int(random.next(below: UInt64(extentCount)))
      let count = 1 + Int(random.next(below: UInt64(min(5, extentCount - start))))
      try pair.perform(.write(start..<start + count, disk: index))
    }

    mutating func step() throws {
      switch random.next(below: 60) {
      case 0: try pair.crashTarget()
      case 1: try pair.loseServer()
      case 2: try pair.failSourceHost()
      case 3...5: pair.targetStorage.stop(afterChanges: Int(random.next(below: 40)))
      case 6: pair.sourceStorage.stop(afterChanges: Int(random.next(below: 10)))
      case 7: try pair.perform(pair.isPathUp ? .cut : .restore)
      case 8, 9: try pair.perform(pair.isOn ? .powerOff : .powerOn)
      case 10: try pair.perform(.migrate)
      case 11: try pair.perform(.fullSync)
      case 12...15: try pair.perform(.wait(.seconds(Int64(random.next(below: 90)))))
      case 16...20: try pair.perform(.sync)
      case 21...25: try pair.perform(.merge)
      case 26...40: try pair.perform(.deliver(1 + Int(random.next(below: 8))))
      default: try write()
      }
    }
  }

  /// Hundreds of them in an exhaustive run.
  @Test(arguments: 0..<(isExhaustive ? 1_000 : 8) as Range<UInt64>)
  func `Files lead to the source in the end, whatever stopped how often`(seed: UInt64) throws {
    var history = try History(seed: seed)
    for _ in 0..<120 { try history.step() }
    try history.pair.end()
  }
}
