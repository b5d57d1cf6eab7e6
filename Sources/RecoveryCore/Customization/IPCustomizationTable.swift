/// The addresses of many machines as a table, to be edited elsewhere and read back.
///
/// An entry is one card at one site, or all cards of a machine there, which is adapter 0:
///
///     VM ID,VM Name,vCenter Server,Adapter ID,DNS Domain,Net BIOS,Primary WINS,Secondary WINS,IP Address,Subnet Mask,…
///     protected-vm-1,db-01,lyon,0,,,,,,,,,,,10.2.0.2,corp.example
///     protected-vm-1,db-01,lyon,0,,,,,,,,,,,10.2.0.3,
///     protected-vm-1,db-01,lyon,1,,,,,10.2.7.9,255.255.0.0,10.2.0.1,,,,,
///     protected-vm-1,db-01,lyon,2,,,,,dhcp,,,,,,,
///
/// Adapter 1 is card 0. An empty field leaves a thing as it is, `dhcp` asks the network. Several gateways, name servers or
/// suffixes stand in rows of their own with the same machine, site and adapter. What adapter 0 says of name servers and
/// suffixes holds for all cards that say nothing themselves; it says nothing else.
///
/// A field with a comma, a quote or a line break stands between quotes, where a quote is written twice (RFC 4180). Lines end
/// in LF or CRLF; empty lines count but say nothing.
///
/// - Source: VMware, "Site Recovery Manager Administration" 8.8, "Structure of the DR IP Customizer CSV File" and "Modifying
///   the DR IP Customizer CSV File". A vCenter Server is called by the name of its site here, and an identifier of a machine is
///   any text. That an entry with nothing in it takes the card's settings away is inferred.
package struct IPCustomizationTable: Sendable, Hashable {
  /// Which cards an entry is about.
  package enum Adapter: Sendable, Hashable {
    case all
    /// By its index, from 0.
    case card(Int)

    /// As the table writes it: 0 for all, from 1 for cards.
    package var id: Int {
      switch self {
      case .all: 0
      case .card(let index): index + 1
      }
    }
  }

  /// The settings of one card at one site, or those of all; it may take several lines.
  package struct Row: Sendable, Hashable {
    package let vmID: String
    package let vm: String
    package let site: String
    package let adapter: Adapter
    package let settings: IPSettings

    package init(vmID: String, vm: String, site: String, adapter: Adapter, settings: IPSettings) {
      self.vmID = vmID
      self.vm = vm
      self.site = site
      self.adapter = adapter
      self.settings = settings
    }
  }

  /// The columns in their order.
  package enum Column: Int, Sendable, Hashable, CaseIterable {
    case vmID
    case vm
    case site
    case adapter
    case dnsDomain
    case netBIOS
    case primaryWINS
    case secondaryWINS
    case ipv4
    case mask
    case gateways
    case ipv6
    case ipv6Prefix
    case ipv6Gateways
    case nameServers
    case nameSuffixes

    /// As it stands in the first line.
    package var title: String {
      switch self {
      case .vmID: "VM ID"
      case .vm: "VM Name"
      case .site: "vCenter Server"
      case .adapter: "Adapter ID"
      case .dnsDomain: "DNS Domain"
      case .netBIOS: "Net BIOS"
      case .primaryWINS: "Primary WINS"
      case .secondaryWINS: "Secondary WINS"
      case .ipv4: "IP Address"
      case .mask: "Subnet Mask"
      case .gateways: "Gateway(s)"
      case .ipv6: "IPv6 Address"
      case .ipv6Prefix: "IPv6 Subnet Prefix length"
      case .ipv6Gateways: "IPv6 Gateway(s)"
      case .nameServers: "DNS Server(s)"
      case .nameSuffixes: "DNS Suffix(es)"
      }
    }
  }

  package let rows: [Row]
  /// Where each row begins in the text that was read or, if none was, in ``text``.
  package let lines: [Int]

  /// - Throws: Every problem of the settings, and every card that stands twice, by their lines in ``text``.
  package init(rows: [Row]) throws(IPTableProblems) {
    var line = 2
    var lines: [Int] = []
    for row in rows {
      lines.append(line)
      for text in Self.texts(of: row) { line += 1 + text.utf8.count { $0 == 0x0A } }
    }
    var problems: [IPTableProblem] = []
    var known: [Key: Int] = [:]
    for (row, line) in zip(rows, lines) {
      problems += row.settings.problems.map { IPTableProblem(line: line, reason: .settings($0)) }
      if let earlier = known.updateValue(line, forKey: Key(row)) {
        problems.append(IPTableProblem(line: line, reason: .duplicate(line: earlier)))
      }
    }
    guard problems.isEmpty else { throw IPTableProblems(problems: problems) }
    self.init(checked: rows, lines: lines)
  }

  init(checked rows: [Row], lines: [Int]) {
    self.rows = rows
    self.lines = lines
  }

  /// The rows for which a condition holds, on the lines where they are.
  package func filter(_ isIncluded: (Row) -> Bool) -> IPCustomizationTable {
    let kept = rows.indices.filter { isIncluded(rows[$0]) }
    return IPCustomizationTable(checked: kept.map { rows[$0] }, lines: kept.map { lines[$0] })
  }

  /// What a row is about.
  struct Key: Hashable {
    let vm: String
    let site: String
    let adapter: Int

    init(vm: String, site: String, adapter: Int) {
      self.vm = vm
      self.site = site
      self.adapter = adapter
    }

    init(_ row: Row) { self.init(vm: row.vm, site: row.site, adapter: row.adapter.id) }
  }

  // MARK: Writing

  /// The table as text, with a first line of titles; every line ends in LF.
  package var text: String {
    ([Column.allCases.map(\.title).joined(separator: ",")] + rows.flatMap(Self.texts))
      .joined(separator: "\n") + "\n"
  }

  /// The lines of a row: as many as its longest list.
  private static func texts(of row: Row) -> [String] {
    let lists = Column.allCases.map { values(of: $0, in: row) }
    let count = lists.map(\.count).max() ?? 1
    return (0..<count).map { line in
      Column.allCases.map { column in
        // What tells which card it is stands on every line.
        let values = lists[column.rawValue]
        let index = column.rawValue <= Column.adapter.rawValue ? 0 : line
        return values.indices.contains(index) ? quoted(values[index]) : ""
      }.joined(separator: ",")
    }
  }

  private static func quoted(_ field: String) -> String {
    guard field.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return field }
    var text = "\""
    // By scalars: a quote with a combining mark behind it is still a quote.
    for scalar in field.unicodeScalars {
      if scalar == "\"" { text.unicodeScalars.append(scalar) }
      text.unicodeScalars.append(scalar)
    }
    return text + "\""
  }

  /// What a column holds of a row, one value for each line; empty if nothing.
  private static func values(of column: Column, in row: Row) -> [String] {
    let settings = row.settings
    func value(_ text: String?) -> [String] { [text].compactMap(\.self) }
    return switch column {
    case .vmID: [row.vmID]
    case .vm: [row.vm]
    case .site: [row.site]
    case .adapter: ["\(row.adapter.id)"]
    case .dnsDomain: value(settings.dnsDomain)
    case .netBIOS: value(settings.netBIOS?.rawValue)
    case .primaryWINS: value(settings.winsServers.first?.description)
    case .secondaryWINS: value(settings.winsServers.dropFirst().first?.description)
    case .ipv4: value(settings.ipv4.map { $0.address?.description ?? dhcp })
    case .mask: value(settings.ipv4?.prefixLength.flatMap(mask))
    case .gateways: settings.ipv4?.gateways.map(\.description) ?? []
    case .ipv6: value(settings.ipv6.map { $0.address?.description ?? dhcp })
    case .ipv6Prefix: value(settings.ipv6?.prefixLength.map { "\($0)" })
    case .ipv6Gateways: settings.ipv6?.gateways.map(\.description) ?? []
    case .nameServers: settings.nameServers.map(\.description)
    case .nameSuffixes: settings.nameSuffixes
    }
  }

  /// `nil` for a prefix that is itself a problem.
  private static func mask(_ prefixLength: Int) -> String? {
    (1...32).contains(prefixLength) ? "\(IPv4Address.mask(prefixLength: prefixLength))" : nil
  }

  /// What stands in place of an address that the network gives.
  static let dhcp = "dhcp"
}
