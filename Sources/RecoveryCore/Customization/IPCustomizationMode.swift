/// Where the addresses of a recovered virtual machine come from.
package enum IPCustomizationMode: String, Sendable, Hashable, CaseIterable {
  /// From the subnet rules, if the site's `recovery.useIpMapperAutomatically` is on; otherwise they stay.
  case auto = "AUTO"
  /// Always from the subnet rules of the network mapping.
  case networkMapping = "NETWORK_MAPPING_LEVEL"
  /// From the settings of each network card.
  case manual = "MANUAL"
  /// They stay as they are.
  case none = "NO_CUSTOMIZATION"
}
