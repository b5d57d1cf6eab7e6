import Inventory
package import Quantities
package import Scenarios

/// What the timeline says about each link and circuit at a moment, worked out from the scenario alone.
package struct FaultCalendar: Sendable {
  /// What an entry does to its link or circuit.
  private enum Effect: Sendable {
    case outage
    /// Down first, then up, in turn.
    case flap(down: TimeSpan, up: TimeSpan)
    case limit([DataRate])
    case brownout(Ratio)
  }

  private struct Span: Sendable {
    let from: Instant
    var to: Instant
    let effect: Effect

    func isDown(at now: Instant) -> Bool {
      switch effect {
      case .outage: true
      case .flap(let down, let up):
        (now - from).nanoseconds % (down + up).nanoseconds < down.nanoseconds
      case .limit, .brownout: false
      }
    }
  }

  private let scenario: Scenario
  /// By link, and by circuit.
  private var spans: [[Span]]
  private var circuitSpans: [[Span]]
  /// When anything begins, ends or changes, ascending.
  package let boundaries: [Instant]
  private var next = 0
  private var current: [[Double]] = []
  /// Away from the circuit's site and towards it.
  private var currentOfCircuits: [[Double]] = []

  package init(_ scenario: Scenario) {
    self.scenario = scenario
    spans = scenario.inventory.links.map { _ in [] }
    circuitSpans = scenario.inventory.circuits.map { _ in [] }
    var boundaries = scenario.timeline.flatMap { [$0.at] + ($0.end.map { [$0] } ?? []) }
    for entry in scenario.timeline {
      let end = entry.end ?? .distantFuture
      func span(_ effect: Effect) -> Span { Span(from: entry.at, to: end, effect: effect) }
      switch entry.action {
      case .linkDown(let link): spans[link.index].append(span(.outage))
      case .linkLimit(let link, let rates): spans[link.index].append(span(.limit(rates)))
      case .linkBrownout(let link, let share, _): spans[link.index].append(span(.brownout(share)))
      case .linkFlap(let link, let down, let up):
        spans[link.index].append(span(.flap(down: down, up: up)))
        var change = entry.at + down
        var isDown = false
        while change <= min(end, scenario.clock.end) {
          boundaries.append(change)
          change = change + (isDown ? down : up)
          isDown.toggle()
        }
      case .compute(.siteIsolate(let site)):
        for (link, description) in scenario.inventory.links.enumerated() where description.ends.contains(site)
        {
          spans[link].append(span(.outage))
        }
      case .linkRestore(let link): Self.end(&spans[link.index], at: entry.at)
      case .circuitDown(let circuit): circuitSpans[circuit.index].append(span(.outage))
      case .circuitLimit(let circuit, let rates): circuitSpans[circuit.index].append(span(.limit(rates)))
      case .circuitRestore(let circuit): Self.end(&circuitSpans[circuit.index], at: entry.at)
      default: break
      }
    }
    for link in scenario.links {
      var now = Instant.zero
      while let wait = link.schedule.nextChange(after: Self.timeOfWeek(now, scenario)),
        now + wait <= scenario.clock.end
      {
        now = now + wait
        boundaries.append(now)
      }
    }
    self.boundaries = Set(boundaries).sorted()
    look(at: .zero)
  }

  private static func end(_ spans: inout [Span], at now: Instant) {
    for index in spans.indices { spans[index].to = min(spans[index].to, now) }
  }

  /// Bytes/s that each link has at `now`, by link and direction; zero during an outage.
  ///
  /// - Returns: `nil` at the very instant of a change, where both may be.
  package mutating func bandwidths(at now: Instant) -> [[Double]]? {
    advance(to: now) ? current : nil
  }

  /// As ``bandwidths(at:)``, of circuits: away from the site of each, and towards it.
  package mutating func circuitBandwidths(at now: Instant) -> [[Double]]? {
    advance(to: now) ? currentOfCircuits : nil
  }

  private mutating func advance(to now: Instant) -> Bool {
    if next < boundaries.count, boundaries[next] <= now {
      while next < boundaries.count, boundaries[next] <= now { next += 1 }
      look(at: now)
    }
    return next == 0 || boundaries[next - 1] != now
  }

  private mutating func look(at now: Instant) {
    let circuits = scenario.inventory.circuits.indices.map { rates(ofCircuit: $0, at: now) }
    currentOfCircuits = circuits.map { $0.map(\.bytesPerSecond) }
    current = scenario.inventory.links.indices.map { link in
      rates(ofLink: link, circuits, at: now).map(\.bytesPerSecond)
    }
  }

  private func rates(ofCircuit circuit: Int, at now: Instant) -> [DataRate] {
    let active = circuitSpans[circuit].filter { $0.from <= now && now < $0.to }
    if active.contains(where: { $0.isDown(at: now) }) { return [.zero, .zero] }
    let own = scenario.inventory.circuits[circuit].bandwidth
    return Self.limit(among: active) ?? [own, own]
  }

  /// - Parameter circuits: What each circuit has, away from its site and towards it.
  private func rates(ofLink link: Int, _ circuits: [[DataRate]], at now: Instant) -> [DataRate] {
    let active = spans[link].filter { $0.from <= now && now < $0.to }
    if active.contains(where: { $0.isDown(at: now) }) { return [.zero, .zero] }
    let settings = scenario.links[link]
    let description = scenario.inventory.links[link]
    let rule = settings.schedule.rule(at: Self.timeOfWeek(now, scenario))
    var rates =
      Self.limit(among: active) ?? rule.map { settings.scheduledBandwidths[$0] } ?? description.bandwidth
    for case .brownout(let share) in active.map(\.effect) { rates = rates.map { $0.scaled(by: share) } }
    for (end, circuit) in description.circuits.enumerated() {
      guard let circuit else { continue }
      for direction in Link.Direction.allCases {
        let isAway = (end == 0) == (direction == .forward)
        rates[direction.rawValue] = min(rates[direction.rawValue], circuits[circuit.index][isAway ? 0 : 1])
      }
    }
    return rates
  }

  /// Of several limits the one that began last.
  private static func limit(among active: [Span]) -> [DataRate]? {
    for span in active.reversed() {
      if case .limit(let rates) = span.effect { return rates }
    }
    return nil
  }

  private static func timeOfWeek(_ now: Instant, _ scenario: Scenario) -> TimeSpan {
    let since = TimeSpan.seconds(scenario.clock.start.secondsSinceMonday) + (now - .zero)
    return .nanoseconds(since.nanoseconds % TimeSpan.days(7).nanoseconds)
  }
}
