import Quantities
import RandomStreams
import RecoveryCore
import Testing

@Suite struct SubnetRuleTests {
  private func address(_ text: String) throws -> IPv4Address { try #require(IPv4Address(text)) }
  private func subnet(_ text: String) throws -> IPv4Subnet { try #require(IPv4Subnet(text)) }

  @Test func `A subnet names no host`() {
    #expect(IPv4Subnet("10.1.0.0/16")?.prefixLength == 16)
    #expect(IPv4Subnet("0.0.0.0/0")?.prefixLength == 0)
    for text in ["10.1.0.1/16", "10.1.0.0", "10.1.0.0/33", "10.1.0.0/", "10.1.0.0/+8", "10.1.0.0/8/8"] {
      #expect(IPv4Subnet(text) == nil, "\(text)")
    }
  }

  @Test func `The host part of an address is kept`() throws {
    let rule = try SubnetRule(
      name: "web", local: subnet("10.1.0.0/16"), remote: subnet("192.168.0.0/16"),
      defaultGateway: address("192.168.0.1"))
    #expect(rule.address(of: try address("10.1.7.9")) == (try address("192.168.7.9")))
    #expect(rule.address(of: try address("10.2.7.9")) == nil)
    #expect(
      rule.settings(for: try address("10.1.7.9"))?.ipv4
        == .fixed(
          try address("192.168.7.9"), prefixLength: 16, defaultGateway: try address("192.168.0.1")))
  }

  @Test func `The first rule whose subnet holds the address counts`() throws {
    let mapping = IPMapping(
      name: "web",
      rules: [
        try SubnetRule(name: "special", local: subnet("10.1.7.0/24"), remote: subnet("172.16.7.0/24")),
        try SubnetRule(name: "all", local: subnet("10.1.0.0/16"), remote: subnet("10.2.0.0/16")),
      ])
    #expect(
      mapping.settings(for: try address("10.1.7.9"))?.ipv4
        == .fixed(try address("172.16.7.9"), prefixLength: 24))
    #expect(
      mapping.settings(for: try address("10.1.8.9"))?.ipv4
        == .fixed(try address("10.2.8.9"), prefixLength: 16))
    #expect(mapping.settings(for: try address("10.3.8.9")) == nil)
  }

  @Test func `A rule of unequal subnets, or with a gateway elsewhere, is refused`() throws {
    let (local, remote) = (try subnet("10.1.0.0/16"), try subnet("10.2.0.0/24"))
    #expect(throws: SubnetRuleProblem.differentSizes(local: local, remote: remote)) {
      try SubnetRule(name: "a", local: local, remote: remote)
    }
    let gateway = try address("10.1.0.1")
    let other = try subnet("10.2.0.0/16")
    #expect(throws: SubnetRuleProblem.gatewayOutside(gateway, other)) {
      try SubnetRule(name: "a", local: local, remote: other, defaultGateway: gateway)
    }
    #expect(throws: SubnetRuleProblem.unnamed) { try SubnetRule(name: "", local: local, remote: other) }
  }

  /// The rule, bit by bit.
  @Test(arguments: 0..<200 as Range<UInt64>)
  func `Rules agree with a copy bit by bit`(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "subnet-rule")
    let length = Int(random.next(below: 33))
    func someSubnet() -> IPv4Subnet {
      let bits = UInt32(random.next(below: 1 << 32)) & IPv4Address.mask(prefixLength: length).bits
      return IPv4Subnet(IPv4Address(bits: bits), prefixLength: length)
    }
    let rule = try SubnetRule(name: "r", local: someSubnet(), remote: someSubnet())
    let stray = UInt32(random.next(below: 1 << 32))
    let inside = rule.local.address.bits | stray & ~IPv4Address.mask(prefixLength: length).bits
    for bits in [stray, inside] {
      var isInside = true
      var expected: UInt32 = 0
      for position in 0..<32 {
        let bit = UInt32(1) << UInt32(31 - position)
        if position < length {
          if bits & bit != rule.local.address.bits & bit { isInside = false }
          expected |= rule.remote.address.bits & bit
        } else {
          expected |= bits & bit
        }
      }
      #expect(rule.address(of: IPv4Address(bits: bits)) == (isInside ? IPv4Address(bits: expected) : nil))
    }
  }
}
