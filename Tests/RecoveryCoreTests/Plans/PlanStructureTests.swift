import Inventory
import Quantities
import RandomStreams
import RecoveryCore
import Testing

/// The structures behind runs against the plainest models.
@Suite struct PlanStructureTests {
  @Test(arguments: 0..<200 as Range<UInt64>)
  func `Deadlines leave in the order of a sorted row`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "deadlines")
    var queue = DeadlineQueue()
    var model: [DeadlineQueue.Entry] = []
    for step in 0..<80 {
      if random.next(below: 3) > 0 {
        // Few instants, so that many are due together.
        let due = Instant.zero + .seconds(Int64(random.next(below: 8)))
        queue.insert(.init(due: due, step: step))
        model.append(.init(due: due, step: step))
        model.sort { ($0.due.nanoseconds, $0.step) < ($1.due.nanoseconds, $1.step) }
      } else if !model.isEmpty {
        queue.removeFirst()
        model.removeFirst()
      }
      #expect(queue.first == model.first)
    }
  }

  /// A machine can never start if it waits, at any remove, for one that waits for itself.
  @Test(arguments: 0..<200 as Range<UInt64>)
  func `The machines of a circle are those from which a way leads into one`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "dependencies")
    let count = 1 + Int(random.next(below: 7))
    var waits = [[Bool]](repeating: [Bool](repeating: false, count: count), count: count)
    let group = planGroup(0, Array(0..<count)) { number, member in
      member.settings.priority = RecoveryPriority.allCases[Int(random.next(below: 2))]
      member.settings.dependencies = (0..<count).filter { _ in random.next(below: 4) == 0 }.map { .init($0) }
    }
    for (one, member) in group.members.enumerated() {
      for other in member.settings.dependencies
      where group.members[other.index].settings.priority == member.settings.priority {
        waits[one][other.index] = true
      }
    }
    for middle in 0..<count {
      for one in 0..<count {
        for other in 0..<count where waits[one][middle] && waits[middle][other] { waits[one][other] = true }
      }
    }
    let stuck = (0..<count).filter { one in
      waits[one][one] || (0..<count).contains { waits[one][$0] && waits[$0][$0] }
    }
    #expect(PlanDependencies(groups: [group]).cycle == stuck.map { VirtualMachineID($0) })
  }
}
