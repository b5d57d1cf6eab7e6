/// What limits a class: one of the resources of its route, or the bound of its own.
extension SharingSystem {
  /// Where a new class is limited at first: where the level is least now, else where least room is left.
  ///
  /// Settling corrects what this guess does not see.
  @inline(__always)
  func leastLimit(ofClass index: Int) -> Int {
    let state = classes[index]
    let route = routes[state.route]
    var best = FlowClass.ownBound
    var level = state.ceiling
    for position in 0..<route.count {
      let other = resources[routeResources[route.start + position]].level
      if other < level { (best, level) = (position, other) }
    }
    guard level == .infinity else { return best }
    var room = Double.infinity
    for position in 0..<route.count {
      let resource = routeResources[route.start + position]
      let other =
        (resources[resource].capacity - load(ofResource: resource))
        / routeFactors[route.start + position]
      if best == FlowClass.ownBound || other < room { (best, room) = (position, other) }
    }
    return best
  }

  /// Limits a class by a resource of its route or by its own bound, from now on.
  ///
  /// - Parameter reading: Of the class's clock.
  mutating func limit(_ index: Int, at position: Int, reading: ServiceAmount) {
    classes[index].limit = position
    let state = classes[index]
    let route = routes[state.route]
    guard position >= 0 else {
      classes[index].service = reading
      classes[index].boundTime = now
      for other in 0..<route.count {
        let resource = routeResources[route.start + other]
        changeBoundLoad(
          of: resource, by: routeFactors[route.start + other] * state.bound * Double(state.count))
        held[resource].insert(
          state.boundCouplings + other, key: -state.ceiling, positions: &heldPositions)
        markUnsettled(resource)
      }
      refreshDue(ofClass: index)
      return
    }
    let resource = routeResources[route.start + position]
    classes[index].limitingResource = resource
    let weight = routeFactors[route.start + position] * state.weight * Double(state.count)
    if resources[resource].level == .infinity {
      let room = max(0, resources[resource].capacity - load(ofResource: resource))
      saturate(resource, level: min(state.ceiling, room / weight))
    }
    let service = resources[resource].reading(at: now)
    account(resource, service: service)
    resources[resource].limitedWeight.add(weight)
    classes[index].service = reading - service
    limited[resource].insert(
      index, key: nextTag(ofClass: index) - classes[index].service, positions: &limitedPositions)
    if state.ceiling < .infinity {
      ceilings[resource].insert(
        state.boundCouplings + route.count, key: state.ceiling, positions: &sourcePositions)
    }
    markUnsettled(resource)
    for other in 0..<route.count where other != position {
      let coupling = Int(routeCouplings[route.couplings + other * route.count + position])
      let added = routeFactors[route.start + other] * state.weight * Double(state.count)
      push(slot: state.firstSlot + other, on: coupling)
      changeWeight(of: coupling, removing: 0, adding: added, service: service)
      markUnsettled(routeResources[route.start + other])
    }
  }

  /// Takes a class from its limit.
  ///
  /// - Returns: The reading of the class's clock.
  mutating func unlimit(_ index: Int) -> ServiceAmount {
    let state = classes[index]
    let route = routes[state.route]
    let position = state.limit
    classes[index].limit = FlowClass.nowhere
    guard position >= 0 else {
      let reading = state.ownReading(at: now)
      for other in 0..<route.count {
        let resource = routeResources[route.start + other]
        changeBoundLoad(
          of: resource, by: -(routeFactors[route.start + other] * state.bound * Double(state.count)))
        held[resource].remove(state.boundCouplings + other, positions: &heldPositions)
        markUnsettled(resource)
      }
      setDue(2 * index + 1, at: nil)
      return reading
    }
    let resource = state.limitingResource
    let service = resources[resource].reading(at: now)
    account(resource, service: service)
    resources[resource].limitedWeight.subtract(
      routeFactors[route.start + position] * state.weight * Double(state.count))
    limited[resource].remove(index, positions: &limitedPositions)
    if limited[resource].isEmpty { resources[resource].limitedWeight = PreciseSum() }
    if state.ceiling < .infinity {
      ceilings[resource].remove(state.boundCouplings + route.count, positions: &sourcePositions)
    }
    markUnsettled(resource)
    for other in 0..<route.count where other != position {
      let coupling = Int(routeCouplings[route.couplings + other * route.count + position])
      let removed = routeFactors[route.start + other] * state.weight * Double(state.count)
      changeWeight(of: coupling, removing: removed, adding: 0, service: service)
      pop(slot: state.firstSlot + other, from: coupling)
      markUnsettled(routeResources[route.start + other])
    }
    return service + state.service
  }

  /// Follows one flow more or less in a class that keeps its limit.
  mutating func changeCount(ofClass index: Int, by change: Int) {
    let old = Double(classes[index].count)
    classes[index].count += change
    let state = classes[index]
    let new = Double(state.count)
    let route = routes[state.route]
    let position = state.limit
    guard position >= 0 else {
      for other in 0..<route.count {
        let resource = routeResources[route.start + other]
        let one = routeFactors[route.start + other] * state.bound
        changeBoundLoad(of: resource, by: -(one * old))
        changeBoundLoad(of: resource, by: one * new)
        markUnsettled(resource)
      }
      return
    }
    let resource = state.limitingResource
    let service = resources[resource].reading(at: now)
    account(resource, service: service)
    let one = routeFactors[route.start + position] * state.weight
    resources[resource].limitedWeight.subtract(one * old)
    resources[resource].limitedWeight.add(one * new)
    markUnsettled(resource)
    for other in 0..<route.count where other != position {
      let coupling = Int(routeCouplings[route.couplings + other * route.count + position])
      let one = routeFactors[route.start + other] * state.weight
      changeWeight(of: coupling, removing: one * old, adding: one * new, service: service)
      markUnsettled(routeResources[route.start + other])
    }
  }
}
