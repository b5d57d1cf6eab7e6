/// Why an address table is neither made nor used.
package enum IPTableRefusal: Error, Sendable, Hashable {
  /// The offering comes without the tool for it.
  case toolExcluded(Offering)
  case problems([IPTableProblem])
}

/// How the table and the recovery settings of machines become each other.
extension IPCustomizationTable {
  /// A virtual machine by the name that the table has for it.
  package struct Machine: Sendable, Hashable {
    package var id: String
    package var name: String
    package var cardCount: Int
    package var settings: VMRecoverySettings

    package init(id: String, name: String, cardCount: Int, settings: VMRecoverySettings) {
      self.id = id
      self.name = name
      self.cardCount = cardCount
      self.settings = settings
    }
  }

  /// A row for every card of the machines at either site, with the settings that it has, and one for all cards before them.
  ///
  /// By machines in their order, each first at the first site.
  ///
  /// - Parameters:
  ///   - machines: With different names.
  ///   - sites: The names of the sites.
  package init(
    settings machines: [Machine], sites: BothSides<String>, offering: Offering
  ) throws(IPTableRefusal) {
    guard offering.hasIPCustomizationTool else { throw .toolExcluded(offering) }
    var rows: [Row] = []
    for machine in machines {
      for side in PairSide.allCases {
        for adapter in [Adapter.all] + (0..<machine.cardCount).map({ .card($0) }) {
          var settings: IPSettings?
          if case .card(let index) = adapter {
            settings = machine.settings.nicSettings.first { $0.nicIndex == index }?.settings[side]
          }
          rows.append(
            Row(
              vmID: machine.id, vm: machine.name, site: sites[side], adapter: adapter,
              settings: settings ?? IPSettings()))
        }
      }
    }
    do {
      try self.init(rows: rows)
    } catch {
      throw .problems(error.problems)
    }
  }

  /// Gives the cards of machines what the rows say; a machine with a row that says something takes its addresses from its
  /// cards from now on.
  ///
  /// A row replaces all that was said of its card at its site, with nothing if it says nothing; cards and sites without a row
  /// keep what they have.
  ///
  /// - Parameters:
  ///   - machines: With different names.
  ///   - sites: The names of the sites.
  /// - Throws: Every row whose machine, site or card is not known; nothing is changed then.
  package func apply(
    to machines: inout [Machine], sites: BothSides<String>, offering: Offering
  ) throws(IPTableRefusal) {
    guard offering.hasIPCustomizationTool else { throw .toolExcluded(offering) }
    var positions: [String: Int] = [:]
    for (index, machine) in machines.enumerated() { positions[machine.name] = index }
    var problems: [IPTableProblem] = []
    var changed = machines
    /// What holds for all cards comes last, for those that say nothing themselves.
    var ofAll: [(machine: Int, side: PairSide, settings: IPSettings)] = []
    for (row, line) in zip(rows, lines) {
      let side = PairSide.allCases.first { sites[$0] == row.site }
      if side == nil { problems.append(IPTableProblem(line: line, reason: .unknownSite(row.site))) }
      guard let index = positions[row.vm] else {
        problems.append(IPTableProblem(line: line, reason: .unknownVM(row.vm)))
        continue
      }
      switch row.adapter {
      case .all: if let side { ofAll.append((index, side, row.settings)) }
      case .card(let card):
        guard card < machines[index].cardCount else {
          problems.append(IPTableProblem(line: line, reason: .noSuchCard(card)))
          continue
        }
        if let side {
          changed[index].settings.set(row.settings.isEmpty ? nil : row.settings, ofCard: card, at: side)
        }
      }
      if !row.settings.isEmpty { changed[index].settings.ipCustomization = .manual }
    }
    guard problems.isEmpty else { throw .problems(problems) }
    for (index, side, settings) in ofAll where !settings.isEmpty {
      for card in 0..<machines[index].cardCount {
        let own = changed[index].settings.nicSettings.first { $0.nicIndex == card }?.settings[side]
        changed[index].settings.set(settings.applying(own ?? IPSettings()), ofCard: card, at: side)
      }
    }
    machines = changed
  }
}

extension VMRecoverySettings {
  /// Cards stay in ascending order; one of which nothing is said any more is left out.
  fileprivate mutating func set(_ settings: IPSettings?, ofCard nicIndex: Int, at side: PairSide) {
    if let index = nicSettings.firstIndex(where: { $0.nicIndex == nicIndex }) {
      nicSettings[index].settings[side] = settings
      if nicSettings[index].settings == BothSides(nil) { nicSettings.remove(at: index) }
    } else if settings != nil {
      let index = nicSettings.firstIndex { $0.nicIndex > nicIndex } ?? nicSettings.endIndex
      nicSettings.insert(NICSettings(nicIndex: nicIndex), at: index)
      nicSettings[index].settings[side] = settings
    }
  }
}
