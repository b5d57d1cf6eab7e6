/// What a ``SharingSystem`` does at one moment, as plain numbers for whoever checks it from outside.
package struct SharingSnapshot: Sendable {
  /// One use of a resource, by its index.
  package struct Use: Sendable {
    package let resource: Int
    package let factor: Double

    package init(resource: Int, factor: Double) {
      self.resource = resource
      self.factor = factor
    }
  }

  package struct Flow: Sendable {
    package let tag: UInt64
    package let weight: Double
    /// Bytes/s of its own at most.
    package let bound: Double
    /// Bytes/s at present.
    package let rate: Double
    /// Its part of ``SharingSnapshot/uses``.
    package let uses: Range<Int>

    package init(tag: UInt64, weight: Double, bound: Double, rate: Double, uses: Range<Int>) {
      self.tag = tag
      self.weight = weight
      self.bound = bound
      self.rate = rate
      self.uses = uses
    }
  }

  /// Bytes/s, by the index of the resource.
  package var capacities: [Double] = []
  /// The flows that run.
  package var flows: [Flow] = []
  package var uses: [Use] = []

  package init() {}
}

extension SharingSystem {
  /// Describes all flows that run and what they share.
  ///
  /// - Parameter snapshot: Replaced; its memory is used again.
  /// - Complexity: O(flows ever running at a time · length of their routes).
  package func inspect(into snapshot: inout SharingSnapshot) {
    snapshot.capacities.removeAll(keepingCapacity: true)
    snapshot.flows.removeAll(keepingCapacity: true)
    snapshot.uses.removeAll(keepingCapacity: true)
    for resource in resources { snapshot.capacities.append(resource.capacity) }
    for (index, flow) in flows.enumerated() where flow.isRunning {
      let state = classes[Int(flow.flowClass)]
      let route = routes[state.route]
      let start = snapshot.uses.count
      for position in route.start..<route.start + route.count {
        snapshot.uses.append(.init(resource: routeResources[position], factor: routeFactors[position]))
      }
      let id = FlowID(index: Int32(index), generation: flow.generation)
      snapshot.flows.append(
        .init(
          tag: flow.tag, weight: state.weight, bound: state.bound, rate: rate(of: id),
          uses: start..<snapshot.uses.count))
    }
  }
}
