import GRDB
import Inventory
import Measurements
import Quantities

extension ResultWriter {
  func writeCircuits(_ record: RunRecord, run: Int64) throws {
    let circuits = try Insertion(into: "circuits", columnCount: 8, database: database)
    let uses = try Insertion(into: "circuit_use", columnCount: 9, database: database)
    let statistics = try Insertion(into: "circuit_statistics", columnCount: 11, database: database)
    for circuit in record.circuits {
      let key = (circuit.id.index, circuit.direction.databaseName)
      try circuits.insert([
        run, key.0, key.1, circuit.name, circuit.site, circuit.use.start, circuit.use.end,
        circuit.use.binWidth,
      ])
      for (index, bin) in circuit.use.bins.enumerated() {
        let interval = circuit.use.interval(ofBin: index)
        try uses.insert([
          run, key.0, key.1, index, interval.lowerBound, interval.upperBound, Int64(bin.bytes),
          Int64(bin.capacityBytes), bin.saturatedTime,
        ])
      }
      let figures = circuit.statistics(from: record.measured.lowerBound)
      try statistics.insert([
        run, key.0, key.1, figures.observedTime, figures.bytes, figures.rateMean, figures.ratePercentile95,
        figures.rateMaximum, figures.capacityMean, figures.capacityMaximum, figures.saturatedTime,
      ])
    }
  }
}

extension ResultStore {
  static func circuits(_ database: Database, run: Int64) throws -> [CircuitRecord] {
    try Row.fetchAll(database, sql: "SELECT * FROM circuits WHERE run = ?", arguments: [run]).map { row in
      let name: String = row["direction"]
      guard let direction = Link.Direction(databaseName: name) else {
        throw DamagedResults(what: "a circuit has an unknown direction")
      }
      let circuit: Int = row["circuit"]
      let bins = try Row.fetchAll(
        database,
        sql: "SELECT * FROM circuit_use WHERE run = ? AND circuit = ? AND direction = ? ORDER BY bin",
        arguments: [run, circuit, name]
      ).map {
        LinkUse.Bin(
          bytes: UInt64($0["carried_bytes"] as Int64), capacityBytes: UInt64($0["capacity_bytes"] as Int64),
          saturatedTime: $0["saturated_ns"])
      }
      return CircuitRecord(
        id: CircuitID(circuit), direction: direction, name: row["name"], site: row["site"],
        use: LinkUse(start: row["from_ns"], end: row["to_ns"], binWidth: row["bin_width_ns"], bins: bins))
    }.sorted { ($0.id.index, $0.direction.rawValue) < ($1.id.index, $1.direction.rawValue) }
  }
}
