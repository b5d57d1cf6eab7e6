import Inventory
import Quantities
import Scenarios
import Testing

/// Clusters, appliances, guests and paces as the reader gives them.
@Suite struct ClusterKeyTests {
  private func read(_ sites: String, workload: String = "", vm: String = "", timeline: String = "") throws
    -> Scenario
  {
    let text = """
      { "format": 1, "name": "keys", "clock": { "duration": "1h" },
        "sites": [\(sites), { "name": "lyon", "datastores": [{ "name": "ds-lyon" }] }],
        "links": [{ "name": "wan", "between": ["paris", "lyon"], "bandwidth": "100Mbps", "latency": "5ms" }],
        "workloads": { "app": { "model": "uniform", "write": "1kB/s", "blockSize": "8KiB"\(workload) } },
        "vms": [{ "name": "vm-{1..3}", "site": "paris", "datastore": "ds-paris"\(vm),
          "disks": [{ "name": "data", "size": "10GiB", "workload": "app" }] }],
        "replications": [{ "vm": "vm-*", "to": "lyon", "datastore": "ds-lyon", "rpo": "15m" }],
        "timeline": [\(timeline)] }
      """
    let (scenario, diagnostics) = ScenarioReader.read(text: text, file: "keys.json")
    return try #require(scenario, "\(diagnostics)")
  }

  private static let paris = #"{ "name": "paris", "hosts": 2, "datastores": [{ "name": "ds-paris" }] }"#

  @Test func `A site that says nothing has one cluster of its hosts without limits`() throws {
    let inventory = try read(Self.paris).inventory

    #expect(inventory.clusters.map(\.name) == ["paris-cluster", "lyon-cluster"])
    #expect(inventory.clusters[0].hosts == [HostID(0), HostID(1)])
    #expect(inventory.clusters[0].hostCapacity == nil && inventory.clusters[0].availability == nil)
    #expect(inventory.cluster(of: HostID(2)) == ClusterID(1))
  }

  @Test func `Clusters have hosts of a type and settings of vSphere HA`() throws {
    let scenario = try read(
      #"""
      { "name": "paris", "datastores": [{ "name": "ds-paris" }], "clusters": [
        { "name": "c1", "hosts": 2, "hostType": "av36", "ha": { "detection": "30s", "admission": { "failures": 1 } } },
        { "name": "c2", "hosts": [{ "name": "x" }], "hostType": { "cores": 8, "memory": "64GiB" } }] }
      """#)

    #expect(scenario.inventory.hosts.map(\.name) == ["c1-esx-01", "c1-esx-02", "x", "lyon-esx-01"])
    let first = scenario.inventory.clusters[0]
    #expect(first.hostCapacity == HostCapacity(cores: 36, memory: .gibibytes(576)))
    #expect(first.availability?.failureDetection == .seconds(30) && first.availability?.failuresReserved == 1)
    #expect(scenario.inventory.clusters[1].availability == HighAvailability())
  }

  @Test func `Machines begin on no host in standby`() throws {
    let scenario = try read(
      #"""
      { "name": "paris", "hosts": [{ "name": "a", "standby": true }, { "name": "b" }], "datastores": [{ "name": "ds-paris" }] }
      """#)

    #expect(scenario.inventory.hosts.map(\.isInStandby) == [true, false, false])
    #expect(scenario.inventory.virtualMachines.map(\.host.index) == [1, 1, 1])
  }

  @Test func `Machines go to the next host in turn that has room`() throws {
    // 16 GiB per host, no more given than there is: two machines of 8 GiB fill one.
    let scenario = try read(
      #"""
      { "name": "paris", "datastores": [{ "name": "ds-paris" }], "clusters": [
          { "name": "paris", "hosts": 3, "hostType": { "cores": 4, "memory": "16GiB" },
            "ha": { "memoryOvercommitment": "100%" } }],
        "appliances": { "vrms": { "host": "paris-esx-01" } } }
      """#, vm: #", "memory": "8GiB""#)

    // The appliance takes 8 GiB of the first host: it has room for one machine.
    #expect(scenario.inventory.virtualMachines.map(\.host.index) == [0, 1, 2])
    #expect(scenario.inventory.appliances.map(\.name) == ["paris-vrms"])
    #expect(scenario.inventory.appliances[0].role == .management)
  }

  @Test func `Guests and paces are read with their defaults`() throws {
    let scenario = try read(
      Self.paris, workload: #", "daily": "office-hours", "growth": "1%/day""#,
      vm: #", "boot": "70s", "shutdown": "40s", "restartPriority": "high""#)

    let guest = scenario.virtualMachines[0].guest
    #expect(guest.boot == .seconds(70) && guest.shutdown == .seconds(40) && guest.hasTools)
    #expect(guest.restartPriority == .high)
    let pace = try #require(scenario.workloads[0].pace)
    #expect(pace.hours == .office && pace.yearlyGrowth == .percent(365) && pace.ramp == nil)
  }

  @Test func `A site fails with those of its fate group`() throws {
    let scenario = try read(
      Self.paris, timeline: #"{ "at": "10m", "do": "site.fail", "site": "paris", "for": "5m" }"#)

    #expect(scenario.timeline[0].action == .compute(.siteFail([SiteID(0)])))
  }
}
