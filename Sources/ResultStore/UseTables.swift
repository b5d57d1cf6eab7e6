import GRDB
import Inventory
import Measurements

extension ResultSchema {
  /// The tables of what each direction of a link or circuit carried: by bins, and summed up over the measured time.
  ///
  /// - Parameter thing: `link` or `circuit`: the column of its number; its table is in the plural.
  static func useTables(of thing: String) -> String {
    """
    CREATE TABLE \(thing)_use (
      run INTEGER NOT NULL, \(thing) INTEGER NOT NULL, direction TEXT NOT NULL, bin INTEGER NOT NULL,
      from_ns INTEGER NOT NULL,
      to_ns INTEGER NOT NULL,
      carried_bytes INTEGER NOT NULL,
      capacity_bytes INTEGER NOT NULL,
      saturated_ns INTEGER NOT NULL,
      PRIMARY KEY (run, \(thing), direction, bin),
      FOREIGN KEY (run, \(thing), direction) REFERENCES \(thing)s
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE \(thing)_statistics (
      run INTEGER NOT NULL, \(thing) INTEGER NOT NULL, direction TEXT NOT NULL,
      observed_ns INTEGER NOT NULL,
      measured_bytes INTEGER NOT NULL, -- carried after the warm-up
      mean_bps INTEGER NOT NULL,
      p95_bps INTEGER NOT NULL,
      maximum_bps INTEGER NOT NULL,
      capacity_mean_bps INTEGER NOT NULL,
      capacity_maximum_bps INTEGER NOT NULL,
      saturated_ns INTEGER NOT NULL,
      PRIMARY KEY (run, \(thing), direction),
      FOREIGN KEY (run, \(thing), direction) REFERENCES \(thing)s
    ) STRICT, WITHOUT ROWID;

    """
  }
}

/// Fills the tables of ``ResultSchema/useTables(of:)``.
struct UseWriter {
  private let run: Int64
  private let bins: Insertion
  private let statistics: Insertion

  init(of thing: String, run: Int64, _ database: Database) throws {
    self.run = run
    bins = try Insertion(into: "\(thing)_use", columnCount: 9, database: database)
    statistics = try Insertion(into: "\(thing)_statistics", columnCount: 11, database: database)
  }

  func write(_ use: LinkUse, _ figures: LinkStatistics, of index: Int, _ direction: Link.Direction) throws {
    for (number, bin) in use.bins.enumerated() {
      let interval = use.interval(ofBin: number)
      try bins.insert([
        run, index, direction.databaseName, number, interval.lowerBound, interval.upperBound,
        Int64(bin.bytes), Int64(bin.capacityBytes), bin.saturatedTime,
      ])
    }
    try statistics.insert([
      run, index, direction.databaseName, figures.observedTime, figures.bytes, figures.rateMean,
      figures.ratePercentile95, figures.rateMaximum, figures.capacityMean, figures.capacityMaximum,
      figures.saturatedTime,
    ])
  }
}

extension ResultStore {
  /// Number, direction and use of a row of `links` or `circuits`.
  static func use(
    of thing: String, _ row: Row, _ database: Database, run: Int64
  ) throws -> (index: Int, direction: Link.Direction, use: LinkUse) {
    let name: String = row["direction"]
    guard let direction = Link.Direction(databaseName: name) else {
      throw DamagedResults(what: "a \(thing) has an unknown direction")
    }
    let index: Int = row[thing]
    let bins = try Row.fetchAll(
      database,
      sql: "SELECT * FROM \(thing)_use WHERE run = ? AND \(thing) = ? AND direction = ? ORDER BY bin",
      arguments: [run, index, name]
    ).map {
      LinkUse.Bin(
        bytes: UInt64($0["carried_bytes"] as Int64), capacityBytes: UInt64($0["capacity_bytes"] as Int64),
        saturatedTime: $0["saturated_ns"])
    }
    return (
      index, direction,
      LinkUse(start: row["from_ns"], end: row["to_ns"], binWidth: row["bin_width_ns"], bins: bins)
    )
  }
}
