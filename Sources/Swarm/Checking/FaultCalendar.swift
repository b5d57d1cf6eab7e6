import Inventory
package import Quantities
package import Scenarios

/// What the timeline says about each link at a moment, worked out from the scenario alone.
package struct FaultCalendar: Sendable {
  private struct Span: Sendable {
    let link: Int
    let from: Instant
    var to: Instant
    /// Bytes/s by direction, or `nil` for an outage.
    let bandwidth: [Double]?
  }

  private var spans: [Span] = []
  private let bandwidth: [[Double]]
  /// When anything begins or ends, ascending.
  package let boundaries: [Instant]
  private var next = 0
  private var current: [[Double]] = []

  package init(_ scenario: Scenario) {
    bandwidth = scenario.inventory.links.map { $0.bandwidth.map(\.bytesPerSecond) }
    boundaries = Set(scenario.timeline.flatMap { [$0.at] + ($0.end.map { [$0] } ?? []) }).sorted()
    for entry in scenario.timeline {
      let end = entry.end ?? .distantFuture
      switch entry.action {
      case .linkDown(let link):
        spans.append(Span(link: link.index, from: entry.at, to: end, bandwidth: nil))
      case .linkLimit(let link, let bandwidth):
        spans.append(
          Span(link: link.index, from: entry.at, to: end, bandwidth: bandwidth.map(\.bytesPerSecond)))
      case .compute(.siteIsolate(let site)):
        for (link, description) in scenario.inventory.links.enumerated() where description.ends.contains(site)
        {
          spans.append(Span(link: link, from: entry.at, to: end, bandwidth: nil))
        }
      case .linkRestore(let link):
        for index in spans.indices where spans[index].link == link.index {
          spans[index].to = min(spans[index].to, entry.at)
        }
      default: break
      }
    }
    current = bandwidth
  }

  /// Bytes/s that each link has at `now`, by link and direction; zero during an outage.
  ///
  /// - Returns: `nil` at the very instant of a change, where both may be.
  package mutating func bandwidths(at now: Instant) -> [[Double]]? {
    if next < boundaries.count, boundaries[next] <= now {
      while next < boundaries.count, boundaries[next] <= now { next += 1 }
      current = bandwidth.indices.map { bandwidth(ofLink: $0, at: now) }
    }
    return next > 0 && boundaries[next - 1] == now ? nil : current
  }

  private func bandwidth(ofLink link: Int, at now: Instant) -> [Double] {
    let active = spans.filter { $0.link == link && $0.from <= now && now < $0.to }
    if active.contains(where: { $0.bandwidth == nil }) { return [0, 0] }
    // Of several limits the one that began last counts.
    return active.last?.bandwidth ?? bandwidth[link]
  }
}
