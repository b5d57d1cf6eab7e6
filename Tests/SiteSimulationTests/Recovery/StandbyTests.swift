import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import Testing

@testable import SiteSimulation

/// Hosts that vSphere DPM has switched off, and plans that wake them.
@Suite struct StandbyTests {
  /// Four machines that `RP` recovers at `lyon`, where the hosts are as given; waking one takes 90 s.
  private func world(_ hosts: String, timeline: [String] = []) throws -> World {
    let text = PlannedWorld(
      machines: 4, machinesPerGroup: 4, recovery: #""times": { "hostWake": "90s" }"#, timeline: timeline
    ).text
    let plain = #"{ "name": "lyon", "hosts": 2,"#
    #expect(text.contains(plain))
    return try World(Scenario.read(text.replacing(plain, with: #"{ "name": "lyon", "hosts": \#(hosts),"#)))
  }

  private static let standby = #"[{ "name": "awake" }, { "name": "asleep", "standby": true }]"#
  private static let title = "Restore recovery site hosts from standby"

  private func duration(of run: PlanRunRecord) throws -> TimeSpan {
    let step = try #require(run.step(Self.title))
    return try #require(step.finished) - #require(step.started)
  }

  @Test func `A test wakes the hosts in standby, which stay on afterwards`() throws {
    var world = try world(Self.standby)
    try world.run(until: .minutes(10))
    let (before, sleeping) = (world.isUp(HostID(3)), world.conductors[0].hostCounts.second)
    #expect(!before && sleeping == 1)

    let test = try #require(try world.complete(.test(synchronizesData: false)))

    #expect(try duration(of: test) == .seconds(90))
    let (after, awake) = (world.isUp(HostID(3)), world.conductors[0].hostCounts.second)
    #expect(after && awake == 2)
    let woken = world.record.events.filter { $0.kind == "host.woken" }.map(\.subject)
    #expect(woken == ["asleep"])
    // Machines go to the host with the fewest: two on each.
    let places = world.machines.filter { $0.role == .test }.map(\.host.index).sorted()
    #expect(places == [2, 2, 3, 3])

    // Nothing is in standby any more.
    let cleanup = try #require(try world.complete(.cleanup(isForced: false)))
    #expect(try duration(of: cleanup) == .zero)
    let isStillUp = world.isUp(HostID(3))
    #expect(isStillUp)
  }

  /// From the storage on everything goes as with two hosts that run.
  @Test func `Waking a host costs the recovery its time, and nothing else`() throws {
    var recoveryTimes: [TimeSpan] = []
    for hosts in ["2", Self.standby] {
      var world = try world(hosts)
      try world.run(until: .minutes(10))
      let test = try #require(try world.complete(.test(synchronizesData: false)))
      #expect(test.result == "SUCCESS", "\(test.errors)")
      recoveryTimes.append(try #require(test.recoveryTime))
    }
    #expect(recoveryTimes[1] == recoveryTimes[0] + .seconds(90))
  }

  @Test func `A host that fails in standby runs once it is woken and repaired`() throws {
    // The failure and its end at 2 minutes leave it in standby; the one at 5 minutes outlasts the waking.
    var world = try world(
      Self.standby,
      timeline: [
        #""at": "1m", "do": "host.fail", "host": "asleep", "for": "1m""#,
        #""at": "3m", "do": "host.restore", "host": "asleep""#,
        #""at": "5m", "do": "host.fail", "host": "asleep", "for": "1h""#,
      ])
    try world.run(until: .minutes(4))
    let isUpAfterFirst = world.isUp(HostID(3))
    #expect(!isUpAfterFirst)
    try world.run(until: .minutes(10))
    let test = try #require(try world.complete(.test(synchronizesData: false)))
    #expect(try duration(of: test) == .seconds(90))
    let isUpWhenWoken = world.isUp(HostID(3))
    #expect(!isUpWhenWoken)
    let places = world.machines.filter { $0.role == .test }.map(\.host.index)
    #expect(places == [2, 2, 2, 2])
    try world.run(until: .minutes(66))
    let isUpWhenRepaired = world.isUp(HostID(3))
    #expect(isUpWhenRepaired)
  }

  @Test func `Power that returns to a site leaves its hosts in standby`() throws {
    var world = try world(
      Self.standby,
      timeline: [
        #""at": "1m", "do": "site.fail", "site": "lyon", "for": "1m""#,
        #""at": "3m", "do": "site.fail", "site": "lyon""#,
        #""at": "4m", "do": "site.restore", "site": "lyon""#,
      ])
    for minute in [2, 4] {
      try world.run(until: .minutes(Int64(minute)) + .seconds(1))
      let states = [2, 3].map { world.isUp(HostID($0)) }
      #expect(states == [true, false])
    }
  }

  /// A host of a cluster that is looked at in detail fails at 100 s, and 18 s later that is noticed.
  @Test func `vSphere HA starts nothing on a host in standby`() throws {
    var world = try World(
      Scenario.read(
        """
        { "format": 1, "name": "small", "limits": "relaxed", "clock": { "duration": "2h" },
          "sites": [
            { "name": "paris", "datastores": [{ "name": "ds-paris" }], "clusters": [
              { "name": "c1", "hosts": [{ "name": "awake" }, { "name": "asleep", "standby": true }], "ha": {} }] },
            { "name": "lyon", "datastores": [{ "name": "ds-lyon" }] }],
          "links": [{ "name": "wan", "between": ["paris", "lyon"], "bandwidth": "1MiB/s", "latency": "0ms" }],
          "vms": [{ "name": "app", "site": "paris", "datastore": "ds-paris", "disks": [{ "name": "data", "size": "1GiB" }] }],
          "replications": [{ "vm": "app", "to": "lyon", "datastore": "ds-lyon", "rpo": "5m", "initialSync": "done" }],
          "timeline": [{ "at": "100s", "do": "host.fail", "host": "awake" }] }
        """))
    try world.run(until: .seconds(300))
    let power = world.machines[0].power
    #expect(power == .waitingForHost)

    // Once woken the host takes it: 10 s for the power-on.
    try world.wakeHosts(of: SiteID(0))
    try world.run(until: .seconds(310))

    let (isOn, host) = (world.machines[0].isOn, world.scenario.inventory[world.machines[0].host].name)
    #expect(isOn && host == "asleep")
  }
}
