import Inventory
import RecoveryCore

/// On which network each machine is, and which address the DHCP servers of port groups have given it.
///
/// An address is a machine's until it leaves the network. How long real leases last is not modelled.
struct NetworkAttachments: Sendable {
  /// The copy of a machine that is attached.
  struct Holder: Sendable, Hashable {
    let machine: VirtualMachineID
    /// Whether it is the copy of a test.
    let isTest: Bool
  }

  struct Place: Sendable, Hashable {
    let site: SiteID
    /// Its position at the site; `nil` is an isolated network of a test.
    let network: Int?
    /// What a DHCP server gave it.
    var address: IPv4Address?
  }

  /// Only looked up.
  private var places: [Holder: Place] = [:]
  /// The addresses given, by network; only looked up.
  private var taken: [SiteNetwork: Set<IPv4Address>] = [:]

  func place(of holder: Holder) -> Place? { places[holder] }

  /// Attaches a holder to a network and to no other one.
  ///
  /// - Parameter range: What the network's DHCP server hands out, the lowest free address first.
  /// - Returns: Whether an address was given that the holder did not have before.
  @discardableResult
  mutating func attach(
    _ holder: Holder, to place: Place, dhcp range: ClosedRange<IPv4Address>?
  ) -> Bool {
    if let former = places[holder], former.site == place.site, former.network == place.network,
      (former.address == nil) == (range == nil)
    {
      return false
    }
    detach(holder)
    var place = place
    if let range, let network = place.network {
      let given = taken[SiteNetwork(site: place.site, network: network)] ?? []
      place.address = (range.lowerBound.bits...range.upperBound.bits).lazy.map { IPv4Address(bits: $0) }
        .first { !given.contains($0) }
      if let address = place.address {
        taken[SiteNetwork(site: place.site, network: network), default: []].insert(address)
      }
    }
    places[holder] = place
    return place.address != nil
  }

  mutating func detach(_ holder: Holder) {
    guard let place = places.removeValue(forKey: holder), let network = place.network,
      let address = place.address
    else { return }
    taken[SiteNetwork(site: place.site, network: network)]?.remove(address)
  }
}
