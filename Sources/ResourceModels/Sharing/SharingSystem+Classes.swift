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
  func nextTag(ofClass index: Int) -> ServiceAmount { flowHeaps[index].first?.key ?? .never }

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

  mutating func refreshDue(ofClass index: Int) {
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

  mutating func setDue(_ id: Int, at time: FluidTime?) {
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
  mutating func account(_ resource: Int, service: ServiceAmount) {
    let carried =
      resources[resource].limitedWeight.value * (service - resources[resource].serviceMark).value
    if carried != 0 { resources[resource].carried.add(carried) }
    resources[resource].serviceMark = service
  }

  mutating func changeBoundLoad(of resource: Int, by change: Double) {
    let carried = resources[resource].boundLoad.value * now.seconds(since: resources[resource].boundMark)
    if carried != 0 { resources[resource].carried.add(carried) }
    resources[resource].boundMark = now
    resources[resource].boundLoad.add(change)
    resources[resource].heldLoad.add(change)
  }

  /// - Parameter service: The reading of the source's clock.
  mutating func changeWeight(
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

  mutating func push(slot: Int, on coupling: Int) {
    let first = couplings[coupling].firstSlot
    slots[slot].previous = -1
    slots[slot].next = first
    if first >= 0 { slots[Int(first)].previous = Int32(slot) } else { activate(coupling) }
    couplings[coupling].firstSlot = Int32(slot)
  }

  mutating func pop(slot: Int, from coupling: Int) {
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
