import Inventory
import Quantities
import RandomStreams
import RecoveryCore
import Testing

@Suite struct ReplicationProviderTests {
  private func unit(_ index: Int) -> ReplicationUnitID { ReplicationUnitID(index) }

  private func provider(_ count: Int) -> VSphereReplicationProvider {
    var provider = VSphereReplicationProvider()
    for index in 0..<count {
      let id = provider.add(ReplicationUnit(name: "vm-\(index)", sourceSide: .first))
      provider.instancesChanged([.zero, .zero + .minutes(5)], of: id)
    }
    return provider
  }

  private let requests: [ReplicationRequest] = [
    .synchronize, .startTest(.newest), .stopTest, .prepare, .undoPrepare, .failOver(.newest, isPlanned: true),
    .failOver(.newest, isPlanned: false), .reverse,
  ]

  /// What comes of each request in each state: where it leads, `=` for nothing to do, `!` for refused.
  @Test(arguments: [
    // sync, test, stop, prepare, undo, planned, unplanned, reverse
    (
      ReplicationUnit.State.replicating,
      ["replicating", "inTest", "=", "prepared", "=", "!", "failedOver", "="]
    ),
    (ReplicationUnit.State.inTest, ["inTest", "=", "replicating", "!", "!", "!", "!", "!"]),
    (
      ReplicationUnit.State.prepared,
      ["prepared", "!", "=", "=", "replicating", "failedOver", "failedOver", "!"]
    ),
    // The unplanned failover that leads there has left the source as it was.
    (ReplicationUnit.State.failedOver, ["=", "!", "=", "failedOver", "!", "=", "=", "replicating"]),
  ])
  func `Every request in every state leads where it should`(state: ReplicationUnit.State, expected: [String])
  {
    for (request, outcome) in zip(requests, expected) {
      var provider = provider(1)
      for step in path(to: state) { provider.completed(step, of: [unit(0)]) }
      #expect(provider.units[0].state == state)
      do {
        let commands = try provider.commands(
          for: request, of: [unit(0)], answering: BothSides(true), at: .zero + .hours(1))
        #expect(commands.isEmpty == (outcome == "="), "\(request) in \(state)")
        provider.completed(request, of: [unit(0)])
        #expect(
          "\(provider.units[0].state)" == (outcome == "=" ? "\(state)" : outcome), "\(request) in \(state)")
      } catch {
        #expect(error == .wrongState(unit(0), state))
        #expect(outcome == "!", "\(request) in \(state)")
      }
    }
  }

  private func path(to state: ReplicationUnit.State) -> [ReplicationRequest] {
    switch state {
    case .replicating: []
    case .inTest: [.startTest(.newest)]
    case .prepared: [.prepare]
    case .failedOver: [.failOver(.newest, isPlanned: false)]
    }
  }

  @Test func `After an unplanned failover the former source can be made read-only, once`() throws {
    var provider = provider(1)
    provider.completed(.failOver(.newest, isPlanned: false), of: [unit(0)])
    func commands(_ provider: VSphereReplicationProvider, answering: BothSides<Bool>) throws -> [PairSide] {
      try provider.commands(for: .prepare, of: [unit(0)], answering: answering, at: .zero).map(\.side)
    }
    #expect(throws: ReplicationRefusal.siteDown(.first)) {
      try commands(provider, answering: BothSides(first: false, second: true))
    }
    #expect(try commands(provider, answering: BothSides(true)) == [.first])
    provider.completed(.prepare, of: [unit(0)])
    #expect(provider.units[0].state == .failedOver && provider.units[0].isSourcePrepared)
    #expect(try commands(provider, answering: BothSides(true)) == [])
    provider.completed(.reverse, of: [unit(0)])
    #expect(!provider.units[0].isSourcePrepared)
  }

  @Test func `After the direction is turned there is no instance until one is made`() {
    var provider = provider(1)
    provider.completed(.failOver(.newest, isPlanned: false), of: [unit(0)])
    provider.completed(.reverse, of: [unit(0)])
    #expect(provider.recoveryPoint(of: unit(0), choice: .newest, at: .zero + .hours(1)) == nil)
  }

  @Test func `A rerun asks only for what is left`() throws {
    var provider = provider(3)
    provider.completed(.failOver(.newest, isPlanned: false), of: [unit(1)])
    let commands = try provider.commands(
      for: .failOver(.newest, isPlanned: false), of: (0..<3).map { unit($0) }, answering: BothSides(true),
      at: .zero)
    #expect(commands.map(\.units) == [[unit(0), unit(2)]])
    #expect(commands.map(\.side) == [.second])
  }

  @Test func `An instance may be chosen, and none is an error`() throws {
    var provider = provider(2)
    provider.instancesChanged([.zero + .minutes(7)], of: unit(1))
    let choice = InstanceChoice.notLater(than: .zero + .minutes(6))
    #expect(provider.recoveryPoint(of: unit(0), choice: choice, at: .zero) == .zero + .minutes(5))
    #expect(throws: ReplicationRefusal.noInstance(unit(1))) {
      try provider.commands(
        for: .failOver(choice, isPlanned: false), of: [unit(0), unit(1)], answering: BothSides(true),
        at: .zero)
    }
    let commands = try provider.commands(
      for: .failOver(choice, isPlanned: false), of: [unit(0)], answering: BothSides(true), at: .zero)
    #expect(commands.map(\.choice) == [choice])
    #expect(throws: ReplicationRefusal.noSuchUnit(unit(9))) {
      try provider.commands(for: .stopTest, of: [unit(9)], answering: BothSides(true), at: .zero)
    }
  }

  /// Random requests: whatever happens, a unit is on one side, and two reverses bring it back.
  @Test(arguments: 0..<100 as Range<UInt64>)
  func `The source is where the last reverse left it`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "replication-provider")
    var provider = provider(1)
    var side = PairSide.first
    for _ in 0..<50 {
      let request = requests[Int(random.next(below: UInt64(requests.count)))]
      let before = provider.units[0].state
      do {
        let commands = try provider.commands(
          for: request, of: [unit(0)], answering: BothSides(true), at: .zero + .hours(1))
        provider.completed(request, of: [unit(0)])
        if request == .reverse, !commands.isEmpty {
          side = side.other
          provider.instancesChanged([.zero], of: unit(0))
        }
      } catch {
        #expect(provider.units[0].state == before)
      }
      #expect(provider.units[0].sourceSide == side)
    }
    #expect(provider.health(of: unit(0)) == .ok)
  }
}
