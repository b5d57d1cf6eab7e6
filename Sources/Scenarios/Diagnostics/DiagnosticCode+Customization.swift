extension DiagnosticCode {
  /// The texts of the codes about addresses of recovered machines.
  var textOfCustomization: (title: String, explanation: String) {
    switch self {
    case .noSuchCard:
      (
        "No such network card",
        """
        The settings are for a network card that the virtual machine does not have. Cards are counted from 0 in the order \
        of the machine's "nics"; a machine with "network" or "address" instead has one, a machine with none of them has \
        none. In a table of addresses adapter 1 is card 0.
        """
      )
    case .settingWithoutAddress:
      (
        "Setting without an address",
        """
        A gateway belongs to a fixed address of its family. Beside "dhcp" it is the network that says where the way out is, \
        and where the address stays as it is, its gateway does too.
        """
      )
    case .unreadableTable:
      (
        "Unreadable table",
        """
        The file with the addresses is not there, may not be read or is no text in UTF-8. Its path is relative to the \
        folder of the scenario.
        """
      )
    case .invalidTable:
      (
        "Table of addresses with mistakes",
        """
        A table of addresses has the columns of the product's DR IP Customizer, and a row or several for each network card at \
        each site. The rows of adapter 0 hold for all cards of the machine, and say name servers and DNS suffixes only. \
        Several gateways, servers or suffixes stand in rows of their own below each other. "drsim ip-settings export" \
        writes a table that fits the scenario.
        """
      )
    case .noTableTool:
      (
        "No tool for tables of addresses",
        """
        The product reads tables of addresses with its command-line tool, DR IP Customizer, which Azure VMware Solution \
        does not have. There addresses are set machine by machine, "ip" in a plan, or by the rules of the network mappings.
        """
      )
    case .customizationWithoutTools:
      (
        "Customization without VMware Tools",
        """
        The addresses of a guest are written by its VMware Tools. Without them the step "Guest customization" fails, and \
        with it the recovery of the machine.
        """
      )
    case .addressOfSeveral:
      (
        "One address for several machines",
        """
        Two machines that are set to the same address at the same site disturb each other. An entry for a pattern gives \
        all its machines the same settings; the rules of a network mapping keep each machine's host part.
        """
      )
    default: preconditionFailure("\(rawValue) is not about addresses of recovered machines")
    }
  }
}
