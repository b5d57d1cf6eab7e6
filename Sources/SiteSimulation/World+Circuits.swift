import Inventory
import Measurements
import Quantities
import ResourceModels
import Scenarios

/// Circuits that several links share.
extension World {
  /// Raw, away from the circuit's site and towards it.
  func bandwidth(of circuit: CircuitID) -> [DataRate] {
    let rate = scenario.inventory[circuit].bandwidth
    return circuits[circuit.index].limits.current ?? [rate, rate]
  }

  /// Gives the resources of a circuit what it can carry now; nothing to do where a link has none at one end.
  mutating func applyCapacity(of circuit: CircuitID?) {
    guard let circuit else { return }
    let description = scenario.inventory[circuit]
    let state = circuits[circuit.index]
    for way in Link.Direction.allCases {
      // Away from the site lead the forward directions of links that begin here, and the backward ones of the others.
      var connections = 0
      for (index, link) in scenario.inventory.links.enumerated() {
        for (end, other) in link.circuits.enumerated() where other == circuit {
          connections += connectionCount(on: LinkID(index), end == 0 ? way : way.reversed)
        }
      }
      let hop = transport.hop(description, bandwidth: bandwidth(of: circuit)[way.rawValue])
      let capacity =
        state.isUp
        ? TransportModel.capacity(transport.network.capacity(of: hop, connections: max(1, connections))) : 0
      sharing.setCapacity(capacity, of: state.resources[way.rawValue], at: now)
      circuits[circuit.index].meters[way.rawValue].capacityChanged(
        to: TransportModel.rate(bytesPerSecond: capacity), at: now)
    }
  }

  /// What a circuit has carried away from its site, or towards it, for all links over it.
  private func carriedBytes(_ circuit: CircuitID, _ way: Link.Direction) -> UInt64 {
    UInt64(sharing.carriedBytes(of: circuits[circuit.index].resources[way.rawValue], at: now))
  }

  /// Reads the byte counters of a circuit, whenever that of a link over it is read.
  mutating func readCircuit(_ circuit: CircuitID) {
    for way in Link.Direction.allCases {
      let bytes = carriedBytes(circuit, way)
      circuits[circuit.index].meters[way.rawValue].read(cumulativeBytes: bytes, at: now)
    }
  }

  func circuitRecords() -> [CircuitRecord] {
    circuits.indices.flatMap { index in
      let circuit = scenario.inventory.circuits[index]
      return Link.Direction.allCases.map { way in
        CircuitRecord(
          id: CircuitID(index), direction: way, name: circuit.name,
          site: scenario.inventory[circuit.site].name,
          use: circuits[index].meters[way.rawValue].end(
            cumulativeBytes: carriedBytes(CircuitID(index), way), at: now))
      }
    }
  }

  /// Applies what is in force on a circuit to it and to the links that go over it.
  private mutating func circuitChanged(_ circuit: CircuitID) throws(SimulationFailure) {
    applyCapacity(of: circuit)
    for index in links.indices where scenario.inventory.links[index].circuits.contains(circuit) {
      try linkChanged(LinkID(index))
    }
  }

  mutating func circuitFaultBegins(_ entry: Int) throws(SimulationFailure) {
    switch scenario.timeline[entry].action {
    case .circuitDown(let circuit):
      circuits[circuit.index].outages.begin(entry, ())
      try circuitChanged(circuit)
    case .circuitLimit(let circuit, let bandwidth):
      circuits[circuit.index].limits.begin(entry, bandwidth)
      try circuitChanged(circuit)
    case .circuitRestore(let circuit):
      lift(circuits[circuit.index].outages.endAll() + circuits[circuit.index].limits.endAll())
      try circuitChanged(circuit)
    default: preconditionFailure("only faults of circuits are handed over")
    }
  }

  mutating func circuitFaultEnds(_ entry: Int) throws(SimulationFailure) {
    switch scenario.timeline[entry].action {
    case .circuitDown(let circuit):
      if circuits[circuit.index].outages.end(entry) { try circuitChanged(circuit) }
    case .circuitLimit(let circuit, _):
      if circuits[circuit.index].limits.end(entry) { try circuitChanged(circuit) }
    default: preconditionFailure("only lasting faults of circuits are handed over")
    }
  }
}
