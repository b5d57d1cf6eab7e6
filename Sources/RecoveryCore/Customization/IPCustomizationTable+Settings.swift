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
    package var name: String
    package var settings: VMRecoverySettings

    package init(name: String, settings: VMRecoverySettings) {
      self.name = name
      self.settings = settings
    }
  }

  /// The settings of all cards for which there are any: by machines and cards in their order, each card first at the first
  /// site.
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
      for nic in machine.settings.nicSettings {
        for side in PairSide.allCases {
          guard let settings = nic.settings[side] else { continue }
          rows.append(
            Row(vm: machine.name, site: sites[side], nicIndex: nic.nicIndex, settings: settings))
        }
      }
    }
    do {
      try self.init(rows: rows)
    } catch {
      throw .problems(error.problems)
    }
  }

  /// Gives the cards of machines what the rows say; a machine with a row takes its addresses from its cards from now on.
  ///
  /// A row replaces all that was said of its card at its site; cards and sites without a row keep what they have.
  ///
  /// - Parameters:
  ///   - machines: With different names.
  ///   - sites: The names of the sites.
  /// - Throws: Every row whose machine or site is not known; nothing is changed then.
  package func apply(
    to machines: inout [Machine], sites: BothSides<String>, offering: Offering
  ) throws(IPTableRefusal) {
    guard offering.hasIPCustomizationTool else { throw .toolExcluded(offering) }
    var positions: [String: Int] = [:]
    for (index, machine) in machines.enumerated() { positions[machine.name] = index }
    var problems: [IPTableProblem] = []
    var changed = machines
    for (row, line) in zip(rows, lines) {
      let side = PairSide.allCases.first { sites[$0] == row.site }
      if side == nil { problems.append(IPTableProblem(line: line, reason: .unknownSite(row.site))) }
      guard let index = positions[row.vm] else {
        problems.append(IPTableProblem(line: line, reason: .unknownVM(row.vm)))
        continue
      }
      if let side { changed[index].settings.set(row.settings, ofCard: row.nicIndex, at: side) }
    }
    guard problems.isEmpty else { throw .problems(problems) }
    machines = changed
  }
}

extension VMRecoverySettings {
  /// Cards stay in ascending order.
  fileprivate mutating func set(_ settings: IPSettings, ofCard nicIndex: Int, at side: PairSide) {
    ipCustomization = .manual
    if let index = nicSettings.firstIndex(where: { $0.nicIndex == nicIndex }) {
      nicSettings[index].settings[side] = settings
    } else {
      let index = nicSettings.firstIndex { $0.nicIndex > nicIndex } ?? nicSettings.endIndex
      nicSettings.insert(NICSettings(nicIndex: nicIndex), at: index)
      nicSettings[index].settings[side] = settings
    }
  }
}
