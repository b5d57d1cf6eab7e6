import Testing

@testable import Swarm

/// Every seed that ever failed, and every defect found on the way, as the smallest world that showed it.
@Suite struct FoundDefectTests {
  /// A machine in one place, replicated to another with two hosts' worth of servers and a slow merge.
  private func scenario(timeline: String, madrid: String = "", lisbon: String = "") -> String {
    """
    { "format": 1, "name": "found", "limits": "relaxed", "clock": { "duration": "600s" },
      "sites": [
        { "name": "madrid", \(madrid) "datastores": [{ "name": "ds-madrid" }] },
        { "name": "lisbon", \(lisbon) "datastores": [{ "name": "ds-lisbon", "capacity": "113MiB" }] }],
      "links": [{ "name": "wan", "between": ["madrid", "lisbon"], "bandwidth": "256KiB/s", "latency": "50ms" }],
      "workloads": { "writes": { "model": "uniform", "write": "2KiB/s", "blockSize": "4KiB" } },
      "vms": [{ "name": "vm-1", "site": "madrid", "datastore": "ds-madrid", "disks": [
        { "name": "disk-1", "size": "6MiB", "used": "2MiB", "workload": "writes" }] }],
      "replications": [{ "vm": "vm-1", "to": "lisbon", "datastore": "ds-lisbon", "rpo": "32s", "initialSync": "done" }],
      "timeline": [\(timeline)], "profile": { "mergeRate": "64KiB/s", "migrationDuration": "31s" } }
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
}
