import Testing

@testable import Swarm

/// Every seed that ever failed, and every defect found on the way, as the smallest world that showed it.
@Suite struct FoundDefectTests {
  /// A machine in one place, replicated to another with two hosts' worth of servers and a slow merge.
  private func scenario(
    timeline: String, madrid: String = "", lisbon: String = "", machine: String = "",
    migration: String = "31s"
  ) -> String {
    """
    { "format": 1, "name": "found", "limits": "relaxed", "clock": { "duration": "600s" },
      "sites": [
        { "name": "madrid", \(madrid) "datastores": [{ "name": "ds-madrid" }] },
        { "name": "lisbon", \(lisbon) "datastores": [{ "name": "ds-lisbon", "capacity": "113MiB" }] }],
      "links": [{ "name": "wan", "between": ["madrid", "lisbon"], "bandwidth": "256KiB/s", "latency": "50ms" }],
      "workloads": { "writes": { "model": "uniform", "write": "2KiB/s", "blockSize": "4KiB" } },
      "vms": [{ "name": "vm-1", \(machine) "site": "madrid", "datastore": "ds-madrid", "disks": [
        { "name": "disk-1", "size": "6MiB", "used": "2MiB", "workload": "writes" }] }],
      "replications": [{ "vm": "vm-1", "to": "lisbon", "datastore": "ds-lisbon", "rpo": "32s", "initialSync": "done" }],
      "timeline": [\(timeline)], "profile": { "mergeRate": "64KiB/s", "migrationDuration": "\(migration)" } }
    """
  }

  /// What a merge adds to its destination counts from its beginning, and was still counted when the host that merged
  /// had failed.
  @Test func `Seed 778: the space of a merge is given back when its host fails`() {
    let run = SwarmRun(
      text: scenario(
        timeline: """
          { "at": "46s", "do": "vm.trim", "vm": "*", "disk": "disk-1", "size": "1170KiB" },
          { "at": "64s", "do": "host.fail", "host": "lisbon-esx-01", "for": "60s" },
          { "at": "400s", "do": "workload.scale", "vm": "*", "factor": "0%" }
          """))
    #expect(run.violation == nil)
    #expect(run.counts.events["replication.no-accessible-host"] == 1)
  }

  /// The merge went on, and its end was told to a target that knew of none: the run stopped.
  @Test func `A replica that is moved to a server that is down stops merging`() {
    let run = SwarmRun(
      text: scenario(
        timeline: """
          { "at": "40s", "do": "vrserver.fail", "server": "lisbon-vrs-02", "for": "100s" },
          { "at": "46s", "do": "vm.trim", "vm": "*", "disk": "disk-1", "size": "1170KiB" },
          { "at": "64s", "do": "replication.move", "vm": "vm-1", "server": "lisbon-vrs-02" },
          { "at": "400s", "do": "workload.scale", "vm": "*", "factor": "0%" }
          """, lisbon: #""replicationServers": 2,"#))
    #expect(run.violation == nil)
  }

  /// A move of 31 s is taken over at the eleventh attempt, 33 s after it began; one that began in between stopped the
  /// run.
  @Test func `Seed 521: a machine whose new host has not taken over yet does not move on`() {
    let run = SwarmRun(
      text: scenario(
        timeline: """
          { "at": "10s", "do": "vm.migrate", "vm": "vm-1", "host": "madrid-esx-02" },
          { "at": "42s", "do": "vm.migrate", "vm": "vm-1", "host": "madrid-esx-01" },
          { "at": "400s", "do": "workload.scale", "vm": "*", "factor": "0%" }
          """, madrid: #""hosts": 2,"#))
    #expect(run.violation == nil)
    #expect(run.counts.events["vm.migrate-refused"] == 1)
  }

  /// The evacuation of a host moves a machine on that has come a second ago, and whose state its new host has not found
  /// yet; the run stopped.
  @Test func `Seed 260: a machine moves on before its new host has taken over`() throws {
    let run = SwarmRun(
      text: scenario(
        timeline: """
          { "at": "1s", "do": "host.maintenance", "host": "madrid-esx-01", "for": "17s" },
          { "at": "11s", "do": "host.maintenance", "host": "madrid-esx-02", "for": "29s" },
          { "at": "400s", "do": "workload.scale", "vm": "*", "factor": "0%" }
          """,
        madrid: #""clusters": [{ "name": "madrid", "hosts": 2, "ha": {} }],"#, migration: "17s"))
    #expect(run.violation == nil)
    #expect((run.counts.events["vm.migrated"] ?? 0) >= 2)
  }

  /// A guest that takes four seconds to shut down was moved at the instant when it was off; the end of the move stopped
  /// the run.
  @Test func `Seed 589: a machine that is off does not go on moving`() {
    let run = SwarmRun(
      text: scenario(
        timeline: """
          { "at": "168s", "do": "vm.power-off", "vm": "vm-1", "for": "60s" },
          { "at": "172s", "do": "vm.migrate", "vm": "vm-1", "host": "madrid-esx-02" },
          { "at": "400s", "do": "workload.scale", "vm": "*", "factor": "0%" }
          """, madrid: #""hosts": 2,"#, machine: #""shutdown": "4s","#))
    #expect(run.violation == nil)
  }

  /// A server that was restored at the instant when it began to hang was never told that it runs again.
  @Test func `Seed 1446: a server that returns and hangs at once serves afterwards`() {
    let run = SwarmRun(
      text: scenario(
        timeline: """
          { "at": "60s", "do": "vrserver.fail", "server": "lisbon-vrs-01", "for": "40s" },
          { "at": "100s", "do": "appliance.hang", "appliance": "lisbon-vrs-01", "for": "60s" },
          { "at": "400s", "do": "workload.scale", "vm": "*", "factor": "0%" }
          """, lisbon: #""appliances": { "servers": [{}] },"#))
    #expect(run.violation == nil)
  }

  /// A server that crashes while it hangs has lost what it had in memory.
  @Test func `A server that crashes while it hangs starts over`() {
    let run = SwarmRun(
      text: scenario(
        timeline: """
          { "at": "28s", "do": "vm.trim", "vm": "vm-1", "disk": "disk-1", "size": "1170KiB" },
          { "at": "30s", "do": "replication.sync", "vm": "vm-1" },
          { "at": "31s", "do": "appliance.hang", "appliance": "lisbon-vrs-01", "for": "20s" },
          { "at": "35s", "do": "vrserver.fail", "server": "lisbon-vrs-01", "for": "5s" },
          { "at": "400s", "do": "workload.scale", "vm": "*", "factor": "0%" }
          """, lisbon: #""appliances": { "servers": [{}] },"#))
    #expect(run.violation == nil)
    #expect(run.counts.cycles["delta aborted, targetLost"] == 1)
  }

  /// The schedule's rule was noted when the other traffic ended, and the link went on with the bandwidth of the rule before.
  @Test func `Seeds 15868, 16554: other traffic that ends as the link's schedule changes does not hide it`() {
    let run = SwarmRun(
      text: scenario(
        timeline: """
          { "at": "119s", "do": "link.background", "link": "wan", "background": { "rate": "54KiB/s" },
            "for": "1s" }
          """
      ).replacing(
        #""bandwidth": "256KiB/s""#,
        with: """
          "bandwidth": "256KiB/s", "schedule": [{ "from": "00:01", "to": "00:02", "bandwidth": "64KiB/s" }]
          """))
    #expect(run.violation == nil)
  }

  /// It was off for good, though its power-off was over when the host failed that it was shutting down on.
  @Test func `Seed 11775: a machine that is to run again runs again when its host fails during the shutdown`()
  {
    let run = SwarmRun(
      text: scenario(
        timeline: """
          { "at": "147s", "do": "vm.power-off", "vm": "*", "for": "5s" },
          { "at": "157s", "do": "host.fail", "host": "madrid-esx-01", "for": "7s" },
          { "at": "400s", "do": "workload.scale", "vm": "*", "factor": "0%" }
          """, machine: #""boot": "8s", "shutdown": "15s","#))
    #expect(run.violation == nil)
    #expect(run.counts.events["vm.start"] == 1)
  }
}
