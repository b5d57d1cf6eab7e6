/// Classes: finding them, what limits them, and what they add to the resources of their route.
extension SharingSystem {
  // MARK: - Clocks

  @inline(__always)
  func reading(ofClass index: Int, at time: FluidTime) -> ServiceAmount {
    let state = classes[index]
    guard state.limit >= 0 else { return state.ownReading(at: time) }
    return resources[state.limitingResource].reading(at: time) + state.service
  }

  @inline(__always)
  private func nextTag(ofClass index: Int) -> ServiceAmount { flowHeaps[index].first?.key ?? .never }

  /// Follows a change of the class's next tag where its limit keeps it.
  mutating func rekeyClass(_ index: Int) {
    let state = classes[index]
    if state.limit >= 0 {
      limited[state.limitingResource].update(
        index, key: nextTag(ofClass: index) - state.service, positions: &limitedPositions)
    } else {
      refreshDue(ofClass: index)
    }
  }

  /// Follows a change of a resource's level or of the first tag in its heap.
  mutating func refreshDue(ofResource index: Int) {
    let resource = resources[index]
    var time: FluidTime?
    if let tag = limited[index].first?.key, tag.isReachable {
      time = moment(
        of: tag, reading: resource.service, at: resource.serviceTime, level: resource.level)
    }
    setDue(2 * index, at: time)
  }

  private mutating func refreshDue(ofClass index: Int) {
    let state = classes[index]
    let tag = nextTag(ofClass: index)
    setDue(
      2 * index + 1,
      at: tag.isReachable
        ? moment(of: tag, reading: state.service, at: state.boundTime, level: state.ceiling) : nil)
  }

  /// When a clock reaches a tag; not before the present.
  @inline(__always)
  private func moment(
    of tag: ServiceAmount, reading: ServiceAmount, at time: FluidTime, level: Double
  ) -> FluidTime? {
    if tag <= reading { return now }
    guard level > 0, let moment = time.advanced(bySeconds: (tag - reading).value / level) else {
      return nil
    }
    return max(now, moment)
  }

  private mutating func setDue(_ id: Int, at time: FluidTime?) {
    if let time {
      if duePositions[id] >= 0 {
        due.update(id, key: time, positions: &duePositions)
      } else {
        due.insert(id, key: time, positions: &duePositions)
      }
    } else if duePositions[id] >= 0 {
      due.remove(id, positions: &duePositions)
    }
  }

  // MARK: - The table

  @inline(__always)
  func findClass(route: Int, weight: Double, bound: Double) -> Int? {
    var index = buckets[bucket(route: route, weight: weight, bound: bound)]
    while index >= 0 {
      let state = classes[Int(index)]
      if state.route == route && state.weight == weight && state.bound == bound { return Int(index) }
      index = state.nextInBucket
    }
    return nil
  }

  @inline(__always)
  private func bucket(route: Int, weight: Double, bound: Double) -> Int {
    var mixed = UInt64(route) &* 0x9e37_79b9_7f4a_7c15
    mixed = (mixed ^ weight.bitPattern) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 29) ^ bound.bitPattern) &* 0x94d0_49bb_1331_11eb
    return Int((mixed ^ (mixed >> 32)) & UInt64(buckets.count - 1))
  }

  /// An empty class without a limit.
  mutating func makeClass(route: Int, weight: Double, bound: Double) -> Int {
    let count = routes[route].count
    let shape = 2 * count + (bound < .infinity ? 1 : 0)
    while freeClasses.count <= shape { freeClasses.append([]) }
    let index: Int
    if let free = freeClasses[shape].popLast() {
      index = Int(free)
      classes[index].route = route
      classes[index].weight = weight
      classes[index].bound = bound
      classes[index].ceiling = bound / weight
    } else {
      index = classes.count
      let firstSlot = slots.count
      for _ in 0..<count { slots.append(Slot(flowClass: Int32(index))) }
      let boundCouplings = couplings.count
      if bound < .infinity {
        let itself = ~Int32(index)
        for _ in 0..<count { _ = appendCoupling(Coupling(target: 0, source: itself)) }
        _ = appendCoupling(Coupling(target: itself, source: 0))
      }
      classes.append(
        FlowClass(
          route: route, weight: weight, bound: bound, ceiling: bound / weight, boundTime: now,
          firstSlot: firstSlot, boundCouplings: boundCouplings))
      flowHeaps.append(IndexedHeap())
      limitedPositions.append(IndexedHeap<ServiceAmount>.absent)
      reserveDue(2 * classes.count)
    }
    classCount += 1
    if classCount > buckets.count { growBuckets() }
    let bucket = bucket(route: route, weight: weight, bound: bound)
    classes[index].nextInBucket = buckets[bucket]
    buckets[bucket] = Int32(index)
    return index
  }

  private mutating func growBuckets() {
    let old = buckets
    buckets = Array(repeating: -1, count: 2 * old.count)
    for first in old {
      var index = first
      while index >= 0 {
        let state = classes[Int(index)]
        let bucket = bucket(route: state.route, weight: state.weight, bound: state.bound)
        classes[Int(index)].nextInBucket = buckets[bucket]
        buckets[bucket] = index
        index = state.nextInBucket
      }
    }
  }

  mutating func removeClass(_ index: Int) {
    let state = classes[index]
    classes[index].count = 0
    classCount -= 1
    let bucket = bucket(route: state.route, weight: state.weight, bound: state.bound)
    if buckets[bucket] == index {
      buckets[bucket] = state.nextInBucket
    } else {
      var before = Int(buckets[bucket])
      while classes[before].nextInBucket != index { before = Int(classes[before].nextInBucket) }
      classes[before].nextInBucket = state.nextInBucket
    }
    freeClasses[2 * routes[state.route].count + (state.bound < .infinity ? 1 : 0)].append(Int32(index))
  }

  // MARK: - Limits

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

  // MARK: - Loads

  /// The present load in bytes/s, watched couplings included.
  @inline(__always)
  func load(ofResource index: Int) -> Double {
    let state = resources[index]
    var load = state.heldLoad.value
    if !limited[index].isEmpty { load += state.limitedWeight.value * state.level }
    for coupling in sources[index] where couplings[Int(coupling)].mode != .tracked {
      load += couplings[Int(coupling)].weight.value * resources[Int(couplings[Int(coupling)].source)].level
    }
    return load
  }

  /// Counts what the classes limited by a resource have carried, before their weight changes.
  private mutating func account(_ resource: Int, service: ServiceAmount) {
    let carried =
      resources[resource].limitedWeight.value * (service - resources[resource].serviceMark).value
    if carried != 0 { resources[resource].carried.add(carried) }
    resources[resource].serviceMark = service
  }

  private mutating func changeBoundLoad(of resource: Int, by change: Double) {
    let carried = resources[resource].boundLoad.value * now.seconds(since: resources[resource].boundMark)
    if carried != 0 { resources[resource].carried.add(carried) }
    resources[resource].boundMark = now
    resources[resource].boundLoad.add(change)
    resources[resource].heldLoad.add(change)
  }

  /// - Parameter service: The reading of the source's clock.
  private mutating func changeWeight(
    of index: Int, removing removed: Double, adding added: Double, service: ServiceAmount
  ) {
    let target = Int(couplings[index].target)
    let carried = couplings[index].weight.value * (service - couplings[index].mark).value
    if carried != 0 { resources[target].carried.add(carried) }
    couplings[index].mark = service
    if removed != 0 { couplings[index].weight.subtract(removed) }
    if added != 0 { couplings[index].weight.add(added) }
    if couplings[index].mode == .tracked {
      updateLoad(of: index, level: resources[Int(couplings[index].source)].level)
    }
  }

  /// Brings the target's held load up to date with a tracked coupling.
  mutating func updateLoad(of index: Int, level: Double) {
    let load = couplings[index].weight.value * level
    let target = Int(couplings[index].target)
    resources[target].heldLoad.subtract(couplings[index].load)
    resources[target].heldLoad.add(load)
    couplings[index].load = load
  }

  // MARK: - The lists of couplings

  private mutating func push(slot: Int, on coupling: Int) {
    let first = couplings[coupling].firstSlot
    slots[slot].previous = -1
    slots[slot].next = first
    if first >= 0 { slots[Int(first)].previous = Int32(slot) } else { activate(coupling) }
    couplings[coupling].firstSlot = Int32(slot)
  }

  private mutating func pop(slot: Int, from coupling: Int) {
    let (previous, next) = (slots[slot].previous, slots[slot].next)
    if next >= 0 { slots[Int(next)].previous = previous }
    if previous >= 0 {
      slots[Int(previous)].next = next
    } else {
      couplings[coupling].firstSlot = next
      if next < 0 { deactivate(coupling) }
    }
  }
}
