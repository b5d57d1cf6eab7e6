/// Why a line of an address table cannot be used.
package struct IPTableProblem: Error, Sendable, Hashable {
  package enum Reason: Sendable, Hashable {
    /// The first line does not have the titles of the columns.
    case wrongTitles
    case fieldCount(Int, expected: Int)
    case unterminatedQuote
    /// Characters follow a closing quote, or a quote stands inside a field without quotes.
    case misplacedQuote
    /// The field holds something else than the column says.
    case invalidField(IPCustomizationTable.Column, String)
    case missingField(IPCustomizationTable.Column)
    /// A value that has no meaning without an address, or beside `dhcp`.
    case unusedField(IPCustomizationTable.Column)
    case settings(IPSettingsProblem)
    /// The same card at the same site stands in an earlier line.
    case duplicate(line: Int)
    case unknownVM(String)
    case unknownSite(String)
  }

  /// From 1; a row between quotes may take several lines, this is its first.
  package let line: Int
  package let reason: Reason

  package init(line: Int, reason: Reason) {
    self.line = line
    self.reason = reason
  }
}

/// All that is wrong with an address table, by lines.
package struct IPTableProblems: Error, Sendable, Hashable {
  package let problems: [IPTableProblem]

  package init(problems: [IPTableProblem]) { self.problems = problems }
}

extension IPCustomizationTable {
  /// Reads a table.
  ///
  /// - Throws: Every problem of every line; with a single one nothing is read.
  package init(reading text: String) throws(IPTableProblems) {
    var problems: [IPTableProblem] = []
    var rows: [Row] = []
    var lines: [Int] = []
    var isFirst = true
    for record in Self.records(of: text) {
      switch record.content {
      case .failure(let problem):
        problems.append(problem)
      case .success(let fields) where isFirst:
        if fields != Column.allCases.map(\.title) {
          problems.append(IPTableProblem(line: record.line, reason: .wrongTitles))
        }
      case .success(let fields):
        var reader = IPTableRowReader(line: record.line, fields: fields)
        if let row = reader.read() {
          rows.append(row)
          lines.append(record.line)
        }
        problems += reader.problems
      }
      isFirst = false
    }
    if isFirst { problems.append(IPTableProblem(line: 1, reason: .wrongTitles)) }
    problems += Self.duplicates(in: rows, lines: lines)
    guard problems.isEmpty else { throw IPTableProblems(problems: problems.sorted { $0.line < $1.line }) }
    self.init(checked: rows, lines: lines)
  }

  /// A row of fields and the line on which it begins.
  struct Record {
    let line: Int
    let content: Result<[String], IPTableProblem>
  }

  /// The rows of a comma-separated text; empty lines are left out.
  static func records(of text: String) -> [Record] {
    var records: [Record] = []
    let bytes = Array(text.utf8)
    var index = 0
    var line = 1
    while index < bytes.count {
      let firstLine = line
      var fields: [String] = []
      var reason: IPTableProblem.Reason?
      var isEmpty = true
      row: while true {
        var field: [UInt8] = []
        if index < bytes.count, bytes[index] == 0x22 {
          isEmpty = false
          index += 1
          var isClosed = false
          while index < bytes.count, !isClosed {
            if bytes[index] != 0x22 {
              if bytes[index] == 0x0A { line += 1 }
              field.append(bytes[index])
            } else if index + 1 < bytes.count, bytes[index + 1] == 0x22 {
              field.append(0x22)
              index += 1
            } else {
              isClosed = true
            }
            index += 1
          }
          if !isClosed { reason = reason ?? .unterminatedQuote }
          while index < bytes.count, ![0x2C, 0x0A, 0x0D].contains(bytes[index]) {
            reason = reason ?? .misplacedQuote
            index += 1
          }
        } else {
          while index < bytes.count, ![0x2C, 0x0A, 0x0D].contains(bytes[index]) {
            if bytes[index] == 0x22 { reason = reason ?? .misplacedQuote }
            field.append(bytes[index])
            index += 1
          }
        }
        if !field.isEmpty { isEmpty = false }
        fields.append(String(decoding: field, as: UTF8.self))
        guard index < bytes.count else { break row }
        if bytes[index] == 0x2C {
          isEmpty = false
          index += 1
          continue row
        }
        if bytes[index] == 0x0D {
          index += 1
          if index < bytes.count, bytes[index] == 0x0A { index += 1 }
        } else {
          index += 1
        }
        line += 1
        break row
      }
      if let reason {
        let problem = IPTableProblem(line: firstLine, reason: reason)
        records.append(Record(line: firstLine, content: .failure(problem)))
      } else if !isEmpty {
        records.append(Record(line: firstLine, content: .success(fields)))
      }
    }
    return records
  }
}

/// Reads the fields of one row and gathers what is wrong with them.
struct IPTableRowReader {
  let line: Int
  let fields: [String]
  private(set) var problems: [IPTableProblem] = []

  init(line: Int, fields: [String]) {
    self.line = line
    self.fields = fields
  }

  /// - Returns: `nil` if anything is wrong.
  mutating func read() -> IPCustomizationTable.Row? {
    let expected = IPCustomizationTable.Column.allCases.count
    guard fields.count == expected else {
      report(.fieldCount(fields.count, expected: expected))
      return nil
    }
    let vm = text(.vm)
    let site = text(.site)
    if vm.isEmpty { report(.missingField(.vm)) }
    if site.isEmpty { report(.missingField(.site)) }
    var nicIndex = 0
    if text(.nic).isEmpty {
      report(.missingField(.nic))
    } else if let number = Int(text(.nic)), (0...9).contains(number) {
      nicIndex = number
    } else {
      report(.invalidField(.nic, text(.nic)))
    }
    let settings = IPSettings(
      ipv4: ipv4(), ipv6: ipv6(), nameServers: list(.nameServers) { IPAddress($0) },
      nameSuffixes: list(.nameSuffixes) { String($0) }, winsServers: list(.winsServers) { IPv4Address($0) })
    if problems.isEmpty { for problem in settings.problems { report(.settings(problem)) } }
    guard problems.isEmpty else { return nil }
    return IPCustomizationTable.Row(vm: vm, site: site, nicIndex: nicIndex, settings: settings)
  }

  private func text(_ column: IPCustomizationTable.Column) -> String { fields[column.rawValue] }

  private mutating func report(_ reason: IPTableProblem.Reason) {
    problems.append(IPTableProblem(line: line, reason: reason))
  }

  /// Reports the fields that must be empty and are not.
  private mutating func refuse(_ columns: [IPCustomizationTable.Column]) {
    for column in columns where !text(column).isEmpty { report(.unusedField(column)) }
  }

  private mutating func optional<Value>(
    _ column: IPCustomizationTable.Column, _ parse: (String) -> Value?
  ) -> Value? {
    guard !text(column).isEmpty else { return nil }
    if let value = parse(text(column)) { return value }
    report(.invalidField(column, text(column)))
    return nil
  }

  private mutating func list<Value>(
    _ column: IPCustomizationTable.Column, _ parse: (Substring) -> Value?
  ) -> [Value] {
    guard !text(column).isEmpty else { return [] }
    var values: [Value] = []
    for part in text(column).split(separator: ";", omittingEmptySubsequences: false) {
      if !part.isEmpty, let value = parse(part) {
        values.append(value)
      } else {
        report(.invalidField(column, String(part)))
      }
    }
    return values
  }

  private mutating func ipv4() -> IPSettings.IPv4? {
    switch address(
      columns: (.ipv4, .mask, .gateway, .alternateGateway), parse: { IPv4Address($0) },
      prefixLength: { IPv4Address($0)?.maskPrefixLength })
    {
    case .none: nil
    case .dhcp: .dhcp
    case .fixed(let address, let length, let gateway, let alternate):
      .fixed(address, prefixLength: length, defaultGateway: gateway, alternateGateway: alternate)
    }
  }

  private mutating func ipv6() -> IPSettings.IPv6? {
    switch address(
      columns: (.ipv6, .ipv6Prefix, .ipv6Gateway, .ipv6AlternateGateway), parse: { IPv6Address($0) },
      prefixLength: { text in Int(text).flatMap { (1...128).contains($0) ? $0 : nil } })
    {
    case .none: nil
    case .dhcp: .dhcp
    case .fixed(let address, let length, let gateway, let alternate):
      .fixed(address, prefixLength: length, defaultGateway: gateway, alternateGateway: alternate)
    }
  }

  /// What the columns of one address family say.
  private enum AddressFields<Address> {
    /// Nothing, or something that was reported.
    case none
    case dhcp
    case fixed(Address, Int, gateway: Address?, alternate: Address?)
  }

  private typealias Column = IPCustomizationTable.Column

  private mutating func address<Address>(
    columns: (address: Column, length: Column, gateway: Column, alternate: Column),
    parse: (String) -> Address?, prefixLength: (String) -> Int?
  ) -> AddressFields<Address> {
    let own = text(columns.address)
    if own.isEmpty || own == "dhcp" {
      refuse([columns.length, columns.gateway, columns.alternate])
      return own.isEmpty ? .none : .dhcp
    }
    let address = optional(columns.address, parse)
    if text(columns.length).isEmpty { report(.missingField(columns.length)) }
    let length = optional(columns.length, prefixLength)
    let gateway = optional(columns.gateway, parse)
    let alternate = optional(columns.alternate, parse)
    guard let address, let length else { return .none }
    return .fixed(address, length, gateway: gateway, alternate: alternate)
  }
}
