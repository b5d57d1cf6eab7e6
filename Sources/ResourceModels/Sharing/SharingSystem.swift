package import Quantities

/// Flows that share resources by weighted max-min fairness, each served like a fluid.
///
/// Every flow gets a rate such that no resource is used beyond its capacity, no flow exceeds its bound,
/// and the *level* (rate / weight) of a flow can be raised only at the cost of one whose level is not
/// higher. Each flow is limited by its own bound or by a saturated resource on its route, on which no
/// other flow has a higher level. Progressive filling finds these rates; they are unique.
///
///     var system = SharingSystem()
///     let wan = system.addResource(capacity: 12_500_000)
///     let route = system.addRoute([ResourceUse(wan)])
///     let flow = system.start(on: route, size: 1_000_000, tag: 7, at: .zero)
///     system.nextEvent  // 80 ms
///
/// **How it stays cheap.** Flows of equal route, weight and bound form a class with one service clock.
/// Classes limited by the same resource share that resource's clock, whose speed is the level, so a
/// change of the level touches no class, and a start or finish touches only the resources of its route
/// and those whose limit it moves. A resource that is not saturated and is loaded by the classes of one
/// limit waits for a threshold of that level. See `SharingSystem+Settling.swift`.
///
/// **Time.** Rates change only at events and at calls, never because somebody looked: the run may be
/// advanced in any steps. The solver's time is finer than a nanosecond (``FluidTime``); what happened
/// in between is delivered at the next whole nanosecond, in the order of the solver's time, and of the
/// start of the flows where that is equal.
///
/// A call with `at:` first lets happen what is due until then; such events are kept for ``advance(to:into:)``.
///
/// - Complexity: A start, finish or change of a bound costs O(*r* log *n*) for a route of *r* resources
///   and *n* flows, plus the same for each class whose limit moves and each resource with two or more
///   limits beside it. A milestone costs O(log *n*).
/// - Precondition: Calls come in the order of time. Capacities, weights and factors are within
///   10⁻⁶...10¹⁵ (capacities may be zero), so that no clock overflows.
package struct SharingSystem: Sendable {
  var resources: [Resource] = []
  /// Per resource: the classes limited by it, by the reading of its clock at their next tag.
  var limited: [IndexedHeap<ServiceAmount>] = []
  /// Per resource: the couplings that matter when its level rises beyond a key. The target is a class
  /// with its bound as key, or another resource that is watched.
  var ceilings: [IndexedHeap<Double>] = []
  /// Per resource: the tracked couplings and the classes at their bound, by falling level (negated).
  var held: [IndexedHeap<Double>] = []
  /// Per resource: the active couplings with it as target, except with a class's own bound.
  var sources: [[Int32]] = []
  /// Per resource: the tracked couplings with it as source.
  var followers: [[Int32]] = []

  var routes: [Route] = []
  var routeResources: [Int] = []
  var routeFactors: [Double] = []
  /// For a route of *r* resources *r* × *r*: at [i, j] the coupling of target i with source j.
  var routeCouplings: [Int32] = []
  /// By target and source; only looked up, never iterated.
  var couplingsByPair: [UInt64: Int32] = [:]

  var couplings: [Coupling] = []
  var heldPositions: [Int32] = []
  /// In the ceilings or followers of the source.
  var sourcePositions: [Int32] = []
  /// In the sources of the target.
  var targetPositions: [Int32] = []

  var classes: [FlowClass] = []
  var flowHeaps: [IndexedHeap<ServiceAmount>] = []
  var limitedPositions: [Int32] = []
  var slots: [Slot] = []
  /// Classes not in use, by twice the length of their route, plus one where they have a bound.
  var freeClasses: [[Int32]] = []
  /// A chained hash table of the classes in use.
  var buckets: [Int32] = Array(repeating: -1, count: 64)
  var classCount = 0

  var flows: [Flow] = []
  var flowPositions: [Int32] = []
  var freeFlows: [Int32] = []
  var flowsStarted: UInt64 = 0

  /// Resources (2 × index) and classes at their bound (2 × index + 1), by the time of their next tag.
  var due = IndexedHeap<FluidTime>()
  var duePositions: [Int32] = []

  /// The solver's time of the last event or call.
  var now = FluidTime(.zero)
  var undelivered: [FlowEvent] = []
  /// Resources whose load or limit changed; see ``settle()``.
  var unsettled: [Int] = []
  /// The flows of the events that happen at one moment.
  var batch: [Int32] = []
  /// When ``advance(to:into:)`` is due; nothing happens before. `nil` if nothing is under way.
  package private(set) var nextEvent: Instant?
  /// The resources rebalanced so far, for tests and benchmarks.
  package private(set) var rebalanceCount = 0

  package init() {}

  mutating func countRebalance() { rebalanceCount &+= 1 }

  /// Kept as a stored property, so that asking for it from another module copies nothing else.
  private mutating func refreshNextEvent() {
    nextEvent = undelivered.first?.time.instant ?? due.first?.key.instant
  }
}

// MARK: - The layout

extension SharingSystem {
  /// - Parameter capacity: In bytes/s; zero while out of service.
  package mutating func addResource(capacity: Double) -> ResourceID {
    precondition(capacity >= 0 && capacity <= 1e15, "a capacity is at most 10^15 bytes/s")
    resources.append(Resource(capacity: capacity, serviceTime: now, boundMark: now))
    limited.append(IndexedHeap())
    ceilings.append(IndexedHeap())
    held.append(IndexedHeap())
    sources.append([])
    followers.append([])
    reserveDue(2 * resources.count)
    return ResourceID(index: resources.count - 1)
  }

  /// A route; a resource named twice counts with the sum of its factors.
  ///
  /// - Parameter uses: May be empty for flows that only their bound limits.
  package mutating func addRoute(_ uses: [ResourceUse]) -> RouteID {
    let start = routeResources.count
    for use in uses {
      precondition(resources.indices.contains(use.resource.index), "the resource is of another system")
      if let known = routeResources[start...].firstIndex(of: use.resource.index) {
        routeFactors[known] += use.factor
      } else {
        routeResources.append(use.resource.index)
        routeFactors.append(use.factor)
      }
    }
    let count = routeResources.count - start
    let firstCoupling = routeCouplings.count
    for target in start..<start + count {
      for source in start..<start + count {
        routeCouplings.append(
          target == source
            ? -1 : coupling(target: routeResources[target], source: routeResources[source]))
      }
    }
    routes.append(Route(start: start, count: count, couplings: firstCoupling))
    return RouteID(index: routes.count - 1)
  }

  private mutating func coupling(target: Int, source: Int) -> Int32 {
    let pair = UInt64(target) << 32 | UInt64(source)
    if let known = couplingsByPair[pair] { return known }
    let coupling = appendCoupling(Coupling(target: Int32(target), source: Int32(source)))
    couplingsByPair[pair] = coupling
    return coupling
  }

  mutating func appendCoupling(_ coupling: Coupling) -> Int32 {
    couplings.append(coupling)
    heldPositions.append(IndexedHeap<Double>.absent)
    sourcePositions.append(IndexedHeap<Double>.absent)
    targetPositions.append(IndexedHeap<Double>.absent)
    return Int32(couplings.count - 1)
  }

  /// Makes room for the numbers of resources and classes, which share one heap as even and odd numbers.
  mutating func reserveDue(_ count: Int) {
    while duePositions.count < count { duePositions.append(IndexedHeap<FluidTime>.absent) }
  }

  /// Changes a capacity; zero is an outage, during which flows stall and lose nothing.
  package mutating func setCapacity(_ capacity: Double, of resource: ResourceID, at instant: Instant) {
    precondition(capacity >= 0 && capacity <= 1e15, "a capacity is at most 10^15 bytes/s")
    run(until: instant)
    guard resources[resource.index].capacity != capacity else { return }
    resources[resource.index].capacity = capacity
    markUnsettled(resource.index)
    settle()
    refreshNextEvent()
  }
}

// MARK: - Flows

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

  /// Changes the most a flow may get, in bytes/s. What it has been served stays exact.
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
  /// - Returns: The bytes it has served; its size if it finishes at this very instant, in which case the
  ///   event is still delivered.
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
    precondition(weight > 1e-6 && weight < 1e15, "a weight is within 10^-6...10^15")
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

// MARK: - Advancing

extension SharingSystem {
  /// Delivers what happened until `instant`, in order.
  package mutating func advance(to instant: Instant, into events: inout [FlowEvent]) {
    run(until: FluidTime(instant))
    guard !undelivered.isEmpty else { return }
    events.append(contentsOf: undelivered)
    // Until now a call may have named a flow that had just finished.
    for event in undelivered where event.kind == .finished { freeFlows.append(event.flow.index) }
    undelivered.removeAll(keepingCapacity: true)
    refreshNextEvent()
  }

  /// Lets happen what is due until `instant` and makes that the present.
  private mutating func run(until instant: Instant) {
    let time = FluidTime(instant)
    run(until: time)
    precondition(now <= time, "calls come in the order of time")
    now = time
    refreshNextEvent()
  }

  private mutating func run(until time: FluidTime) {
    while let first = due.first, first.key <= time { fireNext() }
  }

  /// Lets happen all that is due at the next moment, then finds the new rates.
  private mutating func fireNext() {
    guard let moment = due.first?.key else { return }
    now = moment
    batch.removeAll(keepingCapacity: true)
    while let next = due.first, next.key <= moment {
      let index = next.id & 1 == 0 ? limited[Int(next.id) >> 1].first.map { Int($0.id) } : Int(next.id) >> 1
      guard let index, let flow = flowHeaps[index].first.map({ Int($0.id) }) else {
        preconditionFailure("what is due has a flow")
      }
      if flows[flow].end <= flows[flow].milestoneTag {
        flowHeaps[index].remove(flow, positions: &flowPositions)
      } else {
        flowHeaps[index].update(flow, key: flows[flow].end, positions: &flowPositions)
      }
      batch.append(Int32(flow))
      rekeyClass(index)
      if next.id & 1 == 0 { refreshDue(ofResource: Int(next.id) >> 1) }
    }
    if batch.count > 1 { sortBatch() }
    for flow in batch { fire(Int(flow)) }
    settle()
  }

  /// Tells of a flow's milestone or end; a milestone at the very end comes first.
  private mutating func fire(_ flow: Int) {
    let id = FlowID(index: Int32(flow), generation: flows[flow].generation)
    let tag = flows[flow].tag
    let isFinished = flowPositions[flow] < 0
    // The second event of a flow in one batch finds it gone.
    guard flows[flow].isRunning else { return }
    if flows[flow].milestoneTag <= (isFinished ? flows[flow].end : flows[flow].milestoneTag),
      flows[flow].milestone < .infinity
    {
      undelivered.append(FlowEvent(flow: id, tag: tag, kind: .milestone, time: now))
      flows[flow].milestone = .infinity
      flows[flow].milestoneTag = .never
    }
    if isFinished {
      undelivered.append(FlowEvent(flow: id, tag: tag, kind: .finished, time: now))
      leave(flow)
      release(flow)
    }
  }

  /// By the order of start. A batch is short except when equal flows end together.
  private mutating func sortBatch() {
    let flows = flows
    batch.sort { flows[Int($0)].order < flows[Int($1)].order }
  }
}

// MARK: - Questions

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
  private func served(by flow: Int, at time: FluidTime) -> Double {
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
