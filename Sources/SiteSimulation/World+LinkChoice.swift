import Inventory
import Quantities
import ResourceModels
import Scenarios
import SimulationKernel

/// Which of several links between its two sites carries a replication.
///
/// The policy is that of routers with a preference for each path:
///
/// 1. Wanted is the link with the least `preference` number among those that are up; of equal ones the first of the
///    scenario. Where none is up, nothing changes.
/// 2. When the link in use goes down, its connections stall. After `routeConvergence` routing has found the next link: the
///    connections are closed, and opened again over it; what the target had not received whole is sent once more. A
///    link that is back before that keeps its connections. Where convergence outlasts the time-out of the connection,
///    the product gives the sync up meanwhile, as in any outage.
/// 3. When a better link is up again, routing goes back to it after `routeReturn`, if it stayed up. Both ways work then, so no
///    packet is lost: connections live on, with the latency and loss of the new way.
///
/// A replication with `via` has one link only and waits for it.
///
/// - Source: Microsoft, "Configure BFD over ExpressRoute": BGP's hold time of 180 s lets a failure go unnoticed for up to
///   three minutes, with BFD for less than a second. That routes return after a hold-down, and that connections do not
///   outlive a change of a broken path, is *inferred*: networks differ.
extension World {
  /// Looks at which links replications want now that one went down or came up.
  mutating func chooseLinks() {
    for index in replications.indices
    where replications[index].links.count > 1 && replications[index].isActive {
      let current = replications[index].link
      let wanted = replications[index].links.first { isUp($0) } ?? current
      guard wanted != replications[index].nextLink ?? current else { continue }
      replications[index].linkStamp += 1
      replications[index].nextLink = wanted == current ? nil : wanted
      guard wanted != current else { continue }
      let delay = isUp(current) ? scenario.profile.routeReturn : scenario.profile.routeConvergence
      queue.schedule(
        WorldEvent(.linkSwitches, index, stamp: replications[index].linkStamp), at: now + delay)
    }
  }

  /// Routing has converged.
  mutating func linkSwitches(_ index: Int, stamp: UInt64) throws(SimulationFailure) {
    guard replications[index].linkStamp == stamp, replications[index].isActive,
      let link = replications[index].nextLink
    else { return }
    let isBroken = !isUp(replications[index].link)
    replications[index].nextLink = nil
    let closed = isBroken ? closeConnection(index) : interruptTransfers(index)
    replications[index].link = link
    replications[index].direction = direction(of: link, index)
    replications[index][.forward].route = forwardRoute(index)
    replications[index][.backward].route = answerRoute(index)
    note(
      "replication.link-changed", of: replications[index].machineIndex,
      detail: "to link \(scenario.inventory[link].name)")
    pathChanged(index)
    for side in closed { openTransfer(side, index) }
    // Another one may have come up or gone down since.
    chooseLinks()
    try reachabilityChanged()
  }

  /// Stops the transfers of a replication where they are, to go on over another route.
  private mutating func interruptTransfers(_ index: Int) -> [StreamSide] {
    StreamSide.allCases.filter { side in
      guard let flow = replications[index][side].flow else { return false }
      let isRunning = sharing.isRunning(flow)
      let served = isRunning ? sharing.servedBytes(of: flow, at: now) : replications[index][side].size
      if isRunning { _ = sharing.cancel(flow, at: now) }
      countTransfers(side, index, by: -1)
      replications[index][side].interrupted(served: served, at: now)
      return true
    }
  }

  /// The direction of a link that leads from a replication's source to its target.
  func direction(of link: LinkID, _ index: Int) -> Link.Direction {
    let site = machines[replications[index].machineIndex].site
    guard let direction = scenario.inventory[link].direction(from: site, to: replications[index].target)
    else {
      preconditionFailure("a replication uses links of its two sites only")
    }
    return direction
  }

  /// The way of what the target answers.
  mutating func answerRoute(_ index: Int) -> RouteID {
    let key = RouteKey(
      replication: index, server: nil, host: nil, link: replications[index].link,
      direction: replications[index].direction, side: .backward)
    if let route = routes[key] { return route }
    let route = sharing.addRoute(wanUses(.backward, index))
    routes[key] = route
    return route
  }

  /// What a transfer of a replication uses of the links.
  func wanUses(_ side: StreamSide, _ index: Int) -> [ResourceUse] {
    let link = replications[index].link
    return transport.uses(of: scenario.inventory[link], direction(side, index), links[link.index], circuits)
  }
}
