/// What one network card of a virtual machine is to be set to at either site.
///
/// The settings at a side take effect when the machine is recovered *to* that side. `nil` leaves the card as it is.
package struct NICSettings: Sendable, Hashable {
  /// The number of the card, from 0 in the order of the machine's devices.
  package var nicIndex: Int
  package var settings: BothSides<IPSettings?>

  package init(nicIndex: Int, settings: BothSides<IPSettings?> = BothSides(nil)) {
    self.nicIndex = nicIndex
    self.settings = settings
  }
}
