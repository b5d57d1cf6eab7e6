import Inventory
package import Measurements
package import Quantities

/// Minutes after the start.
package func minute(_ count: Int64) -> Instant { Instant(nanoseconds: count * 60_000_000_000) }

/// An hour of two machines on one link that was down from minute 20 to minute 30.
///
/// `db01` has an RPO of 15 minutes: its instance of minute 10 is too old from minute 25 to minute 40. `web01` never gets
/// an instance.
package func sampleRun(seed: UInt64 = 42) -> RunRecord {
  var database = LagTrack(rpo: .minutes(15))
  database.instanceCompleted(pointInTime: minute(-5), at: minute(0))
  database.instanceCompleted(pointInTime: minute(0), at: minute(5))
  database.instanceCompleted(pointInTime: minute(10), at: minute(15))
  database.instanceCompleted(pointInTime: minute(35), at: minute(40))
  database.instanceCompleted(pointInTime: minute(45), at: minute(50))
  database.end(at: minute(60))
  var web = LagTrack(rpo: .hours(4), start: minute(1))
  web.end(at: minute(60))

  var meter = LinkMeter(binWidth: .minutes(10), capacity: .megabitsPerSecond(90))
  meter.read(cumulativeBytes: 600_000_000, at: minute(10))
  meter.capacityChanged(to: .zero, at: minute(20))
  meter.capacityChanged(to: .megabitsPerSecond(90), at: minute(30))
  meter.read(cumulativeBytes: 600_000_001, at: minute(35))
  let forward = meter.end(cumulativeBytes: 900_000_000, at: minute(55))
  let backward = LinkMeter(binWidth: .minutes(10), capacity: .megabitsPerSecond(90))
    .end(cumulativeBytes: 0, at: minute(55))

  func cycle(
    _ vm: Int, _ sequence: Int, _ kind: CycleRecord.Kind, _ from: Int64, _ to: Int64,
    _ outcome: CycleRecord.Outcome
  ) -> CycleRecord {
    let isDelta = kind == .delta
    return CycleRecord(
      vm: VirtualMachineID(vm), sequence: sequence, kind: kind, startedAt: minute(from), endedAt: minute(to),
      outcome: outcome, payloadSize: .megabytes(300), wireSize: .megabytes(200),
      checksummedSize: isDelta ? .zero : .gigabytes(12), preservedExtentCount: sequence * 7,
      configurationSize: isDelta ? .bytes(12_143) : .zero,
      demandLogPeak: .bytes(8_704) * UInt64(sequence * 7),
      consistency: !isDelta ? .crash : sequence == 4 ? .application : .fileSystem,
      vcenterEvents: .init(
        start: isDelta ? "hbr.primary.DeltaStartedEvent" : nil,
        end: outcome != .completed
          ? nil
          : sequence == 4
            ? "hbr.primary.AppQuiescedDeltaCompletedEvent" : "hbr.primary.FSQuiescedDeltaCompletedEvent"))
  }
  // Idle at the end, 15 minutes after its newest point in time.
  var databaseInfo = ReplicationInfoRecord(rpoMinutes: 15)
  databaseInfo.lastSyncMilliseconds = 1_740_960_000_000 + 45 * 60_000
  databaseInfo.lastSyncSeconds = 300
  databaseInfo.lastSyncSize = .megabytes(200)
  databaseInfo.pointsInTime = .init(instancesPerDay: 24, days: 1)
  databaseInfo.isQuiesced = true
  databaseInfo.isEncrypted = true
  var webInfo = ReplicationInfoRecord(rpoMinutes: 240)
  webInfo.violationMinutes = 3
  webInfo.progress = .init(
    percent: 25, checksummed: .gigabytes(12), checksumTotal: .gigabytes(48), transferred: .megabytes(300),
    transferTotal: .megabytes(1_200))
  webInfo.isCompressed = true
  webInfo.isEnhanced = true
  return RunRecord(
    scenarioName: "two-site \"dr\"", scenarioTitle: "An hour with the line down", scenarioHash: "51d2",
    seed: seed, version: "0.1.0",
    duration: .minutes(60),
    warmUp: .minutes(5), digest: 0x0c1e_5500_0000_0001, eventCount: 2_100_000,
    vcenterEventSizePerSync: .bytes(3_800),
    vms: [
      VMRecord(
        id: VirtualMachineID(1), name: "db01",
        disks: [.init(name: "os", size: .gibibytes(40)), .init(name: "data", size: .gibibytes(300))],
        finalStatus: "OK", lag: database, writtenSize: .gigabytes(2), verifiedInstanceCount: 4,
        replication: databaseInfo,
        guestDelay: .init(count: 40, total: .milliseconds(180), longest: .milliseconds(9)),
        replicaPeak: .gigabytes(366), pointInTimeCount: 5),
      VMRecord(
        id: VirtualMachineID(7), name: "web01", disks: [.init(name: "os", size: .gibibytes(40))],
        finalStatus: "INITIAL_FULL_SYNC", lag: web, writtenSize: .megabytes(5), verifiedInstanceCount: 0,
        replication: webInfo, replicaPeak: .megabytes(301)),
    ],
    links: [
      LinkRecord(
        id: LinkID(0), direction: .forward, name: "wan", source: "paris", target: "lyon", use: forward,
        backgroundSize: .megabytes(17), damagedFrameCount: 3, wastedSize: .megabytes(2)),
      LinkRecord(
        id: LinkID(0), direction: .backward, name: "wan", source: "lyon", target: "paris", use: backward),
    ],
    datastores: [
      DatastoreRecord(
        id: DatastoreID(0), name: "ds-paris", site: "paris", capacity: nil, usedSize: .gigabytes(100),
        usedPeak: .gigabytes(100)),
      DatastoreRecord(
        id: DatastoreID(1), name: "ds-lyon", site: "lyon", capacity: .gigabytes(500),
        usedSize: .gigabytes(365), usedPeak: .gigabytes(375)),
    ],
    cycles: [
      cycle(1, 0, .delta, 0, 5, .completed), cycle(1, 1, .delta, 10, 15, .completed),
      cycle(1, 2, .delta, 20, 21, .aborted(reason: "link wan went down")),
      cycle(1, 3, .delta, 35, 40, .completed), cycle(1, 4, .delta, 45, 50, .completed),
      cycle(7, 0, .fullSync, 1, 60, .inFlight),
    ],
    faults: [
      FaultRecord(name: "blip", kind: "link.loss", subject: "wan", from: minute(16), to: minute(17)),
      FaultRecord(name: "outage", kind: "link.down", subject: "wan", from: minute(20), to: minute(30)),
    ],
    events: [
      EventRecord(at: minute(20), kind: "link.down", subject: "wan"),
      EventRecord(
        at: minute(21), kind: "replication.sync-aborted", subject: "db01", detail: "connectionLost",
        vcenterEvent: "hbr.primary.DeltaAbortedEvent"),
      EventRecord(at: minute(30), kind: "link.restore", subject: "wan", detail: "after 10m"),
    ])
}
