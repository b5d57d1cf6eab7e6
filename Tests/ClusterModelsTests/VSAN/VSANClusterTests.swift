import Inventory
import Quantities
import Testing

@testable import ClusterModels

@Suite struct VSANClusterTests {
  private let mirror = StoragePolicy(.mirroring(failures: 1))

  private func cluster(
    hosts: Int, device: ByteCount = .gibibytes(1_000), devices: Int = 1,
    _ change: (inout VSANParameters) -> Void = { _ in }
  ) -> VSANCluster {
    var parameters = VSANParameters()
    change(&parameters)
    return VSANCluster(
      hosts: (0..<hosts).map {
        .init(devices: Array(repeating: device, count: devices), faultDomain: $0)
      }, parameters: parameters)
  }

  private func starts(_ commands: [VSANCluster.Command]) -> [VSANCluster.Resync] {
    commands.compactMap { if case .start(let resync) = $0 { resync } else { nil } }
  }

  private func minute(_ count: Int64) -> Instant { .zero + .minutes(count) }

  @Test func `The emptiest host comes first`() {
    var cluster = cluster(hosts: 4)
    let first = cluster.create(mirror, size: .gibibytes(100), content: .gibibytes(40), at: .zero)
    let second = cluster.create(mirror, size: .gibibytes(100), content: .gibibytes(10), at: .zero)

    #expect(cluster.hosts(of: first) == [0, 1, 2])
    // Hosts 0 and 1 have 40 GiB, so the copies go to 3, where nothing is, and 2, where a witness is, and the witness to 0.
    #expect(cluster.hosts(of: second) == [3, 2, 0])
    #expect(cluster.usedSize == .gibibytes(100))  // 2 · 40 + 2 · 10
    #expect(cluster.spaceMismatch() == nil)
  }

  @Test func `A sum of the devices that is wrong is told`() {
    var cluster = cluster(hosts: 3)
    _ = cluster.create(mirror, size: .gibibytes(100), content: .gibibytes(40), at: .zero)
    cluster.usedSize = .gibibytes(79)
    #expect(
      cluster.spaceMismatch()
        == "the devices that can be used have 80GiB of 3000GiB, but 79GiB of 3000GiB are counted")
  }

  @Test func `An object that began without a majority is completed when there is room`() throws {
    // Three devices of 100 GiB hold two copies of 60 GiB, and one copy of a second object: of a third only the witness finds
    // a place.
    var cluster = cluster(hosts: 3, device: .gibibytes(100))
    let first = cluster.create(mirror, size: .gibibytes(60), content: .gibibytes(60), at: .zero)
    let second = cluster.create(mirror, size: .gibibytes(60), content: .gibibytes(60), at: .zero)
    let object = cluster.create(mirror, size: .gibibytes(60), content: .gibibytes(60), at: .zero)
    #expect(cluster.isAccessible(first) && cluster.isAccessible(second) && !cluster.isAccessible(object))

    cluster.remove(first)
    cluster.remove(second)
    cluster.advance(to: minute(5))

    // Nobody could have written to it, so that nothing is copied.
    let commands = cluster.takeCommands()
    #expect(commands.isEmpty)
    #expect(cluster.isComplete(object) && cluster.usedSize == .gibibytes(120))
    #expect(cluster.spaceMismatch() == nil)
  }

  @Test func `An object that lost all its copies is not made up for`() {
    var cluster = cluster(hosts: 4)
    let object = cluster.create(mirror, size: .gibibytes(10), content: .gibibytes(10), at: .zero)
    for host in 0..<2 { cluster.deviceFailed(cluster.devices(ofHost: host).lowerBound, at: minute(1)) }
    for host in 0..<2 { cluster.deviceReplaced(cluster.devices(ofHost: host).lowerBound, at: minute(2)) }
    cluster.advance(to: minute(10))

    #expect(!cluster.isAccessible(object))
  }

  @Test func `An absent component is rebuilt after an hour`() throws {
    var cluster = cluster(hosts: 4)
    let object = cluster.create(mirror, size: .gibibytes(100), content: .gibibytes(40), at: .zero)
    cluster.hostFailed(0, at: minute(10))

    #expect(cluster.isAccessible(object) && !cluster.isComplete(object))
    #expect(cluster.nextDeadline == minute(70))
    cluster.advance(to: minute(69))
    let commands1 = cluster.takeCommands()
    #expect(commands1.isEmpty)
    cluster.advance(to: minute(70))
    let resync = try #require(starts(cluster.takeCommands()).first)
    #expect(resync.purpose == .rebuild && resync.size == .gibibytes(40))
    #expect(resync.sources == [.init(host: 1, factor: 1)] && resync.destination == 3)
    cluster.resyncCompleted(resync.number, at: minute(80))
    #expect(cluster.isComplete(object) && cluster.hosts(of: object) == [3, 1, 2])
    #expect(cluster.resyncedSize == .gibibytes(40) && cluster.spaceMismatch() == nil)
  }

  @Test func `A host that returns in time copies only what it missed`() throws {
    var cluster = cluster(hosts: 4)
    let object = cluster.create(mirror, size: .gibibytes(100), content: .gibibytes(40), at: .zero)
    let idle = cluster.create(mirror, size: .gibibytes(100), content: .gibibytes(40), at: .zero)
    cluster.hostFailed(0, at: minute(10))
    cluster.setContent(.gibibytes(42), of: object, at: .zero)
    cluster.hostReturned(0, at: minute(30))

    let resyncs = starts(cluster.takeCommands())
    #expect(resyncs.map(\.size) == [.gibibytes(2)] && resyncs.map(\.purpose) == [.catchUp])
    #expect(cluster.isComplete(idle), "what nobody wrote to is up to date at once")
    #expect(!cluster.isComplete(object))
    cluster.resyncCompleted(try #require(resyncs.first).number, at: minute(31))
    #expect(cluster.isComplete(object) && cluster.nextDeadline == nil)
    #expect(cluster.usedSize == .gibibytes(164) && cluster.spaceMismatch() == nil)  // 2 · 42 + 2 · 40
  }

  @Test func `A failed device is rebuilt at once`() {
    var cluster = cluster(hosts: 4)
    _ = cluster.create(mirror, size: .gibibytes(100), content: .gibibytes(40), at: .zero)
    cluster.deviceFailed(1, at: minute(10))
    let resyncs = starts(cluster.takeCommands())
    #expect(resyncs.map(\.destination) == [3] && resyncs.map(\.size) == [.gibibytes(40)])
    #expect(cluster.health.degraded == 1 && cluster.nextDeadline == nil)
  }

  @Test func `RAID-5 on four hosts stays reduced when one is gone`() {
    var cluster = cluster(hosts: 4)
    let object = cluster.create(
      StoragePolicy(.singleParity), size: .gibibytes(90), content: .gibibytes(90), at: .zero)
    #expect(cluster.usedSize == .gibibytes(120))  // 90 · 4/3
    cluster.hostFailed(3, at: .zero)
    cluster.advance(to: minute(60))
    let commands2 = cluster.takeCommands()
    #expect(commands2.isEmpty, "there is no fourth fault domain to rebuild in")
    #expect(cluster.isAccessible(object) && cluster.health.absent == 1)
    cluster.hostReturned(3, at: minute(120))
    #expect(cluster.isComplete(object))
  }

  @Test func `A rebuild is given up when its host returns`() {
    var cluster = cluster(hosts: 4)
    let object = cluster.create(mirror, size: .gibibytes(100), content: .gibibytes(40), at: .zero)
    cluster.hostFailed(1, at: .zero)
    cluster.advance(to: minute(60))
    let resync = starts(cluster.takeCommands())[0]
    #expect(cluster.usedSize == .gibibytes(80))  // one copy, and the room kept on host 3
    cluster.hostReturned(1, at: minute(61))
    let commands3 = cluster.takeCommands()
    #expect(commands3 == [.cancel(number: resync.number)])
    #expect(
      cluster.isComplete(object) && cluster.usedSize == .gibibytes(80) && cluster.spaceMismatch() == nil)
  }

  @Test func `No repair fills a device above 95 percent`() {
    var cluster = cluster(hosts: 4, device: .gibibytes(100))
    _ = cluster.create(mirror, size: .gibibytes(60), content: .gibibytes(60), at: .zero)  // hosts 0, 1
    _ = cluster.create(mirror, size: .gibibytes(36), content: .gibibytes(36), at: .zero)  // hosts 2, 3
    cluster.hostFailed(0, at: .zero)
    cluster.advance(to: minute(60))
    // The witness of the second object stood on host 0 and found a place; 36 + 60 = 96 GiB would be too much.
    let commands4 = cluster.takeCommands()
    #expect(commands4.isEmpty && cluster.health.absent == 1)
    #expect(cluster.nextDeadline == minute(65), "it is looked at again")
  }

  @Test func `A device above 80 percent gives a component away`() {
    var cluster = cluster(hosts: 4, device: .gibibytes(100))
    _ = cluster.create(mirror, size: .gibibytes(90), content: .gibibytes(50), at: .zero)  // hosts 0, 1
    let small = cluster.create(mirror, size: .gibibytes(90), content: .gibibytes(25), at: .zero)
    _ = cluster.create(mirror, size: .gibibytes(90), content: .gibibytes(60), at: .zero)  // hosts 2, 3
    #expect(cluster.nextDeadline == minute(5))
    cluster.advance(to: minute(5))
    // Hosts 2 and 3 have 85 GiB. 60 GiB fit nowhere; of 25 GiB one copy can go to host 1, where it makes 75 GiB. The other
    // stays: the small object's witness is on host 0.
    let moves = starts(cluster.takeCommands())
    #expect(moves.map(\.purpose) == [.move] && moves.map(\.size) == [.gibibytes(25)])
    #expect(moves[0].sources == [.init(host: 2, factor: 1)] && moves[0].destination == 1)
    #expect(cluster.isComplete(small), "it is in use until it has moved")
    cluster.resyncCompleted(moves[0].number, at: minute(6))
    #expect(cluster.hosts(of: small) == [3, 1, 0] && cluster.spaceMismatch() == nil)
  }

  @Test func `Alerts tell of 75, 80 and 95 percent once`() {
    var cluster = cluster(hosts: 3, device: .gibibytes(100))
    let object = cluster.create(mirror, size: .gibibytes(100), content: .gibibytes(79), at: .zero)
    let alerts5 = cluster.takeAlerts()
    #expect(alerts5.isEmpty)  // 158 of 300 GiB
    cluster.setContent(.gibibytes(96), of: object, at: .zero)
    // Two devices pass 80 and 95 %; 192 of 300 GiB are 64 % of the whole.
    #expect(
      cluster.takeAlerts().map(\.threshold) == [.percent(80), .percent(95), .percent(80), .percent(95)])
    let alerts6 = cluster.takeAlerts()
    #expect(alerts6.isEmpty)
    cluster.setContent(.gibibytes(94), of: object, at: .zero)
    let alerts7 = cluster.takeAlerts()
    #expect(alerts7.isEmpty, "two points below, not less")
    cluster.setContent(.gibibytes(90), of: object, at: .zero)
    let alerts8 = cluster.takeAlerts()
    #expect(alerts8.map(\.isAbove) == [false, false])
  }

  @Test func `Room is what the fullest device of an object leaves`() {
    var cluster = cluster(hosts: 3, device: .gibibytes(100))
    let object = cluster.create(mirror, size: .gibibytes(100), content: .gibibytes(60), at: .zero)
    let other = cluster.create(mirror, size: .gibibytes(100), content: .gibibytes(10), at: .zero)
    #expect(cluster.hosts(of: other) == [2, 0, 1])
    // Host 0: 70 GiB taken, 30 free, less a mebibyte per object.
    #expect(cluster.room(for: [object, other]) == .gibibytes(30) - .mebibytes(2))
  }

  @Test func `A checksum repairs from another copy or tells of the loss`() {
    var cluster = cluster(hosts: 3)
    let object = cluster.create(mirror, size: .gibibytes(100), content: .gibibytes(60), at: .zero)
    let isCorrupt = cluster.corrupt(extent: 7, of: object)
    #expect(isCorrupt)
    cluster.read(object) { $0 == 8 }
    let findings9 = cluster.takeFindings()
    #expect(findings9.isEmpty, "nobody has read it")
    cluster.read(object)
    let findings10 = cluster.takeFindings()
    #expect(findings10 == [.init(object: object, extent: 7, isRepaired: true)])
    #expect(cluster.repairedExtentCount == 1)

    _ = cluster.corrupt(extent: 9, of: object)  // on host 0
    cluster.hostFailed(1, at: .zero)
    cluster.read(object)
    let findings11 = cluster.takeFindings()
    #expect(findings11.map(\.isRepaired) == [false])
  }

  @Test func `An object with too few hosts is completed later`() {
    var cluster = cluster(hosts: 3)
    cluster.hostFailed(2, at: .zero)
    let object = cluster.create(mirror, size: .gibibytes(1), content: .gibibytes(1), at: .zero)
    #expect(cluster.isAccessible(object) && cluster.health.degraded == 1)
    cluster.hostReturned(2, at: minute(1))
    #expect(cluster.isComplete(object))
  }
}
