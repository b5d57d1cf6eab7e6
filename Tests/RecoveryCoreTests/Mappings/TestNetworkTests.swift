import Inventory
import RecoveryCore
import Testing

@Suite struct TestNetworkTests {
  private let sites = TwoSites()

  @Test func `The plan's test network beats the site's, and without either one is made`() throws {
    var mappings = sites.mapped()
    let network = sites.second.network
    #expect(mappings.testNetwork(insteadOf: network, at: .second) == .isolated(insteadOf: network))
    try mappings.setTestNetwork(sites.second.otherNetwork, for: network, at: .second)
    #expect(mappings.testNetwork(insteadOf: network, at: .second) == .mapped(sites.second.otherNetwork))
    #expect(
      mappings.testNetwork(insteadOf: network, at: .second, planEntries: [(network, network)])
        == .mapped(network))
    try mappings.setTestNetwork(nil, for: network, at: .second)
    #expect(mappings.testNetwork(insteadOf: network, at: .second) == .isolated(insteadOf: network))
    #expect(throws: MappingRefusal.differentKinds) {
      try mappings.setTestNetwork(sites.second.folder, for: network, at: .second)
    }
  }

  @Test func `An isolated network does not span hosts`() {
    let isolated = TestNetwork.isolated(insteadOf: sites.second.network)
    let mapped = TestNetwork.mapped(sites.second.otherNetwork)
    func canTalk(_ one: TestNetwork, _ host: Int, _ other: TestNetwork, _ otherHost: Int) -> Bool {
      IsolatedNetworks.canTalk((one, HostID(host)), (other, HostID(otherHost)))
    }
    #expect(canTalk(isolated, 0, isolated, 0))
    #expect(!canTalk(isolated, 0, isolated, 1))
    #expect(canTalk(mapped, 0, mapped, 1))
    #expect(!canTalk(isolated, 0, mapped, 0))
    #expect(!canTalk(isolated, 0, .isolated(insteadOf: sites.second.otherNetwork), 0))
  }

  @Test func `A network is made once on each host and removed at clean-up`() {
    var networks = IsolatedNetworks()
    let network = sites.second.network
    #expect(networks.connect(network, on: HostID(1)) == true)
    #expect(networks.connect(network, on: HostID(0)) == true)
    #expect(networks.connect(network, on: HostID(1)) == false)
    #expect(
      networks.removeAll() == [
        .init(network: network, host: HostID(0)), .init(network: network, host: HostID(1)),
      ])
    #expect(networks.segments.isEmpty)
    #expect(networks.connect(network, on: HostID(1)) == true)
  }
}
