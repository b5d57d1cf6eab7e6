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
/// Resources and routes are for ever; a driver makes a route once and starts many flows on it.
///
/// - Precondition: Calls come in the order of time. Capacities are at most 10¹³ bytes/s and weights within
///   10⁻³...10⁷, so that clocks neither overflow nor become coarse.
package struct SharingSystem: Sendable {
  var resources: [Resource] = []
  /// Per resource: the classes limited by it, by the reading of its clock at their next tag.
  var limited: [IndexedHeap<ServiceAmount>] = []
  /// Per resource: the couplings that matter when its level rises beyond a key.
  ///
  /// The target is a class with its bound as key, or another resource that is watched.
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
  /// When ``advance(to:into:)`` is due, before which nothing happens; `nil` if nothing is under way.
  ///
  /// A stored property, so that asking for it from another module copies nothing else.
  package internal(set) var nextEvent: Instant?
  /// The resources rebalanced so far, for tests and benchmarks.
  package internal(set) var rebalanceCount = 0

  package init() {}

}

// MARK: - The layout

extension SharingSystem {
  /// - Parameter capacity: In bytes/s; zero while out of service.
  package mutating func addResource(capacity: Double) -> ResourceID {
    precondition(capacity >= 0 && capacity <= 1e13, "a capacity is at most 10^13 bytes/s")
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
    precondition(capacity >= 0 && capacity <= 1e13, "a capacity is at most 10^13 bytes/s")
    run(until: instant)
    guard resources[resource.index].capacity != capacity else { return }
    resources[resource.index].capacity = capacity
    markUnsettled(resource.index)
    settle()
    refreshNextEvent()
  }
}
