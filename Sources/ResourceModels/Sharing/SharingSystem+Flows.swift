package import Quantities

/// What a driver does with flows.
extension SharingSystem {
  /// Starts a flow.
  ///
  /// - Parameters:
  ///   - weight: Its share against others at the same limit; 1/penalty in the terms of SimGrid.
  ///   - bound: The most it may get, in bytes/s; may be infinite if its route is not empty.
  ///   - size: In bytes; infinite for a flow that only a cancellation ends.
  ///   - milestone: Bytes served at which to tell, as ``setMilestone(_:of:at:)``.
  ///   - tag: Given back in its events.
  package mutating func start(
    on route: RouteID, weight: Double = 1, bound: Double = .infinity, size: Double,
    milestone: Double? = nil, tag: UInt64, at instant: Instant
  ) -> FlowID {
    precondition(size >= 0, "a size is not negative")
    run(until: instant)
    let flow: Int
    if let free = freeFlows.popLast() {
      flow = Int(free)
    } else {
      flow = flows.count
      flows.append(Flow())
      flowPositions.append(IndexedHeap<ServiceAmount>.absent)
    }
    flows[flow].tag = tag
    flows[flow].order = flowsStarted
    flows[flow].servedBefore = 0
    flows[flow].size = size
    flows[flow].milestone = milestone ?? .infinity
    flowsStarted += 1
    enter(flow, route: route.index, weight: weight, bound: bound)
    settle()
    refreshNextEvent()
    return FlowID(index: Int32(flow), generation: flows[flow].generation)
  }

  /// Changes the most a flow may get, in bytes/s, and keeps what it has been served exactly.
  package mutating func setBound(_ bound: Double, of flow: FlowID, at instant: Instant) {
    run(until: instant)
    guard let index = runningIndex(of: flow) else { return }
    let old = Int(flows[index].flowClass)
    guard classes[old].bound != bound else { return }
    // The class stands for the same weight, so its clock counts the same; only the reading differs.
    let done = reading(ofClass: old, at: now) - flows[index].origin
    let (route, weight) = (classes[old].route, classes[old].weight)
    leave(index)
    enter(index, route: route, weight: weight, bound: bound, done: done)
    settle()
    refreshNextEvent()
  }

  /// Changes the weight of a flow.
  package mutating func setWeight(_ weight: Double, of flow: FlowID, at instant: Instant) {
    run(until: instant)
    guard let index = runningIndex(of: flow) else { return }
    let old = Int(flows[index].flowClass)
    guard classes[old].weight != weight else { return }
    flows[index].servedBefore = served(by: index, at: now)
    let (route, bound) = (classes[old].route, classes[old].bound)
    leave(index)
    enter(index, route: route, weight: weight, bound: bound)
    settle()
    refreshNextEvent()
  }

  /// Takes what is left of a flow over another route, without a pause.
  ///
  /// - Precondition: As for a new flow: its bound is finite or the route not empty.
  package mutating func setRoute(_ route: RouteID, of flow: FlowID, at instant: Instant) {
    run(until: instant)
    guard let index = runningIndex(of: flow) else { return }
    let old = Int(flows[index].flowClass)
    guard classes[old].route != route.index else { return }
    let done = reading(ofClass: old, at: now) - flows[index].origin
    let (weight, bound) = (classes[old].weight, classes[old].bound)
    leave(index)
    enter(index, route: route.index, weight: weight, bound: bound, done: done)
    settle()
    refreshNextEvent()
  }

  /// Makes a flow longer.
  ///
  /// - Precondition: The flow has not finished: it is extended before its end.
  package mutating func extend(_ flow: FlowID, by bytes: Double, at instant: Instant) {
    precondition(bytes >= 0, "a flow is not shortened")
    run(until: instant)
    guard let index = runningIndex(of: flow) else {
      preconditionFailure("a flow is extended before it finishes")
    }
    flows[index].size += bytes
    let weight = classes[Int(flows[index].flowClass)].weight
    flows[index].end = flows[index].serviceTag(atBytes: flows[index].size, weight: weight)
    rekey(index)
  }

  /// Asks to be told when a flow has served `bytes` in all, once; replaces what was asked before.
  ///
  /// A milestone already passed happens at once, one beyond the size only if the flow is extended.
  /// It changes no rate.
  package mutating func setMilestone(_ bytes: Double, of flow: FlowID, at instant: Instant) {
    run(until: instant)
    guard let index = runningIndex(of: flow) else { return }
    flows[index].milestone = bytes
    let weight = classes[Int(flows[index].flowClass)].weight
    flows[index].milestoneTag = flows[index].serviceTag(atBytes: bytes, weight: weight)
    rekey(index)
  }

  /// Ends a flow before its time.
  ///
  /// - Returns: The bytes it has served; its size if it finishes at this very instant. Events that happened
  ///   before are still delivered.
  package mutating func cancel(_ flow: FlowID, at instant: Instant) -> Double {
    run(until: instant)
    guard let index = runningIndex(of: flow) else {
      return flows[Int(flow.index)].size
    }
    let bytes = served(by: index, at: now)
    leave(index)
    release(index)
    freeFlows.append(Int32(index))
    settle()
    refreshNextEvent()
    return bytes
  }

  /// The index of a flow that is still running; `nil` if it finished at an instant that the driver has
  /// not been told of yet.
  ///
  /// - Precondition: The flow did not finish before that.
  @inline(__always)
  private func runningIndex(of flow: FlowID) -> Int? {
    let index = Int(flow.index)
    if flows[index].generation == flow.generation { return index }
    precondition(
      undelivered.contains { $0.flow == flow && $0.kind == .finished }, "the flow is no longer running")
    return nil
  }

  /// Puts a flow into the class it belongs to.
  ///
  /// - Parameter done: What its class clock has counted for it since `servedBefore`.
  private mutating func enter(
    _ flow: Int, route: Int, weight: Double, bound: Double, done: ServiceAmount = .zero
  ) {
    precondition(weight >= 1e-3 && weight <= 1e7, "a weight is within 10^-3...10^7")
    precondition(bound >= 0, "a bound is not negative")
    precondition(bound < .infinity || routes[route].count > 0, "nothing limits the flow")
    if let known = findClass(route: route, weight: weight, bound: bound) {
      insert(flow, intoClass: known, origin: reading(ofClass: known, at: now) - done)
      changeCount(ofClass: known, by: 1)
      rekeyClass(known)
    } else {
      let new = makeClass(route: route, weight: weight, bound: bound)
      insert(flow, intoClass: new, origin: ServiceAmount.zero - done)
      classes[new].count = 1
      limit(new, at: leastLimit(ofClass: new), reading: .zero)
    }
  }

  private mutating func insert(_ flow: Int, intoClass index: Int, origin: ServiceAmount) {
    flows[flow].flowClass = Int32(index)
    flows[flow].origin = origin
    let weight = classes[index].weight
    flows[flow].end = flows[flow].serviceTag(atBytes: flows[flow].size, weight: weight)
    flows[flow].milestoneTag = flows[flow].serviceTag(atBytes: flows[flow].milestone, weight: weight)
    flowHeaps[index].insert(flow, key: flows[flow].nextTag, positions: &flowPositions)
  }

  /// Takes a flow out of its class.
  mutating func leave(_ flow: Int) {
    let index = Int(flows[flow].flowClass)
    if flowPositions[flow] >= 0 { flowHeaps[index].remove(flow, positions: &flowPositions) }
    if classes[index].count == 1 {
      _ = unlimit(index)
      removeClass(index)
    } else {
      changeCount(ofClass: index, by: -1)
      rekeyClass(index)
    }
  }

  /// Makes the identifier of a flow invalid.
  mutating func release(_ flow: Int) {
    flows[flow].flowClass = -1
    flows[flow].generation &+= 1
  }

  /// Follows a change of a flow's tags, which changes no rate.
  private mutating func rekey(_ flow: Int) {
    let index = Int(flows[flow].flowClass)
    flowHeaps[index].update(flow, key: flows[flow].nextTag, positions: &flowPositions)
    rekeyClass(index)
    if classes[index].limit >= 0 { refreshDue(ofResource: classes[index].limitingResource) }
    refreshNextEvent()
  }
}
