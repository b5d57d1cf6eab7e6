extension IPCustomizationTable {
  /// Reads a table.
  ///
  /// - Throws: Every problem of every line; with a single one nothing is read. Wrong titles are told alone, since nothing is
  ///   known then of what the columns mean.
  package init(reading text: String) throws(IPTableProblems) {
    let expected = Column.allCases.count
    var problems: [IPTableProblem] = []
    var entries: [IPTableEntryReader] = []
    var positions: [Key: Int] = [:]
    var owners: [String: (vm: String, line: Int)] = [:]
    let records = Self.records(of: text)
    guard let titles = records.first, titles.fields == Column.allCases.map(\.title) else {
      throw IPTableProblems(problems: [IPTableProblem(line: records.first?.line ?? 1, reason: .wrongTitles)])
    }
    for record in records.dropFirst() {
      if let problem = record.problem {
        problems.append(problem)
      } else if record.fields.count != expected {
        problems.append(
          IPTableProblem(line: record.line, reason: .fieldCount(record.fields.count, expected: expected)))
      } else if let key = Self.key(of: record, &problems) {
        let id = record.fields[Column.vmID.rawValue]
        let owner = owners[id] ?? (key.vm, record.line)
        owners[id] = owner
        if owner.vm != key.vm {
          problems.append(IPTableProblem(line: record.line, reason: .otherVM(owner.vm, line: owner.line)))
        }
        if let position = positions[key] {
          entries[position].records.append(record)
        } else {
          positions[key] = entries.count
          entries.append(IPTableEntryReader(key: key, first: record))
        }
      }
    }
    var rows: [Row] = []
    for index in entries.indices {
      rows.append(entries[index].read())
      problems += entries[index].problems
    }
    guard problems.isEmpty else {
      let order = problems.indices.sorted { (problems[$0].line, $0) < (problems[$1].line, $1) }
      throw IPTableProblems(problems: order.map { problems[$0] })
    }
    self.init(checked: rows, lines: entries.map { $0.records[0].line })
  }

  /// Which card at which site a line is about; `nil` if it does not say.
  private static func key(of record: Record, _ problems: inout [IPTableProblem]) -> Key? {
    func text(_ column: Column) -> String { record.fields[column.rawValue] }
    let missing = [Column.vmID, .vm, .site, .adapter].filter { text($0).isEmpty }
    problems += missing.map { IPTableProblem(line: record.line, reason: .missingField($0)) }
    guard !text(.adapter).isEmpty else { return nil }
    guard let adapter = Int(text(.adapter)), adapter >= 0 else {
      problems.append(
        IPTableProblem(line: record.line, reason: .invalidField(.adapter, text(.adapter))))
      return nil
    }
    return missing.isEmpty ? Key(vm: text(.vm), site: text(.site), adapter: adapter) : nil
  }
}

/// Reads the lines about one card at one site, and gathers what is wrong with them.
struct IPTableEntryReader {
  private typealias Column = IPCustomizationTable.Column

  let key: IPCustomizationTable.Key
  /// Never empty.
  var records: [IPCustomizationTable.Record]
  private(set) var problems: [IPTableProblem] = []

  init(key: IPCustomizationTable.Key, first: IPCustomizationTable.Record) {
    self.key = key
    records = [first]
  }

  /// - Returns: What could be read; it is of use only without ``problems``.
  mutating func read() -> IPCustomizationTable.Row {
    if key.adapter == 0 {
      let allowed = [Column.vmID, .vm, .site, .adapter, .nameServers, .nameSuffixes]
      for column in Column.allCases where !allowed.contains(column) {
        for (_, line) in values(column) { report(.notForAllCards(column), line) }
      }
    }
    var settings = IPSettings(
      nameServers: list(.nameServers) { IPAddress($0) }, nameSuffixes: list(.nameSuffixes) { $0 })
    if key.adapter > 0 {
      settings.ipv4 = addressing(
        (.ipv4, .mask, .gateways), parse: { IPv4Address($0) },
        prefixLength: { IPv4Address($0)?.maskPrefixLength })
      settings.ipv6 = addressing(
        (.ipv6, .ipv6Prefix, .ipv6Gateways), parse: { IPv6Address($0) },
        prefixLength: { text in Int(text).flatMap { (1...128).contains($0) ? $0 : nil } })
      settings.winsServers = winsServers()
      settings.dnsDomain = single(.dnsDomain) { $0 }
      settings.netBIOS = single(.netBIOS) { IPSettings.NetBIOS(rawValue: $0) }
    }
    if problems.isEmpty { for problem in settings.problems { report(.settings(problem), records[0].line) } }
    return IPCustomizationTable.Row(
      vmID: records[0].fields[Column.vmID.rawValue], vm: key.vm, site: key.site,
      adapter: key.adapter == 0 ? .all : .card(key.adapter - 1), settings: settings)
  }

  private mutating func report(_ reason: IPTableProblem.Reason, _ line: Int) {
    problems.append(IPTableProblem(line: line, reason: reason))
  }

  /// What stands in a column, with the lines; empty fields say nothing.
  private func values(_ column: Column) -> [(text: String, line: Int)] {
    records.compactMap { record in
      let text = record.fields[column.rawValue]
      return text.isEmpty ? nil : (text, record.line)
    }
  }

  /// The values of a column that may have several.
  private mutating func list<Value>(_ column: Column, _ parse: (String) -> Value?) -> [Value] {
    var list: [Value] = []
    for (text, line) in values(column) {
      if let value = parse(text) { list.append(value) } else { report(.invalidField(column, text), line) }
    }
    return list
  }

  /// The value of a column that has one; lines behind the first may repeat it.
  private mutating func single<Value>(_ column: Column, _ parse: (String) -> Value?) -> Value? {
    let values = values(column)
    guard let first = values.first else { return nil }
    for (text, line) in values where text != first.text { report(.conflict(column, line: first.line), line) }
    if let value = parse(first.text) { return value }
    report(.invalidField(column, first.text), first.line)
    return nil
  }

  /// What the columns of one address family say; `nil` if nothing, or something that was reported.
  private mutating func addressing<Address>(
    _ columns: (address: Column, length: Column, gateways: Column), parse: (String) -> Address?,
    prefixLength: (String) -> Int?
  ) -> IPSettings.Addressing<Address>? {
    let first = values(columns.address).first
    guard let first, first.text != IPCustomizationTable.dhcp else {
      for column in [columns.length, columns.gateways] {
        for (_, line) in values(column) { report(.unusedField(column), line) }
      }
      guard first != nil else { return nil }
      for (text, line) in values(columns.address) where text != IPCustomizationTable.dhcp {
        report(.conflict(columns.address, line: records[0].line), line)
      }
      return .dhcp
    }
    let address = single(columns.address, parse)
    if values(columns.length).isEmpty { report(.missingField(columns.length), first.line) }
    let length = single(columns.length, prefixLength)
    let gateways = list(columns.gateways, parse)
    if gateways.count > 2 {
      report(.tooMany(columns.gateways, maximum: 2), values(columns.gateways)[2].line)
    }
    guard let address, let length else { return nil }
    return .fixed(
      address, prefixLength: length, defaultGateway: gateways.first,
      alternateGateway: gateways.dropFirst().first)
  }

  private mutating func winsServers() -> [IPv4Address] {
    let primary = single(.primaryWINS) { IPv4Address($0) }
    let secondary = single(.secondaryWINS) { IPv4Address($0) }
    if let second = values(.secondaryWINS).first, values(.primaryWINS).isEmpty {
      report(.missingField(.primaryWINS), second.line)
    }
    return [primary, secondary].compactMap(\.self)
  }
}
