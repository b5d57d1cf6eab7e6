import Inventory
import Measurements
import Quantities
import ReplicationCore
import Scenarios
import Testing

@testable import SiteSimulation

/// Clusters, appliances, guests and sites: what fails, what is started again, and when.
@Suite struct ClusterFaultTests {
  /// Two hosts of 40 GiB at `paris` with vSphere HA, one machine of 8 GiB that rewrites 8 MiB at 30 s, 90 s and so on.
  private func world(
    ha: String = "", machine: String = "", duration: String = "19m", timeline: [String],
    appliances: String = "",
    more: String = "", fate: String = ""
  ) throws -> Scenario {
    try Scenario.read(
      """
      { "format": 1, "name": "small", "limits": "relaxed", "clock": { "duration": "\(duration)" },
        "sites": [
          { "name": "paris", \(fate) "datastores": [{ "name": "ds-paris" }],
            "clusters": [{ "name": "c1", "hosts": 2, "hostType": { "cores": 10, "memory": "40GiB" }, "ha": { \(ha) } }] },
          { "name": "lyon", \(fate) "datastores": [{ "name": "ds-lyon" }]\(appliances) }],
        "links": [{ "name": "wan", "between": ["paris", "lyon"], "usable": "100%", "bandwidth": "1MiB/s", "latency": "0ms" }],
        "network": { "model": "bare", "framing": "none" },
        "workloads": { "app": { "model": "periodic", "every": "1m", "first": "30s", "size": "8MiB", "offset": "16MiB" } },
        "vms": [{ "name": "app", "site": "paris", "datastore": "ds-paris", "host": "c1-esx-01", \(machine)
          "disks": [{ "name": "data", "size": "1GiB", "used": "64MiB", "workload": "app" }] }\(more)],
        "replications": [{ "vm": "app", "to": "lyon", "datastore": "ds-lyon", "rpo": "5m", "policy": "fixed", "initialSync": "done" }],
        "timeline": [\(timeline.map { "{ \($0) }" }.joined(separator: ","))],
        "profile": { "configurationSize": "0B" } }
      """)
  }

  private func story(_ record: RunRecord, _ prefixes: String...) -> [String] {
    record.events.filter { event in prefixes.contains { event.kind.hasPrefix($0) } }
      .map { "\($0.at.nanoseconds / 1_000_000_000) \($0.kind) \($0.subject)" }
  }

  @Test func `vSphere HA starts the machine of a failed host after detection, and its guest boots`() throws {
    // 200 s + 18 s detection, 10 s power-on, 70 s boot.
    let record = try run(
      world(
        machine: #""boot": "70s","#,
        timeline: [#""at": "200s", "do": "host.fail", "host": "c1-esx-01", "for": "10m""#]))

    #expect(
      story(record, "vm.", "ha.") == [
        "200 vm.fail app", "218 ha.host-failed c1-esx-01", "218 vm.restart-begins app", "228 vm.start app",
        "298 vm.ready app",
      ])
    let availability = try record.vm("app").availability
    #expect(availability == AvailabilityRecord(restartCount: 1, resetCount: 0, timeWithoutHost: .seconds(28)))
    #expect(record.fullSyncs.count == 1)
    #expect(try record.vm("app").finalStatus == "OK")
  }

  @Test func `A machine that fits on no host waits until one returns`() throws {
    // A machine of 36 GiB fills host 2, so that 8 GiB fit only on host 1 where no more is given than there is.
    let record = try run(
      world(
        ha: #""memoryOvercommitment": "100%""#,
        timeline: [#""at": "200s", "do": "host.fail", "host": "c1-esx-01", "for": "5m""#],
        more: #"""
          , { "name": "big", "site": "paris", "datastore": "ds-paris", "host": "c1-esx-02", "memory": "36GiB",
              "disks": [{ "name": "data", "size": "1GiB" }] }
          """#))

    #expect(story(record, "vm.waits", "vm.start") == ["218 vm.waits-for-host app", "510 vm.start app"])
  }

  @Test func `Machines that reserve nothing start after a failure where they must share memory`() throws {
    // 36 and 8 GiB on the 40 GiB of host 2: noticed after 18 s, on after 10 s.
    let record = try run(
      world(
        timeline: [#""at": "200s", "do": "host.fail", "host": "c1-esx-01", "for": "5m""#],
        more: #"""
          , { "name": "big", "site": "paris", "datastore": "ds-paris", "host": "c1-esx-02", "memory": "36GiB",
              "disks": [{ "name": "data", "size": "1GiB" }] }
          """#))

    #expect(story(record, "vm.waits", "vm.start") == ["228 vm.start app"])
  }

  @Test func `A machine whose reservation nobody has waits for a host`() throws {
    // 36 GiB reserved and their overhead leave less than 4 of 40 GiB on host 2: no room for a reservation of 4 GiB.
    let record = try run(
      world(
        machine: #""memoryReservation": "4GiB","#,
        timeline: [#""at": "200s", "do": "host.fail", "host": "c1-esx-01", "for": "5m""#],
        more: #"""
          , { "name": "big", "site": "paris", "datastore": "ds-paris", "host": "c1-esx-02", "memory": "36GiB",
              "memoryReservation": "36GiB", "disks": [{ "name": "data", "size": "1GiB" }] }
          """#))

    #expect(story(record, "vm.waits", "vm.start") == ["218 vm.waits-for-host app", "510 vm.start app"])
  }

  @Test func `A host in maintenance hands its machines over without a full sync`() throws {
    let record = try run(
      world(timeline: [#""at": "200s", "do": "host.maintenance", "host": "c1-esx-01", "for": "10m""#]))

    // One vMotion of 30 s.
    #expect(story(record, "vm.", "host.ev") == ["230 vm.migrated app", "230 host.evacuated c1-esx-01"])
    #expect(record.fullSyncs.isEmpty)
    #expect(try record.vm("app").finalStatus == "OK")
  }

  @Test func `A guest that hangs writes nothing and is reset where vSphere HA watches it`() throws {
    // Hangs from 200 s on; missed for 30 s and reset at 230 s, since nobody looks at its disks; works again at 250 s.
    let record = try run(
      world(
        ha: #""monitoring": { "ioInterval": "0s" }"#, machine: #""boot": "20s","#,
        timeline: [#""at": "200s", "do": "vm.hang", "vm": "app", "for": "10m""#]))

    #expect(
      story(record, "ha.", "vm.ready", "vm.hang.end") == [
        "230 ha.reset app", "230 vm.hang.end app", "250 vm.ready app",
      ])
    // Writes at 30, 90, 150 s; 50 s are lost, so that the others come 50 s later: 260 s to 1,100 s are 15.
    #expect(try record.vm("app").writtenSize == .mebibytes(8 * 18))
    #expect(record.fullSyncs.isEmpty, "a reset keeps the bitmap")
  }

  @Test func `A guest without a heartbeat is reset when its disks and cards have been idle for two minutes`()
    throws
  {
    // Hangs from 200 s on: missed from 230 s on, but active until 200 s, so that it is reset at 320 s.
    let record = try run(
      world(
        ha: #""monitoring": {}"#, timeline: [#""at": "200s", "do": "vm.hang", "vm": "app", "for": "10m""#]))
    #expect(story(record, "ha.") == ["320 ha.reset app"])

    // One that goes on after 100 s is not reset.
    let other = try run(
      world(
        ha: #""monitoring": {}"#, timeline: [#""at": "200s", "do": "vm.hang", "vm": "app", "for": "100s""#]))
    #expect(story(other, "ha.").isEmpty)
  }

  @Test func `A crashed guest that nobody watches stays down`() throws {
    let record = try run(world(timeline: [#""at": "200s", "do": "vm.crash", "vm": "app""#]))

    #expect(try record.vm("app").writtenSize == .mebibytes(8 * 3))
  }

  @Test func `A clean shutdown takes its time, and the machine starts again if it is to run by then`() throws
  {
    let record = try run(
      world(
        machine: #""boot": "20s", "shutdown": "40s","#,
        timeline: [#""at": "200s", "do": "vm.power-off", "vm": "app", "for": "10s""#]))

    #expect(story(record, "vm.start", "vm.ready") == ["240 vm.start app", "260 vm.ready app"])
  }

  @Test func `Power comes back to a whole site and everything starts again`() throws {
    let record = try run(
      world(timeline: [#""at": "200s", "do": "site.fail", "site": "paris", "for": "5m""#]))

    // Missed at 218 s, no host; power at 500 s, on at 510 s.
    #expect(
      story(record, "vm.") == [
        "200 vm.fail app", "218 vm.waits-for-host app", "500 vm.restart-begins app", "510 vm.start app",
      ])
    #expect(record.fullSyncs.count == 1)
    #expect(try record.vm("app").finalStatus == "OK")
  }

  @Test func `Sites of one fate group fail together`() throws {
    let record = try run(
      world(
        timeline: [#""at": "200s", "do": "site.fail", "site": "lyon", "for": "5m""#],
        fate: #""fateGroup": "campus","#))

    #expect(story(record, "vm.fail") == ["200 vm.fail app"])
    #expect(record.faults[0].subject == "paris and lyon")
    #expect(try record.vm("app").finalStatus == "OK")
  }

  @Test func `A machine of an isolated site writes on, and its changes follow when the links are back`()
    throws
  {
    let record = try run(
      world(timeline: [#""at": "200s", "do": "site.isolate", "site": "paris", "for": "43s""#]))

    // Writes at 30 s and every minute after: 19 in 19 minutes.
    #expect(try record.vm("app").writtenSize == .mebibytes(8 * 19))
    #expect(record.fullSyncs.isEmpty)
    #expect(try record.vm("app").finalStatus == "OK")
  }

  @Test func `A replication server dies with its host and serves again when it has booted elsewhere`() throws
  {
    let appliances =
      #", "hosts": 2, "appliances": { "servers": [{ "host": "lyon-esx-01", "boot": "2m" }] }"#
    let record = try run(
      world(
        timeline: [#""at": "200s", "do": "host.fail", "host": "lyon-esx-01", "for": "15m""#],
        appliances: appliances))

    // 218 s noticed, 228 s on, 348 s booted.
    #expect(
      story(record, "appliance.") == [
        "200 appliance.fail lyon-vrs-01", "218 appliance.restart-begins lyon-vrs-01",
        "228 appliance.start lyon-vrs-01", "348 appliance.ready lyon-vrs-01",
      ])
    #expect(try record.vm("app").finalStatus == "OK")
    #expect(record.fullSyncs.isEmpty, "the source's bitmap is not touched")
  }

  @Test func `A server whose failure ends while its site has no power starts with the first host`() throws {
    // Off at 200 s, the site at 210 s; the failure ends at 260 s without a host, power is back at 400 s.
    let record = try run(
      world(
        timeline: [
          #""at": "200s", "do": "appliance.fail", "appliance": "lyon-vrs-01", "for": "1m""#,
          #""at": "210s", "do": "site.fail", "site": "lyon", "for": "190s""#,
        ], appliances: #", "appliances": { "servers": [{ "boot": "1m" }] }"#))

    #expect(
      story(record, "appliance.start", "appliance.ready") == [
        "260 appliance.start-refused lyon-vrs-01", "400 appliance.start lyon-vrs-01",
        "460 appliance.ready lyon-vrs-01",
      ])
    #expect(try record.vm("app").finalStatus == "OK")
  }

  @Test func `A server that hangs holds a sync up and lets it go on`() throws {
    // The delta of 300 s needs 8 s; the server hangs from 304 s to 364 s.
    let record = try run(
      world(
        timeline: [#""at": "304s", "do": "appliance.hang", "appliance": "lyon-vrs-01", "for": "1m""#],
        appliances: #", "appliances": { "servers": [{}] }"#))

    let delta = try #require(record.deltas.first)
    #expect(delta.startedAt == .seconds(300) && delta.isCompleted)
    #expect(delta.endedAt >= .seconds(368))
    #expect(record.fullSyncs.isEmpty)
  }

  @Test func `While the management server is down replications go on and nothing can be configured`() throws {
    let record = try run(
      world(
        timeline: [
          #""at": "200s", "do": "appliance.fail", "appliance": "lyon-vrms", "for": "5m""#,
          #""at": "250s", "do": "replication.sync", "vm": "app""#,
        ], appliances: #", "appliances": { "vrms": {} }"#))

    #expect(
      story(record, "replication.") == ["250 replication.sync app", "250 replication.sync-refused app"])
    #expect(record.deltas.first?.startedAt == .seconds(300))
    #expect(record.deltas.first?.isCompleted == true)
  }

  @Test func `While the management server is down nobody knows the status of its replications`() throws {
    // It is back at 500 s and serves when it has booted, 60 s later; a delta of 8 s begins at 300 s.
    var world = try World(
      world(
        timeline: [#""at": "200s", "do": "appliance.fail", "appliance": "lyon-vrms", "for": "5m""#],
        appliances: #", "appliances": { "vrms": { "boot": "60s" } }"#))
    var words: [String] = []
    for second in [199, 201, 304, 559, 561] as [Int64] {
      try world.run(until: .seconds(second))
      words.append(world.status(of: 0).rawValue)
    }

    #expect(words == ["OK", "UNKNOWN", "UNKNOWN", "UNKNOWN", "OK"])
  }

  /// Seed 24161 of the swarm: there was room again at the very instant before, and nobody looked afterwards.
  @Test func `What waited for room goes on when the server answers that hung as there was room again`() throws
  {
    let record = try run(
      world(
        timeline: [
          #""at": "250s", "do": "datastore.full", "datastore": "ds-lyon", "for": "100s""#,
          #""at": "349s", "do": "appliance.hang", "appliance": "lyon-vrs-01", "for": "1s""#,
        ], appliances: #", "appliances": { "servers": [{}] }"#))

    #expect(story(record, "replication.insufficient-space") == ["304 replication.insufficient-space app"])
    let delta = try #require(record.deltas.first)
    #expect(delta.startedAt == .seconds(300) && delta.isCompleted && delta.endedAt < .seconds(360))
  }

  @Test func `An appliance moves without interruption`() throws {
    let record = try run(
      world(
        timeline: [
          #""at": "304s", "do": "appliance.move", "appliance": "lyon-vrs-01", "host": "lyon-esx-02""#
        ],
        appliances: #", "hosts": 2, "appliances": { "servers": [{ "host": "lyon-esx-01" }] }"#))

    #expect(
      story(record, "appliance.") == ["304 appliance.move lyon-vrs-01", "334 appliance.migrated lyon-vrs-01"])
    #expect(record.deltas.first?.endedAt == .seconds(308))
  }

  @Test func `Hosts that are too small for their machines are an error`() throws {
    #expect(throws: InvalidScenario.self) {
      try world(machine: #""memory": "41GiB", "memoryReservation": "40GiB","#, timeline: [])
    }
  }
}
