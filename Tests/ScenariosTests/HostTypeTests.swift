import Inventory
import Quantities
import Scenarios
import Testing

/// Hosts that a cloud rents out, and what a vSAN datastore of them holds.
@Suite struct HostTypeTests {
  /// Four hosts at `west`, in a private cloud of Azure, with a disk of so many GiB.
  private func read(hosts: String, vsan: String = "{}", diskSize: Int = 1) -> (
    scenario: Scenario?, codes: [String]
  ) {
    let text = """
      { "format": 1, "name": "types", "platform": "avs", "clock": { "duration": "1h" },
        "sites": [
          { "name": "west", "region": "westeurope", \(hosts), "datastores": [{ "name": "ds-west", "vsan": \(vsan) }] },
          { "name": "lyon", "datastores": [{ "name": "ds-lyon" }] }],
        "links": [{ "name": "wan", "between": ["west", "lyon"], "bandwidth": "100Mbps", "latency": "5ms" }],
        "vms": [{ "name": "vm", "site": "west", "datastore": "ds-west",
          "disks": [{ "name": "data", "size": "\(diskSize)GiB" }] }],
        "replications": [{ "vm": "vm", "to": "lyon", "datastore": "ds-lyon", "rpo": "15m" }] }
      """
    let (scenario, diagnostics) = ScenarioReader.read(text: text, file: "types.json")
    return (scenario, diagnostics.map(\.code.rawValue))
  }

  private func capacity(hosts: String, vsan: String = "{}") throws -> ByteCount {
    let scenario = try #require(read(hosts: hosts, vsan: vsan).scenario)
    return try #require(scenario.inventory.datastores[0].vsan).rawCapacity
  }

  /// Microsoft, Azure VMware Solution, vSAN capacity tier in GB a host; four hosts have four times as much.
  @Test(
    arguments: [
      ("av36", 15_400), ("av36p", 19_200), ("av48", 19_200), ("av52", 38_400), ("av64", 15_360),
    ] as [(String, UInt64)])
  func `A vSAN datastore holds what the devices of its type of host do`(type: String, gigabytes: UInt64)
    throws
  {
    let site = try capacity(hosts: #""hosts": 4, "hostType": "\#(type)""#)
    #expect(site == .gigabytes(4 * gigabytes))
    let cluster = try capacity(hosts: #""clusters": [{ "name": "c", "hosts": 4, "hostType": "\#(type)" }]"#)
    #expect(cluster == .gigabytes(4 * gigabytes))
  }

  @Test func `What is said of the devices counts more than the type, and a host without a type is an AV36`()
    throws
  {
    let said = try capacity(hosts: #""hosts": 4, "hostType": "av52""#, vsan: #"{ "device": "10TB" }"#)
    #expect(said == .gigabytes(40_000))
    let none = try capacity(hosts: #""hosts": 4"#)
    #expect(none == .gigabytes(61_600))
    let figures = try capacity(hosts: #""hosts": 4, "hostType": { "cores": 8, "memory": "64GiB" }"#)
    #expect(figures == .gigabytes(61_600))
  }

  @Test func `A type without a published capacity asks for one`() throws {
    #expect(read(hosts: #""hosts": 4, "hostType": "i4i""#).codes == ["E0201"])
    let said = try capacity(hosts: #""hosts": 4, "hostType": "i4i""#, vsan: #"{ "device": "20TB" }"#)
    #expect(said == .gigabytes(80_000))
  }

  @Test func `Slack and room go by the store that the hosts really have`() {
    // 23,000 GiB as RAID-1 with 13.1 % of overhead are 55.9 TB: more than 75 % of 61.6 TB, less than that of 76.8 TB.
    #expect(read(hosts: #""hosts": 4, "hostType": "av36""#, diskSize: 23_000).codes == ["W0320"])
    #expect(read(hosts: #""hosts": 4, "hostType": "av36p""#, diskSize: 23_000).codes.isEmpty)
    // 30,000 GiB take 72.9 TB: too much for the one, above 75 % of the other, less than half of 153.6 TB.
    #expect(read(hosts: #""hosts": 4, "hostType": "av36""#, diskSize: 30_000).codes == ["E0346"])
    #expect(read(hosts: #""hosts": 4, "hostType": "av48""#, diskSize: 30_000).codes == ["W0320"])
    #expect(read(hosts: #""hosts": 4, "hostType": "av52""#, diskSize: 30_000).codes.isEmpty)
  }
}
