import Inventory
import Quantities
import RandomStreams
import ResourceModels
import Scenarios
import SimulationKernel

/// One direction of the other traffic on a link.
///
/// It is one flow that never ends and competes with the transfers for the link, with the weight of so many
/// connections and at most its rate. While it is silent it is bounded to nothing.
struct BackgroundState {
  /// `nil` until it first sends.
  var flow: FlowID?
  /// Whether it sends now.
  var isSending = false
  /// Where it comes in bursts: whether one is under way.
  var isInBurst = true
  /// How many connections it is while it sends.
  var connections = 1
  /// Tells the turn that is awaited from those of traffic that is no more.
  var stamp: UInt64 = 0
  var random: RandomStream
  let route: RouteID
}

extension World {
  /// The other traffic on a link, as the latest entry in force or the link itself describes it.
  func background(of link: LinkID) -> Scenario.BackgroundTraffic? {
    links[link.index].backgrounds.current ?? scenario.links[link.index].background
  }

  /// Other traffic takes the place of what there was; bursts begin anew.
  ///
  /// The first moment is drawn as any other: within a burst with probability *on / (on + off)*.
  mutating func backgroundChanged(_ link: LinkID) throws(SimulationFailure) {
    let scheduled = links[link.index].scheduledBandwidth
    startBackground(of: link)
    // The rule of the week may change at this very instant.
    if links[link.index].scheduledBandwidth != scheduled { try linkChanged(link) }
  }

  /// Begins the other traffic that a link has from now on, in or between two bursts.
  mutating func startBackground(of link: LinkID) {
    let traffic = background(of: link)
    for side in StreamSide.allCases {
      links[link.index].background[side.rawValue].stamp += 1
      links[link.index].background[side.rawValue].isInBurst = true
      guard let bursts = traffic?.bursts else { continue }
      let whole = UInt64((bursts.on + bursts.off).nanoseconds)
      let draw = links[link.index].background[side.rawValue].random.next(below: whole)
      links[link.index].background[side.rawValue].isInBurst = draw < UInt64(bursts.on.nanoseconds)
      awaitTurn(of: link, side, bursts)
    }
    applySchedule(of: link)
    applyBackground(of: link)
  }

  /// A burst begins or ends.
  mutating func backgroundTurns(_ link: LinkID, _ side: StreamSide, stamp: UInt64) {
    guard links[link.index].background[side.rawValue].stamp == stamp,
      let bursts = background(of: link)?.bursts
    else { return }
    links[link.index].background[side.rawValue].isInBurst.toggle()
    awaitTurn(of: link, side, bursts)
    applyBackground(of: link)
  }

  /// Draws how long the burst or the pause lasts: exponentially distributed, to the nanosecond.
  private mutating func awaitTurn(
    of link: LinkID, _ side: StreamSide, _ bursts: Scenario.BackgroundTraffic.Bursts
  ) {
    let mean = links[link.index].background[side.rawValue].isInBurst ? bursts.on : bursts.off
    let draw = links[link.index].background[side.rawValue].random.nextExponential()
    let length = TimeSpan(nanoseconds: 1 + Int64(Double(mean.nanoseconds) * draw))
    queue.schedule(
      WorldEvent(
        .backgroundTurns, link.index, side: side, stamp: links[link.index].background[side.rawValue].stamp),
      at: now + length)
  }

  /// Lets the other traffic on a link send what it does now.
  ///
  /// The directions are those of the link: `forward` leads from its first site to its second.
  mutating func applyBackground(of link: LinkID) {
    let traffic = background(of: link)
    for direction in Link.Direction.allCases {
      let state = links[link.index].background[direction.rawValue]
      guard traffic != nil || state.isSending else { continue }
      let isWanted = state.isInBurst && traffic?.schedule.holds(at: timeOfWeek) == true
      guard let traffic, isWanted else {
        guard let flow = state.flow, state.isSending else { continue }
        readLink(link, direction)
        sharing.setBound(0, of: flow, at: now)
        links[link.index].background[direction.rawValue].isSending = false
        applyCapacity(of: link, direction)
        for circuit in scenario.inventory[link].circuits { applyCapacity(of: circuit) }
        continue
      }
      readLink(link, direction)
      let hop = transport.hop(scenario.inventory[link], direction, condition(of: link))
      let rate: Double =
        switch traffic.amount {
        case .rate(let rates): rates[direction.rawValue].bytesPerSecond
        case .share(let share): share.value * transport.network.capacity(of: hop)
        }
      let bound = TransportModel.capacity(transport.network.flowSize(of: rate))
      let weight = transport.network.weight(on: NetworkPath([hop])) * Double(traffic.connections)
      if let flow = state.flow {
        sharing.setWeight(weight, of: flow, at: now)
        sharing.setBound(bound, of: flow, at: now)
      } else {
        links[link.index].background[direction.rawValue].flow = sharing.start(
          on: state.route, weight: weight, bound: bound, size: .infinity, tag: FlowPurpose.background, at: now
        )
      }
      guard !state.isSending || state.connections != traffic.connections else { continue }
      links[link.index].background[direction.rawValue].isSending = true
      links[link.index].background[direction.rawValue].connections = traffic.connections
      applyCapacity(of: link, direction)
      for circuit in scenario.inventory[link].circuits { applyCapacity(of: circuit) }
    }
  }
}
