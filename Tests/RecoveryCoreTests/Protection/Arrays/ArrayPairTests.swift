import Inventory
import Quantities
import RecoveryCore
import Testing

@Suite struct ArrayPairTests {
  private func at(_ minutes: Int64) -> Instant { .zero + .minutes(minutes) }
  private let both = BothSides(true)

  /// Two devices of a consistency group and one alone, written at the first site.
  private func pair(
    _ mode: ArrayReplicationMode = .periodic(interval: .minutes(10), duration: .minutes(2)),
    isStretched: Bool = false
  ) -> ArrayPair {
    var pair = ArrayPair(
      managers: BothSides(
        first: ArrayManager(name: "A", arrayName: "array-1"),
        second: ArrayManager(name: "B", arrayName: "array-2")),
      mode: mode)
    pair.devicesDiscovered(
      [
        StorageDevice(name: "lun0", peerName: "p0", consistencyGroup: "cg", datastores: [DatastoreID(0)]),
        StorageDevice(name: "lun1", peerName: "p1", datastores: [DatastoreID(1)], isStretched: isStretched),
        StorageDevice(name: "lun2", peerName: "p2", consistencyGroup: "cg", datastores: [DatastoreID(2)]),
      ], sourceSide: .first)
    return pair
  }

  private func run(
    _ request: ReplicationRequest, _ pair: inout ArrayPair, answering: BothSides<Bool> = BothSides(true),
    at minutes: Int64 = 60
  ) throws -> [String] {
    let commands = try pair.commands(
      for: request, of: [ReplicationUnitID(0)], answering: answering, at: at(minutes))
    pair.completed(request, of: [ReplicationUnitID(0)])
    return commands.map { command in
      guard case .adapter(let adapter) = command.operation else { return "?" }
      return "\(adapter.rawValue)@\(command.side)"
    }
  }

  @Test func `A consistency group is one unit`() {
    let pair = pair()
    #expect(pair.units.map(\.name) == ["cg", "lun1"])
    #expect(pair.unit(of: StorageDeviceID(2)) == ReplicationUnitID(0))
    #expect(pair.units(holding: [DatastoreID(2), DatastoreID(9)]) == [ReplicationUnitID(0)])
    #expect(pair.units(holding: [DatastoreID(1), DatastoreID(0)]).map(\.index) == [0, 1])
  }

  @Test func `Devices are discovered at both sites, once at a time, by working adapters`() throws {
    var pair = pair()
    let commands = try pair.discoverDevices()
    #expect(commands.map(\.0) == [.first, .second] && commands.allSatisfy { $0.1 == .discoverDevices })
    #expect(throws: ArrayRefusal.discovering) { try pair.discoverDevices() }
    let more = pair.devices + [StorageDevice(name: "lun3", peerName: "p3", consistencyGroup: "cg")]
    pair.devicesDiscovered(more, sourceSide: .first)
    #expect(pair.unit(of: StorageDeviceID(3)) == ReplicationUnitID(0) && pair.units.count == 2)
    pair.adapterChanged(.versionMismatch, at: .second)
    #expect(throws: ArrayRefusal.adapter(.versionMismatch, .second)) { try pair.discoverDevices() }
    pair.adapterChanged(.ok, at: .second)
    pair.pinged(false, at: .first)
    #expect(throws: ArrayRefusal.unreachable(.first)) { try pair.discoverDevices() }
    #expect(ArrayPair.discoveryCommands.first == .queryInfo)
  }

  @Test func `A test calls the adapter of the recovery site`() throws {
    var pair = pair()
    #expect(
      try run(.startTest(.newest), &pair) == ["checkTestFailoverStart@second", "testFailoverStart@second"])
    #expect(try run(.startTest(.newest), &pair) == [])
    #expect(try run(.stopTest, &pair) == ["testFailoverStop@second"])
    #expect(try run(.stopTest, &pair) == [])
  }

  @Test func `A planned migration and back calls the adapters in their order`() throws {
    var pair = pair()
    #expect(try run(.synchronize, &pair) == ["syncOnce@first", "querySyncStatus@first"])
    #expect(try run(.prepare, &pair) == ["prepareFailover@first"])
    #expect(try run(.undoPrepare, &pair) == ["restoreReplication@first"])
    #expect(try run(.prepare, &pair) == ["prepareFailover@first"])
    #expect(try run(.synchronize, &pair) == ["syncOnce@first", "querySyncStatus@first"])
    #expect(
      try run(.failOver(.newest, isPlanned: true), &pair) == ["checkFailover@second", "failover@second"])
    #expect(pair.replicationState(of: StorageDeviceID(0), seenFrom: .first) == .failover)
    #expect(try run(.reverse, &pair) == ["reverseReplication@second"])
    #expect(pair.replicationState(of: StorageDeviceID(0), seenFrom: .second) == .outgoing)
    #expect(pair.replicationState(of: StorageDeviceID(0), seenFrom: .first) == .incoming)
    #expect(pair.replicationState(of: StorageDeviceID(1), seenFrom: .first) == .outgoing)
    pair.copyingBegan(at: at(30), of: ReplicationUnitID(0))
    #expect(
      try run(.failOver(.newest, isPlanned: false), &pair) == ["checkFailover@first", "failover@first"])
  }

  @Test func `With the source gone only what needs the target goes on`() throws {
    var pair = pair()
    let alone = BothSides(first: false, second: true)
    #expect(throws: ReplicationRefusal.siteDown(.first)) { try run(.synchronize, &pair, answering: alone) }
    #expect(throws: ReplicationRefusal.siteDown(.first)) { try run(.prepare, &pair, answering: alone) }
    #expect(throws: ReplicationRefusal.wrongState(ReplicationUnitID(0), .replicating)) {
      try run(.failOver(.newest, isPlanned: true), &pair, answering: alone)
    }
    #expect(try run(.failOver(.newest, isPlanned: false), &pair, answering: alone).count == 2)
    #expect(throws: ReplicationRefusal.siteDown(.first)) { try run(.reverse, &pair, answering: alone) }
    #expect(throws: ReplicationRefusal.cannotChooseInstance) {
      _ = try pair.commands(
        for: .startTest(.notLater(than: .zero)), of: [ReplicationUnitID(1)], answering: both, at: at(60))
    }
  }

  @Test func `A periodic copy is as old as its last complete cycle`() {
    var pair = pair()
    let unit = ReplicationUnitID(0)
    func point(_ minutes: Int64) -> Instant? {
      pair.recoveryPoint(of: unit, choice: .newest, at: at(minutes))
    }
    // Copies begin at 0, 10, 20 … and take 2 minutes.
    #expect(point(1) == nil)
    #expect(point(2) == at(0))
    #expect(point(11) == at(0))
    #expect(point(12) == at(10))
    #expect(point(31) == at(20))
    // A copy that was asked for at 25 is newer than the cycle of 20, until that of 30 is complete.
    pair.copied(unit, asOf: at(25))
    #expect(point(31) == at(25))
    #expect(point(32) == at(30))
    // The array stopped at 41, within the cycle of 40.
    pair.copyingStopped(at: at(41), of: unit)
    #expect(point(100) == at(30))
    // It goes on at 55: the cycle of 60 is the next, and complete at 62.
    pair.copyingBegan(at: at(55), of: unit)
    #expect(point(61) == at(30))
    #expect(point(62) == at(60))
    #expect(point(100) == at(90))
  }

  @Test func `After the direction is turned the other array has no copy before its first cycle`() throws {
    var pair = pair()
    let unit = ReplicationUnitID(0)
    pair.copied(unit, asOf: at(25))
    #expect(try run(.failOver(.newest, isPlanned: false), &pair).count == 2)
    #expect(try run(.reverse, &pair) == ["reverseReplication@second"])
    #expect(pair.recoveryPoint(of: unit, choice: .newest, at: at(100)) == nil)
    #expect(throws: ReplicationRefusal.noInstance(unit)) { try run(.startTest(.newest), &pair, at: 100) }
    pair.copyingBegan(at: at(95), of: unit)
    #expect(pair.recoveryPoint(of: unit, choice: .newest, at: at(101)) == nil)
    #expect(pair.recoveryPoint(of: unit, choice: .newest, at: at(102)) == at(100))
  }

  @Test func `A synchronous copy loses nothing until it stops`() {
    var pair = pair(.synchronous)
    let unit = ReplicationUnitID(0)
    #expect(pair.recoveryPoint(of: unit, choice: .newest, at: at(7)) == at(7))
    pair.copyingStopped(at: at(5), of: unit)
    #expect(pair.recoveryPoint(of: unit, choice: .newest, at: at(7)) == at(5))
    pair.copyingBegan(at: at(9), of: unit)
    #expect(pair.recoveryPoint(of: unit, choice: .newest, at: at(12)) == at(12))
  }

  @Test
  func `A device is known by its name, whatever else changes, and a discovery that fails can be repeated`()
    throws
  {
    var pair = pair()
    _ = try pair.discoverDevices()
    pair.discoveryFailed()
    _ = try pair.discoverDevices()
    // lun0 is gone, lun2 has left its consistency group and holds another datastore, lun3 is new.
    pair.devicesDiscovered(
      [
        StorageDevice(name: "lun3", peerName: "p3", consistencyGroup: "cg", datastores: [DatastoreID(3)]),
        StorageDevice(name: "lun2", peerName: "p2", datastores: [DatastoreID(7)]),
        StorageDevice(name: "lun1", peerName: "p1", datastores: [DatastoreID(1)]),
      ], sourceSide: .first)
    #expect(!pair.isDiscovering)
    #expect(pair.devices.map(\.name) == ["lun0", "lun1", "lun2", "lun3"])
    // cg, lun1, and lun2 by itself; lun3 joins the group of which only lun0 was left.
    #expect(pair.units.map(\.name) == ["cg", "lun1", "lun2"])
    #expect((0..<4).map { pair.unit(of: StorageDeviceID($0)).index } == [0, 1, 2, 0])
    #expect(pair.units(holding: [DatastoreID(0), DatastoreID(7)]).map(\.index) == [2])
    #expect(pair.replicationState(of: StorageDeviceID(0), seenFrom: .first) == .unknown)
    #expect(pair.replicationState(of: StorageDeviceID(2), seenFrom: .first) == .outgoing)
  }

  @Test func `Before its first copy nothing can be tested`() {
    var pair = pair()
    #expect(throws: ReplicationRefusal.noInstance(ReplicationUnitID(0))) {
      try run(.startTest(.newest), &pair, at: 1)
    }
  }

  @Test func `A fault shows in the devices and stops synchronising`() throws {
    var pair = pair()
    let unit = ReplicationUnitID(0)
    pair.faultChanged("link down", of: unit)
    #expect(pair.health(of: unit) == .error("link down"))
    #expect(pair.replicationState(of: StorageDeviceID(0), seenFrom: .first) == .partial)
    #expect(throws: ReplicationRefusal.broken(unit, "link down")) { try run(.synchronize, &pair) }
    #expect(try run(.startTest(.newest), &pair).count == 2)
    pair.pinged(false, at: .first)
    #expect(pair.replicationState(of: StorageDeviceID(0), seenFrom: .first) == .unknown)
  }

  @Test func `A stretched device is replicated like any other`() {
    #expect(pair(isStretched: true).capabilities == pair().capabilities)
  }
}
