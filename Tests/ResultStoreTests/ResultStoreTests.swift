import Foundation
import GRDB
import Inventory
import Measurements
import Quantities
import ResultStore
import SampleRuns
import Testing

/// A folder that is removed after the test.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("results-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  var contents: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

@Suite struct ResultStoreTests {
  @Test func `A record comes back as it was written`() throws {
    let folder = try TemporaryFolder()
    let records = [sampleRun(), sampleRecovery(seed: .max)]

    try ResultStore.write(records, to: folder.file("results.db"))

    let store = try ResultStore.open(folder.file("results.db"))
    #expect(try store.runs().map(\.run) == [0, 1])
    #expect(try store.runs().map(\.seed) == [42, .max])
    #expect(try store.runs().map(\.digest) == records.map(\.digest))
    #expect(try store.record(ofRun: 0) == records[0])
    #expect(try store.record(ofRun: 1) == records[1])
    #expect(try folder.contents == ["results.db"])
  }

  @Test func `What circuits carried comes back, both ways`() throws {
    let folder = try TemporaryFolder()
    var meter = LinkMeter(binWidth: .minutes(1), capacity: .megabitsPerSecond(8))
    // A minute at 8 Mbit/s is 60 MB: full; the next one is half of it.
    meter.read(cumulativeBytes: 60_000_000, at: minute(1))
    let out = meter.end(cumulativeBytes: 90_000_000, at: minute(2))
    let back = LinkMeter(binWidth: .minutes(1), capacity: .zero).end(cumulativeBytes: 0, at: minute(2))
    let record = RunRecord(
      scenarioName: "circuits", scenarioHash: "0", seed: 1, version: "1", duration: .minutes(2),
      warmUp: .zero,
      digest: 0, eventCount: 0, vms: [], links: [],
      circuits: [
        CircuitRecord(id: CircuitID(0), direction: .forward, name: "er", site: "madrid", use: out),
        CircuitRecord(id: CircuitID(0), direction: .backward, name: "er", site: "madrid", use: back),
      ], cycles: [], faults: [], events: [])

    try ResultStore.write([record], to: folder.file("results.db"))

    #expect(try ResultStore.open(folder.file("results.db")).record(ofRun: 0) == record)
    #expect(record.circuits.map(\.way) == ["out of madrid", "into madrid"])
    #expect(out.statistics(from: .zero).saturatedTime == .minutes(1))
  }

  @Test func `What sites would have cost comes back, machines without an instance included`() throws {
    let folder = try TemporaryFolder()
    let run = sampleRun()
    let machines: [SiteLossRecord.Machine] = [
      .init(vm: run.vms[0].id, loss: .minutes(7)), .init(vm: run.vms[1].id, loss: nil),
    ]
    var record = RunRecord(
      scenarioName: "loss", scenarioHash: "0", seed: 1, version: "1", duration: run.duration, warmUp: .zero,
      digest: 0, eventCount: 0, vms: run.vms, links: [], cycles: [], faults: [], events: [],
      siteLosses: [
        SiteLossRecord(fault: "fire", sites: "paris", at: minute(30), machines: machines),
        SiteLossRecord(fault: "flood", sites: "lyon", at: minute(40), machines: []),
      ])
    record.staleCopies = [true, false].map {
      StaleCopyRecord(
        name: "db01", site: "paris", from: minute(31), to: minute(50), isOpen: $0, writtenSize: .megabytes(7))
    }

    try ResultStore.write([record], to: folder.file("results.db"))

    #expect(try ResultStore.open(folder.file("results.db")).record(ofRun: 0) == record)
    #expect(record.siteLosses.map(\.worst?.loss) == [.minutes(7), nil])
  }

  @Test func `Gaps of a replication, the reach of faults and shares of vSAN come back`() throws {
    let folder = try TemporaryFolder()
    var lag = LagTrack(rpo: .minutes(15))
    lag.instanceCompleted(pointInTime: minute(0), at: minute(1))
    lag.interrupted(at: minute(10))
    lag.resumed(at: minute(20))
    lag.instanceCompleted(pointInTime: minute(21), at: minute(25))
    lag.interrupted(at: minute(40))
    lag.end(at: minute(60))
    let vms = [2, 5].map { index in
      VMRecord(
        id: VirtualMachineID(index), name: "vm\(index)", disks: [], finalStatus: "RECOVERED", lag: lag,
        writtenSize: .zero, verifiedInstanceCount: 2)
    }
    func fault(_ name: String, _ reach: [Int]?) -> FaultRecord {
      FaultRecord(
        name: name, kind: "host.fail", subject: "esx", from: minute(15), to: minute(25),
        reach: reach.map { $0.map { VirtualMachineID($0) } })
    }
    let record = RunRecord(
      scenarioName: "s", scenarioHash: "", seed: 1, version: "0.1.0", duration: .hours(1), warmUp: .zero,
      digest: 0, eventCount: 1, vms: vms, links: [],
      datastores: [
        DatastoreRecord(
          id: DatastoreID(0), name: "vsan", site: "lyon", capacity: .gigabytes(40), usedSize: .gigabytes(20),
          usedPeak: .gigabytes(20), peakShare: .percent(66))
      ], cycles: [], faults: [fault("all", nil), fault("one", [5]), fault("none", [])], events: [])

    try ResultStore.write([record], to: folder.file("results.db"))

    let store = try ResultStore.open(folder.file("results.db"))
    #expect(try store.record(ofRun: 0) == record)
    #expect(try store.summary(ofRun: 0).notReplicatedTime == .minutes(2 * 30))
  }

  @Test func `Violations and cycles can be asked for alone`() throws {
    let folder = try TemporaryFolder()
    let record = sampleRun()
    try ResultStore.write([record], to: folder.file("results.db"))
    let store = try ResultStore.open(folder.file("results.db"))

    let violations = try store.violations(ofRun: 0)
    #expect(violations == RunSummary(record).violations)
    #expect(violations.map(\.from) == [minute(25)])
    #expect(violations.first?.faultsDuring.map(\.name) == ["outage"])
    #expect(violations.first?.faultsBefore.map(\.name) == ["blip"])
    #expect(try store.cycles(ofRun: 0) == record.cycles)
    #expect(try store.cycles(ofRun: 0, vm: VirtualMachineID(7)) == [record.cycles[5]])
    #expect(try store.summary(ofRun: 0) == RunSummary(record))
    #expect(throws: ResultStoreError.noSuchRun(path: folder.file("results.db"), run: 1)) {
      try store.record(ofRun: 1)
    }
  }

  @Test func `The same record gives the same bytes`() throws {
    let folder = try TemporaryFolder()
    try ResultStore.write([sampleRun()], to: folder.file("one.db"))
    try ResultStore.write([sampleRun()], to: folder.file("two.db"))

    #expect(FileManager.default.contentsEqual(atPath: folder.file("one.db"), andPath: folder.file("two.db")))
  }

  @Test func `Views answer the common questions in base units`() throws {
    let folder = try TemporaryFolder()
    try ResultStore.write([sampleRun()], to: folder.file("results.db"))
    let queue = try DatabaseQueue(path: folder.file("results.db"))

    try queue.read { database in
      let machine = try #require(
        try Row.fetchOne(database, sql: "SELECT * FROM v_vm_summary WHERE name = 'db01'"))
      #expect(machine["size_bytes"] == 340 << 30)
      #expect(machine["violation_ns"] == 15 * 60_000_000_000)
      #expect(machine["lag_maximum_ns"] == 30 * 60_000_000_000)
      // 55 minutes measured, 15 of them too late.
      #expect(machine["compliance_share"] as Double == 40.0 / 55.0)
      #expect(machine["completed_cycle_count"] == 4)
      #expect(machine["aborted_cycle_count"] == 1)
      #expect(machine["payload_bytes"] == 1_500_000_000)
      #expect(machine["configuration_bytes"] == 5 * 12_143)
      #expect(machine["demand_log_peak_bytes"] == 28 * 8_704)
      #expect(
        machine["guest_delay_maximum_ns"] == 9_000_000 && machine["replica_peak_bytes"] == 366_000_000_000)
      let other = try #require(
        try Row.fetchOne(database, sql: "SELECT * FROM v_vm_summary WHERE name = 'web01'"))
      #expect(other["lag_maximum_ns"] == nil)
      #expect(other["compliance_share"] == 0.0)
      #expect(other["completed_cycle_count"] == 0)
      #expect(other["full_sync_count"] == 1)

      let links = try Row.fetchAll(database, sql: "SELECT * FROM v_link_summary ORDER BY source DESC")
      // Measured are the bins of minutes 10 to 55: 300 MB in 45 minutes.
      #expect(links.map { $0["measured_bytes"] as Int } == [300_000_000, 0])
      #expect(links.map { $0["carried_bytes"] as Int } == [900_000_000, 0])
      #expect(links[0]["mean_bps"] as Int == 888_888)  // 2,400 Mbit in 2,700 s.

      let violation = try #require(try Row.fetchOne(database, sql: "SELECT * FROM v_violations"))
      #expect(violation["faults_during"] == "outage")
      #expect(violation["faults_before"] == "blip")
      #expect(violation["duration_ns"] == 15 * 60_000_000_000)
    }
  }

  @Test func `Events of vCenter can be counted and weighed in plain SQL`() throws {
    let folder = try TemporaryFolder()
    let record = sampleRun()
    try ResultStore.write([record], to: folder.file("results.db"))
    let queue = try DatabaseQueue(path: folder.file("results.db"))

    try queue.read { database in
      let counts = try Row.fetchAll(
        database,
        sql: "SELECT vcenter_event, count(*), sum(bytes) FROM v_vcenter_events GROUP BY 1 ORDER BY 1")
      #expect(counts.map { $0[0] as String } == record.vcenterEventCounts.map(\.name))
      #expect(counts.map { $0[1] as Int } == [1, 1, 5, 3])
      // Each of the four completed deltas says what it sent.
      #expect(counts.map { $0[2] as Int? } == [200_000_000, nil, nil, 600_000_000])
      let size = try #require(try Row.fetchOne(database, sql: "SELECT * FROM v_vcenter_event_size"))
      #expect(size["sync_count"] == 4 && size["vcenter_event_bytes"] == 4 * 3_800)
    }
  }

  @Test func `Fields of the contract, datastores and cycles have their columns`() throws {
    let folder = try TemporaryFolder()
    try ResultStore.write([sampleRun()], to: folder.file("results.db"))
    let queue = try DatabaseQueue(path: folder.file("results.db"))

    try queue.read { database in
      let infos = try Row.fetchAll(database, sql: "SELECT * FROM replication_info ORDER BY vm")
      #expect(infos[0]["last_sync_time_ms"] == 1_740_962_700_000)
      #expect(infos[0]["last_sync_duration_s"] == 300 && infos[0]["last_sync_size_bytes"] == 200_000_000)
      #expect(infos[0]["quiescing_enabled"] == true && infos[0]["network_compression_enabled"] == false)
      #expect(infos[0]["encryption_enabled"] == true && infos[0]["enhanced_replication"] == false)
      #expect(infos[0]["mpit_instances"] == 24 && infos[0]["mpit_days"] == 1)
      #expect(infos[1]["sync_progress_percent"] == 25 && infos[1]["checksum_current_bytes"] == 12_000_000_000)
      #expect(infos[1]["current_rpo_violation_minutes"] == 3 && infos[1]["rpo_minutes"] == 240)
      let datastores = try Row.fetchAll(database, sql: "SELECT * FROM datastores ORDER BY datastore")
      #expect(datastores[0]["capacity_bytes"] == nil && datastores[1]["site"] == "lyon")
      #expect(datastores[1]["used_bytes"] == 365_000_000_000)
      #expect(datastores[1]["used_peak_bytes"] == 375_000_000_000)
      let consistencies = try String.fetchAll(
        database, sql: "SELECT DISTINCT consistency FROM cycles ORDER BY 1")
      #expect(consistencies == ["application", "crash", "fileSystem"])
      #expect(try String.fetchOne(database, sql: "SELECT scenario_title FROM runs") != nil)
    }
  }

  @Test func `Runs of plans, failures and vSAN can be asked for in plain SQL`() throws {
    let folder = try TemporaryFolder()
    try ResultStore.write([sampleRecovery()], to: folder.file("results.db"))
    let queue = try DatabaseQueue(path: folder.file("results.db"))

    try queue.read { database in
      let runs = try Row.fetchAll(database, sql: "SELECT * FROM v_plan_summary ORDER BY plan_run")
      #expect(runs.map { $0["workflow"] as String } == ["test", "disaster-recovery"])
      let counts = runs.map { row -> [Int] in
        ["vm_count", "ready_vm_count", "error_count", "warning_count"].map { row[$0] }
      }
      #expect(counts == [[2, 2, 0, 0], [2, 1, 2, 1]])
      let spans: [Int?] = [runs[1]["recovery_time_ns"], runs[1]["data_loss_maximum_ns"]]
      #expect(spans == [480_000_000_000, 600_000_000_000])
      let steps = try Row.fetchAll(
        database,
        sql: """
          SELECT step_number, text FROM plan_findings JOIN plan_steps USING (run, plan_run, step) ORDER BY step
          """)
      #expect(steps.map { $0["step_number"] as String } == ["1", "3.2"])
      let path = try Int.fetchOne(
        database, sql: "SELECT sum(duration_ns) FROM plan_critical_path WHERE plan_run = 1")
      #expect(path == 480_000_000_000)
      let machine = try #require(
        try Row.fetchOne(
          database,
          sql: "SELECT restart_count, reset_count, without_host_ns FROM v_vm_summary WHERE name = 'db01'"))
      let failures: [Int] = [machine[0], machine[1], machine[2]]
      #expect(failures == [2, 1, 200_000_000_000])
      let vsan = try #require(
        try Row.fetchOne(
          database,
          sql:
            "SELECT datastore, rebuilt_count, resynced_bytes, reduced_object_peak, reduced_ns FROM vsan_datastores"
        ))
      let repairs: [Int] = [vsan[0], vsan[1], vsan[2], vsan[3], vsan[4]]
      #expect(repairs == [1, 12, 34_000_000_000, 7, 5_400_000_000_000])
    }
  }

  @Test func `A lag segment can be asked for in plain SQL`() throws {
    let folder = try TemporaryFolder()
    try ResultStore.write([sampleRun()], to: folder.file("results.db"))
    let queue = try DatabaseQueue(path: folder.file("results.db"))

    let highest = try queue.read {
      try Int.fetchOne(
        $0, sql: "SELECT max(lag_at_start_ns + to_ns - from_ns) FROM lag_segments WHERE vm = 1")
    }

    #expect(highest == 30 * 60_000_000_000)
  }

  @Test(arguments: [
    "UPDATE vms SET rpo_ns = 'fifteen minutes'",
    "UPDATE cycles SET payload_bytes = 1.5",
    "UPDATE runs SET scenario_name = NULL",
    "UPDATE cycles SET outcome = 'finished'",
    "UPDATE cycles SET abort_reason = 'because' WHERE outcome = 'completed'",
    "UPDATE cycles SET vm = 99",
    "INSERT INTO disks VALUES (0, 99, 0, 'os', 1)",
    "INSERT INTO events VALUES (9, 0, 0, '', '', '', NULL)",
    "UPDATE replication_info SET sync_progress_percent = 101",
    "UPDATE replication_info SET checksum_total_bytes = NULL WHERE vm = 7",
    "UPDATE replication_info SET mpit_days = NULL WHERE vm = 1",
    "UPDATE replication_info SET quiescing_enabled = 2",
    "UPDATE cycles SET consistency = 'good'",
    "UPDATE datastores SET used_peak_bytes = used_bytes - 1",
    "UPDATE datastores SET capacity_bytes = 'large'",
    "DELETE FROM faults",
    "UPDATE plan_runs SET operation_type = 'RECOVER'",
    "UPDATE plan_runs SET result = 'FINE'",
    "UPDATE plan_runs SET ended_ns = started_ns - 1",
    "UPDATE plan_steps SET depth = -1",
    "UPDATE plan_vms SET ip_customization = 'SOMETIMES'",
    "UPDATE plan_vm_cards SET origin = 'GUESSED'",
    "UPDATE plan_vm_cards SET rule = NULL",
    "UPDATE plan_vm_cards SET card = -1",
    "UPDATE plan_findings SET severity = 'note'",
    "UPDATE plan_findings SET step = 99",
    "UPDATE plan_vms SET data_loss_ns = -1",
    "UPDATE expectations SET outcome = 'passed'",
    "UPDATE expectations SET found_kind = 'seconds'",
    "UPDATE expectations SET found = NULL WHERE found_kind = 'ns'",
    "UPDATE expectations SET found = 1 WHERE found_kind = 'word'",
    "INSERT INTO vsan_datastores VALUES (0, 99, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
  ])
  func `The tables refuse what is not a result`(sql: String) throws {
    let folder = try TemporaryFolder()
    try ResultStore.write([sampleRecovery()], to: folder.file("results.db"))
    let queue = try DatabaseQueue(path: folder.file("results.db"))

    let error = #expect(throws: DatabaseError.self) { try queue.write { try $0.execute(sql: sql) } }

    #expect(error?.resultCode == .SQLITE_CONSTRAINT)
  }

  @Test func `Every table is strict`() throws {
    let folder = try TemporaryFolder()
    try ResultStore.write([sampleRun()], to: folder.file("results.db"))
    let queue = try DatabaseQueue(path: folder.file("results.db"))

    let loose = try queue.read {
      try String.fetchAll(
        $0,
        sql: """
          SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict
            AND name NOT LIKE 'sqlite_%'
          """)
    }

    #expect(loose == [])
  }

  @Test func `Old results are replaced, also those with more runs`() throws {
    let folder = try TemporaryFolder()
    try ResultStore.write([sampleRun(seed: 1), sampleRun(seed: 2)], to: folder.file("results.db"))

    try ResultStore.write([sampleRun(seed: 3)], to: folder.file("results.db"))

    #expect(try ResultStore.open(folder.file("results.db")).runs().map(\.seed) == [3])
  }

  @Test func `Something else is never replaced`() throws {
    let folder = try TemporaryFolder()
    let text = folder.file("notes.db")
    try Data("my notes".utf8).write(to: URL(fileURLWithPath: text))
    let foreign = folder.file("foreign.db")
    try DatabaseQueue(path: foreign).write { try $0.execute(sql: "CREATE TABLE t (x INTEGER)") }
    let subfolder = folder.file("folder.db")
    try FileManager.default.createDirectory(atPath: subfolder, withIntermediateDirectories: false)

    for path in [text, foreign, subfolder] {
      #expect(throws: ResultStoreError.notAResultDatabase(path: path)) {
        try ResultStore.write([sampleRun()], to: path)
      }
    }

    #expect(try String(contentsOfFile: text, encoding: .utf8) == "my notes")
    #expect(throws: ResultStoreError.notAResultDatabase(path: foreign)) { try ResultStore.open(foreign) }
    #expect(try folder.contents == ["folder.db", "foreign.db", "notes.db"])
  }

  @Test func `Results that another program writes are not replaced`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("results.db")
    try ResultStore.write([sampleRun()], to: path)
    try Data().write(to: URL(fileURLWithPath: path + "-wal"))

    #expect(throws: ResultStoreError.inUse(path: path, by: "results.db-wal")) {
      try ResultStore.write([sampleRun()], to: path)
    }
  }

  @Test func `A disk without room is named as the cause and leaves the old results`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("results.db")
    try ResultStore.write([sampleRun(seed: 1)], to: path)

    let error = #expect(throws: ResultStoreError.self) {
      try ResultStore.write([sampleRun(seed: 2)], to: path, sizeMaximum: .kibibytes(32))
    }

    #expect(
      error?.description
        == "cannot write results to \(path): the disk is full, or the file would exceed its largest size")
    #expect(try ResultStore.open(path).runs().map(\.seed) == [1])
    #expect(try folder.contents == ["results.db"])
  }

  @Test func `A folder that does not exist is named before anything runs`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("nowhere/results.db")

    let error = #expect(throws: ResultStoreError.self) { try ResultStore.checkReplaceable(path) }

    #expect(
      error?.description
        == "cannot write results to \(path): there is no folder \(folder.file("nowhere"))")
  }

  @Test func `Results of another schema are refused with both versions`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("results.db")
    try ResultStore.write([sampleRun()], to: path)
    try DatabaseQueue(path: path).write { try $0.execute(sql: "PRAGMA user_version = 4") }

    #expect(throws: ResultStoreError.unsupportedVersion(path: path, found: 4, supported: 8)) {
      try ResultStore.open(path)
    }
  }

  @Test func `A file that is not there cannot be read`() throws {
    let folder = try TemporaryFolder()

    #expect(throws: ResultStoreError.cannotRead(path: folder.file("a.db"), reason: "there is no such file")) {
      try ResultStore.open(folder.file("a.db"))
    }
  }
}
