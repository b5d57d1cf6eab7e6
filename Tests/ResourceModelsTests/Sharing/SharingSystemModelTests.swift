import Quantities
import RandomStreams
import Testing

@testable import ResourceModels

/// Runs random systems beside the plain solver: rates, completion times and carried bytes must agree.
@Suite struct SharingSystemModelTests {
  /// What the random systems are like; each stresses another part.
  enum Shape: CaseIterable {
    /// Random routes over a few resources, everything differs.
    case mesh
    /// Small whole numbers, so that levels, thresholds and completions coincide.
    case ties
    /// Many hosts behind one resource, as sites behind a WAN.
    case hub
    /// Every route consumes a little of the way back.
    case acknowledged
    /// All flows cross most resources, and most are at their bounds.
    case bounded
  }

  @Test(arguments: Shape.allCases, 0..<20 as Range<UInt64>)
  func `Rates and times agree with the plain solver`(shape: Shape, seed: UInt64) {
    var comparison = Comparison(shape: shape, seed: seed)
    comparison.run(steps: 120)
  }

  struct Comparison {
    let shape: Shape
    var random: RandomStream
    var system = SharingSystem()
    var reference = ReferenceSystem()
    var resources: [ResourceID] = []
    var routes: [(id: RouteID, uses: [(resource: Int, factor: Double)])] = []
    var running: [(number: Int, id: FlowID)] = []
    var started = 0
    var ends: [Int: Double] = [:]
    var referenceEnds: [Int: Double] = [:]
    var instant = Instant.zero
    var largestError = 0.0

    init(shape: Shape, seed: UInt64) {
      self.shape = shape
      random = RandomStream(seed: seed, name: "sharing-\(shape)")
      let count = shape == .hub ? 12 : 1 + Int(random.next(below: 7))
      for index in 0..<count {
        let capacity = shape == .hub && index == 0 ? 4 * someCapacity() : someCapacity()
        resources.append(system.addResource(capacity: capacity))
        reference.addResource(capacity: capacity)
      }
      for index in 0..<(shape == .hub ? 14 : 2 + Int(random.next(below: 8))) {
        addRoute(index)
      }
    }

    mutating func someCapacity() -> Double {
      if random.next(below: 16) == 0 { return 0 }
      return shape == .ties
        ? Double(1 + random.next(below: 4)) * 1000 : 100 + 20_000 * random.nextUnit()
    }

    mutating func addRoute(_ index: Int) {
      var uses: [(resource: Int, factor: Double)] = []
      switch shape {
      case .hub:
        uses = [(0, 1), (1 + index % (resources.count - 1), 1)]
        if index >= resources.count { uses = [(1 + index % (resources.count - 1), 1)] }
      case .acknowledged:
        for resource in resources.indices { uses.append((resource, random.next(below: 2) == 0 ? 1 : 0.05)) }
      default:
        for resource in resources.indices where random.next(below: 2) == 0 {
          uses.append((resource, shape == .mesh && random.next(below: 3) == 0 ? 0.1 + random.nextUnit() : 1))
        }
      }
      if uses.isEmpty { uses = [(0, 1)] }
      let id = system.addRoute(uses.map { ResourceUse(resources[$0.resource], factor: $0.factor) })
      routes.append((id, uses))
    }

    mutating func someBound() -> Double {
      if random.next(below: shape == .bounded ? 8 : 2) == 0 { return .infinity }
      if random.next(below: 30) == 0 { return 0 }
      return shape == .ties ? Double(1 + random.next(below: 4)) * 250 : 10 + 3000 * random.nextUnit()
    }

    mutating func someSize() -> Double {
      shape == .ties ? Double(random.next(below: 6)) * 500 : 1 + 20_000 * random.nextUnit()
    }

    mutating func someWeight() -> Double {
      shape == .ties || random.next(below: 2) == 0 ? 1 : 0.2 + 3 * random.nextUnit()
    }

    mutating func run(steps: Int) {
      for _ in 0..<steps {
        step()
        compareRates()
      }
      // Whatever can end ends.
      for index in resources.indices { set(capacity: 5000, of: index) }
      for (_, id) in running { set(bound: .infinity, of: id) }
      instant = Instant(nanoseconds: instant.nanoseconds + 4_000_000_000_000)
      deliver(to: instant)
      #expect(running.isEmpty)
      #expect(ends.count == referenceEnds.count)
      for (flow, end) in ends {
        guard let other = referenceEnds[flow] else { continue }
        expectClose(end, other, "end of flow \(flow)")
      }
      for (index, resource) in resources.enumerated() {
        expectClose(
          system.carriedBytes(of: resource, at: instant), reference.carried[index], "carried by \(index)")
      }
    }

    func expectClose(_ one: Double, _ other: Double, _ what: String) {
      #expect(
        abs(one - other) <= 1e-9 * max(abs(one), abs(other)) + 1e-7, "\(what): \(one), expected \(other)")
    }

    mutating func step() {
      switch random.next(below: 20) {
      case 0..<9: startFlow()
      case 9..<11 where !running.isEmpty: changeBound()
      case 11 where !running.isEmpty: changeWeight()
      case 12 where !running.isEmpty: cancel()
      case 13 where !running.isEmpty: extend()
      case 14 where !running.isEmpty: askForMilestone()
      case 15:
        let index = Int(random.next(below: UInt64(resources.count)))
        set(capacity: someCapacity(), of: index)
      default:
        let step = shape == .ties ? random.next(below: 4) * 250_000_000 : random.next(below: 3_000_000_000)
        instant = Instant(nanoseconds: instant.nanoseconds + Int64(step))
        deliver(to: instant)
      }
    }

    /// Now and then in two steps, which must not matter.
    mutating func deliver(to end: Instant) {
      var events: [FlowEvent] = []
      if random.next(below: 2) == 0, let next = system.nextEvent, next < end {
        system.advance(to: next, into: &events)
        #expect(!events.isEmpty)
      }
      system.advance(to: end, into: &events)
      #expect(zip(events, events.dropFirst()).allSatisfy { $0.time <= $1.time })
      for event in events {
        #expect(event.time.instant <= end)
        guard event.kind == .finished else { continue }
        ends[Int(event.tag)] = event.time.inSeconds
        running.removeAll { $0.number == Int(event.tag) }
      }
      for event in reference.advance(toSeconds: Double(end.nanoseconds) / 1e9) where event.isFinished {
        referenceEnds[event.flow] = event.seconds
      }
    }

    mutating func startFlow() {
      let route = routes[Int(random.next(below: UInt64(routes.count)))]
      let (weight, bound, size) = (someWeight(), someBound(), someSize())
      let milestone: Double? = random.next(below: 3) == 0 ? size * random.nextUnit() : nil
      let id = system.start(
        on: route.id, weight: weight, bound: bound, size: size, milestone: milestone,
        tag: UInt64(started), at: instant)
      let number = started
      reference.change {
        $0.flows.append(
          ReferenceSystem.Flow(
            number: number, uses: route.uses, weight: weight, bound: bound, size: size,
            milestone: milestone))
      }
      running.append((number, id))
      started += 1
      // A flow of no size ends at once.
      deliver(to: instant)
    }

    mutating func set(capacity: Double, of index: Int) {
      system.setCapacity(capacity, of: resources[index], at: instant)
      reference.change { $0.capacities[index] = capacity }
    }

    mutating func set(bound: Double, of id: FlowID) {
      guard let number = running.first(where: { $0.id == id })?.number else { return }
      system.setBound(bound, of: id, at: instant)
      reference.change {
        for index in $0.flows.indices where $0.flows[index].number == number {
          $0.flows[index].bound = bound
        }
      }
    }

    mutating func changeBound() {
      let bound = someBound()
      set(bound: bound, of: running[Int(random.next(below: UInt64(running.count)))].id)
    }

    mutating func changeWeight() {
      let (number, id) = running[Int(random.next(below: UInt64(running.count)))]
      let weight = someWeight()
      system.setWeight(weight, of: id, at: instant)
      reference.change {
        for index in $0.flows.indices where $0.flows[index].number == number {
          $0.flows[index].weight = weight
        }
      }
    }

    mutating func cancel() {
      let victim = Int(random.next(below: UInt64(running.count)))
      let (number, id) = running.remove(at: victim)
      let served = system.cancel(id, at: instant)
      var expected = 0.0
      reference.change {
        for flow in $0.flows where flow.number == number { expected = flow.served }
        $0.flows.removeAll { $0.number == number }
      }
      expectClose(served, expected, "bytes served by flow \(number)")
      #expect(!system.isRunning(id))
    }

    mutating func extend() {
      let (number, id) = running[Int(random.next(below: UInt64(running.count)))]
      let more = someSize()
      system.extend(id, by: more, at: instant)
      reference.change {
        for index in $0.flows.indices where $0.flows[index].number == number {
          $0.flows[index].size += more
        }
      }
    }

    mutating func askForMilestone() {
      let (number, id) = running[Int(random.next(below: UInt64(running.count)))]
      let bytes = someSize()
      system.setMilestone(bytes, of: id, at: instant)
      reference.change {
        for index in $0.flows.indices where $0.flows[index].number == number {
          $0.flows[index].milestone = bytes
        }
      }
    }

    mutating func compareRates() {
      reference.solve()
      #expect(reference.flows.count == running.count)
      var loads = Array(repeating: 0.0, count: resources.count)
      for flow in reference.flows {
        guard let id = running.first(where: { $0.number == flow.number })?.id else { continue }
        let rate = system.rate(of: id)
        expectClose(rate, flow.rate, "rate of flow \(flow.number)")
        for (resource, factor) in flow.uses { loads[resource] += factor * rate }
        expectClose(
          system.servedBytes(of: id, at: instant), flow.served, "bytes served by \(flow.number)")
        #expect(rate <= flow.bound)
        // Somebody holds it back: its bound, or a full resource.
        let isHeld =
          rate >= flow.bound * (1 - 1e-9)
          || flow.uses.contains {
            system.load(of: resources[$0.resource]) >= reference.capacities[$0.resource] * (1 - 1e-9)
          }
        #expect(isHeld, "flow \(flow.number) could go faster")
      }
      for (index, load) in loads.enumerated() {
        expectClose(system.load(of: resources[index]), load, "load of \(index)")
        #expect(load <= reference.capacities[index] * (1 + 1e-9))
      }
    }
  }
}
