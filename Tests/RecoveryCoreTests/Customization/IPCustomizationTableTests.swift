import RecoveryCore
import Testing

@Suite struct IPCustomizationTableTests {
  private let titles =
    "VM ID,VM Name,vCenter Server,Adapter ID,DNS Domain,Net BIOS,Primary WINS,Secondary WINS,IP Address,Subnet Mask,Gateway(s),IPv6 Address,IPv6 Subnet Prefix length,IPv6 Gateway(s),DNS Server(s),DNS Suffix(es)"

  private func table(_ lines: [String]) throws(IPTableProblems) -> IPCustomizationTable {
    try IPCustomizationTable(reading: ([titles] + lines).joined(separator: "\n"))
  }

  private func problems(_ lines: String...) -> [IPTableProblem] {
    do {
      _ = try table(lines)
      return []
    } catch {
      return error.problems
    }
  }

  private func v4(_ text: String) throws -> IPv4Address { try #require(IPv4Address(text)) }

  private func fixed(
    _ address: String, _ prefixLength: Int, _ gateway: String? = nil, _ alternate: String? = nil
  ) throws -> IPSettings.IPv4 {
    .fixed(
      try v4(address), prefixLength: prefixLength, defaultGateway: gateway.flatMap { IPv4Address($0) },
      alternateGateway: alternate.flatMap { IPv4Address($0) })
  }

  @Test func `The rows of an adapter set one card at one site, each further row one more of a list`() throws {
    let rows = try table([
      "7,db-01,lyon,1,corp.example,enableNetBIOS,10.2.0.4,10.2.0.5,10.2.7.9,255.255.0.0,10.2.0.1,2001:db8::9,64,2001:db8::1,10.2.0.2,corp.example",
      "7,db-01,lyon,2,,,,,dhcp,,,,,,,",
      "7,db-01,lyon,1,,,,,,,10.2.0.254,,,,2001:db8::2,lab.example",
    ]).rows
    let settings = IPSettings(
      ipv4: try fixed("10.2.7.9", 16, "10.2.0.1", "10.2.0.254"),
      ipv6: .fixed(
        try #require(IPv6Address("2001:db8::9")), prefixLength: 64,
        defaultGateway: IPv6Address("2001:db8::1")),
      nameServers: ["10.2.0.2", "2001:db8::2"].compactMap { IPAddress($0) },
      nameSuffixes: ["corp.example", "lab.example"],
      winsServers: [try v4("10.2.0.4"), try v4("10.2.0.5")], dnsDomain: "corp.example", netBIOS: .enabled)
    // Adapter 1 is card 0.
    #expect(
      rows == [
        .init(vmID: "7", vm: "db-01", site: "lyon", adapter: .card(0), settings: settings),
        .init(vmID: "7", vm: "db-01", site: "lyon", adapter: .card(1), settings: IPSettings(ipv4: .dhcp)),
      ])
  }

  @Test func `A table is read back as it was written`() throws {
    let table = try IPCustomizationTable(rows: [
      .init(
        vmID: "1", vm: "a, \"b\"\nc", site: "lyon", adapter: .card(0),
        settings: IPSettings(ipv4: .dhcp, ipv6: .dhcp)),
      .init(
        vmID: "2", vm: "db", site: "paris", adapter: .all,
        settings: IPSettings(
          nameServers: [try #require(IPAddress("::1"))], nameSuffixes: ["a.example", "b.example"])),
      .init(
        vmID: "2", vm: "db", site: "paris", adapter: .card(3),
        settings: IPSettings(
          ipv4: try fixed("10.0.0.5", 24, "10.0.0.1", "10.0.0.2"),
          nameServers: [try #require(IPAddress("::1"))], winsServers: [try v4("10.0.0.9")],
          netBIOS: .asDHCPSays)),
      .init(vmID: "3", vm: "x", site: "lyon", adapter: .card(1), settings: IPSettings()),
    ])
    #expect(try IPCustomizationTable(reading: table.text) == table)
    let text = table.text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
    // Line breaks between quotes are content and become CRLF with the rest.
    #expect(try IPCustomizationTable(reading: text).rows.dropFirst() == table.rows.dropFirst())
    // The name of the first machine takes two lines, the two suffixes of the second row two.
    #expect(table.lines == [2, 4, 6, 8])
  }

  @Test func `The text of a table is exact`() throws {
    let row = IPCustomizationTable.Row(
      vmID: "1", vm: "say \"hi\"", site: "lyon", adapter: .card(0),
      settings: IPSettings(ipv4: try fixed("10.0.0.5", 24, "10.0.0.1", "10.0.0.2")))
    #expect(
      try IPCustomizationTable(rows: [row]).text == """
        \(titles)
        1,"say ""hi""\",lyon,1,,,,,10.0.0.5,255.255.255.0,10.0.0.1,,,,,
        1,"say ""hi""\",lyon,1,,,,,,,10.0.0.2,,,,,

        """)
  }

  @Test func `Every problem is told with its line`() {
    #expect(
      problems(
        "1,db-01,lyon,1,,,,,10.2.7,255.255.0.0,,,,,,",  // 2
        "",  // 3
        "1,db-01,lyon",  // 4
        "1,db-01,lyon,x,,,,,dhcp,,,,,,,",  // 5
        ",,,,,,,,,,,,,,,",  // 6
        "\"db",  // 7, and its quote swallows line 8
        "01\"z,lyon,0,,,,,,,,,,,",  // 8
        "2,db-02,lyon,1,,,,,10.0.0.5,255.0.255.0,,,,,x,",  // 9
        "3,db-03,lyon,1,,,,,10.0.0.5,255.255.255.0,10.1.0.1,,,,,",  // 10
        "4,db-04,lyon,1,,,,,dhcp,255.0.0.0,,,,,,",  // 11
        "4,db-05,lyon,1,,,,,dhcp,,,,,,,",  // 12
        "4,db-04,lyon,0,,,,,dhcp,,,,,,10.0.0.1,",  // 13
        "6,db-06,lyon,1,,sometimes,,10.0.0.1,10.0.0.5,,,,,,,",  // 14
        "7,db-07,lyon,1,,,,,10.0.0.5,255.0.0.0,10.0.0.1,,,,,",  // 15
        "7,db-07,lyon,1,,,,,10.0.0.6,255.0.0.0,10.0.0.2,,,,,",  // 16
        "7,db-07,lyon,1,,,,,,,10.0.0.3,,,,,",  // 17
        "8,db-08,lyon,1,,,,,,,10.0.0.3,,,,,"  // 18
      ) == [
        IPTableProblem(line: 2, reason: .invalidField(.ipv4, "10.2.7")),
        IPTableProblem(line: 4, reason: .fieldCount(3, expected: 16)),
        IPTableProblem(line: 5, reason: .invalidField(.adapter, "x")),
        IPTableProblem(line: 6, reason: .missingField(.vmID)),
        IPTableProblem(line: 6, reason: .missingField(.vm)),
        IPTableProblem(line: 6, reason: .missingField(.site)),
        IPTableProblem(line: 6, reason: .missingField(.adapter)),
        IPTableProblem(line: 7, reason: .misplacedQuote),
        IPTableProblem(line: 9, reason: .invalidField(.nameServers, "x")),
        IPTableProblem(line: 9, reason: .invalidField(.mask, "255.0.255.0")),
        IPTableProblem(line: 10, reason: .settings(.gatewayOutside(IPv4Address(bits: 0x0A_01_00_01)))),
        IPTableProblem(line: 11, reason: .unusedField(.mask)),
        IPTableProblem(line: 12, reason: .otherVM("db-04", line: 11)),
        IPTableProblem(line: 13, reason: .notForAllCards(.ipv4)),
        IPTableProblem(line: 14, reason: .missingField(.mask)),
        IPTableProblem(line: 14, reason: .missingField(.primaryWINS)),
        IPTableProblem(line: 14, reason: .invalidField(.netBIOS, "sometimes")),
        IPTableProblem(line: 16, reason: .conflict(.ipv4, line: 15)),
        IPTableProblem(line: 17, reason: .tooMany(.gateways, maximum: 2)),
        IPTableProblem(line: 18, reason: .unusedField(.gateways)),
      ])
  }

  @Test func `A problem has its place in the text`() {
    let text = titles + "\n\n\"1\",\"a\nb\",lyon,1,,,,,10.2.7,255.0.0.0,,,,,,"
    let problem = IPTableProblem(line: 3, reason: .invalidField(.ipv4, "10.2.7"))
    func piece(_ range: Range<Int>) -> String { String(decoding: Array(text.utf8)[range], as: UTF8.self) }
    #expect(piece(IPTablePlaces(in: text).range(of: problem)) == "10.2.7")
    #expect(piece(IPTablePlaces(in: text).range(ofColumn: .vm, line: 3)) == "\"a\nb\"")
    let row = IPTablePlaces(in: text).range(of: IPTableProblem(line: 3, reason: .unterminatedQuote))
    #expect(piece(row).hasPrefix("\"1\",") && row.upperBound == text.utf8.count)
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
    // Semicolons in place of commas: one mistake, not one for each row.
    #expect(reason("VM ID;VM Name\n1;db-01\n") == [IPTableProblem(line: 1, reason: .wrongTitles)])
    #expect(reason(titles) == [])
  }

  // MARK: Settings

  /// Two machines, with two cards and one.
  private func machines() throws -> [IPCustomizationTable.Machine] {
    var settings = VMRecoverySettings()
    settings.ipCustomization = .manual
    settings.nicSettings = [
      NICSettings(
        nicIndex: 1,
        settings: BothSides(
          first: IPSettings(nameSuffixes: ["corp.example"]), second: IPSettings(ipv4: .dhcp)))
    ]
    return [
      .init(id: "1", name: "db-01", cardCount: 2, settings: settings),
      .init(id: "2", name: "web-01", cardCount: 1, settings: VMRecoverySettings()),
    ]
  }

  private let sites = BothSides(first: "lyon", second: "paris")

  @Test func `A table has a row for every card at either site, and changes nothing if nobody edits it`()
    throws
  {
    var machines = try machines()
    let table = try IPCustomizationTable(settings: machines, sites: sites, offering: .onPremises)
    #expect(
      table.text == """
        \(titles)
        1,db-01,lyon,0,,,,,,,,,,,,
        1,db-01,lyon,1,,,,,,,,,,,,
        1,db-01,lyon,2,,,,,,,,,,,,corp.example
        1,db-01,paris,0,,,,,,,,,,,,
        1,db-01,paris,1,,,,,,,,,,,,
        1,db-01,paris,2,,,,,dhcp,,,,,,,
        2,web-01,lyon,0,,,,,,,,,,,,
        2,web-01,lyon,1,,,,,,,,,,,,
        2,web-01,paris,0,,,,,,,,,,,,
        2,web-01,paris,1,,,,,,,,,,,,

        """)
    try IPCustomizationTable(reading: table.text).apply(to: &machines, sites: sites, offering: .onPremises)
    #expect(machines == (try self.machines()))
  }

  @Test func `Rows become settings of cards, and those of adapter 0 hold where a card says nothing`() throws {
    var machines = try machines()
    let edited = try table([
      "1,db-01,lyon,0,,,,,,,,,,,10.0.0.2,corp.example",
      "1,db-01,lyon,1,,,,,dhcp,,,,,,10.0.0.3,",
      "1,db-01,paris,2,,,,,,,,,,,,",
      "2,web-01,paris,1,,,,,dhcp,,,,,,,",
    ])
    try edited.apply(to: &machines, sites: sites, offering: .onPremises)
    let servers = try ["10.0.0.2", "10.0.0.3"].map { try #require(IPAddress($0)) }
    #expect(
      machines[0].settings.nicSettings == [
        NICSettings(
          nicIndex: 0,
          settings: BothSides(
            first: IPSettings(ipv4: .dhcp, nameServers: [servers[1]], nameSuffixes: ["corp.example"]),
            second: nil)),
        // Its empty row at paris has taken DHCP away.
        NICSettings(
          nicIndex: 1,
          settings: BothSides(
            first: IPSettings(nameServers: [servers[0]], nameSuffixes: ["corp.example"]), second: nil)),
      ])
    #expect(machines[1].settings.ipCustomization == .manual)
    #expect(
      machines[1].settings.nicSettings == [
        NICSettings(nicIndex: 0, settings: BothSides(first: nil, second: IPSettings(ipv4: .dhcp)))
      ])
  }

  @Test
  func `Rows of machines, sites and cards that nobody knows are told by their lines, and change nothing`()
    throws
  {
    var machines = try machines()
    let table = try table([
      "1,db-01,lyon,1,,,,,dhcp,,,,,,,", "", "9,db-09,lyon,1,,,,,dhcp,,,,,,,",
      "1,db-01,nice,1,,,,,dhcp,,,,,,,", "2,web-01,lyon,2,,,,,dhcp,,,,,,,",
    ])
    #expect(
      throws: IPTableRefusal.problems([
        IPTableProblem(line: 4, reason: .unknownVM("db-09")),
        IPTableProblem(line: 5, reason: .unknownSite("nice")),
        IPTableProblem(line: 6, reason: .noSuchCard(1)),
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
    func row(_ settings: IPSettings, card: Int = 0) -> IPCustomizationTable.Row {
      .init(vmID: "1", vm: "a\nb", site: "lyon", adapter: .card(card), settings: settings)
    }
    // The name of the machine takes two lines, the two suffixes four.
    #expect(
      throws: IPTableProblems(problems: [
        IPTableProblem(line: 2, reason: .settings(.unusableSuffix("a;b"))),
        IPTableProblem(line: 2, reason: .settings(.unusableSuffix(""))),
        IPTableProblem(line: 6, reason: .duplicate(line: 2)),
        IPTableProblem(line: 8, reason: .settings(.prefixLengthOutOfRange(33))),
      ])
    ) {
      try IPCustomizationTable(rows: [
        row(IPSettings(nameSuffixes: ["a;b", ""])), row(IPSettings()),
        row(IPSettings(ipv4: try fixed("10.0.0.5", 33)), card: 1),
      ])
    }
  }
}
