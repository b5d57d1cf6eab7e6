import GRDB
import Inventory
import Measurements

extension ResultSchema {
  static let circuits = """
    -- Of each circuit what leaves its site ('forward') and what arrives there ('backward'), of all links over it, for replication
    -- and for others.
    CREATE TABLE circuits (
      run INTEGER NOT NULL REFERENCES runs, circuit INTEGER NOT NULL,
      direction TEXT NOT NULL CHECK (direction IN ('forward', 'backward')),
      name TEXT NOT NULL,
      site TEXT NOT NULL,
      from_ns INTEGER NOT NULL,
      to_ns INTEGER NOT NULL,
      bin_width_ns INTEGER NOT NULL,
      PRIMARY KEY (run, circuit, direction)
    ) STRICT, WITHOUT ROWID;

    \(useTables(of: "circuit"))

    """
}

extension ResultWriter {
  func writeCircuits(_ record: RunRecord, run: Int64) throws {
    let circuits = try Insertion(into: "circuits", columnCount: 8, database: database)
    let uses = try UseWriter(of: "circuit", run: run, database)
    for circuit in record.circuits {
      try circuits.insert([
        run, circuit.id.index, circuit.direction.databaseName, circuit.name, circuit.site, circuit.use.start,
        circuit.use.end, circuit.use.binWidth,
      ])
      try uses.write(
        circuit.use, circuit.statistics(from: record.measured.lowerBound), of: circuit.id.index,
        circuit.direction)
    }
  }
}

extension ResultStore {
  static func circuits(_ database: Database, run: Int64) throws -> [CircuitRecord] {
    try Row.fetchAll(database, sql: "SELECT * FROM circuits WHERE run = ?", arguments: [run]).map { row in
      let (id, direction, use) = try use(of: "circuit", row, database, run: run)
      return CircuitRecord(
        id: CircuitID(id), direction: direction, name: row["name"], site: row["site"], use: use)
    }.sorted { ($0.id.index, $0.direction.rawValue) < ($1.id.index, $1.direction.rawValue) }
  }
}
