import Inventory
import Quantities
import RecoveryCore
import Testing

@Suite struct FaultDomainPairTests {
  private func unit(_ index: Int) -> ReplicationUnitID { ReplicationUnitID(index) }

  private func pair(groups: Int = 1, reversesItself: Bool = false) -> FaultDomainPair {
    var pair = FaultDomainPair(
      names: BothSides(first: "fd-1", second: "fd-2"), reversesItself: reversesItself)
    for index in 0..<groups {
      let id = pair.add(ReplicationUnit(name: "rg-\(index)", sourceSide: .first))
      pair.pointsChanged([.zero, .zero + .minutes(10)], of: id)
    }
    return pair
  }

  private func run(_ request: ReplicationRequest, _ pair: inout FaultDomainPair) throws -> [String] {
    let commands = try pair.commands(
      for: request, of: [unit(0)], answering: BothSides(true), at: .zero + .hours(1))
    pair.completed(request, of: [unit(0)])
    return commands.map { command in
      guard case .virtualVolumes(let operation) = command.operation else { return "?" }
      return "\(operation.rawValue)@\(command.side)"
    }
  }

  @Test func `Groups that share machines make a consistency set`() {
    var pair = pair(groups: 4)
    pair.setGroups([unit(3), unit(1), unit(3)], of: VirtualMachineID(5))
    pair.setGroups([unit(0)], of: VirtualMachineID(2))
    #expect(pair.consistencySets == [[unit(0)], [unit(1), unit(3)], [unit(2)]])
    #expect(pair.groups(of: VirtualMachineID(5)) == [unit(1), unit(3)])
    #expect(pair.groups(of: VirtualMachineID(9)) == [])
    #expect(pair.vms(in: unit(3)) == [VirtualMachineID(5)])
  }

  @Test func `A test shows as in test at the target and can be promoted`() throws {
    var pair = pair()
    #expect(throws: ReplicationRefusal.wrongState(unit(0), .replicating)) {
      try pair.promotionCommands(of: [unit(0)])
    }
    #expect(try run(.startTest(.newest), &pair) == ["testFailoverStart@second"])
    #expect(pair.state(of: unit(0), seenFrom: .first) == .source)
    #expect(pair.state(of: unit(0), seenFrom: .second) == .inTest)
    #expect(throws: ReplicationRefusal.wrongState(unit(0), .inTest)) {
      try run(.failOver(.newest, isPlanned: false), &pair)
    }
    #expect(try pair.promotionCommands(of: [unit(0)]).map(\.side) == [.second])
    pair.promoted([unit(0)])
    #expect(pair.state(of: unit(0), seenFrom: .second) == .failedOver)
  }

  @Test func `A planned failover prepares the source, an unplanned one does not ask it`() throws {
    var planned = pair()
    #expect(planned.state(of: unit(0), seenFrom: .second) == .target)
    #expect(try run(.synchronize, &planned) == ["sync@first"])
    #expect(try run(.prepare, &planned) == ["prepareFailover@first"])
    #expect(
      try run(.failOver(.newest, isPlanned: true), &planned) == ["checkFailover@second", "failover@second"])
    #expect(planned.state(of: unit(0), seenFrom: .second) == .failedOver)
    #expect(try run(.reverse, &planned) == ["reverse@second"])
    #expect(planned.state(of: unit(0), seenFrom: .second) == .source)

    var unplanned = pair()
    #expect(
      try run(.failOver(.newest, isPlanned: false), &unplanned)
        == ["checkFailover@second", "unplannedFailover@second"])
  }

  @Test func `A provider may turn the direction by itself`() throws {
    var pair = pair(reversesItself: true)
    _ = try run(.failOver(.newest, isPlanned: false), &pair)
    #expect(pair.state(of: unit(0), seenFrom: .second) == .source)
    #expect(pair.state(of: unit(0), seenFrom: .first) == .target)
    #expect(try run(.reverse, &pair) == [])
    #expect(pair.units[0].sourceSide == .second)
    #expect(pair.state(of: unit(0), seenFrom: .first) == .target)
    // The points in time of the other direction are gone.
    #expect(pair.recoveryPoint(of: unit(0), choice: .newest, at: .zero + .hours(1)) == nil)
    #expect(pair.capabilities.contains(.reversesItself))
  }

  @Test func `An older point in time can be chosen`() throws {
    let pair = pair()
    func point(_ minutes: Int64) -> Instant? {
      pair.recoveryPoint(
        of: unit(0), choice: .notLater(than: .zero + .minutes(minutes)), at: .zero + .hours(1))
    }
    #expect(point(9) == .zero)
    #expect(point(10) == .zero + .minutes(10))
    #expect(pair.recoveryPoint(of: unit(0), choice: .newest, at: .zero) == .zero + .minutes(10))
  }
}
