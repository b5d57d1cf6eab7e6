import Inventory
import RecoveryCore

/// The lines of a table of addresses, or the name of its file, which the reader has put the lines for.
typealias AddressTableDraft = Either<Located<String>, [Located<String>]>

extension ValueType where Value == AddressTableDraft {
  static var addressTable: ValueType {
    .either(.located(.text(like: "addresses.csv")), or: .list(of: .text)) {
      if case .list = $0 { false } else { true }
    }
  }
}

/// The table of addresses that people edit outside of the product.
extension Resolver {
  /// Gives the cards of machines what the table says; it comes last and replaces what plans say of a card.
  mutating func resolveAddressTable() {
    guard let field = draft.recovery.known?.addressTable.located, case .second(let lines) = field.value else {
      return
    }
    if recovery.pairs.indices.contains(where: { !offering(ofPair: $0).hasIPCustomizationTool }) {
      log.report(
        .noTableTool, "Azure VMware Solution has no command-line tool for tables of addresses",
        at: field.span,
        help:
          "write the addresses as \"ip\" of the machines of a plan, or as \"rules\" of the network mappings")
      return
    }
    let source = AddressTableSource(lines: lines, end: field.span, sources: log.sources)
    do throws(IPTableProblems) {
      let table = try IPCustomizationTable(reading: source.text)
      for pair in recovery.pairs.indices { apply(table, from: source, toPair: pair) }
      reportStrangers(in: table, from: source)
    } catch {
      for problem in error.problems { report(problem, in: source) }
    }
  }

  private mutating func apply(
    _ table: IPCustomizationTable, from source: AddressTableSource, toPair pair: Int
  ) {
    let members = recovery.groups.filter { $0.pair == pair }.flatMap(\.members).sorted()
    let names = Set(members.map { machines[$0].name })
    let own = table.filter { names.contains($0.vm) }
    guard !own.rows.isEmpty else { return }
    let sites = BothSides(
      first: siteName(recovery.pairs[pair].sites.first), second: siteName(recovery.pairs[pair].sites.second))
    var changed = members.map { index in
      IPCustomizationTable.Machine(
        id: "", name: machines[index].name, cardCount: machines[index].cards.count,
        settings: recovery.settings[index]?.settings ?? defaultSettings(of: index))
    }
    let before = changed
    do throws(IPTableRefusal) {
      try own.apply(to: &changed, sites: sites, offering: .onPremises)
    } catch {
      if case .problems(let problems) = error { for problem in problems { report(problem, in: source) } }
      return
    }
    for (index, (old, new)) in zip(members, zip(before, changed)) where old != new {
      var planned =
        recovery.settings[index]
        ?? PlannedRecovery.Settings(settings: new.settings, plan: nil, span: source.end)
      planned.settings = new.settings
      recovery.settings[index] = planned
    }
    notePlaces(own, from: source, sites: sites)
  }

  private func defaultSettings(of machine: Int) -> VMRecoverySettings {
    guard let group = recovery.groupOfMachine[machine], let direction = recovery.groups[group].direction
    else {
      return VMRecoverySettings()
    }
    return VMRecoverySettings(defaults: recoveryDefaults(ofSite: direction.to))
  }

  /// Notes where the settings of cards stand now.
  private mutating func notePlaces(
    _ table: IPCustomizationTable, from source: AddressTableSource, sites: BothSides<String>
  ) {
    for (row, line) in zip(table.rows, table.lines) {
      guard let side = PairSide.allCases.first(where: { sites[$0] == row.site }),
        let index = machineIndices[row.vm], case .card(let card) = row.adapter
      else { continue }
      recovery.settings[index]?.cardSpans[.init(nicIndex: card, side: side)] = source.span(
        of: source.places.range(ofColumn: .ipv4, line: line))
    }
  }

  /// Reports the rows of machines that are not there or not protected.
  private mutating func reportStrangers(in table: IPCustomizationTable, from source: AddressTableSource) {
    var reported: Set<String> = []
    for (row, line) in zip(table.rows, table.lines) where reported.insert(row.vm).inserted {
      let span = source.span(of: source.places.range(ofColumn: .vm, line: line))
      guard let index = machineIndices[row.vm] else {
        guard !hasUnknownMachines else { continue }
        log.report(
          .unknownName, "no virtual machine \(quoted(row.vm))", at: span,
          suggestion: closest(to: row.vm, among: machines.map(\.name)))
        continue
      }
      let group = recovery.groupOfMachine[index]
      guard group == nil, !log.hasErrors else { continue }
      log.report(
        .notProtected, "virtual machine \(quoted(row.vm)) is in no protection group", at: span,
        help: "leave its rows out of the table")
    }
  }

  private mutating func report(_ problem: IPTableProblem, in source: AddressTableSource) {
    let span = source.span(of: source.places.range(of: problem))
    let column = problem.column.map { quoted($0.title) } ?? "the row"
    let titles = IPCustomizationTable.Column.allCases.map(\.title).joined(separator: ",")
    func report(_ message: String, help: String) {
      log.report(.invalidTable, message, at: span, help: help)
    }
    switch problem.reason {
    case .wrongTitles:
      report("the first row does not have the titles of the columns", help: "it is: \(titles)")
    case .fieldCount(let count, let expected):
      report(
        "the row has \(count) field\(count == 1 ? "" : "s"), not \(expected)",
        help: "a field that says nothing is empty, but there; one with a comma stands between quotes")
    case .unterminatedQuote: report("the quote does not close", help: "end the field with \"")
    case .misplacedQuote:
      report(
        "a quote stands inside a field", help: "put the whole field between quotes, each quote in it twice")
    case .invalidField(let column, let text):
      report("\(quoted(column.title)) needs \(column.meaning), not \(quoted(text))", help: column.advice)
    case .missingField(let column): report("\(quoted(column.title)) is empty", help: column.advice)
    case .unusedField:
      report("\(column) has no meaning without a fixed address", help: "leave it empty, or write an address")
    case .notForAllCards:
      report(
        "\(column) cannot be said of all cards of a machine",
        help:
          "adapter 0 takes name servers and DNS suffixes; write it in the row of a card, from adapter 1 on")
    case .conflict(_, let line):
      report(
        "\(column) says something else than on line \(line), for the same card at the same site",
        help: "leave it empty: further rows of a card add gateways, name servers and suffixes")
    case .tooMany(_, let maximum):
      report("\(column) has more than \(maximum) values", help: "leave the others out")
    case .duplicate(let line):
      report("the card stands on line \(line) already", help: "leave one of the rows out")
    case .otherVM(let name, let line):
      report(
        "\(column) belongs to the virtual machine \(quoted(name)) on line \(line)",
        help: "identifiers and names of machines are as the table was exported")
    case .unknownVM(let name): log.report(.unknownName, "no virtual machine \(quoted(name))", at: span)
    case .unknownSite(let name):
      report(
        "\(quoted(name)) is neither the protected nor the recovery site of the machine",
        help: "\(column) takes the name of a site")
    case .noSuchCard(let card):
      log.report(
        .noSuchCard, "the virtual machine has no card \(card), which is adapter \(card + 1)", at: span,
        help: "give it more cards by \"nics\", or leave the row out")
    case .settings(let settings): self.report(settings, at: span)
    }
  }
}

/// The text of a table, and where its bytes stand in the files that were read.
struct AddressTableSource {
  let lines: [Located<String>]
  /// Stands for what is missing at the end.
  let end: SourceSpan
  let text: String
  let places: IPTablePlaces
  /// Where each line begins in ``text``.
  private let starts: [Int]
  private let sources: [SourceText]

  init(lines: [Located<String>], end: SourceSpan, sources: [SourceText]) {
    self.lines = lines
    self.end = end
    self.sources = sources
    text = lines.map(\.value).joined(separator: "\n")
    places = IPTablePlaces(in: text)
    var starts: [Int] = []
    var start = 0
    for line in lines {
      starts.append(start)
      start += line.value.utf8.count + 1
    }
    self.starts = starts
  }

  /// Where a range of the text stands; up to the end of its first line.
  func span(of range: Range<Int>) -> SourceSpan {
    guard let index = starts.lastIndex(where: { $0 <= range.lowerBound }) else { return end }
    let line = lines[index]
    let (lower, upper) = (range.lowerBound - starts[index], range.upperBound - starts[index])
    guard line.span.range.count == line.value.utf8.count else {
      // A whole line that stands in the scenario is marked with its quotes.
      guard lower > 0 || upper < line.value.utf8.count else { return line.span }
      return SourceSpan(
        source: line.span.source,
        range: place(ofByte: lower, in: line.span)..<place(ofByte: upper, in: line.span))
    }
    let offset = line.span.range.lowerBound
    let end = min(upper + offset, line.span.range.upperBound)
    return SourceSpan(source: line.span.source, range: min(lower + offset, end)..<end)
  }

  /// Where a byte of a text stands that is written between quotes, with escapes; its closing quote behind the end.
  private func place(ofByte index: Int, in span: SourceSpan) -> Int {
    let bytes = sources[span.source].bytes
    let last = span.range.upperBound - 1
    var (place, count) = (span.range.lowerBound + 1, 0)
    while count < index, place < last {
      guard bytes[place] == UInt8(ascii: "\\") else {
        (place, count) = (place + 1, count + 1)
        continue
      }
      guard bytes[place + 1] == UInt8(ascii: "u") else {
        (place, count) = (place + 2, count + 1)
        continue
      }
      let digits = String(decoding: bytes[place + 2..<place + 6], as: UTF8.self)
      switch UInt32(digits, radix: 16) ?? 0 {
      case ..<0x80: (place, count) = (place + 6, count + 1)
      case ..<0x800: (place, count) = (place + 6, count + 2)
      // Two escapes stand for one character of four bytes.
      case 0xD800..<0xDC00: (place, count) = (place + 12, count + 4)
      default: (place, count) = (place + 6, count + 3)
      }
    }
    return min(place, last)
  }
}

extension IPCustomizationTable.Column {
  /// What a field holds, after "needs".
  fileprivate var meaning: String {
    switch self {
    case .vmID, .vm, .site, .dnsDomain, .nameSuffixes: "a text"
    case .adapter: "the number of an adapter, 0 for all"
    case .netBIOS: "a setting of NetBIOS"
    case .primaryWINS, .secondaryWINS, .gateways: "an IPv4 address"
    case .ipv4: "an IPv4 address, or dhcp"
    case .mask: "a subnet mask"
    case .ipv6: "an IPv6 address, or dhcp"
    case .ipv6Prefix: "a number from 1 to 128"
    case .ipv6Gateways: "an IPv6 address"
    case .nameServers: "an IPv4 or IPv6 address"
    }
  }

  /// What to write into a field.
  fileprivate var advice: String {
    switch self {
    case .vmID, .vm, .site: "take it from a table written by drsim ip-settings export"
    case .adapter: "write 1 for the first card, 2 for the second, 0 for what holds for all"
    case .dnsDomain, .nameSuffixes: "write it as example.org"
    case .netBIOS:
      "known: " + IPSettings.NetBIOS.allCases.map(\.rawValue).joined(separator: ", ")
    case .primaryWINS, .secondaryWINS, .ipv4, .gateways: "write it as 10.20.0.5"
    case .mask: "write it as 255.255.255.0"
    case .ipv6, .ipv6Gateways: "write it as fd00::5"
    case .ipv6Prefix: "write it as 64"
    case .nameServers: "write one address in each row, as 10.20.0.2"
    }
  }
}
