/// Weighted max-min sharing in the plainest form, the oracle of ``SharingSystem``.
///
/// Every flow by itself, every rate from nothing, at every event.
struct ReferenceSystem {
  struct Flow {
    var number: Int
    var uses: [(resource: Int, factor: Double)]
    var weight: Double
    var bound: Double
    var size: Double
    var milestone: Double?
    var served = 0.0
    var rate = 0.0
  }

  struct Event {
    var flow: Int
    var isFinished: Bool
    var seconds: Double
  }

  var capacities: [Double] = []
  var flows: [Flow] = []
  var seconds = 0.0
  var carried: [Double] = []
  private var isStale = true

  mutating func addResource(capacity: Double) {
    capacities.append(capacity)
    carried.append(0)
  }

  mutating func change(_ body: (inout ReferenceSystem) -> Void) {
    body(&self)
    isStale = true
  }

  /// Progressive filling: raise all levels together; fix what meets its bound or a full resource.
  mutating func solve() {
    var rest = capacities
    var todo = Array(flows.indices)
    while !todo.isEmpty {
      var use = Array(repeating: 0.0, count: rest.count)
      for flow in todo {
        for (resource, factor) in flows[flow].uses { use[resource] += factor * flows[flow].weight }
      }
      var level = Double.infinity
      for resource in rest.indices where use[resource] > 0 {
        level = min(level, max(0, rest[resource]) / use[resource])
      }
      let ceiling = todo.map { flows[$0].bound / flows[$0].weight }.min() ?? .infinity
      var fixed: Set<Int> = []
      if ceiling < level {
        for flow in todo where flows[flow].bound / flows[flow].weight == ceiling {
          flows[flow].rate = flows[flow].bound
          fixed.insert(flow)
        }
      } else {
        let full = Set(
          rest.indices.filter {
            use[$0] > 0 && max(0, rest[$0]) / use[$0] <= level * (1 + 1e-13)
          })
        for flow in todo where flows[flow].uses.contains(where: { full.contains($0.resource) }) {
          flows[flow].rate = level * flows[flow].weight
          fixed.insert(flow)
        }
      }
      for flow in fixed.sorted() {
        for (resource, factor) in flows[flow].uses { rest[resource] -= factor * flows[flow].rate }
      }
      todo.removeAll { fixed.contains($0) }
    }
    isStale = false
  }

  mutating func advance(toSeconds end: Double) -> [Event] {
    var events: [Event] = []
    while true {
      if isStale { solve() }
      var next = end
      var first: Int?
      for (index, flow) in flows.enumerated() {
        let goal = min(flow.size, flow.milestone ?? .infinity)
        var time = goal <= flow.served ? seconds : seconds + (goal - flow.served) / flow.rate
        // What is due at the end must not miss it by a rounding.
        if time > end && time < end * (1 + 1e-12) { time = end }
        if time < next || (time == next && first == nil) { (next, first) = (time, index) }
      }
      let elapsed = next - seconds
      for index in flows.indices {
        flows[index].served += flows[index].rate * elapsed
        for (resource, factor) in flows[index].uses {
          carried[resource] += factor * flows[index].rate * elapsed
        }
      }
      seconds = next
      guard let first else { return events }
      if let milestone = flows[first].milestone, milestone <= flows[first].size {
        events.append(Event(flow: flows[first].number, isFinished: false, seconds: seconds))
        flows[first].milestone = nil
        flows[first].served = max(flows[first].served, milestone)
      } else {
        events.append(Event(flow: flows[first].number, isFinished: true, seconds: seconds))
        flows.remove(at: first)
        isStale = true
      }
    }
  }
}
