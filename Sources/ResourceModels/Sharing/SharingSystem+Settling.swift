/// Finding the max-min fair rates after a change, from what they were before.
///
/// Write λ(m) for the level of a saturated resource m, and let each class have a limit: a saturated
/// resource of its route, or its own bound. The rates are max-min fair when
///
/// 1. a class's limit has the least level among its bound and the saturated resources of its route,
/// 2. λ(m) · (weight limited by m) + (load of the classes limited elsewhere) = capacity of m,
/// 3. the load of every other resource is within its capacity.
///
/// ``rebalance(_:tolerance:)`` makes this true *at one resource*, given what the others say: it takes
/// classes from limits with a higher level and leaves classes to their bound if that is lower. Both raise
/// its own level, so that it ends. Those resources that limit others at a lower level hear of the new
/// level and take them. A resource is unsettled when something that it counted with has changed;
/// ``settle()`` rebalances until none is. Each round makes at least the next lowest level final, whatever
/// the order, so this ends at the unique max-min fair rates.
///
/// Rounding could let two equal levels push a class to and fro. A class therefore moves only across a
/// relative difference larger than the tolerance, 10⁻¹². If settling takes suspiciously long, the
/// tolerance is doubled until it ends.
///
/// - Source: The criterion is that of Bertsekas and Gallager, *Data Networks*, section 6.5; rebalancing
///   only where something changed is the idea of their distributed algorithm and of B-Neck (2011).
extension SharingSystem {
  private static let leastTolerance = 1e-12
  /// Of a level, below which nobody is told of its change.
  private static let leastChange = 1e-15

  mutating func markUnsettled(_ resource: Int) {
    guard !resources[resource].isUnsettled else { return }
    resources[resource].isUnsettled = true
    unsettled.append(resource)
  }

  /// Rebalances until every resource is in balance.
  mutating func settle() {
    guard !unsettled.isEmpty else { return }
    var tolerance = Self.leastTolerance
    var remaining = 0
    var next = 0
    while next < unsettled.count {
      if remaining == 0 {
        remaining = 1_000 + 100 * (resources.count + classCount)
        if next > 0 { tolerance *= 2 }
        precondition(tolerance < 1e-6, "the sharing of resources does not settle")
      }
      remaining -= 1
      let resource = unsettled[next]
      next += 1
      let isBalanced = rebalance(resource, tolerance: tolerance)
      resources[resource].isUnsettled = false
      if !isBalanced { markUnsettled(resource) }
      rebalanceCount &+= 1
    }
    unsettled.removeAll(keepingCapacity: true)
  }

  /// Makes one resource agree with what the others say.
  ///
  /// - Returns: Whether it does; else it has to be looked at again.
  private mutating func rebalance(_ resource: Int, tolerance: Double) -> Bool {
    if limited[resource].isEmpty {
      if resources[resource].level < .infinity { desaturate(resource) }
      guard isOverloaded(resource, tolerance: tolerance) else { return true }
      trackSources(of: resource)
      guard let top = held[resource].first, top.key < 0 else { return true }
      saturate(resource, level: -top.key)
      take(Int(top.id), to: resource)
    }
    var level = 0.0
    while !limited[resource].isEmpty {
      let state = resources[resource]
      level = max(0, state.heldLoad.remainder(of: state.capacity) / state.limitedWeight.value)
      if let top = held[resource].first, -top.key > level * (1 + tolerance) {
        take(Int(top.id), to: resource)
      } else if let ceiling = ceilings[resource].first, ceiling.key < level * (1 - tolerance) {
        pass(Int(ceiling.id))
      } else {
        break
      }
    }
    if limited[resource].isEmpty {
      desaturate(resource)
      return !isOverloaded(resource, tolerance: tolerance)
    }
    publish(level, of: resource, tolerance: tolerance)
    refreshDue(ofResource: resource)
    return true
  }

  /// Whether the classes limited elsewhere load an unsaturated resource beyond its capacity; if not, and
  /// if only one level matters there, it is watched from now on.
  private mutating func isOverloaded(_ resource: Int, tolerance: Double) -> Bool {
    let state = resources[resource]
    let enough = state.capacity * (1 + tolerance)
    guard sources[resource].count == 1 else { return state.heldLoad.value > enough }
    let coupling = Int(sources[resource][0])
    let source = Int(couplings[coupling].source)
    let weight = couplings[coupling].weight.value
    var others = state.heldLoad
    if couplings[coupling].mode == .tracked { others.subtract(couplings[coupling].load) }
    if others.value + weight * resources[source].level > enough { return true }
    if couplings[coupling].mode == .tracked { untrack(coupling) }
    let threshold = others.remainder(of: state.capacity) / weight
    if couplings[coupling].mode == .watched {
      ceilings[source].update(coupling, key: threshold, positions: &sourcePositions)
    } else {
      ceilings[source].insert(coupling, key: threshold, positions: &sourcePositions)
      couplings[coupling].mode = .watched
    }
    return false
  }

  /// A ceiling is passed: its class is limited by its bound, or its resource has to look again.
  private mutating func pass(_ coupling: Int) {
    let target = couplings[coupling].target
    if target < 0 {
      let index = Int(~target)
      limit(index, at: FlowClass.ownBound, reading: unlimit(index))
    } else {
      let source = Int(couplings[coupling].source)
      ceilings[source].remove(coupling, positions: &sourcePositions)
      couplings[coupling].mode = .pending
      markUnsettled(Int(target))
    }
  }

  /// Limits all classes of a coupling by `resource`, which they cross.
  private mutating func take(_ coupling: Int, to resource: Int) {
    if couplings[coupling].source < 0 {
      move(Int(~couplings[coupling].source), to: resource)
      return
    }
    while couplings[coupling].firstSlot >= 0 {
      move(Int(slots[Int(couplings[coupling].firstSlot)].flowClass), to: resource)
    }
  }

  private mutating func move(_ index: Int, to resource: Int) {
    let route = routes[classes[index].route]
    var position = 0
    while routeResources[route.start + position] != resource { position += 1 }
    limit(index, at: position, reading: unlimit(index))
  }

  /// Sets the level of a saturated resource and tells those who count with it.
  private mutating func publish(_ level: Double, of resource: Int, tolerance: Double) {
    let old = resources[resource].level
    guard abs(level - old) > old * Self.leastChange else { return }
    precondition(level < 1e17, "a weight or factor is too small for its capacity")
    resources[resource].service = resources[resource].reading(at: now)
    resources[resource].serviceTime = now
    resources[resource].level = level
    for coupling in followers[resource] {
      let coupling = Int(coupling)
      let target = Int(couplings[coupling].target)
      updateLoad(of: coupling, level: level)
      held[target].update(coupling, key: -level, positions: &heldPositions)
      markUnsettled(target)
    }
    while let ceiling = ceilings[resource].first, couplings[Int(ceiling.id)].target >= 0,
      ceiling.key < level * (1 - tolerance)
    {
      pass(Int(ceiling.id))
    }
  }

  // MARK: - Saturation

  /// Begins to limit classes, at first at a given level.
  mutating func saturate(_ resource: Int, level: Double) {
    trackSources(of: resource)
    resources[resource].level = level
    resources[resource].serviceTime = now
  }

  private mutating func desaturate(_ resource: Int) {
    resources[resource].service = resources[resource].reading(at: now)
    resources[resource].serviceTime = now
    resources[resource].level = .infinity
    refreshDue(ofResource: resource)
  }

  // MARK: - Couplings

  /// A coupling gets its first class.
  mutating func activate(_ coupling: Int) {
    let target = Int(couplings[coupling].target)
    targetPositions[coupling] = Int32(sources[target].count)
    sources[target].append(Int32(coupling))
    couplings[coupling].mode = .pending
    if resources[target].level < .infinity {
      track(coupling)
    } else if sources[target].count > 1 {
      trackSources(of: target)
    }
  }

  /// A coupling has lost its last class.
  mutating func deactivate(_ coupling: Int) {
    let target = Int(couplings[coupling].target)
    switch couplings[coupling].mode {
    case .tracked: untrack(coupling)
    case .watched:
      ceilings[Int(couplings[coupling].source)].remove(coupling, positions: &sourcePositions)
    case .pending, .inactive: break
    }
    couplings[coupling].mode = .inactive
    couplings[coupling].weight = PreciseSum()
    let position = Int(targetPositions[coupling])
    let last = sources[target].removeLast()
    if position < sources[target].count {
      sources[target][position] = last
      targetPositions[Int(last)] = Int32(position)
    }
  }

  /// From now on the resource hears of every level it depends on.
  private mutating func trackSources(of resource: Int) {
    for coupling in sources[resource] where couplings[Int(coupling)].mode != .tracked {
      track(Int(coupling))
    }
  }

  private mutating func track(_ coupling: Int) {
    let target = Int(couplings[coupling].target)
    let source = Int(couplings[coupling].source)
    if couplings[coupling].mode == .watched {
      ceilings[source].remove(coupling, positions: &sourcePositions)
    }
    couplings[coupling].mode = .tracked
    let level = resources[source].level
    updateLoad(of: coupling, level: level)
    held[target].insert(coupling, key: -level, positions: &heldPositions)
    sourcePositions[coupling] = Int32(followers[source].count)
    followers[source].append(Int32(coupling))
  }

  private mutating func untrack(_ coupling: Int) {
    let target = Int(couplings[coupling].target)
    let source = Int(couplings[coupling].source)
    resources[target].heldLoad.subtract(couplings[coupling].load)
    couplings[coupling].load = 0
    held[target].remove(coupling, positions: &heldPositions)
    if held[target].isEmpty { resources[target].heldLoad = PreciseSum() }
    let position = Int(sourcePositions[coupling])
    let last = followers[source].removeLast()
    if position < followers[source].count {
      followers[source][position] = last
      sourcePositions[Int(last)] = Int32(position)
    }
    couplings[coupling].mode = .pending
  }
}
