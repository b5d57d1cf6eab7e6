import Testing

@testable import Swarm

/// Every seed with recovery plans that ever failed, and every defect found on the way, as a small world that shows it.
@Suite struct FoundRecoveryDefectTests {
  /// A machine in one place that a plan recovers in another, which takes no time beyond that of guests and data.
  private func scenario(
    timeline: String, plan: String = "", machine: String = "",
    replication: String = #""initialSync": "done""#,
    rpo: String = "32s"
  ) -> String {
    """
    { "format": 1, "name": "found", "limits": "relaxed", "clock": { "duration": "900s" },
      "sites": [
        { "name": "madrid", "datastores": [{ "name": "ds-madrid" }], "networks": ["net-madrid"] },
        { "name": "lisbon", "datastores": [{ "name": "ds-lisbon", "capacity": "8GiB" }], "networks": ["net-lisbon"] }],
      "links": [{ "name": "wan", "between": ["madrid", "lisbon"], "bandwidth": "1MiB/s", "latency": "5ms" }],
      "workloads": { "writes": { "model": "uniform", "write": "8KiB/s", "blockSize": "4KiB" } },
      "vms": [{ "name": "vm-1", \(machine) "site": "madrid", "datastore": "ds-madrid", "network": "net-madrid", "disks": [
        { "name": "disk-1", "size": "6MiB", "used": "2MiB", "workload": "writes" }] }],
      "replications": [{ "vm": "vm-1", "to": "lisbon", "datastore": "ds-lisbon", "rpo": "\(rpo)", \(replication) }],
      "protectionGroups": [{ "name": "group-1", "vms": ["vm-1"] }],
      "recoveryPlans": [{ "name": "plan-1", "groups": ["group-1"] \(plan) }],
      "recovery": { "defaults": { "shutdownTimeout": "30s", "toolsTimeout": "60s", "allowForced": true } },
      "timeline": [\(timeline)] }
    """
  }

  /// The machine was powered on again between its shutdown and the preparation that takes it out of the inventory, and
  /// ran on beside the recovered one; a planned migration would have lost what it wrote.
  @Test func `Seed 25: a machine that is on again stops a planned migration`() {
    let run = SwarmRun(
      text: scenario(
        timeline: """
          { "at": "58s", "do": "vm.power-off", "vm": "vm-1", "for": "45s" },
          { "at": "93s", "do": "plan.recover", "plan": "plan-1" }
          """,
        plan: """
          , "steps": [{ "at": "before-begin-prepare-storage", "type": "RUN_ON_SRM_SERVER", "name": "wait", "command": "wait",
            "takes": "30s" }]
          """))
    #expect(run.violation == nil)
    #expect(run.counts.planRuns == ["planned-migration ERRORS": 1])
    #expect(run.counts.migrations == 0)
  }

  /// Guest customisation starts the recovered machine, while the other one runs on at a site that was cut off.
  @Test func `Seed 556: a machine that is only started to be customised is at both sites, too`() {
    let run = SwarmRun(
      text: scenario(
        timeline: """
          { "at": "60s", "do": "site.isolate", "site": "madrid", "for": "400s" },
          { "at": "70s", "do": "plan.recover", "plan": "plan-1", "mode": "disaster-recovery" }
          """,
        plan: """
          , "vms": [{ "match": "vm-1", "ip": { "mode": "manual", "nics": [{ "nic": 0, "site": "lisbon", "address": "dhcp" }] } }]
          """, machine: #""boot": "20s", "shutdown": "10s","#))
    #expect(run.violation == nil)
    // First to be customised, then for good, each time with a report.
    #expect(run.counts.doubles > 0)
    #expect(run.counts.events["vm.runs-at-both-sites"] == 2)
  }

  /// A first sync at the very beginning shows the moment of the replica that was brought in; the provider wanted each moment
  /// once.
  @Test func `Seed 51: two instances of one moment do not stop a test`() {
    let run = SwarmRun(
      text: scenario(
        timeline: """
          { "at": "74s", "do": "plan.test", "id": "test", "plan": "plan-1" },
          { "after": "test", "do": "plan.cleanup", "plan": "plan-1" }
          """,
        replication:
          #""initialSync": "done", "policy": "fixed", "firstSync": "0s", "pointsInTime": { "perDay": 8, "days": 1 }"#,
        rpo: "74s"))
    #expect(run.violation == nil)
    #expect(run.counts.planRuns == ["test SUCCESS": 1, "cleanup SUCCESS": 1])
  }

  /// A clean-up of operations that take no time was over before the checker had seen it run.
  @Test func `Seed 56: a clean-up that takes no time frees its group`() {
    let names = [
      "groupStorage", "machineStorage", "registration", "powerOn", "powerOff", "networkChange",
      "networkCreation",
      "remoteCall",
    ]
    let times = names.map { #""\#($0)": "0s""# }.joined(separator: ", ")
    let text = scenario(
      timeline: """
        { "at": "50s", "do": "plan.test", "id": "test", "plan": "plan-1", "syncData": false },
        { "after": "test", "do": "plan.cleanup", "id": "cleanup", "plan": "plan-1" },
        { "after": "cleanup", "delay": "5s", "do": "plan.recover", "plan": "plan-2" }
        """)
    let run = SwarmRun(
      text: text.replacing(
        #""recoveryPlans": ["#, with: #""recoveryPlans": [{ "name": "plan-2", "groups": ["group-1"] }, "#
      ).replacing(#""recovery": { "#, with: #""recovery": { "times": { \#(times) }, "#))
    #expect(run.violation == nil)
    #expect(run.counts.planRuns["cleanup SUCCESS"] == 1)
    #expect(run.counts.planRuns["planned-migration SUCCESS"] == 1)
  }

  /// A disk that came while the machine was recovered is replicated back, and was not among those of which compression is
  /// known; the next configuration stopped the run.
  @Test func `Seed 1427: a replication that was reversed with a new disk is configured again`() {
    let run = SwarmRun(
      text: scenario(
        timeline: """
          { "at": "60s", "do": "plan.recover", "id": "recovery", "plan": "plan-1" },
          { "after": "recovery", "delay": "5s", "do": "vm.add-disk", "vm": "vm-1", "disk": "more", "size": "1MiB" },
          { "after": "recovery", "delay": "20s", "do": "plan.reprotect", "id": "reprotect", "plan": "plan-1" },
          { "after": "reprotect", "delay": "60s", "do": "replication.reconfigure", "vm": "vm-1" }
          """, replication: #""initialSync": "done", "compression": true"#))
    #expect(run.violation == nil)
    #expect(run.counts.planRuns["reprotect SUCCESS"] == 1)
  }
}
