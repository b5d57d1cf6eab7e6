package import ResourceModels

/// Checks rates against the definition of weighted max-min fairness, without computing any.
///
/// Rates are max-min fair exactly when no resource is used beyond its capacity and each flow is at its own bound or
/// crosses a *bottleneck*: a resource that is used up and on which no flow has a higher level (rate / weight).
///
/// - Source: Bertsekas and Gallager, *Data Networks*, section 6.5.
package struct SharingCheck: Sendable {
  /// Relative; the solver settles within 10⁻¹² and doubles that where it takes long.
  private static let tolerance = 1e-6

  private var loads: [Double] = []
  private var topLevels: [Double] = []

  package init() {}

  /// The first breach, if there is one, with what is wrong.
  package mutating func defect(in snapshot: SharingSnapshot) -> (invariant: Invariant, detail: String)? {
    loads.removeAll(keepingCapacity: true)
    topLevels.removeAll(keepingCapacity: true)
    for _ in snapshot.capacities {
      loads.append(0)
      topLevels.append(0)
    }
    for flow in snapshot.flows {
      let level = flow.rate / flow.weight
      for index in flow.uses {
        let use = snapshot.uses[index]
        loads[use.resource] += use.factor * flow.rate
        topLevels[use.resource] = max(topLevels[use.resource], level)
      }
    }
    for (resource, load) in loads.enumerated()
    where load > snapshot.capacities[resource] * (1 + Self.tolerance) + Self.tolerance {
      return (
        .capacity, "resource \(resource) carries \(load) B/s of at most \(snapshot.capacities[resource])"
      )
    }
    for flow in snapshot.flows {
      if flow.rate > flow.bound * (1 + Self.tolerance) {
        return (.capacity, "a flow runs at \(flow.rate) B/s, above its bound of \(flow.bound)")
      }
      if flow.rate >= flow.bound * (1 - Self.tolerance) { continue }
      let level = flow.rate / flow.weight
      let hasBottleneck = flow.uses.contains { index in
        let resource = snapshot.uses[index].resource
        return loads[resource] >= snapshot.capacities[resource] * (1 - Self.tolerance)
          && level >= topLevels[resource] * (1 - Self.tolerance)
      }
      if !hasBottleneck {
        return (.maxMin, "a flow runs at \(flow.rate) B/s, and nothing on its way keeps it from more")
      }
    }
    return nil
  }
}
