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
    CycleRecord(
      vm: VirtualMachineID(vm), sequence: sequence, kind: kind, startedAt: minute(from), endedAt: minute(to),
      outcome: outcome, payloadSize: .megabytes(300), wireSize: .megabytes(200),
      checksummedSize: kind == .fullSync ? .gigabytes(12) : .zero, preservedExtentCount: sequence * 7)
  }
  return RunRecord(
    scenarioName: "two-site \"dr\"", scenarioHash: "51d2", seed: seed, version: "0.1.0",
    duration: .minutes(60),
    warmUp: .minutes(5), digest: 0x0c1e_5500_0000_0001, eventCount: 2_100_000,
    vms: [
      VMRecord(
        id: VirtualMachineID(1), name: "db01",
        disks: [.init(name: "os", size: .gibibytes(40)), .init(name: "data", size: .gibibytes(300))],
        finalStatus: "OK", lag: database, writtenSize: .gigabytes(2), verifiedInstanceCount: 4),
      VMRecord(
        id: VirtualMachineID(7), name: "web01", disks: [.init(name: "os", size: .gibibytes(40))],
        finalStatus: "INITIAL_FULL_SYNC", lag: web, writtenSize: .megabytes(5), verifiedInstanceCount: 0),
    ],
    links: [
      LinkRecord(
        id: LinkID(0), direction: .forward, name: "wan", source: "paris", target: "lyon", use: forward),
      LinkRecord(
        id: LinkID(0), direction: .backward, name: "wan", source: "lyon", target: "paris", use: backward),
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
      EventRecord(at: minute(30), kind: "link.restore", subject: "wan", detail: "after 10m"),
    ])
}
