import GRDB
import Inventory
import Measurements
import Quantities

/// Writes records into the tables of an open database.
///
/// Each table's rows go through one prepared statement.
struct ResultWriter {
  let database: Database

  func write(_ record: RunRecord, run: Int64) throws {
    let summary = RunSummary(record)
    try writeRun(record, run: run)
    try writeMachines(record, summary: summary, run: run)
    try writeCycles(record, run: run)
    try writeFaultsAndViolations(record, summary: summary, run: run)
    try writeLinks(record, summary: summary, run: run)
    try writeCircuits(record, run: run)
    try writeDatastores(record, run: run)
    try writeLosses(record, run: run)
    try writePlanRuns(record, run: run)
    try writeExpectations(record, run: run)
    let events = try Insertion(into: "events", columnCount: 7, database: database)
    for (index, event) in record.events.enumerated() {
      try events.insert([
        run, index, event.at, event.kind, event.subject, event.detail, event.vcenterEvent,
      ])
    }
  }

  private func writeRun(_ record: RunRecord, run: Int64) throws {
    try Insertion(into: "runs", columnCount: 12, database: database).insert([
      run, record.scenarioName, record.scenarioTitle, record.scenarioHash, Int64(bitPattern: record.seed),
      record.version,
      record.duration, record.warmUp, record.digestText, Int64(record.eventCount),
      record.mismatchedInstanceCount, record.vcenterEventSizePerSync,
    ])
  }

  private func writeMachines(_ record: RunRecord, summary: RunSummary, run: Int64) throws {
    let vms = try Insertion(into: "vms", columnCount: 17, database: database)
    let infos = try Insertion(into: "replication_info", columnCount: 21, database: database)
    let disks = try Insertion(into: "disks", columnCount: 5, database: database)
    let instances = try Insertion(into: "instances", columnCount: 5, database: database)
    let gaps = try Insertion(into: "replication_gaps", columnCount: 5, database: database)
    let segments = try Insertion(into: "lag_segments", columnCount: 5, database: database)
    let statistics = try Insertion(into: "lag_statistics", columnCount: 13, database: database)
    for (vm, line) in zip(record.vms, summary.vms) {
      let end = vm.lag.end ?? .zero + record.duration
      try vms.insert([
        run, vm.id.index, vm.name, vm.finalStatus, vm.rpo, vm.lag.start, end, vm.writtenSize,
        vm.verifiedInstanceCount, vm.guestDelay.count, vm.guestDelay.total, vm.guestDelay.longest,
        vm.replicaPeak, vm.pointInTimeCount, vm.availability.restartCount, vm.availability.resetCount,
        vm.availability.timeWithoutHost,
      ])
      try infos.insert(Self.infoRow(vm, run: run))
      for (index, disk) in vm.disks.enumerated() {
        try disks.insert([run, vm.id.index, index, disk.name, disk.size])
      }
      for (index, completion) in vm.lag.completions.enumerated() {
        try instances.insert([run, vm.id.index, index, completion.pointInTime, completion.at])
      }
      for (index, gap) in vm.lag.gaps.enumerated() {
        try gaps.insert([run, vm.id.index, index, gap.from, gap.to])
      }
      for segment in vm.lag.segments(in: vm.lag.start..<end) {
        try segments.insert([run, vm.id.index, segment.from, segment.to, segment.lagAtStart])
      }
      let lag = line.lag
      try statistics.insert([
        run, vm.id.index, lag.observedTime, lag.notReplicatedTime, lag.unprotectedTime, lag.violationTime,
        lag.violationCount,
        lag.lagMaximum, lag.lagMaximumAt, lag.lagMean, lag.lagMedian, lag.lagPercentile95,
        lag.lagPercentile99,
      ])
    }
  }

  private static func infoRow(_ vm: VMRecord, run: Int64) -> [(any DatabaseValueConvertible)?] {
    let info = vm.replication
    return [
      run, vm.id.index, info.rpoMinutes, info.lastSyncMilliseconds, info.lastSyncSeconds, info.lastSyncSize,
      info.violationMinutes, info.progress?.percent, info.progress?.checksummed, info.progress?.checksumTotal,
      info.progress?.transferred, info.progress?.transferTotal, info.pointsInTime != nil,
      info.pointsInTime?.instancesPerDay, info.pointsInTime?.days, info.isQuiesced, info.isCompressed,
      info.isEncrypted, info.isEnhanced, info.hostState, info.groupState,
    ]
  }

  private func writeCycles(_ record: RunRecord, run: Int64) throws {
    let cycles = try Insertion(into: "cycles", columnCount: 18, database: database)
    for (index, cycle) in record.cycles.enumerated() {
      let (outcome, reason): (String, String?) =
        switch cycle.outcome {
        case .completed: ("completed", nil)
        case .aborted(let reason): ("aborted", reason)
        case .inFlight: ("inFlight", nil)
        }
      try cycles.insert([
        run, index, cycle.vm.index, cycle.sequence, cycle.kind.rawValue, outcome, reason, cycle.startedAt,
        cycle.endedAt, cycle.payloadSize, cycle.wireSize, cycle.checksummedSize, cycle.preservedExtentCount,
        cycle.configurationSize, cycle.demandLogPeak, cycle.consistency.rawValue, cycle.vcenterEvents.start,
        cycle.vcenterEvents.end,
      ])
    }
  }

  private func writeFaultsAndViolations(_ record: RunRecord, summary: RunSummary, run: Int64) throws {
    let faults = try Insertion(into: "faults", columnCount: 8, database: database)
    let reached = try Insertion(into: "fault_vms", columnCount: 3, database: database)
    var faultIndices: [FaultRecord: Int] = [:]
    for (index, fault) in record.faults.enumerated() {
      faultIndices[fault] = index
      try faults.insert([
        run, index, fault.name, fault.kind, fault.subject, fault.from, fault.to, fault.reach == nil,
      ])
      for machine in fault.reach ?? [] { try reached.insert([run, index, machine.index]) }
    }
    let violations = try Insertion(into: "violations", columnCount: 7, database: database)
    let links = try Insertion(into: "violation_faults", columnCount: 4, database: database)
    for (index, violation) in summary.violations.enumerated() {
      try violations.insert([
        run, index, violation.vm.index, violation.from, violation.to, violation.isOpen, violation.lagMaximum,
      ])
      for (relation, related) in [("during", violation.faultsDuring), ("before", violation.faultsBefore)] {
        // Faults that are equal in everything are one row here.
        let indices = related.compactMap { faultIndices[$0] }
        for fault in Set(indices).sorted() { try links.insert([run, index, relation, fault]) }
      }
    }
  }

  private func writeLinks(_ record: RunRecord, summary: RunSummary, run: Int64) throws {
    let links = try Insertion(into: "links", columnCount: 9, database: database)
    let uses = try UseWriter(of: "link", run: run, database)
    let traffic = try Insertion(into: "link_traffic", columnCount: 6, database: database)
    for (link, line) in zip(record.links, summary.links) {
      let direction = link.direction.databaseName
      try links.insert([
        run, link.id.index, direction, link.name, link.source, link.target, link.use.start, link.use.end,
        link.use.binWidth,
      ])
      try uses.write(link.use, line.statistics, of: link.id.index, link.direction)
      try traffic.insert([
        run, link.id.index, direction, link.backgroundSize, link.damagedFrameCount, link.wastedSize,
      ])
    }
  }
}

/// A prepared statement that fills a table.
struct Insertion {
  private let statement: Statement

  init(into table: String, columnCount: Int, database: Database) throws {
    let places = Array(repeating: "?", count: columnCount).joined(separator: ", ")
    statement = try database.makeStatement(sql: "INSERT INTO \(table) VALUES (\(places))")
  }

  /// The statement checks the number of columns, so the arguments are bound unchecked: this halves the time of a row.
  func insert(_ values: [(any DatabaseValueConvertible)?]) throws {
    statement.setUncheckedArguments(StatementArguments(values))
    try statement.execute()
  }
}
