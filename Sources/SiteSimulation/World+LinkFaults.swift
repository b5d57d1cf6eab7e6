import Inventory
import Quantities
import Scenarios
import SimulationKernel

/// What the timeline does to links beyond cutting and limiting them; ``LinkState`` says what overlapping entries do.
extension World {
  /// A fault of a link begins.
  mutating func linkFaultBegins(_ entry: Int) throws(SimulationFailure) {
    switch scenario.timeline[entry].action {
    case .linkLatency(let link, let latency, let jitter):
      let jitter = jitter ?? scenario.inventory[link].jitter
      links[link.index].latencies.begin(entry, (latency, jitter))
      try linkChanged(link)
    case .linkLoss(let link, let loss):
      links[link.index].losses.begin(entry, loss)
      try linkChanged(link)
    case .linkBrownout(let link, let share, let loss):
      links[link.index].brownouts.begin(entry, (share, loss))
      try linkChanged(link)
    case .linkFlap(let link, let down, let up):
      links[link.index].flaps.begin(entry, (down, up))
      try linkFlaps(entry: entry)
    case .linkBackground(let link, let traffic):
      links[link.index].backgrounds.begin(entry, traffic)
      try backgroundChanged(link)
    case .linkCorrupt(let link, let share):
      links[link.index].corruptions.begin(entry, share)
    default: preconditionFailure("only faults of links are handed over")
    }
  }

  /// A fault of a link ends, unless it was lifted before.
  mutating func linkFaultEnds(_ entry: Int) throws(SimulationFailure) {
    switch scenario.timeline[entry].action {
    case .linkLatency(let link, _, _):
      if links[link.index].latencies.end(entry) { try linkChanged(link) }
    case .linkLoss(let link, _):
      if links[link.index].losses.end(entry) { try linkChanged(link) }
    case .linkBrownout(let link, _, _):
      if links[link.index].brownouts.end(entry) { try linkChanged(link) }
    case .linkFlap(let link, _, _):
      if links[link.index].flaps.end(entry), links[link.index].outages.end(entry) { try linkChanged(link) }
    case .linkBackground(let link, _):
      if links[link.index].backgrounds.end(entry) { try backgroundChanged(link) }
    case .linkCorrupt(let link, _):
      _ = links[link.index].corruptions.end(entry)
    default: preconditionFailure("only faults of links are handed over")
    }
  }

  /// A link that flaps goes down, or up again, and will do the opposite after its time.
  mutating func linkFlaps(entry: Int) throws(SimulationFailure) {
    guard case .linkFlap(let link, let down, let up) = scenario.timeline[entry].action,
      links[link.index].flaps.contains(entry)
    else { return }
    let goesUp = links[link.index].outages.end(entry)
    if !goesUp { links[link.index].outages.begin(entry, ()) }
    queue.schedule(WorldEvent(.linkFlaps, entry), at: now + (goesUp ? up : down))
    try linkChanged(link)
  }
}
