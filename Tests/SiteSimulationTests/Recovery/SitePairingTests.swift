import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import Testing

@testable import SiteSimulation

/// Pairings that are made, parted and repaired, and add-ons that come and go.
@Suite struct SitePairingTests {
  /// Two sites that only add-ons and a pairing tell of; further entries follow.
  private func world(_ timeline: [String], platform: String = "", region: String = "") throws -> World {
    try World(
      Scenario.read(
        """
        { "format": 1, "name": "sites", \(platform)
          "clock": { "start": "2025-03-03T00:00:00Z", "duration": "6h" },
          "sites": [
            { "name": "paris", "hosts": 3, "replicationServers": 2, \(region)
              "datastores": [{ "name": "ds-paris", "capacity": "10TiB" }], "networks": ["prod"] },
            { "name": "lyon", "hosts": 3, "datastores": [{ "name": "ds-lyon", "capacity": "10TiB" }],
              "networks": ["dr"] }],
          "links": [{ "name": "wan", "between": ["paris", "lyon"], "bandwidth": "100Mbps", "latency": "5ms" }],
          "vms": [{ "name": "vm-01", "site": "paris", "datastore": "ds-paris", "network": "prod",
            "disks": [{ "name": "os", "size": "64MiB" }] }],
          "replications": [{ "vm": "vm-01", "to": "lyon", "datastore": "ds-lyon", "rpo": "5m", "initialSync": "full" }],
          "mappings": { "from": "paris", "to": "lyon" },
          "timeline": [\(timeline.map { "{ \($0) }" }.joined(separator: ",\n"))] }
        """))
  }

  private static let pairing = #""at": "16m", "do": "site.pair", "sites": ["paris", "lyon"]"#
  private static let login = #""at": "17m", "do": "site.log-in", "site": "paris""#
  private static let installations = ["paris", "lyon"].flatMap { site in
    ["srm", "vsphere-replication"].map {
      #""at": "0s", "do": "addon.install", "site": "\#(site)", "addon": "\#($0)""#
    }
  }

  @Test func `A site installs as many replication servers as it has`() throws {
    var world = try world(Self.installations)
    try world.run(until: .minutes(16))
    let sites = world.servers(of: .only).sites
    #expect(sites.first.replicationServerCount == 2 && sites.second.replicationServerCount == 1)
  }

  @Test func `On Azure VMware Solution pairing warns of the embedded servers that do not run`() throws {
    let region = #""region": "westeurope","#
    var cloud = try world(
      Self.installations + [Self.pairing], platform: #""platform": "avs","#, region: region)
    try cloud.run(until: .minutes(17))
    #expect(
      cloud.details(of: "site.pair-warning") == [
        "the embedded vSphere Replication server of site paris is not running",
        "the embedded vSphere Replication server of site lyon is not running",
      ])
    var ownPlace = try world(Self.installations + [Self.pairing])
    try ownPlace.run(until: .minutes(17))
    #expect(ownPlace.details(of: "site.pair-warning").isEmpty)
  }

  @Test func `A pairing is deleted when nothing uses it, and add-ons are removed only then`() throws {
    let configure = #""do": "replication.configure", "vm": "vm-01""#
    let unpair = #""do": "site.unpair", "sites": ["paris", "lyon"]"#
    let remove = #""do": "addon.remove", "site": "lyon", "addon": "vsphere-replication""#
    var world = try world(
      Self.installations + [
        Self.pairing, Self.login, #""at": "18m", \#(configure)"#, #""at": "20m", \#(unpair)"#,
        #""at": "21m", \#(remove)"#, #""at": "22m", "do": "replication.stop", "vm": "vm-01""#,
        #""at": "23m", \#(unpair)"#, #""at": "24m", \#(remove)"#, #""at": "30m", \#(configure)"#,
        #""at": "31m", "do": "site.pair", "sites": ["paris", "lyon"]"#,
      ])
    try world.run(until: .minutes(22))
    #expect(world.details(of: "site.unpair-refused") == ["the pairing is in use"])
    #expect(world.details(of: "addon.remove-refused") == ["the sites are paired"])

    try world.run(until: .minutes(24) + .seconds(1))
    #expect(world.servers(of: .only).pairing == nil)
    let removing = world.servers(of: .only).sites.second[.vSphereReplication]
    // Removing takes five minutes.
    #expect(removing == .removing(end: .minutes(29)))

    try world.run(until: .minutes(32))
    #expect(world.servers(of: .only).sites.second[.vSphereReplication] == .notInstalled)
    #expect(
      world.details(of: "replication.configure-refused") == [
        "vSphere Replication is not installed at site lyon"
      ])
    #expect(world.details(of: "site.pair-refused") == ["vSphere Replication is not installed at site lyon"])
  }

  @Test func `A new certificate parts the sites until they are reconnected`() throws {
    let sites = #""sites": ["paris", "lyon"]"#
    var world = try PlannedWorld(
      machines: 1,
      timeline: [
        #""at": "10m", "do": "addon.renew-certificate", "site": "lyon", "addon": "srm""#,
        #""at": "11m", "do": "plan.recover", "plan": "RP", "id": "early""#,
        #""at": "12m", "do": "replication.sync", "vm": "vm-01""#,
        #""at": "20m", "do": "site.reconnect", \#(sites)"#,
        #""at": "21m", "do": "plan.recover", "plan": "RP", "id": "late""#,
      ]
    ).world()
    try world.run(until: .minutes(19))
    let status = world.servers(of: .only).status(of: .siteRecoveryManager, at: .second, seenFrom: .first)
    #expect(status == .warning)
    #expect(world.details(of: "plan.recover-refused") == ["site paris does not answer"])
    // vSphere Replication has a certificate of its own.
    #expect(world.details(of: "replication.sync-refused").isEmpty)

    let run = try world.run(untilEndOf: "late")

    #expect(run.result == "SUCCESS")
    #expect(world.details(of: "site.reconnect-refused").isEmpty)
  }

  @Test func `What is not there is not removed, and what is not paired is not parted`() throws {
    var world = try world(Self.installations + [Self.pairing])
    try world.run(until: .minutes(5))
    try world.perform(.removeAddOn(.siteRecoveryManager, at: SiteID(0)))
    try world.perform(.renewCertificate(.siteRecoveryManager, at: SiteID(0)))
    try world.perform(.reconnect(.only))
    #expect(world.details(of: "addon.remove-refused") == ["an installation is under way"])
    #expect(world.details(of: "addon.renew-certificate-refused") == ["it is not installed"])
    #expect(world.details(of: "site.reconnect-refused") == ["the sites are not paired"])
    try world.run(until: .minutes(15) + .seconds(30))
    try world.perform(.unpair(.only))
    #expect(world.details(of: "site.unpair-refused") == ["the sites are not paired"])
  }
}
