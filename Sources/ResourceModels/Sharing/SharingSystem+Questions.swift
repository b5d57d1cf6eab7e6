package import Quantities

/// What a driver may ask; nothing of it changes anything.
extension SharingSystem {
  /// The bytes a running flow has served, provided that nothing is due before `instant`.
  package func servedBytes(of flow: FlowID, at instant: Instant) -> Double {
    precondition(isRunning(flow), "the flow is no longer running")
    return served(by: Int(flow.index), at: max(now, FluidTime(instant)))
  }

  /// The present rate of a running flow in bytes/s.
  package func rate(of flow: FlowID) -> Double {
    precondition(isRunning(flow), "the flow is no longer running")
    return rate(ofClass: Int(flows[Int(flow.index)].flowClass))
  }

  /// Whether a flow has neither finished nor been cancelled.
  package func isRunning(_ flow: FlowID) -> Bool {
    flows[Int(flow.index)].generation == flow.generation && flows[Int(flow.index)].isRunning
  }

  /// The present use of a resource in bytes/s.
  ///
  /// - Complexity: O(*k*) for *k* other resources that limit flows on this one; so is ``carriedBytes(of:at:)``.
  package func load(of resource: ResourceID) -> Double {
    load(ofResource: resource.index)
  }

  package func capacity(of resource: ResourceID) -> Double { resources[resource.index].capacity }

  /// The integral of a resource's load since the start, provided that nothing is due before `instant`.
  package func carriedBytes(of resource: ResourceID, at instant: Instant) -> Double {
    let time = max(now, FluidTime(instant))
    let state = resources[resource.index]
    var bytes = state.carried.value + state.boundLoad.value * time.seconds(since: state.boundMark)
    if state.level < .infinity {
      let service = state.reading(at: time) - state.serviceMark
      bytes += state.limitedWeight.value * service.value
    }
    for coupling in sources[resource.index] {
      let part = couplings[Int(coupling)]
      let service = resources[Int(part.source)].reading(at: time) - part.mark
      bytes += part.weight.value * service.value
    }
    return bytes
  }

  @inline(__always)
  func served(by flow: Int, at time: FluidTime) -> Double {
    let state = flows[flow]
    let index = Int(state.flowClass)
    let bytes = (reading(ofClass: index, at: time) - state.origin).value * classes[index].weight
    return min(state.size, state.servedBefore + bytes)
  }

  @inline(__always)
  private func rate(ofClass index: Int) -> Double {
    let limit = classes[index].limit
    guard limit >= 0 else { return classes[index].bound }
    // Within the tolerance a level may lie above the ceiling; the flow still keeps to its bound.
    return min(
      classes[index].bound,
      classes[index].weight * resources[classes[index].limitingResource].level)
  }
}
