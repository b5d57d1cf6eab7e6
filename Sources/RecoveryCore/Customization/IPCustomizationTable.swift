/// The addresses of many machines as a table, to be edited elsewhere and read back.
///
/// A row is one card at one site:
///
///     VM,Site,NIC,IPv4,Mask,Gateway,Alternate Gateway,IPv6,IPv6 Prefix,IPv6 Gateway,IPv6 Alternate Gateway,DNS,…
///     db-01,lyon,0,10.2.7.9,255.255.0.0,10.2.0.1,,,,,,10.2.0.2;10.2.0.3,corp.example,
///     db-01,lyon,1,dhcp,,,,,,,,,,
///
/// An empty field leaves a thing as it is, `dhcp` asks the network. Several values stand between semicolons. A field with a
/// comma, a quote or a line break stands between quotes, where a quote is written twice (RFC 4180). Lines end in LF or
/// CRLF; empty lines count but say nothing.
///
/// - Note: The product's tool `dr-ip-customizer` reads and writes a table for the same purpose; the columns here are our own.
package struct IPCustomizationTable: Sendable, Hashable {
  /// The settings of one card at one site.
  package struct Row: Sendable, Hashable {
    package let vm: String
    package let site: String
    package let nicIndex: Int
    package let settings: IPSettings

    package init(vm: String, site: String, nicIndex: Int, settings: IPSettings) {
      self.vm = vm
      self.site = site
      self.nicIndex = nicIndex
      self.settings = settings
    }
  }

  /// The columns in their order.
  package enum Column: Int, Sendable, Hashable, CaseIterable {
    case vm
    case site
    case nic
    case ipv4
    case mask
    case gateway
    case alternateGateway
    case ipv6
    case ipv6Prefix
    case ipv6Gateway
    case ipv6AlternateGateway
    case nameServers
    case nameSuffixes
    case winsServers

    /// As it stands in the first line.
    package var title: String {
      switch self {
      case .vm: "VM"
      case .site: "Site"
      case .nic: "NIC"
      case .ipv4: "IPv4"
      case .mask: "Mask"
      case .gateway: "Gateway"
      case .alternateGateway: "Alternate Gateway"
      case .ipv6: "IPv6"
      case .ipv6Prefix: "IPv6 Prefix"
      case .ipv6Gateway: "IPv6 Gateway"
      case .ipv6AlternateGateway: "IPv6 Alternate Gateway"
      case .nameServers: "DNS"
      case .nameSuffixes: "Suffixes"
      case .winsServers: "WINS"
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
      line += 1
      for text in [row.vm, row.site] + row.settings.nameSuffixes { line += text.utf8.count { $0 == 0x0A } }
    }
    var problems: [IPTableProblem] = []
    for (row, line) in zip(rows, lines) {
      problems += row.settings.problems.map { IPTableProblem(line: line, reason: .settings($0)) }
    }
    problems += Self.duplicates(in: rows, lines: lines)
    guard problems.isEmpty else { throw IPTableProblems(problems: problems) }
    self.init(checked: rows, lines: lines)
  }

  init(checked rows: [Row], lines: [Int]) {
    self.rows = rows
    self.lines = lines
  }

  /// The card at a site that a row is about.
  private struct Key: Hashable {
    let vm: String
    let site: String
    let nicIndex: Int
  }

  static func duplicates(in rows: [Row], lines: [Int]) -> [IPTableProblem] {
    var known: [Key: Int] = [:]
    var problems: [IPTableProblem] = []
    for (row, line) in zip(rows, lines) {
      let key = Key(vm: row.vm, site: row.site, nicIndex: row.nicIndex)
      if let earlier = known[key] {
        problems.append(IPTableProblem(line: line, reason: .duplicate(line: earlier)))
      } else {
        known[key] = line
      }
    }
    return problems
  }

  /// The table as text, with a first line of titles; every line ends in LF.
  package var text: String {
    var lines = [Column.allCases.map(\.title).joined(separator: ",")]
    for row in rows {
      lines.append(Column.allCases.map { Self.quoted(Self.field($0, of: row)) }.joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
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

  private static func field(_ column: Column, of row: Row) -> String {
    let settings = row.settings
    switch column {
    case .vm: return row.vm
    case .site: return row.site
    case .nic: return "\(row.nicIndex)"
    case .ipv4, .mask, .gateway, .alternateGateway: return ipv4Field(column, settings.ipv4)
    case .ipv6, .ipv6Prefix, .ipv6Gateway, .ipv6AlternateGateway: return ipv6Field(column, settings.ipv6)
    case .nameServers: return settings.nameServers.map(\.description).joined(separator: ";")
    case .nameSuffixes: return settings.nameSuffixes.joined(separator: ";")
    case .winsServers: return settings.winsServers.map(\.description).joined(separator: ";")
    }
  }

  private static func ipv4Field(_ column: Column, _ setting: IPSettings.IPv4?) -> String {
    guard case .fixed(let address, let prefixLength, let gateway, let alternate) = setting else {
      return column == .ipv4 && setting == .dhcp ? "dhcp" : ""
    }
    switch column {
    case .mask: return IPv4Address.mask(prefixLength: prefixLength).description
    case .gateway: return gateway?.description ?? ""
    case .alternateGateway: return alternate?.description ?? ""
    default: return address.description
    }
  }

  private static func ipv6Field(_ column: Column, _ setting: IPSettings.IPv6?) -> String {
    guard case .fixed(let address, let prefixLength, let gateway, let alternate) = setting else {
      return column == .ipv6 && setting == .dhcp ? "dhcp" : ""
    }
    switch column {
    case .ipv6Prefix: return "\(prefixLength)"
    case .ipv6Gateway: return gateway?.description ?? ""
    case .ipv6AlternateGateway: return alternate?.description ?? ""
    default: return address.description
    }
  }
}
