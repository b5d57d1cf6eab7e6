import Inventory
import RecoveryCore

/// Why a scenario has no table of addresses.
package enum AddressTableRefusal: Error, Sendable, Hashable {
  /// No virtual machine is in a protection group.
  case nothingProtected
  /// The sites have an offering without the product's tool for it.
  case noTool
}

/// The network cards of protected machines with their settings, as CSV.
package struct AddressTable: Sendable, Hashable {
  package let text: String
  package let machineCount: Int
}

extension Scenario {
  /// The network cards of all protected machines at their sites, with the settings that they have: to be edited and read back
  /// as `ipSettings` of `recovery`.
  package func addressTable() throws(AddressTableRefusal) -> AddressTable {
    var rows: [IPCustomizationTable.Row] = []
    for pair in recoveryPairs {
      let table = pair.virtualMachines.map { machine in
        IPCustomizationTable.Machine(
          id: "protected-vm-\(machine.id.index + 1)", name: inventory[machine.id].name,
          cardCount: machine.cards.count, settings: machine.settings)
      }
      let names = BothSides(
        first: inventory[pair.sites.first].name, second: inventory[pair.sites.second].name)
      do throws(IPTableRefusal) {
        rows += try IPCustomizationTable(settings: table, sites: names, offering: pair.offering).rows
      } catch {
        switch error {
        case .toolExcluded: throw .noTool
        case .problems: preconditionFailure("settings of cards were checked when the scenario was read")
        }
      }
    }
    guard !rows.isEmpty else { throw .nothingProtected }
    do throws(IPTableProblems) {
      return AddressTable(
        text: try IPCustomizationTable(rows: rows).text, machineCount: Set(rows.map(\.vm)).count)
    } catch {
      preconditionFailure("each machine is in one group: \(error)")
    }
  }

  /// What the cards of protected machines are set to by hand, one a line: `db01 card 0 at lisbon: 10.2.0.5/24, gateway 10.2.0.1`.
  package var cardSettingsLines: [String] {
    recoveryPairs.flatMap { pair in
      pair.virtualMachines.filter { $0.settings.ipCustomization == .manual }.flatMap { machine in
        machine.settings.nicSettings.flatMap { nic in
          PairSide.allCases.compactMap { side in
            nic.settings[side].map { settings in
              "\(inventory[machine.id].name) card \(nic.nicIndex) at \(inventory[pair.sites[side]].name): "
                + Self.text(of: settings)
            }
          }
        }
      }
    }
  }

  private static func text(of settings: IPSettings) -> String {
    func list(_ noun: String, _ values: [String]) -> String? {
      values.isEmpty ? nil : "\(noun) \(values.joined(separator: " and "))"
    }
    let gateways = settings.ipv4?.gateways.map(\.description) ?? []
    let gateways6 = settings.ipv6?.gateways.map(\.description) ?? []
    let parts = [
      settings.ipv4?.description, list("gateway", gateways), settings.ipv6?.description,
      list("gateway", gateways6), list("DNS", settings.nameServers.map(\.description)),
      list("suffix", settings.nameSuffixes), list("WINS", settings.winsServers.map(\.description)),
      settings.dnsDomain.map { "domain \($0)" }, settings.netBIOS?.rawValue,
    ].compactMap(\.self)
    return parts.isEmpty ? "as it is" : parts.joined(separator: ", ")
  }
}
