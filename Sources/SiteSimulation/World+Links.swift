import Inventory
import Measurements
import Quantities
import RandomStreams
import ReplicationCore
import ResourceModels
import Scenarios
import SimulationKernel

/// What links can carry, and what their transfers notice of it.
extension World {
  /// Gives every link the capacity, the schedule and the other traffic that it has as the run begins.
  mutating func setUpLinks() {
    for index in links.indices {
      let link = LinkID(index)
      applySchedule(of: link)
      for direction in Link.Direction.allCases { applyCapacity(of: link, direction) }
      for circuit in scenario.inventory[link].circuits { applyCapacity(of: circuit) }
      links[index].toldCondition = condition(of: link)
      if scenario.links[index].background != nil { startBackground(of: link) }
    }
    for index in replications.indices { pathChanged(index) }
  }

  // MARK: - Condition

  /// What a transfer meets on a link now; over circuits, no more than they carry.
  func condition(of link: LinkID) -> LinkCondition {
    let description = scenario.inventory[link]
    var condition = LinkCondition(of: description, links[link.index])
    if planted.contains(.limitIgnored) { condition.bandwidth = description.bandwidth }
    for (end, circuit) in description.circuits.enumerated() {
      guard let circuit else { continue }
      let rates = bandwidth(of: circuit)
      for direction in Link.Direction.allCases {
        let leaves = (end == 0) == (direction == .forward)
        condition.bandwidth[direction.rawValue] = min(
          condition.bandwidth[direction.rawValue], rates[leaves ? 0 : 1])
      }
    }
    return condition
  }

  /// Whether a link carries anything: it and the circuits it goes over are up.
  func isUp(_ link: LinkID) -> Bool {
    links[link.index].isUp
      && scenario.inventory[link].circuits.allSatisfy { circuit in
        circuit.map { circuits[$0.index].isUp } ?? true
      }
  }

  /// Applies what is in force on a link to its capacity and its connections, and tells the replications that use it.
  mutating func linkChanged(_ link: LinkID) throws(SimulationFailure) {
    for direction in Link.Direction.allCases {
      applyCapacity(of: link, direction)
    }
    applyWeights(of: link)
    applyDelays(of: link)
    applyBackground(of: link)
    chooseLinks()
    try reachabilityChanged()
  }

  /// Gives the resource of a link what it can carry now.
  mutating func applyCapacity(of link: LinkID, _ direction: Link.Direction) {
    let state = links[link.index]
    let hop = transport.hop(scenario.inventory[link], direction, condition(of: link))
    let connections = max(1, connectionCount(on: link, direction))
    let capacity =
      isUp(link)
      ? TransportModel.capacity(transport.network.capacity(of: hop, connections: connections))
        * (planted.contains(.capacityLeftIdle) ? 0.1 : 1) : 0
    sharing.setCapacity(capacity, of: state.resources[direction.rawValue], at: now)
    links[link.index].meters[direction.rawValue].capacityChanged(
      to: TransportModel.rate(bytesPerSecond: capacity), at: now)
  }

  /// The transfers of a direction and the connections of other traffic.
  func connectionCount(on link: LinkID, _ direction: Link.Direction) -> Int {
    let background = links[link.index].background[direction.rawValue]
    return links[link.index].transfers[direction.rawValue]
      + (background.isSending ? background.connections : 0)
  }

  /// Gives the running transfers of a link the weight that its bandwidth means for them.
  mutating func applyWeights(of link: LinkID) {
    for index in replications.indices where replications[index].link == link {
      for side in StreamSide.allCases {
        guard let flow = replications[index][side].flow else { continue }
        let path = NetworkPath([hop(side, index)])
        sharing.setWeight(transport.network.weight(on: path), of: flow, at: now)
      }
    }
  }

  /// Tells the connections of a link that its latency or loss has changed.
  ///
  /// An open window is worth less or more per round trip at once; the steady rate under loss is that of the new path.
  private mutating func applyDelays(of link: LinkID) {
    let condition = condition(of: link)
    if let told = links[link.index].toldCondition, condition.delaysOrLosesAs(told) { return }
    links[link.index].toldCondition = condition
    for index in replications.indices where replications[index].link == link { pathChanged(index) }
  }

  /// Tells the connections of a replication how long and how lossy their way is now.
  mutating func pathChanged(_ index: Int) {
    let latency = condition(of: replications[index].link).meanLatency
    for side in StreamSide.allCases {
      replications[index][side].latency = latency
      replications[index][side].connection.pathChanged(
        to: NetworkPath([hop(side, index)]), model: transport.network)
    }
    for side in StreamSide.allCases {
      guard let flow = replications[index][side].flow, sharing.isRunning(flow) else { continue }
      sharing.setBound(bound(side, index), of: flow, at: now)
    }
  }

  /// When a message without content arrives that is sent now.
  ///
  /// With jitter each takes the link's latency and between nothing and twice the mean jitter, all equally likely; one
  /// that would overtake another arrives with it.
  ///
  /// - Source: That delays are uniform is an assumption; published measurements give means or percentiles only.
  mutating func controlArrival(_ side: StreamSide, _ index: Int) -> Instant {
    let condition = condition(of: replications[index].link)
    var delay = condition.latency
    if condition.jitter > .zero {
      let bound = UInt64(condition.jitter.nanoseconds) * 2 + 1
      delay += .nanoseconds(Int64(replications[index].jitterRandom[side.rawValue].next(below: bound)))
    }
    return replications[index][side].controlArrival(at: now, delay: delay)
  }

  // MARK: - Transfers

  /// Counts the transfers of a link: several get less out of it together than one alone.
  mutating func countTransfers(_ side: StreamSide, _ index: Int, by change: Int) {
    countTransfers(on: replications[index].link, direction(side, index), by: change)
  }

  mutating func countTransfers(on link: LinkID, _ direction: Link.Direction, by change: Int) {
    readLink(link, direction)
    let before = links[link.index].transfers[direction.rawValue]
    links[link.index].transfers[direction.rawValue] = before + change
    if min(before, 2) != min(before + change, 2) { applyCapacity(of: link, direction) }
    for circuit in scenario.inventory[link].circuits { applyCapacity(of: circuit) }
  }

  func direction(_ side: StreamSide, _ index: Int) -> Link.Direction {
    side == .forward ? replications[index].direction : replications[index].direction.reversed
  }

  func hop(_ side: StreamSide, _ index: Int) -> NetworkHop {
    let link = replications[index].link
    return transport.hop(scenario.inventory[link], direction(side, index), condition(of: link))
  }

  // MARK: - Schedules

  /// Another rule of the link's week holds.
  mutating func linkScheduleChanged(_ link: LinkID, stamp: UInt64) throws(SimulationFailure) {
    guard links[link.index].scheduleStamp == stamp else { return }
    applySchedule(of: link)
    try linkChanged(link)
  }

  /// Takes the rule that holds now, and asks to be told when that changes.
  mutating func applySchedule(of link: LinkID) {
    let settings = scenario.links[link.index]
    let rule = settings.schedule.rule(at: timeOfWeek)
    links[link.index].scheduledBandwidth = rule.map { settings.scheduledBandwidths[$0] }
    let changes = [settings.schedule, background(of: link)?.schedule]
      .compactMap { $0?.nextChange(after: timeOfWeek) }
    links[link.index].scheduleStamp += 1
    guard let wait = changes.min() else { return }
    queue.schedule(
      WorldEvent(.linkScheduleChanges, link.index, stamp: links[link.index].scheduleStamp), at: now + wait)
  }

  /// The time since the last Monday's midnight, universal time.
  var timeOfWeek: TimeSpan {
    let start = scenario.clock.start.secondsSinceMonday
    return .nanoseconds((TimeSpan.seconds(start) + (now - .zero)).nanoseconds % TimeSpan.days(7).nanoseconds)
  }

  // MARK: - Readings

  /// What a direction of a link has carried so far: for replication, and for others.
  func carriedBytes(_ link: LinkID, _ direction: Link.Direction) -> (replication: UInt64, background: UInt64)
  {
    let state = links[link.index]
    let bytes = sharing.carriedBytes(of: state.resources[direction.rawValue], at: now)
    guard let flow = state.background[direction.rawValue].flow else { return (UInt64(bytes), 0) }
    let background = sharing.servedBytes(of: flow, at: now)
    return (UInt64(max(0, bytes - background)), UInt64(background))
  }

  /// Reads a byte counter: at every bin's end, and whenever a transfer begins, ends or leaves slow start, so that
  /// the stretches between readings have an even rate and "full" is told from real time.
  mutating func readLink(_ link: LinkID, _ direction: Link.Direction) {
    let (bytes, background) = carriedBytes(link, direction)
    links[link.index].meters[direction.rawValue].read(
      cumulativeBytes: bytes, backgroundBytes: background, at: now)
    for case let circuit? in scenario.inventory[link].circuits { readCircuit(circuit) }
  }

  /// Reads the byte counters of all links, and does it again one bin later.
  mutating func readLinks() {
    for index in links.indices {
      for direction in Link.Direction.allCases { readLink(LinkID(index), direction) }
    }
    queue.schedule(WorldEvent(.linkReading, 0), at: now + scenario.linkBinWidth)
  }
}
