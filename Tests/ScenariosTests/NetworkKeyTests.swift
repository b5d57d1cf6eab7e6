import Inventory
import Quantities
import Scenarios
import Testing

/// What scenarios say about links, circuits, clouds and limits.
@Suite struct NetworkKeyTests {
  private static func read(_ text: String) -> (scenario: Scenario?, codes: [DiagnosticCode]) {
    let (scenario, diagnostics) = ScenarioReader.read(text: text, file: "test.json")
    return (scenario, diagnostics.map(\.code))
  }

  private static func azure(_ links: String, circuits: [String] = ["1Gbps", "1Gbps"]) throws -> Scenario {
    let text = """
      { "format": 1, "name": "azure", "clock": { "duration": "1h" },
        "sites": [
          { "name": "weu", "region": "westeurope", "circuit": { "name": "er-1", "bandwidth": "\(circuits[0])" } },
          { "name": "fr", "region": "francecentral", "circuit": { "name": "er-2", "bandwidth": "\(circuits[1])" } }],
        "links": [{ "name": "wan", "between": ["weu", "fr"], \(links) }] }
      """
    return try #require(read(text).scenario)
  }

  @Test func `Sites with regions have half of the larger published round trip between them`() throws {
    // 15 ms from West Europe, 13 ms from France Central.
    #expect(try Self.azure(#""bandwidth": "1Gbps""#).inventory.links[0].latency == .microseconds(7_500))
    #expect(
      try Self.azure(#""bandwidth": "1Gbps", "latency": "azure""#).inventory.links[0].latency
        == .microseconds(7_500))
    #expect(
      try Self.azure(#""bandwidth": "1Gbps", "latency": "9ms""#).inventory.links[0].latency
        == .milliseconds(9))
  }

  @Test func `A link over circuits has the smaller of them, gateways counted`() throws {
    #expect(
      try Self.azure(#""over": "circuit""#, circuits: ["ER-5G", "2Gbps"]).inventory.links[0].bandwidth
        == [.gigabitsPerSecond(2), .gigabitsPerSecond(2)])
    #expect(
      try Self.azure(#""over": "circuit""#, circuits: ["10Gbps\", \"gateway\": \"ergw1", "2Gbps"]).inventory
        .links[0]
        .bandwidth[0] == .gigabitsPerSecond(1))
  }

  @Test func `A rate may be called by the name of a size`() throws {
    #expect(try Self.azure(#""bandwidth": "ErGw2""#).inventory.links[0].bandwidth[0] == .gigabitsPerSecond(2))
    #expect(AzureNetwork.size(named: "ergwscale-40")?.rate == .gigabitsPerSecond(40))
  }

  @Test func `The table of round trips is as published`() {
    #expect(AzureNetwork.roundTrip(between: "westeurope", and: "northeurope") == .milliseconds(18))
    #expect(AzureNetwork.roundTrip(between: "eastus", and: "uksouth") == .milliseconds(79))
    #expect(AzureNetwork.roundTrip(between: "westeurope", and: "southeastasia") == .milliseconds(160))
    #expect(AzureNetwork.roundTrip(between: "japaneast", and: "eastus") == nil)
    // Two private clouds of one region are as far apart as availability zones.
    #expect(AzureNetwork.roundTrip(between: "westeurope", and: "westeurope") == .milliseconds(2))
    #expect(AzureNetwork.roundTrips.count == 4 * 7 + 7 + 9)
  }

  @Test func `Replications know all links of their sites, the best one first`() throws {
    let text = """
      { "format": 1, "name": "links", "clock": { "duration": "1h" },
        "sites": [{ "name": "a", "datastores": [{ "name": "x" }] }, { "name": "b", "datastores": [{ "name": "y" }] }],
        "links": [
          { "name": "third", "between": ["a", "b"], "bandwidth": "1Gbps", "latency": "1ms", "preference": 3 },
          { "name": "first", "between": ["b", "a"], "bandwidth": "1Gbps", "latency": "1ms" },
          { "name": "second", "between": ["a", "b"], "bandwidth": "1Gbps", "latency": "1ms" }],
        "vms": [{ "name": "vm-{1..2}", "site": "a", "datastore": "x", "disks": [{ "name": "d", "size": "1GiB" }] }],
        "replications": [{ "vm": "vm-1", "to": "b", "datastore": "y", "rpo": "15m" },
                         { "vm": "vm-2", "to": "b", "datastore": "y", "rpo": "15m", "via": "third" }] }
      """
    let scenario = try #require(Self.read(text).scenario)
    #expect(
      scenario.replications[0].links.map { scenario.inventory[$0].name } == ["first", "second", "third"])
    #expect(scenario.replications[0].direction == .backward)
    #expect(scenario.replications[1].links.map(\.index) == [0])
  }

  // MARK: - Limits

  private static func fleet(
    _ count: Int, servers: Int, rpo: String = "15m", product: String = "8.0", size: String = "1GiB",
    limits: String = "product"
  ) -> [DiagnosticCode] {
    read(
      """
      { "format": 1, "name": "fleet", "limits": "\(limits)", "clock": { "duration": "1h" },
        "sites": [{ "name": "a", "datastores": [{ "name": "x" }] },
                  { "name": "b", "replicationServers": \(servers), "datastores": [{ "name": "y" }] }],
        "links": [{ "name": "wan", "between": ["a", "b"], "bandwidth": "1Gbps", "latency": "1ms" }],
        "vms": [{ "name": "vm-{0001..\(String("000\(count)".suffix(4)))}", "site": "a", "datastore": "x",
                  "disks": [{ "name": "d", "size": "\(size)" }] }],
        "replications": [{ "vm": "vm-*", "to": "b", "datastore": "y", "rpo": "\(rpo)" }],
        "profile": { "product": "\(product)" } }
      """
    ).codes
  }

  @Test func `A server receives 200 replications, an appliance 2,000`() {
    #expect(Self.fleet(200, servers: 1).isEmpty)
    #expect(Self.fleet(201, servers: 1) == [.tooManyReplications])
    #expect(Self.fleet(201, servers: 1, product: "enhanced").isEmpty)
    #expect(Self.fleet(2_000, servers: 10).isEmpty)
    #expect(Self.fleet(2_001, servers: 10) == [.tooManyReplications])
    #expect(Self.fleet(2_001, servers: 11, limits: "relaxed").isEmpty)
    #expect(Self.fleet(1, servers: 11) == [.tooManyServers])
    #expect(Self.fleet(500, servers: 10, product: "5.0").isEmpty)
    #expect(Self.fleet(501, servers: 10, product: "5.0") == [.tooManyReplications])
  }

  @Test func `RPOs below 15 minutes are for 100 machines, later for 500`() {
    #expect(Self.fleet(101, servers: 3, rpo: "5m", product: "6.x") == [.tooManyShortObjectives])
    #expect(Self.fleet(100, servers: 3, rpo: "5m", product: "6.x").isEmpty)
    #expect(Self.fleet(500, servers: 3, rpo: "14m").isEmpty)
    #expect(Self.fleet(501, servers: 3, rpo: "14m") == [.tooManyShortObjectives])
  }

  @Test func `A replicated disk has at most 62 TiB`() {
    #expect(Self.fleet(1, servers: 1, size: "62TiB").isEmpty)
    #expect(Self.fleet(1, servers: 1, size: "63TiB") == [.diskTooLarge])
    #expect(Self.fleet(1, servers: 1, product: "5.0", size: "3TiB") == [.diskTooLarge])
    #expect(Self.fleet(1, servers: 1, size: "63TiB", limits: "relaxed").isEmpty)
  }
}
