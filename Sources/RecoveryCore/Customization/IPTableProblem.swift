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
    /// A value that adapter 0 cannot say of all cards.
    case notForAllCards(IPCustomizationTable.Column)
    /// Another value for the same card at the same site stands in an earlier line.
    case conflict(IPCustomizationTable.Column, line: Int)
    case tooMany(IPCustomizationTable.Column, maximum: Int)
    case settings(IPSettingsProblem)
    /// The same card at the same site stands in an earlier line.
    case duplicate(line: Int)
    /// The identifier belongs to another machine in an earlier line.
    case otherVM(String, line: Int)
    case unknownVM(String)
    case unknownSite(String)
    /// The machine has no card of this index.
    case noSuchCard(Int)
  }

  /// From 1; a row between quotes may take several lines, this is its first.
  package let line: Int
  package let reason: Reason

  package init(line: Int, reason: Reason) {
    self.line = line
    self.reason = reason
  }

  /// The column in which the problem is; `nil` if the whole line is meant.
  package var column: IPCustomizationTable.Column? {
    switch reason {
    case .wrongTitles, .fieldCount, .unterminatedQuote, .misplacedQuote, .duplicate: nil
    case .invalidField(let column, _), .missingField(let column), .unusedField(let column),
      .notForAllCards(let column), .conflict(let column, _), .tooMany(let column, _):
      column
    case .otherVM: .vmID
    case .unknownVM: .vm
    case .unknownSite: .site
    case .noSuchCard: .adapter
    case .settings(let problem):
      switch problem {
      case .noSuchNIC, .duplicateNIC: .adapter
      case .prefixLengthOutOfRange: .mask
      case .gatewayOutside: .gateways
      case .notAHost, .duplicateAddress: .ipv4
      case .unusableSuffix: .nameSuffixes
      case .tooManyNameServers: .nameServers
      case .tooManyWINSServers: .primaryWINS
      }
    }
  }
}

/// All that is wrong with an address table, by lines.
package struct IPTableProblems: Error, Sendable, Hashable {
  package let problems: [IPTableProblem]

  package init(problems: [IPTableProblem]) { self.problems = problems }
}
