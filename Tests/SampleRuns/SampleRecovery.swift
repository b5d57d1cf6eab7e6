import Inventory
package import Measurements
import Quantities

/// The sample run with a drill and a disaster recovery, restarts, and a vSAN datastore that lost a host.
///
/// The disaster recovery takes 8 minutes, of which storage is 2, powering on `db01` 5 and a half, one of them waiting for its turn;
/// `db01` loses 10 minutes, and `web01` does not come up.
package func sampleRecovery(seed: UInt64 = 42) -> RunRecord {
  let sample = sampleRun(seed: seed)
  let vms = sample.vms.enumerated().map { index, vm in
    VMRecord(
      id: vm.id, name: vm.name, disks: vm.disks, finalStatus: vm.finalStatus, lag: vm.lag,
      writtenSize: vm.writtenSize, verifiedInstanceCount: vm.verifiedInstanceCount,
      replication: vm.replication, guestDelay: vm.guestDelay, replicaPeak: vm.replicaPeak,
      pointInTimeCount: vm.pointInTimeCount,
      availability: index > 0
        ? .undisturbed
        : AvailabilityRecord(restartCount: 2, resetCount: 1, timeWithoutHost: .seconds(200)))
  }
  let datastores = sample.datastores.map { datastore in
    DatastoreRecord(
      id: datastore.id, name: datastore.name, site: datastore.site, capacity: datastore.capacity,
      usedSize: datastore.usedSize, usedPeak: datastore.usedPeak,
      vsan: datastore.id.index == 0
        ? nil
        : VSANRecord(
          objectCount: 9, componentCount: 27, absentCount: 1, degradedCount: 2, staleCount: 3,
          reducedObjectCount: 4, inaccessibleObjectCount: 1, rebuiltCount: 12, repairedExtentCount: 5,
          resyncedSize: .gigabytes(34),
          conditions: VSANConditions(
            reducedObjects: .init(peak: 7, duration: .minutes(90)),
            inaccessibleObjects: .init(peak: 2, duration: .seconds(40)),
            unplacedComponents: .init(peak: 3, duration: .minutes(5)),
            alerts: .init(peak: 4, duration: .hours(2)), alertCount: 6)))
  }
  var record = RunRecord(
    scenarioName: sample.scenarioName, scenarioTitle: sample.scenarioTitle,
    scenarioHash: sample.scenarioHash, seed: seed, version: sample.version, duration: sample.duration,
    warmUp: sample.warmUp, digest: sample.digest, eventCount: sample.eventCount,
    vcenterEventSizePerSync: sample.vcenterEventSizePerSync, vms: vms, links: sample.links,
    datastores: datastores, cycles: sample.cycles, faults: sample.faults, events: sample.events,
    planRuns: [sampleTest, sampleFailover])
  record.expectations = sampleExpectations
  return record
}

/// One of every kind of finding and outcome.
private let sampleExpectations: [ExpectationRecord] = [
  ExpectationRecord(
    kind: .steadyState, id: nil, expectation: "count(replication.status != OK) == 0",
    subject: "count replication.status != OK", limit: "== 0", when: "5m", outcome: .met, finding: .count(0),
    at: minute(5), line: 90),
  ExpectationRecord(
    id: "rto", expectation: "rto{plan=RP-Prod} <= 5m", subject: "rto", limit: "<= 5m", outcome: .failed,
    finding: .duration(.minutes(8)), owner: "RP-Prod", at: minute(30),
    remark: "critical path: Change storage to writable 2m > Power on db01 5m30s", line: 104),
  ExpectationRecord(
    id: "headroom", expectation: "p95(link_use{link=wan}) < 2%", subject: "p95 link_use", limit: "< 2%",
    severity: .warning, outcome: .failed, finding: .share(Ratio(partsPerBillion: 22_222_222)), line: 105),
  ExpectationRecord(
    id: "visible", expectation: "replication{vm=db01}.status == NOT_ACTIVE", subject: "replication.status",
    limit: "== NOT_ACTIVE", when: "at 25m", outcome: .met, finding: .word("NOT_ACTIVE"), owner: "db01",
    at: minute(25)),
  ExpectationRecord(
    id: "back", expectation: "recovery_to_rpo{event=outage} <= 1h", subject: "recovery_to_rpo",
    limit: "<= 1h",
    outcome: .failed, finding: .never, owner: "outage", isAbort: true, line: 107),
  ExpectationRecord(
    id: "ratio", expectation: "max(rpo_ratio) <= 2", subject: "max rpo_ratio", limit: "<= 2", outcome: .met,
    finding: .factor(Ratio(partsPerBillion: 2_000_000_000)), owner: "db01"),
  ExpectationRecord(
    id: "bytes", expectation: "sum(sync_bytes) < 1GB", subject: "sum sync_bytes", limit: "< 1GB",
    outcome: .met,
    finding: .size(.megabytes(800))),
  ExpectationRecord(
    id: "later", expectation: "rpo_lag <= 15m", subject: "rpo_lag", limit: "<= 15m", when: "at drill.end",
    outcome: .skipped, remark: "drill has not ended"),
]

private func step(
  _ number: String, _ title: String, _ status: String, _ from: Int64? = nil, _ to: Int64? = nil,
  errors: [String] = [], warnings: [String] = []
) -> PlanRunRecord.Step {
  PlanRunRecord.Step(
    number: number, title: title, depth: number.count { $0 == "." }, status: status,
    started: from.map(minute), finished: to.map(minute), errors: errors, warnings: warnings)
}

private let sampleTest = PlanRunRecord(
  key: 1, id: "drill", plan: "RP-Prod", protectedSite: "paris", recoverySite: "lyon", user: "administrator",
  workflow: "test", operationType: "TEST", result: "SUCCESS", planStatus: "TEST_COMPLETE",
  started: minute(12), ended: minute(17), recoveryTime: .minutes(4),
  criticalPath: [
    .init(number: "1", title: "Synchronize storage", duration: .minutes(3), queued: .zero),
    .init(number: "2", title: "Power on db01", duration: .minutes(1), queued: .zero),
  ],
  errors: [], warnings: [],
  steps: [
    step("1", "Synchronize storage", "SUCCESS", 12, 15), step("2", "Power on db01", "SUCCESS", 15, 16),
  ],
  machines: [
    .init(
      vm: VirtualMachineID(1), name: "db01", group: "PG-Tier1", status: "TEST_SUCCEEDED", ready: minute(16),
      instance: minute(10), dataLoss: nil),
    .init(
      vm: VirtualMachineID(7), name: "web01", group: "PG-Web", status: "TEST_SUCCEEDED", ready: minute(15),
      instance: minute(10), dataLoss: nil),
  ])

private let sampleFailover = PlanRunRecord(
  key: 2, id: nil, plan: "RP-Prod", protectedSite: "paris", recoverySite: "lyon", user: "administrator",
  workflow: "disaster-recovery", operationType: "FAILOVER", result: "ERRORS",
  planStatus: "INCOMPLETE_RECOVERY", started: minute(30), ended: minute(39), recoveryTime: .minutes(8),
  criticalPath: [
    .init(number: "2", title: "Change storage to writable", duration: .minutes(2), queued: .zero),
    .init(number: "3.1", title: "Power on db01", duration: .seconds(330), queued: .minutes(1)),
    .init(number: "3.1.1", title: "Wait for VMware Tools", duration: .seconds(20), queued: .zero),
    .init(number: "3.1.2", title: "Delay", duration: .seconds(10), queued: .zero),
  ],
  errors: ["no host of lyon has room for web01", "the run is not complete"],
  warnings: ["paris does not answer"],
  steps: [
    step("1", "Pre-synchronize storage", "WARNING", 30, 30, warnings: ["paris does not answer"]),
    step("2", "Change storage to writable", "SUCCESS", 30, 32), step("3", "Power on", "ERROR", 32, 39),
    step("3.1", "Power on db01", "SUCCESS", 32, 38),
    step("3.2", "Power on web01", "ERROR", 32, 33, errors: ["no host of lyon has room for web01"]),
    step("4", "Custom step", "INACTIVE"),
  ],
  machines: [
    .init(
      vm: VirtualMachineID(1), name: "db01", group: "PG-Tier1", status: "RECOVERY_SUCCEEDED",
      ready: minute(38), instance: minute(10), dataLoss: .minutes(10), ipCustomization: "AUTO",
      cards: [
        .init(
          index: 0, network: "dr", ipv4: "192.168.5.34/24", gateways: ["192.168.5.1", "192.168.5.254"],
          ipv6: "fd00::5/64", ipv6Gateways: ["fd00::1"], nameServers: ["192.168.5.2", "fd00::2"],
          nameSuffixes: ["corp.example"], winsServers: ["192.168.5.3"], origin: .subnetRule, rule: "web"),
        .init(index: 1, network: nil, ipv4: "dhcp"),
      ]),
    .init(
      vm: VirtualMachineID(7), name: "web01", group: "PG-Web", status: "RECOVERY_ERROR", ready: nil,
      instance: nil, dataLoss: nil),
  ])
