import RecoveryCore
import Testing

@Suite struct IPCustomizationTableTests {
  private let titles =
    "VM,Site,NIC,IPv4,Mask,Gateway,Alternate Gateway,IPv6,IPv6 Prefix,IPv6 Gateway,IPv6 Alternate Gateway,DNS,Suffixes,WINS"

  private func read(_ lines: String...) throws -> [IPCustomizationTable.Row] {
    try IPCustomizationTable(reading: ([titles] + lines).joined(separator: "\n")).rows
  }

  private func problems(_ lines: String...) -> [IPTableProblem] {
    do {
      _ = try IPCustomizationTable(reading: ([titles] + lines).joined(separator: "\n"))
      return []
    } catch {
      return error.problems
    }
  }

  @Test func `A row sets one card at one site`() throws {
    let rows = try read(
      "db-01,lyon,0,10.2.7.9,255.255.0.0,10.2.0.1,,2001:db8::9,64,2001:db8::1,,10.2.0.2;10.2.0.3,corp.example,10.2.0.4",
      "db-01,lyon,1,dhcp,,,,,,,,,,")
    let settings = IPSettings(
      ipv4: .fixed(
        try #require(IPv4Address("10.2.7.9")), prefixLength: 16, defaultGateway: IPv4Address("10.2.0.1")),
      ipv6: .fixed(
        try #require(IPv6Address("2001:db8::9")), prefixLength: 64, defaultGateway: IPv6Address("2001:db8::1")
      ),
      nameServers: ["10.2.0.2", "10.2.0.3"].compactMap { IPAddress($0) }, nameSuffixes: ["corp.example"],
      winsServers: [try #require(IPv4Address("10.2.0.4"))])
    #expect(rows.map(\.settings) == [settings, IPSettings(ipv4: .dhcp)])
    #expect(rows.map(\.nicIndex) == [0, 1])
    #expect(rows.map(\.vm) == ["db-01", "db-01"])
  }

  @Test func `A table is read back as it was written`() throws {
    let table = IPCustomizationTable(rows: [
      .init(vm: "a, \"b\"\nc", site: "lyon", nicIndex: 0, settings: IPSettings(ipv4: .dhcp, ipv6: .dhcp)),
      .init(
        vm: "db", site: "paris", nicIndex: 3,
        settings: IPSettings(
          ipv4: .fixed(
            try #require(IPv4Address("10.0.0.5")), prefixLength: 24,
            defaultGateway: IPv4Address("10.0.0.1"), alternateGateway: IPv4Address("10.0.0.2")),
          nameServers: [try #require(IPAddress("::1"))], nameSuffixes: ["a.example", "b.example"])),
      .init(vm: "x", site: "lyon", nicIndex: 1, settings: IPSettings()),
    ])
    #expect(try IPCustomizationTable(reading: table.text) == table)
    let text = table.text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
    // Line breaks between quotes are content and become CRLF with the rest.
    #expect(try IPCustomizationTable(reading: text).rows.dropFirst() == table.rows.dropFirst())
  }

  @Test func `The text of a table is exact`() throws {
    let row = IPCustomizationTable.Row(
      vm: "say \"hi\"", site: "lyon", nicIndex: 0,
      settings: IPSettings(ipv4: .fixed(try #require(IPv4Address("10.0.0.5")), prefixLength: 24)))
    #expect(
      IPCustomizationTable(rows: [row]).text
        == titles + "\n" + "\"say \"\"hi\"\"\",lyon,0,10.0.0.5,255.255.255.0,,,,,,,,,\n")
  }

  @Test func `Every problem is told with its line`() {
    #expect(
      problems(
        "db-01,lyon,0,10.2.7,255.255.0.0,,,,,,,,,",  // 2
        "",  // 3
        "db-01,lyon",  // 4
        "db-01,lyon,x,dhcp,255.0.0.0,,,,,,,,,",  // 5
        ",,,,,,,,,,,,,",  // 6
        "\"db",  // 7, and its quote swallows line 8
        "01\"z,lyon,0,,,,,,,,,,,",  // 8
        "db-02,lyon,0,10.0.0.5,255.0.255.0,,,,,,,1.1.1.1;;x,,",  // 9
        "db-03,lyon,0,10.0.0.5,255.255.255.0,10.1.0.1,,,,,,,,",  // 10
        "db-04,lyon,0,dhcp,,,,,,,,,,",  // 11
        "db-04,lyon,0,dhcp,,,,,,,,,,"  // 12
      ) == [
        IPTableProblem(line: 2, reason: .invalidField(.ipv4, "10.2.7")),
        IPTableProblem(line: 4, reason: .fieldCount(2, expected: 14)),
        IPTableProblem(line: 5, reason: .invalidField(.nic, "x")),
        IPTableProblem(line: 5, reason: .unusedField(.mask)),
        IPTableProblem(line: 6, reason: .missingField(.vm)),
        IPTableProblem(line: 6, reason: .missingField(.site)),
        IPTableProblem(line: 6, reason: .missingField(.nic)),
        IPTableProblem(line: 7, reason: .misplacedQuote),
        IPTableProblem(line: 9, reason: .invalidField(.mask, "255.0.255.0")),
        IPTableProblem(line: 9, reason: .invalidField(.nameServers, "")),
        IPTableProblem(line: 9, reason: .invalidField(.nameServers, "x")),
        IPTableProblem(line: 10, reason: .settings(.gatewayOutside(IPv4Address(bits: 0x0A_01_00_01)))),
        IPTableProblem(line: 12, reason: .duplicate(line: 11)),
      ])
  }

  @Test func `A quote that never closes and wrong titles are problems of their lines`() {
    #expect(problems("\"db-01,lyon") == [IPTableProblem(line: 2, reason: .unterminatedQuote)])
    func reason(_ text: String) -> [IPTableProblem] {
      do {
        _ = try IPCustomizationTable(reading: text)
        return []
      } catch {
        return error.problems
      }
    }
    #expect(reason("") == [IPTableProblem(line: 1, reason: .wrongTitles)])
    #expect(reason("\n\nVM,Site\n") == [IPTableProblem(line: 3, reason: .wrongTitles)])
    #expect(reason(titles) == [])
  }
}
