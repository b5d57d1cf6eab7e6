import GRDB
import Inventory
import Measurements
import Quantities

extension ResultSchema {
  static let losses = """
    -- Of each failure of sites what a recovery from elsewhere would have lost, taken at its instant.
    CREATE TABLE site_losses (
      run INTEGER NOT NULL REFERENCES runs, site_loss INTEGER NOT NULL,
      fault TEXT NOT NULL,
      sites TEXT NOT NULL,
      at_ns INTEGER NOT NULL,
      PRIMARY KEY (run, site_loss)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE site_loss_vms (
      run INTEGER NOT NULL, site_loss INTEGER NOT NULL, vm INTEGER NOT NULL,
      loss_ns INTEGER, -- null where no instance is left
      PRIMARY KEY (run, site_loss, vm),
      FOREIGN KEY (run, site_loss) REFERENCES site_losses,
      FOREIGN KEY (run, vm) REFERENCES vms
    ) STRICT, WITHOUT ROWID;

    -- The times in which copies of machines that a recovery left behind were on: what they wrote is given up.
    CREATE TABLE stale_copies (
      run INTEGER NOT NULL REFERENCES runs, stale_copy INTEGER NOT NULL,
      name TEXT NOT NULL,
      site TEXT NOT NULL,
      from_ns INTEGER NOT NULL,
      to_ns INTEGER NOT NULL,
      is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)), -- whether it was still on at the end
      written_bytes INTEGER NOT NULL,
      PRIMARY KEY (run, stale_copy)
    ) STRICT, WITHOUT ROWID;


    """
}

extension ResultWriter {
  func writeLosses(_ record: RunRecord, run: Int64) throws {
    let losses = try Insertion(into: "site_losses", columnCount: 5, database: database)
    let machines = try Insertion(into: "site_loss_vms", columnCount: 4, database: database)
    for (index, loss) in record.siteLosses.enumerated() {
      try losses.insert([run, index, loss.fault, loss.sites, loss.at])
      for machine in loss.machines { try machines.insert([run, index, machine.vm.index, machine.loss]) }
    }
    let copies = try Insertion(into: "stale_copies", columnCount: 8, database: database)
    for (index, copy) in record.staleCopies.enumerated() {
      try copies.insert([
        run, index, copy.name, copy.site, copy.from, copy.to, copy.isOpen, copy.writtenSize,
      ])
    }
  }
}

extension ResultStore {
  static func siteLosses(_ database: Database, run: Int64) throws -> [SiteLossRecord] {
    try Row.fetchAll(
      database, sql: "SELECT * FROM site_losses WHERE run = ? ORDER BY site_loss", arguments: [run]
    ).map { row in
      let number: Int = row["site_loss"]
      let machines = try Row.fetchAll(
        database, sql: "SELECT * FROM site_loss_vms WHERE run = ? AND site_loss = ? ORDER BY vm",
        arguments: [run, number]
      ).map { SiteLossRecord.Machine(vm: VirtualMachineID($0["vm"] as Int), loss: $0["loss_ns"]) }
      return SiteLossRecord(fault: row["fault"], sites: row["sites"], at: row["at_ns"], machines: machines)
    }
  }
  static func staleCopies(_ database: Database, run: Int64) throws -> [StaleCopyRecord] {
    try Row.fetchAll(
      database, sql: "SELECT * FROM stale_copies WHERE run = ? ORDER BY stale_copy", arguments: [run]
    ).map {
      StaleCopyRecord(
        name: $0["name"], site: $0["site"], from: $0["from_ns"], to: $0["to_ns"], isOpen: $0["is_open"],
        writtenSize: $0["written_bytes"])
    }
  }
}
