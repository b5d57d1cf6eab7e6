import RandomStreams
import RecoveryCore
import Testing

@Suite struct IPAddressTests {
  @Test func `An IPv4 address is four numbers from 0 to 255 without leading zeros`() {
    #expect(IPv4Address("10.20.30.40")?.bits == 0x0A_14_1E_28)
    #expect(IPv4Address("255.255.255.255")?.bits == .max)
    #expect(IPv4Address("0.0.0.0")?.bits == 0)
    for text in [
      "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.-4", "1..3.4", " 1.2.3.4", "1.2.3.4 ",
      "a.b.c.d",
    ] {
      #expect(IPv4Address(text) == nil, "\(text)")
    }
  }

  @Test func `A subnet mask has its ones in front`() {
    #expect(IPv4Address("255.255.240.0")?.maskPrefixLength == 20)
    #expect(IPv4Address("255.255.255.255")?.maskPrefixLength == 32)
    #expect(IPv4Address("128.0.0.0")?.maskPrefixLength == 1)
    #expect(IPv4Address("0.0.0.0")?.maskPrefixLength == nil)
    #expect(IPv4Address("255.0.255.0")?.maskPrefixLength == nil)
    #expect(IPv4Address("10.0.0.0")?.maskPrefixLength == nil)
    for length in 1...32 { #expect(IPv4Address.mask(prefixLength: length).maskPrefixLength == length) }
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `An address is read back as it was written`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "ip-address")
    let v4 = IPv4Address(bits: UInt32(random.next(below: 1 << 32)))
    #expect(IPv4Address(v4.description) == v4)
    // Half of the groups are zero, so that rows of zeros of every length appear.
    let groups = (0..<8).map { _ in random.next(below: 2) == 0 ? 0 : UInt16(random.next(below: 65_536)) }
    let v6 = IPv6Address(groups: groups)
    #expect(IPv6Address(v6.description) == v6, "\(v6)")
  }

  @Test(arguments: [
    ("2001:0db8:0000:0000:0000:ff00:0042:8329", "2001:db8::ff00:42:8329"),
    ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
    ("1:0:0:2:3:0:0:4", "1::2:3:0:0:4"), ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"), ("FE80::A", "fe80::a"),
  ])
  func `An IPv6 address is written in its shortest form`(text: String, expected: String) {
    #expect(IPv6Address(text)?.description == expected)
  }

  @Test(arguments: [
    "", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "1:2:3:4:5:6:7::8", "::g",
    "+1::", "fe80::1%eth0", "1:2:3:4:5:6:7:",
  ])
  func `What is no IPv6 address is refused`(text: String) {
    #expect(IPv6Address(text) == nil)
  }
}
