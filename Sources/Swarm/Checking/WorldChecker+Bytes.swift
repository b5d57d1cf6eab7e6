import Inventory
import Measurements
import Quantities
import Scenarios
import SiteSimulation

/// No byte is counted twice or lost.
extension WorldChecker {
  /// Whether the network model counts the bytes of the data; SimGrid's models count what stands for them.
  private var countsBytes: Bool {
    scenario.network.model == .fluid || scenario.network.model == .bare
  }

  mutating func checkBytes(_ world: borrowing World) throws(Violation) {
    syncs.follow(world.cycles)
    for link in scenario.inventory.links.indices {
      for direction in Link.Direction.allCases {
        let counted = world.carriedBytes(on: LinkID(link), direction)
        let expected = ledger.carried(by: linkResources[link][direction.rawValue])
        if abs(counted - expected) > ledger.tolerance(of: expected) {
          throw Violation(
            .bytes, at: world.time, subject: scenario.inventory.links[link].name,
            detail: "its counter says \(counted) B, and its transfers brought \(expected)")
        }
      }
    }
    guard countsBytes else { return }
    // What was carried for nothing is in no sync.
    let wasted = world.wastedBytes
    var excess = 0.0
    var allowed = wasted
    try checkCopied(world)
    for (index, replication) in scenario.replications.enumerated() where replication.storageUnit == nil {
      let machine = replication.virtualMachine
      let counted = syncs.size(of: machine) + world.wireSizeUnderWay(of: index)
      let expected = ledger.sent(by: index)
      let tolerance = ledger.tolerance(of: expected) + Double(syncs.count(of: machine))
      let difference = expected - Double(counted.bytes)
      excess += difference
      allowed += tolerance
      if difference < -tolerance || difference > tolerance + wasted || excess > allowed {
        throw Violation(
          .bytes, at: world.time, subject: name(index),
          detail: "its syncs count \(counted.bytes) B, and the network carried \(expected)")
      }
    }
  }

  /// What copies of storage have sent was carried, and nothing else.
  ///
  /// What follows each write takes nothing of a link that is modelled.
  private func checkCopied(_ world: borrowing World) throws(Violation) {
    for (unit, description) in scenario.storageUnits.enumerated() where !isSynchronous(unit) {
      let members = description.members.map { scenario.replications[$0.index].virtualMachine }
      let underWay = description.members.reduce(ByteCount.zero) { $0 + world.wireSizeUnderWay(of: $1.index) }
      let counted = Double((members.reduce(underWay) { $0 + syncs.size(of: $1) }).bytes)
      let carried = ledger.copied(by: unit)
      let count = members.reduce(members.count) { $0 + syncs.count(of: $1) }
      let tolerance = ledger.tolerance(of: carried) + Double(count)
      guard abs(counted - carried) > tolerance else { continue }
      throw Violation(
        .bytes, at: world.time, subject: description.name,
        detail: "its copies count \(counted) B, and the network carried \(carried)")
    }
  }
}
