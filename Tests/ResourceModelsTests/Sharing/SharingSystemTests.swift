import Quantities
import RandomStreams
import Testing

@testable import ResourceModels

/// Small systems whose numbers can be checked by hand.
@Suite struct SharingSystemTests {
  private static func second(_ count: Int64) -> Instant { .zero + .seconds(count) }

  private func events(of system: inout SharingSystem, until end: Instant) -> [FlowEvent] {
    var events: [FlowEvent] = []
    system.advance(to: end, into: &events)
    return events
  }

  @Test func `A lone flow gets the whole of its resource`() {
    var system = SharingSystem()
    let wan = system.addResource(capacity: 12_500_000)
    let route = system.addRoute([ResourceUse(wan)])

    let flow = system.start(on: route, size: 1_000_000, tag: 7, at: Self.second(1))

    // 1 MB / 12.5 MB/s = 80 ms.
    #expect(system.rate(of: flow) == 12_500_000)
    #expect(system.nextEvent == Self.second(1) + .milliseconds(80))
    let done = events(of: &system, until: Self.second(2))
    #expect(done.map(\.tag) == [7])
    #expect(done.map(\.kind) == [.finished])
    #expect(system.nextEvent == nil)
    #expect(!system.isRunning(flow))
  }

  @Test func `What one flow leaves goes to the others`() {
    var system = SharingSystem()
    let wan = system.addResource(capacity: 100)
    let route = system.addRoute([ResourceUse(wan)])
    let slow = system.start(on: route, bound: 10, size: 1000, tag: 0, at: .zero)
    let light = system.start(on: route, weight: 1, size: 1000, tag: 1, at: .zero)
    let heavy = system.start(on: route, weight: 2, size: 1000, tag: 2, at: .zero)

    // 10 for the bounded one; the other 90 go one to two.
    #expect(system.rate(of: slow) == 10)
    #expect(system.rate(of: light) == 30)
    #expect(system.rate(of: heavy) == 60)
    #expect(system.load(of: wan) == 100)
  }

  @Test func `A flow held elsewhere leaves its share of the common link`() {
    var system = SharingSystem()
    let wan = system.addResource(capacity: 100)
    let access = system.addResource(capacity: 20)
    let narrow = system.addRoute([ResourceUse(wan), ResourceUse(access)])
    let wide = system.addRoute([ResourceUse(wan)])
    let held = system.start(on: narrow, size: 1000, tag: 0, at: .zero)
    let free = system.start(on: wide, size: 1000, tag: 1, at: .zero)
    #expect(system.rate(of: held) == 20)
    #expect(system.rate(of: free) == 80)

    // With three more on the WAN the fair share is 20, then less.
    for tag in 2..<5 { _ = system.start(on: wide, size: 1000, tag: UInt64(tag), at: .zero) }
    #expect(system.rate(of: held) == 20)
    _ = system.start(on: wide, size: 1000, tag: 5, at: .zero)
    #expect(abs(system.rate(of: held) - 100.0 / 6) < 1e-9)
    #expect(abs(system.load(of: access) - 100.0 / 6) < 1e-9)
  }

  @Test func `A link begins to hold its flow back exactly when the common level passes it`() {
    var system = SharingSystem()
    let wan = system.addResource(capacity: 100)
    let access = system.addResource(capacity: 20.001)
    let narrow = system.addRoute([ResourceUse(wan), ResourceUse(access)])
    let wide = system.addRoute([ResourceUse(wan)])
    let flow = system.start(on: narrow, size: 1000, tag: 0, at: .zero)
    for tag in 1..<5 { _ = system.start(on: wide, size: 1000, tag: UInt64(tag), at: .zero) }
    #expect(system.rate(of: flow) == 20)

    // A fifth of each: 20.0008, 20.0012, 20.0008.
    system.setCapacity(100.004, of: wan, at: .zero)
    #expect(abs(system.rate(of: flow) - 20.0008) < 1e-12)
    system.setCapacity(100.006, of: wan, at: .zero)
    #expect(system.rate(of: flow) == 20.001)
    system.setCapacity(100.004, of: wan, at: .zero)
    #expect(abs(system.rate(of: flow) - 20.0008) < 1e-12)
  }

  @Test func `A mirrored write consumes its resource twice`() {
    var system = SharingSystem()
    let datastore = system.addResource(capacity: 100)
    let route = system.addRoute([ResourceUse(datastore, factor: 1), ResourceUse(datastore, factor: 1)])

    let flow = system.start(on: route, size: 100, tag: 0, at: .zero)

    #expect(system.rate(of: flow) == 50)
    #expect(system.carriedBytes(of: datastore, at: Self.second(1)) == 100)
  }

  @Test func `An outage stalls a flow and loses nothing`() {
    var system = SharingSystem()
    let wan = system.addResource(capacity: 100)
    let flow = system.start(on: system.addRoute([ResourceUse(wan)]), size: 1000, tag: 0, at: .zero)

    system.setCapacity(0, of: wan, at: Self.second(4))
    #expect(system.rate(of: flow) == 0)
    #expect(system.nextEvent == nil)
    #expect(system.servedBytes(of: flow, at: Self.second(60)) == 400)
    system.setCapacity(50, of: wan, at: Self.second(64))

    // 400 bytes in 4 s, nothing for 60 s, 600 bytes at 50 bytes/s in 12 s.
    #expect(system.nextEvent == Self.second(76))
    #expect(system.carriedBytes(of: wan, at: Self.second(76)) == 1000)
  }

  @Test func `A milestone is told once and changes no rate`() {
    var system = SharingSystem()
    let wan = system.addResource(capacity: 100)
    let route = system.addRoute([ResourceUse(wan)])
    let flow = system.start(on: route, size: 1000, milestone: 200, tag: 0, at: .zero)
    let rebalances = system.rebalanceCount

    #expect(events(of: &system, until: Self.second(3)).map(\.kind) == [.milestone])
    system.setMilestone(500, of: flow, at: Self.second(3))
    #expect(system.nextEvent == Self.second(5))
    #expect(events(of: &system, until: Self.second(9)).map(\.kind) == [.milestone])
    #expect(system.rebalanceCount == rebalances)
    #expect(events(of: &system, until: Self.second(10)).map(\.kind) == [.finished])
  }

  @Test func `A milestone at the very end comes before the end, one already passed at once`() {
    var system = SharingSystem()
    let wan = system.addResource(capacity: 100)
    let route = system.addRoute([ResourceUse(wan)])
    let flow = system.start(on: route, size: 1000, milestone: 1000, tag: 0, at: .zero)

    system.setMilestone(300, of: flow, at: Self.second(5))
    let first = events(of: &system, until: Self.second(5))
    #expect(first.map(\.time.instant) == [Self.second(5)])
    system.setMilestone(1000, of: flow, at: Self.second(5))
    let last = events(of: &system, until: Self.second(10))
    #expect(last.map(\.kind) == [.milestone, .finished])
  }

  @Test func `A flow made longer in time goes on`() {
    var system = SharingSystem()
    let wan = system.addResource(capacity: 100)
    let route = system.addRoute([ResourceUse(wan)])
    let flow = system.start(on: route, size: 500, milestone: 800, tag: 0, at: .zero)

    system.extend(flow, by: 500, at: Self.second(4))

    #expect(system.nextEvent == Self.second(8))
    #expect(events(of: &system, until: Self.second(8)).map(\.kind) == [.milestone])
    #expect(system.nextEvent == Self.second(10))
  }

  @Test func `A changed bound keeps what was served`() {
    var system = SharingSystem()
    let wan = system.addResource(capacity: 100)
    let route = system.addRoute([ResourceUse(wan)])
    let flow = system.start(on: route, size: 1000, tag: 0, at: .zero)

    system.setBound(20, of: flow, at: Self.second(5))
    system.setBound(50, of: flow, at: Self.second(10))

    // 500 + 100 + 400 bytes: 5 s, 5 s and 8 s.
    #expect(system.servedBytes(of: flow, at: Self.second(10)) == 600)
    #expect(system.nextEvent == Self.second(18))
  }

  @Test func `A cancelled flow tells what it had served and gives its share back`() {
    var system = SharingSystem()
    let wan = system.addResource(capacity: 100)
    let route = system.addRoute([ResourceUse(wan)])
    let first = system.start(on: route, size: 1000, tag: 0, at: .zero)
    let second = system.start(on: route, size: 1000, tag: 1, at: .zero)

    #expect(system.cancel(first, at: Self.second(2)) == 100)

    #expect(system.rate(of: second) == 100)
    #expect(!system.isRunning(first))
  }

  @Test func `Flows that end together are told in the order of their start`() {
    var system = SharingSystem()
    var tags: [UInt64] = []
    for tag in 0..<40 as Range<UInt64> {
      // Twelve links of different speed; every flow takes three seconds.
      let capacity = Double(1 + (tag * 7) % 12) / 3
      let link = system.addResource(capacity: capacity)
      let route = system.addRoute([ResourceUse(link)])
      _ = system.start(on: route, size: 3 * capacity, tag: 1000 - tag, at: .zero)
      tags.append(1000 - tag)
    }

    let done = events(of: &system, until: Self.second(3))

    #expect(done.map(\.tag) == tags)
    #expect(Set(done.map(\.time)).count == 1)
  }

  @Test func `Two ends within a nanosecond keep their order`() {
    var system = SharingSystem()
    let wan = system.addResource(capacity: 1e9)
    let other = system.addResource(capacity: 1e9)
    // One byte takes a nanosecond: 1000.75 and 1000.25 bytes end within the 1001st.
    _ = system.start(on: system.addRoute([ResourceUse(wan)]), size: 1000.75, tag: 0, at: .zero)
    _ = system.start(on: system.addRoute([ResourceUse(other)]), size: 1000.25, tag: 1, at: .zero)

    let done = events(of: &system, until: Instant(nanoseconds: 1001))

    #expect(done.map(\.tag) == [1, 0])
    #expect(done.map(\.time.instant) == [Instant(nanoseconds: 1001), Instant(nanoseconds: 1001)])
  }

  @Test func `What falls due before a call is kept for the driver`() {
    var system = SharingSystem()
    let wan = system.addResource(capacity: 100)
    let route = system.addRoute([ResourceUse(wan)])
    let first = system.start(on: route, size: 100, tag: 0, at: .zero)

    // The kernel may handle another event of the same instant first.
    let second = system.start(on: route, size: 100, tag: 1, at: Self.second(1))
    #expect(system.cancel(first, at: Self.second(1)) == 100)

    #expect(system.rate(of: second) == 100)
    #expect(system.nextEvent == Self.second(1))
    #expect(events(of: &system, until: Self.second(1)).map(\.tag) == [0])
    #expect(system.nextEvent == Self.second(2))
  }

  @Test func `A start or finish among a thousand hosts touches few resources`() {
    var system = SharingSystem()
    let wan = system.addResource(capacity: 1e9)
    var routes: [RouteID] = []
    for _ in 0..<1000 {
      let access = system.addResource(capacity: 1.25e8)
      routes.append(system.addRoute([ResourceUse(access), ResourceUse(wan)]))
    }
    var flows: [FlowID] = []
    for (tag, route) in routes.enumerated() {
      flows.append(system.start(on: route, size: 1e6, tag: UInt64(tag), at: .zero))
    }
    let before = system.rebalanceCount

    for index in 0..<100 {
      _ = system.cancel(flows[9 * index], at: .zero)
      _ = system.start(on: routes[9 * index], size: 1e6, tag: 0, at: .zero)
    }

    // Each of the 200 changes concerns the two resources of its route.
    #expect(system.rebalanceCount - before <= 200 * 4)
  }

  @Test func `A copy goes its own way`() {
    var system = SharingSystem()
    let wan = system.addResource(capacity: 100)
    let route = system.addRoute([ResourceUse(wan)])
    _ = system.start(on: route, size: 1000, tag: 0, at: .zero)

    var other = system
    other.setCapacity(50, of: wan, at: Self.second(5))

    #expect(system.nextEvent == Self.second(10))
    #expect(other.nextEvent == Self.second(15))
  }

  // MARK: - Precision and repetition

  @Test func `A small flow is as exact on the thirtieth day as on the first`() {
    var system = SharingSystem()
    let wan = system.addResource(capacity: 125_000_000)
    let route = system.addRoute([ResourceUse(wan)])
    _ = system.start(on: route, size: .infinity, tag: 0, at: .zero)
    var random = RandomStream(seed: 1, name: "thirty-days")
    var now = Instant.zero
    var carried = 0.0

    for count in 1...4_000 {
      // On average 650 s apart, 30 days in all; not on any grid.
      now = now + .nanoseconds(Int64(random.next(below: 1_300_000_000_000)))
      let size = count % 2 == 0 ? 65_536 : 1 + 1e9 * random.nextUnit()
      let flow = system.start(on: route, size: size, tag: UInt64(count), at: now)
      #expect(system.rate(of: flow) == 62_500_000)
      carried += size
      let done = events(of: &system, until: now + .seconds(20))
      #expect(done.count == 1)
      let expected = size / 62_500_000
      let seconds = done.first?.time.seconds(since: FluidTime(now)) ?? 0
      // Half a step of the solver's time and a billionth.
      #expect(abs(seconds - expected) <= 1e-9 * expected + 1e-14)
      now = now + .seconds(20)
    }

    #expect(now > .zero + .days(30))
    let seconds = Double(now.nanoseconds) / 1e9
    #expect(abs(system.carriedBytes(of: wan, at: now) / (125_000_000 * seconds) - 1) < 1e-12)
  }

  private struct Observed: Equatable {
    var tag: UInt64
    var kind: FlowEvent.Kind
    var time: FluidTime
  }

  /// All events of one random run, advanced in steps given by another stream.
  private func observe(seed: UInt64, stepSeed: UInt64?) -> [Observed] {
    var random = RandomStream(seed: seed, name: "splitting")
    var steps = RandomStream(seed: stepSeed ?? 0, name: "steps")
    var system = SharingSystem()
    let wan = system.addResource(capacity: 1e6)
    var routes: [RouteID] = []
    for _ in 0..<8 {
      let access = system.addResource(capacity: 5e4 + 4e5 * random.nextUnit())
      routes.append(system.addRoute([ResourceUse(access), ResourceUse(wan)]))
    }
    var events: [FlowEvent] = []
    var now = Instant.zero
    for tag in 0..<200 as Range<UInt64> {
      let end = now + .nanoseconds(Int64(random.next(below: 100_000_000)))
      while stepSeed != nil, now < end {
        now = min(end, now + .nanoseconds(Int64(1 + steps.next(below: 30_000_000))))
        system.advance(to: now, into: &events)
      }
      now = end
      let size = 2e5 * random.nextUnit()
      _ = system.start(
        on: routes[Int(random.next(below: 8))], bound: random.next(below: 2) == 0 ? .infinity : 2e4,
        size: size, milestone: size * 0.5, tag: tag, at: now)
    }
    system.advance(to: now + .hours(1), into: &events)
    return events.map { Observed(tag: $0.tag, kind: $0.kind, time: $0.time) }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `Splitting a run changes nothing`(seed: UInt64) {
    let whole = observe(seed: seed, stepSeed: nil)
    #expect(whole.count == 400)
    #expect(observe(seed: seed, stepSeed: seed + 1) == whole)
    #expect(observe(seed: seed, stepSeed: seed + 100) == whole)
  }

  @Test func `Every build and machine finds the same times to the last bit`() {
    var digest: UInt64 = 0xcbf2_9ce4_8422_2325
    for event in observe(seed: 7, stepSeed: nil) {
      let words = [event.tag, event.kind == .finished ? 1 : 0, UInt64(truncatingIfNeeded: event.time.ticks)]
      for word in words { digest = (digest ^ word) &* 0x100_0000_01b3 }
    }
    #expect(digest == 15_742_649_939_604_795_743)
  }
}
