import Foundation
import Quantities

@testable import ResourceModels

/// The folder of reference data, outside the repository.
let referenceData = ProcessInfo.processInfo.environment["DRSIM_REFERENCE_DATA"].map {
  URL(fileURLWithPath: $0)
}

/// A scenario of `wan-golden.json`.
struct FlowScenario: Decodable {
  struct Link: Decodable {
    var name: String
    var bandwidth: Double
    var latency: Double
    var duplex: String
  }

  struct Route: Decodable {
    var src: String
    var dst: String
    var links: [String]
  }

  struct Flow: Decodable {
    var name: String
    var src: String
    var dst: String
    var bytes: Double
    var start: Double
    var rate: Double
  }

  struct Change: Decodable {
    var link: String
    var time: Double
    var value: Double
  }

  var name: String
  var family: String
  var links: [Link]
  var routes: [Route]
  var flows: [Flow]
  var bandwidth: [Change]
  var completion_s: [String: [String: Double]]

  static func all() throws -> [FlowScenario] {
    struct File: Decodable { var scenarios: [FlowScenario] }
    guard let folder = referenceData else { return [] }
    let data = try Data(contentsOf: folder.appendingPathComponent("validation/wan-golden.json"))
    return try JSONDecoder().decode(File.self, from: data).scenarios
  }
}

/// Plays a whole scenario on a ``SharingSystem`` under a network model, as a driver would.
struct FlowScenarioRunner {
  struct Completion {
    var seconds: Double
    var instant: Instant
  }

  private enum Step {
    case start(Int)
    case roundEnd(Int)
    case change(FlowScenario.Change)
  }

  private struct Transfer {
    var path: [(link: String, isForward: Bool)]
    var slowStart: SlowStart
    var weight: Double
    var flow: FlowID?
  }

  private let scenario: FlowScenario
  private let model: NetworkModel
  private var system = SharingSystem()
  private var hops: [String: NetworkHop] = [:]
  private var resources: [String: ResourceID] = [:]
  private var counts: [String: Int] = [:]
  private var transfers: [Transfer] = []
  /// Due steps; equal times keep their order.
  private var steps: [(at: Instant, step: Step)] = []
  private(set) var completions: [String: Completion] = [:]

  static func run(_ scenario: FlowScenario, model: NetworkModel) -> [String: Completion] {
    var runner = FlowScenarioRunner(scenario, model: model)
    runner.run()
    return runner.completions
  }

  private init(_ scenario: FlowScenario, model: NetworkModel) {
    self.scenario = scenario
    self.model = model
    for link in scenario.links {
      let hop = NetworkHop(
        bandwidth: .bitsPerSecond(UInt64(link.bandwidth * 8)), latency: span(link.latency))
      hops[link.name] = hop
      for direction in link.duplex == "full" ? ["+", "-"] : ["+"] {
        resources[link.name + direction] = system.addResource(capacity: model.capacity(of: hop))
      }
    }
    for (index, flow) in scenario.flows.enumerated() {
      transfers.append(
        Transfer(path: path(of: flow), slowStart: SlowStart(steadyBound: 0), weight: 1, flow: nil))
      start(index, flow)
    }
    for change in scenario.bandwidth { schedule(.change(change), at: .zero + span(change.time)) }
  }

  private func span(_ seconds: Double) -> TimeSpan {
    TimeSpan(nanoseconds: Int64((seconds * 1e9).rounded()))
  }

  /// Routes lead both ways.
  private func path(of flow: FlowScenario.Flow) -> [(link: String, isForward: Bool)] {
    for route in scenario.routes {
      let steps = route.links.map { (link: String($0.dropLast()), isForward: $0.hasSuffix("+")) }
      if route.src == flow.src && route.dst == flow.dst { return steps }
      if route.src == flow.dst && route.dst == flow.src {
        return steps.reversed().map { ($0.link, !$0.isForward) }
      }
    }
    preconditionFailure("no route for \(flow.name)")
  }

  private func networkPath(_ transfer: Int) -> NetworkPath {
    NetworkPath(transfers[transfer].path.compactMap { hops[$0.link] })
  }

  private func resource(_ link: String, isForward: Bool) -> ResourceID {
    guard let resource = resources[link + (isForward ? "+" : "-")] ?? resources[link + "+"] else {
      preconditionFailure("no link \(link)")
    }
    return resource
  }

  private mutating func schedule(_ step: Step, at instant: Instant) {
    let position = steps.firstIndex { $0.at > instant } ?? steps.endIndex
    steps.insert((instant, step), at: position)
  }

  private mutating func start(_ index: Int, _ flow: FlowScenario.Flow) {
    let begin = model.begin(
      on: networkPath(index), windowMaximum: .bytes(4_194_304),
      rateLimit: flow.rate > 0 ? flow.rate : .infinity)
    transfers[index].slowStart = begin.slowStart
    transfers[index].weight = begin.weight
    schedule(.start(index), at: .zero + span(flow.start) + begin.delay)
  }

  private mutating func run() {
    var events: [FlowEvent] = []
    while !steps.isEmpty || system.nextEvent != nil {
      let due = steps.first?.at ?? .distantFuture
      if let next = system.nextEvent, next <= due {
        events.removeAll()
        system.advance(to: next, into: &events)
        for event in events { handle(event, at: next) }
      } else {
        let (now, step) = steps.removeFirst()
        handle(step, at: now)
      }
    }
  }

  private mutating func handle(_ event: FlowEvent, at now: Instant) {
    let index = Int(event.tag)
    switch event.kind {
    case .milestone:
      transfers[index].slowStart.windowSent()
      apply(index, at: now)
    case .finished:
      transfers[index].flow = nil
      completions[scenario.flows[index].name] = Completion(
        seconds: event.time.inSeconds, instant: event.time.instant)
      count(index, change: -1, at: now)
    }
  }

  private mutating func handle(_ step: Step, at now: Instant) {
    switch step {
    case .start(let index):
      let phase = transfers[index].slowStart.phase
      let path = transfers[index].path
      let route = system.addRoute(
        model.uses(
          forward: path.map { resource($0.link, isForward: $0.isForward) },
          backward: path.map { resource($0.link, isForward: !$0.isForward) }))
      count(index, change: 1, at: now)
      transfers[index].flow = system.start(
        on: route, weight: transfers[index].weight, bound: phase.bound,
        size: model.flowSize(of: scenario.flows[index].bytes), milestone: phase.budget,
        tag: UInt64(index), at: now)
      if let length = phase.length { schedule(.roundEnd(index), at: now + length) }
    case .roundEnd(let index):
      guard let flow = transfers[index].flow, system.isRunning(flow) else { return }
      transfers[index].slowStart.roundEnded(served: system.servedBytes(of: flow, at: now))
      apply(index, at: now)
      if let length = transfers[index].slowStart.phase.length {
        schedule(.roundEnd(index), at: now + length)
      }
    case .change(let change):
      hops[change.link]?.bandwidth = .bitsPerSecond(UInt64(change.value * 8))
      for direction in ["+", "-"] { setCapacity(of: change.link, direction, at: now) }
      for index in transfers.indices where transfers[index].path.contains(where: { $0.link == change.link }) {
        transfers[index].weight = model.weight(on: networkPath(index))
        if let flow = transfers[index].flow {
          system.setWeight(transfers[index].weight, of: flow, at: now)
        }
      }
    }
  }

  private mutating func apply(_ index: Int, at now: Instant) {
    guard let flow = transfers[index].flow else { return }
    let phase = transfers[index].slowStart.phase
    system.setBound(phase.bound, of: flow, at: now)
    if let budget = phase.budget { system.setMilestone(budget, of: flow, at: now) }
  }

  private mutating func count(_ index: Int, change: Int, at now: Instant) {
    for (link, isForward) in transfers[index].path {
      let direction = resources[link + "-"] == nil || isForward ? "+" : "-"
      counts[link + direction, default: 0] += change
      setCapacity(of: link, direction, at: now)
    }
  }

  private mutating func setCapacity(of link: String, _ direction: String, at now: Instant) {
    guard let resource = resources[link + direction], let hop = hops[link] else { return }
    system.setCapacity(
      model.capacity(of: hop, connections: counts[link + direction] ?? 0), of: resource, at: now)
  }
}
