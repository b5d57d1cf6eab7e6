import Inventory
import Quantities
import ResourceModels
import Scenarios
import SiteSimulation

/// Rates must be fair, and capacities what the timeline leaves.
extension WorldChecker {
  mutating func checkSharing(at now: Instant) throws(Violation) {
    if let (invariant, detail) = sharing.defect(in: snapshot) {
      throw Violation(invariant, at: now, subject: "sharing", detail: detail)
    }
    guard let bandwidths = calendar.bandwidths(at: now) else { return }
    for (link, rates) in bandwidths.enumerated() {
      let usable = min(scenario.inventory.links[link].usable.value, 0.9)
      for (direction, rate) in rates.enumerated() {
        let capacity = snapshot.capacities[linkResources[link][direction]]
        if capacity > rate * (1 + 1e-6) {
          throw Violation(
            .capacity, at: now, subject: scenario.inventory.links[link].name,
            detail: "it can carry \(capacity) B/s, and the timeline leaves it \(rate)")
        }
        // Several connections get 90 % out of a link together, and SimGrid's models 97 %.
        if capacity < rate * usable * 0.8 {
          throw Violation(
            .maxMin, at: now, subject: scenario.inventory.links[link].name,
            detail: "it carries at most \(capacity) B/s, and the timeline leaves it \(rate)")
        }
      }
    }
    try checkCircuits(at: now)
    for flow in snapshot.flows where flow.tag != FlowPurpose.background {
      let (purpose, _) = FlowPurpose.decode(flow.tag)
      let limit: DataRate? =
        switch purpose {
        case .merge: scenario.profile.mergeRate
        case .compare: scenario.profile.checksumRate
        case .forward, .backward, .resync, .storage: nil
        }
      if let limit, flow.rate > limit.bytesPerSecond * (1 + 1e-6) {
        throw Violation(
          .capacity, at: now, subject: "\(purpose)", detail: "it runs at \(flow.rate) B/s, above \(limit)")
      }
    }
  }

  private mutating func checkCircuits(at now: Instant) throws(Violation) {
    guard let bandwidths = calendar.circuitBandwidths(at: now) else { return }
    for (circuit, rates) in bandwidths.enumerated() where circuitIsUsed[circuit] {
      let description = scenario.inventory.circuits[circuit]
      for (direction, rate) in rates.enumerated() {
        let capacity = snapshot.capacities[circuitResources[circuit][direction]]
        if capacity > rate * (1 + 1e-6) {
          throw Violation(
            .capacity, at: now, subject: description.name,
            detail: "it can carry \(capacity) B/s, and the timeline leaves it \(rate)")
        }
        if capacity < rate * min(description.usable.value, 0.9) * 0.8 {
          throw Violation(
            .maxMin, at: now, subject: description.name,
            detail: "it carries at most \(capacity) B/s, and the timeline leaves it \(rate)")
        }
      }
    }
  }
}
