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
    let table = try IPCustomizationTable(rows: [
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
      try IPCustomizationTable(rows: [row]).text
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

  // MARK: Settings

  private func machines() throws -> [IPCustomizationTable.Machine] {
    var settings = VMRecoverySettings()
    settings.nicSettings = [
      NICSettings(
        nicIndex: 1,
        settings: BothSides(
          first: IPSettings(nameSuffixes: ["corp.example"]), second: IPSettings(ipv4: .dhcp)))
    ]
    return [
      .init(name: "db-01", settings: settings), .init(name: "web-01", settings: VMRecoverySettings()),
    ]
  }

  private let sites = BothSides(first: "lyon", second: "paris")

  @Test func `The settings of cards become rows, and rows become settings of cards`() throws {
    var machines = try machines()
    let table = try IPCustomizationTable(settings: machines, sites: sites, offering: .onPremises)
    #expect(
      table.text == titles + "\n" + "db-01,lyon,1,,,,,,,,,,corp.example,\n" + "db-01,paris,1,dhcp,,,,,,,,,,\n"
    )
    // Card 0 of db-01 comes before card 1, whose settings at the other site stay.
    let edited = try IPCustomizationTable(
      reading: titles
        + "\ndb-01,lyon,0,dhcp,,,,,,,,,,\ndb-01,paris,1,,,,,dhcp,,,,,,\nweb-01,lyon,0,dhcp,,,,,,,,,,\n")
    try edited.apply(to: &machines, sites: sites, offering: .onPremises)
    let dhcp = IPSettings(ipv4: .dhcp)
    #expect(
      machines[0].settings.nicSettings == [
        NICSettings(nicIndex: 0, settings: BothSides(first: dhcp, second: nil)),
        NICSettings(
          nicIndex: 1,
          settings: BothSides(
            first: IPSettings(nameSuffixes: ["corp.example"]), second: IPSettings(ipv6: .dhcp))),
      ])
    #expect(machines[1].settings.nicSettings.map(\.nicIndex) == [0])
    #expect(machines.allSatisfy { $0.settings.ipCustomization == .manual })
  }

  @Test func `Rows of machines and sites that nobody knows are told by their lines, and change nothing`()
    throws
  {
    var machines = try machines()
    let table = try IPCustomizationTable(
      reading: titles
        + "\ndb-01,lyon,0,dhcp,,,,,,,,,,\n\ndb-09,lyon,0,dhcp,,,,,,,,,,\ndb-01,nice,0,dhcp,,,,,,,,,,\n"
    )
    #expect(
      throws: IPTableRefusal.problems([
        IPTableProblem(line: 4, reason: .unknownVM("db-09")),
        IPTableProblem(line: 5, reason: .unknownSite("nice")),
      ])
    ) { try table.apply(to: &machines, sites: sites, offering: .onPremises) }
    #expect(machines == (try self.machines()))
  }

  @Test func `Azure VMware Solution has no tool for address tables`() throws {
    var machines = try machines()
    let excluded = IPTableRefusal.toolExcluded(.azureVMwareSolution)
    #expect(throws: excluded) {
      try IPCustomizationTable(settings: machines, sites: sites, offering: .azureVMwareSolution)
    }
    let table = try IPCustomizationTable(rows: [])
    #expect(throws: excluded) {
      try table.apply(to: &machines, sites: sites, offering: .azureVMwareSolution)
    }
  }

  @Test func `What the text of a table could not hold is refused`() throws {
    func row(_ settings: IPSettings, nic: Int = 0) -> IPCustomizationTable.Row {
      .init(vm: "a\nb", site: "lyon", nicIndex: nic, settings: settings)
    }
    let address = try #require(IPv4Address("10.0.0.5"))
    // The name of the machine takes two lines.
    #expect(
      throws: IPTableProblems(problems: [
        IPTableProblem(line: 2, reason: .settings(.prefixLengthOutOfRange(33))),
        IPTableProblem(line: 4, reason: .settings(.unusableSuffix("a;b"))),
        IPTableProblem(line: 4, reason: .settings(.unusableSuffix(""))),
        IPTableProblem(line: 6, reason: .duplicate(line: 2)),
      ])
    ) {
      try IPCustomizationTable(rows: [
        row(IPSettings(ipv4: .fixed(address, prefixLength: 33))),
        row(IPSettings(nameSuffixes: ["a;b", ""]), nic: 1), row(IPSettings()),
      ])
    }
  }
}
