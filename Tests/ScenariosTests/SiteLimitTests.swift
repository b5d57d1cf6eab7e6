import Scenarios
import Testing

/// Limits of the product and of private clouds that count hosts, servers and machines of a site.
@Suite struct SiteLimitTests {
  private func codes(
    source: String = "", target: String = "", datastore: String = "", machines: Int = 1, rpo: String = "15m",
    settings: String = ""
  ) -> [DiagnosticCode] {
    let text = """
      { "format": 1, "name": "limits", \(settings) "clock": { "duration": "1h" },
        "sites": [{ "name": "a", \(source) "datastores": [{ "name": "x"\(datastore) }] },
                  { "name": "b", \(target) "datastores": [{ "name": "y" }] }],
        "links": [{ "name": "wan", "between": ["a", "b"], "bandwidth": "1Gbps", "latency": "1ms" }],
        "vms": [{ "name": "vm-{001..\(String("00\(machines)".suffix(3)))}", "site": "a", "datastore": "x",
                  "disks": [{ "name": "d", "size": "1MiB" }] }],
        "replications": [{ "vm": "vm-*", "to": "b", "datastore": "y", "rpo": "\(rpo)" }] }
      """
    return ScenarioReader.read(text: text, file: "limits.json").diagnostics.map(\.code)
  }

  @Test func `Each cluster of a site has its own limit of hosts`() {
    let clusters = { (sizes: [Int]) in
      let list = sizes.enumerated().map { #"{ "name": "c\#($0)", "hosts": \#($1) }"# }
      return "\"clusters\": [\(list.joined(separator: ", "))],"
    }
    #expect(codes(source: clusters([96, 96])) == [])
    #expect(codes(source: clusters([97, 3])) == [.tooManyHosts])
    let cloud = #""platform": "avs","#
    let region = #""region": "westeurope","#
    #expect(codes(source: region + clusters([16, 16]), settings: cloud) == [])
    #expect(codes(source: region + clusters([3, 2]), settings: cloud) == [.platformLimit])
    #expect(
      codes(source: region + clusters(Array(repeating: 3, count: 13)), settings: cloud) == [.platformLimit])
  }

  @Test func `Servers that are appliances of a site receive 200 replications each`() {
    #expect(codes(target: #""appliances": { "servers": [{}, {}] },"#, machines: 201) == [])
    #expect(codes(target: #""appliances": { "servers": [{}] },"#, machines: 200) == [])
    #expect(
      codes(target: #""appliances": { "servers": [{}] },"#, machines: 201) == [.tooManyReplications])
  }

  @Test func `RPOs below 15 minutes are for 50 machines on vVols`() {
    let volumes = #", "type": "vvol""#
    #expect(codes(datastore: volumes, machines: 50, rpo: "5m") == [])
    #expect(codes(datastore: volumes, machines: 51, rpo: "5m") == [.tooManyShortObjectives])
    #expect(codes(datastore: volumes, machines: 51) == [])
    #expect(codes(machines: 51, rpo: "5m") == [])
  }
}
