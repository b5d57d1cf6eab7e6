import GRDB
package import Inventory
package import Measurements
package import Quantities

extension ResultStore {
  /// What identifies a run.
  package struct Run: Sendable, Hashable {
    /// The number that the other questions take.
    package let run: Int64
    package let scenarioName: String
    package let scenarioTitle: String?
    package let scenarioHash: String
    package let seed: UInt64
    package let version: String
    package let duration: TimeSpan
    package let warmUp: TimeSpan
    package let digest: UInt64
    package let eventCount: UInt64
    package let mismatchedInstanceCount: Int
    package let vcenterEventSizePerSync: ByteCount
  }

  /// The runs in the order they were written.
  package func runs() throws(ResultStoreError) -> [Run] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM runs ORDER BY run").map { try Self.run($0) }
    }
  }

  /// The whole record of a run.
  package func record(ofRun run: Int64) throws(ResultStoreError) -> RunRecord {
    try requireRun(run)
    return try read { database in
      guard let row = try Row.fetchOne(database, sql: "SELECT * FROM runs WHERE run = ?", arguments: [run])
      else { throw DamagedResults(what: "run \(run) vanished") }
      let head = try Self.run(row)
      var record = RunRecord(
        scenarioName: head.scenarioName, scenarioTitle: head.scenarioTitle, scenarioHash: head.scenarioHash,
        seed: head.seed,
        version: head.version, duration: head.duration, warmUp: head.warmUp, digest: head.digest,
        eventCount: head.eventCount, mismatchedInstanceCount: head.mismatchedInstanceCount,
        vcenterEventSizePerSync: head.vcenterEventSizePerSync,
        vms: try Self.vms(database, run: run), links: try Self.links(database, run: run),
        circuits: try Self.circuits(database, run: run),
        datastores: try Self.datastores(database, run: run),
        cycles: try Self.cycles(database, run: run, vm: nil), faults: try Self.faults(database, run: run),
        events: try Self.events(database, run: run),
        siteLosses: try Self.siteLosses(database, run: run), planRuns: try Self.planRuns(database, run: run))
      record.staleCopies = try Self.staleCopies(database, run: run)
      record.expectations = try Self.expectations(database, run: run)
      return record
    }
  }

  /// The summary of a run, derived anew from its record.
  package func summary(ofRun run: Int64) throws(ResultStoreError) -> RunSummary {
    RunSummary(try record(ofRun: run))
  }

  /// The cycles of a run, or those of one machine, in the order of the record.
  package func cycles(ofRun run: Int64, vm: VirtualMachineID? = nil) throws(ResultStoreError) -> [CycleRecord]
  {
    try requireRun(run)
    return try read { try Self.cycles($0, run: run, vm: vm) }
  }

  /// The violations of a run, as they were written.
  package func violations(ofRun run: Int64) throws(ResultStoreError) -> [ViolationRecord] {
    try requireRun(run)
    return try read { database in
      let faults = try Self.faults(database, run: run)
      return try Row.fetchAll(
        database, sql: "SELECT * FROM violations WHERE run = ? ORDER BY violation", arguments: [run]
      ).map { row in
        func related(_ relation: String) throws -> [FaultRecord] {
          try Int.fetchAll(
            database,
            sql: """
              SELECT fault FROM violation_faults WHERE run = ? AND violation = ? AND relation = ? ORDER BY fault
              """,
            arguments: [run, row["violation"] as Int, relation]
          ).map { faults[$0] }
        }
        return ViolationRecord(
          vm: VirtualMachineID(row["vm"]), from: row["from_ns"], to: row["to_ns"], isOpen: row["is_open"],
          lagMaximum: row["lag_maximum_ns"], faultsDuring: try related("during"),
          faultsBefore: try related("before"))
      }
    }
  }

  private func requireRun(_ run: Int64) throws(ResultStoreError) {
    let exists = try read { database in
      try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM runs WHERE run = ?)", arguments: [run])
    }
    guard exists == true else { throw .noSuchRun(path: path, run: run) }
  }

  private func read<Value>(_ body: (Database) throws -> Value) throws(ResultStoreError) -> Value {
    do {
      return try queue.read(body)
    } catch let error as DamagedResults {
      throw .cannotRead(path: path, reason: error.what)
    } catch {
      throw .cannotRead(path: path, reason: Self.reason(of: error))
    }
  }

  private static func run(_ row: Row) throws -> Run {
    guard let digest = UInt64(row["digest"] as String, radix: 16) else {
      throw DamagedResults(what: "the digest of a run is not hexadecimal")
    }
    return Run(
      run: row["run"], scenarioName: row["scenario_name"], scenarioTitle: row["scenario_title"],
      scenarioHash: row["scenario_hash"],
      seed: UInt64(bitPattern: row["seed"] as Int64), version: row["version"], duration: row["duration_ns"],
      warmUp: row["warm_up_ns"], digest: digest, eventCount: UInt64(row["event_count"] as Int64),
      mismatchedInstanceCount: row["mismatched_instance_count"],
      vcenterEventSizePerSync: row["vcenter_event_bytes_per_sync"])
  }

  private static func vms(_ database: Database, run: Int64) throws -> [VMRecord] {
    let disks = Dictionary(
      grouping: try Row.fetchAll(
        database, sql: "SELECT * FROM disks WHERE run = ? ORDER BY vm, disk", arguments: [run])
    ) { $0["vm"] as Int }
    var completions: [Int: [LagTrack.Completion]] = [:]
    let instances = try Row.fetchCursor(
      database,
      sql: "SELECT vm, point_in_time_ns, completed_ns FROM instances WHERE run = ? ORDER BY vm, instance",
      arguments: [run])
    while let row = try instances.next() {
      completions[row[0], default: []].append(LagTrack.Completion(pointInTime: row[1], at: row[2]))
    }
    let gaps = Dictionary(
      grouping: try Row.fetchAll(
        database, sql: "SELECT * FROM replication_gaps WHERE run = ? ORDER BY vm, gap", arguments: [run])
    ) { $0["vm"] as Int }
    let query = "SELECT * FROM vms JOIN replication_info USING (run, vm) WHERE run = ? ORDER BY vm"
    return try Row.fetchAll(database, sql: query, arguments: [run])
      .map { row in
        let vm: Int = row["vm"]
        let lag = LagTrack(
          rpo: row["rpo_ns"], start: row["protected_from_ns"], end: row["protected_to_ns"],
          completions: completions[vm] ?? [],
          gaps: (gaps[vm] ?? []).map { LagTrack.Gap(from: $0["from_ns"], to: $0["to_ns"]) })
        return VMRecord(
          id: VirtualMachineID(vm), name: row["name"],
          disks: (disks[vm] ?? []).map { VMRecord.Disk(name: $0["name"], size: $0["size_bytes"]) },
          finalStatus: row["final_status"], lag: lag, writtenSize: row["written_bytes"],
          verifiedInstanceCount: row["verified_instance_count"], replication: replicationInfo(row),
          guestDelay: GuestDelayRecord(
            count: row["guest_delay_count"], total: row["guest_delay_ns"],
            longest: row["guest_delay_maximum_ns"]),
          replicaPeak: row["replica_peak_bytes"], pointInTimeCount: row["point_in_time_count"],
          availability: AvailabilityRecord(
            restartCount: row["restart_count"], resetCount: row["reset_count"],
            timeWithoutHost: row["without_host_ns"]))
      }
  }

  private static func replicationInfo(_ row: Row) -> ReplicationInfoRecord {
    var info = ReplicationInfoRecord(rpoMinutes: row["rpo_minutes"])
    info.lastSyncMilliseconds = row["last_sync_time_ms"]
    info.lastSyncSeconds = row["last_sync_duration_s"]
    info.lastSyncSize = row["last_sync_size_bytes"]
    info.violationMinutes = row["current_rpo_violation_minutes"]
    if let percent: Int = row["sync_progress_percent"] {
      info.progress = ReplicationInfoRecord.Progress(
        percent: percent, checksummed: row["checksum_current_bytes"],
        checksumTotal: row["checksum_total_bytes"], transferred: row["transferred_current_bytes"],
        transferTotal: row["transferred_total_bytes"])
    }
    if row["mpit_enabled"] {
      info.pointsInTime = ReplicationInfoRecord.PointsInTime(
        instancesPerDay: row["mpit_instances"], days: row["mpit_days"])
    }
    info.isQuiesced = row["quiescing_enabled"]
    info.isCompressed = row["network_compression_enabled"]
    info.isEncrypted = row["encryption_enabled"]
    info.isEnhanced = row["enhanced_replication"]
    info.hostState = row["host_state"]
    info.groupState = row["group_state"]
    return info
  }

  private static func cycles(
    _ database: Database, run: Int64, vm: VirtualMachineID?
  ) throws -> [CycleRecord] {
    // Columns are taken by their position: with hundreds of thousands of rows, finding them by name costs more than
    // reading them.
    let columns = """
      vm, sequence, kind, outcome, abort_reason, started_ns, ended_ns, payload_bytes, wire_bytes, checksummed_bytes,
      preserved_extent_count, configuration_bytes, demand_log_peak_bytes, consistency, vcenter_start_event,
      vcenter_end_event
      """
    let rows =
      if let vm {
        try Row.fetchCursor(
          database, sql: "SELECT \(columns) FROM cycles WHERE run = ? AND vm = ? ORDER BY cycle",
          arguments: [run, vm.index])
      } else {
        try Row.fetchCursor(
          database, sql: "SELECT \(columns) FROM cycles WHERE run = ? ORDER BY cycle", arguments: [run])
      }
    var cycles: [CycleRecord] = []
    while let row = try rows.next() {
      guard let kind = CycleRecord.Kind(rawValue: row[2]) else {
        throw DamagedResults(what: "a cycle has an unknown kind")
      }
      guard let consistency = CycleRecord.Consistency(rawValue: row[13]) else {
        throw DamagedResults(what: "a cycle has an unknown consistency")
      }
      let outcome: CycleRecord.Outcome =
        switch row[3] as String {
        case "completed": .completed
        case "aborted": .aborted(reason: row[4])
        case "inFlight": .inFlight
        default: throw DamagedResults(what: "a cycle has an unknown outcome")
        }
      cycles.append(
        CycleRecord(
          vm: VirtualMachineID(row[0]), sequence: row[1], kind: kind, startedAt: row[5], endedAt: row[6],
          outcome: outcome, payloadSize: row[7], wireSize: row[8], checksummedSize: row[9],
          preservedExtentCount: row[10], configurationSize: row[11], demandLogPeak: row[12],
          consistency: consistency, vcenterEvents: CycleRecord.VCenterEvents(start: row[14], end: row[15])))
    }
    return cycles
  }

  private static func faults(_ database: Database, run: Int64) throws -> [FaultRecord] {
    let reached = Dictionary(
      grouping: try Row.fetchAll(
        database, sql: "SELECT * FROM fault_vms WHERE run = ? ORDER BY fault, vm", arguments: [run])
    ) { $0["fault"] as Int }
    return try Row.fetchAll(
      database, sql: "SELECT * FROM faults WHERE run = ? ORDER BY fault", arguments: [run]
    ).map { row in
      let machines = (reached[row["fault"]] ?? []).map { VirtualMachineID($0["vm"] as Int) }
      return FaultRecord(
        name: row["name"], kind: row["kind"], subject: row["subject"], from: row["from_ns"], to: row["to_ns"],
        reach: row["reaches_all"] ? nil : machines)
    }
  }

  private static func events(_ database: Database, run: Int64) throws -> [EventRecord] {
    try Row.fetchAll(database, sql: "SELECT * FROM events WHERE run = ? ORDER BY event", arguments: [run]).map
    {
      EventRecord(
        at: $0["at_ns"], kind: $0["kind"], subject: $0["subject"], detail: $0["detail"],
        vcenterEvent: $0["vcenter_event"])
    }
  }

  private static func links(_ database: Database, run: Int64) throws -> [LinkRecord] {
    try Row.fetchAll(
      database, sql: "SELECT * FROM links JOIN link_traffic USING (run, link, direction) WHERE run = ?",
      arguments: [run]
    ).map { row in
      let (id, direction, use) = try use(of: "link", row, database, run: run)
      return LinkRecord(
        id: LinkID(id), direction: direction, name: row["name"], source: row["source"],
        target: row["target"],
        use: use,
        backgroundSize: row["background_bytes"], damagedFrameCount: row["damaged_frame_count"],
        wastedSize: row["wasted_bytes"])
    }.sorted { ($0.id.index, $0.direction.rawValue) < ($1.id.index, $1.direction.rawValue) }
  }
}

/// A value that the schema's checks should have kept out.
struct DamagedResults: Error {
  let what: String
}
