import Inventory
import Quantities

extension VSANCluster {
  /// The device for a component: usable, with room, in a fault domain where no other part of the object stands.
  ///
  /// Where the part has pieces already, their fault domain comes first; then the device with the most room, and of equal
  /// ones the first.
  ///
  /// - Parameters:
  ///   - part: The part, or witness, that the component belongs to.
  ///   - size: What it needs there.
  ///   - ceiling: How full the device may be then.
  ///   - avoided: A device that is no choice.
  /// - Returns: `nil` if there is no such device.
  func chooseDevice(
    forPart part: Int, of components: [Component], _ layout: VSANLayout, size: ByteCount,
    ceiling: Ratio = .one,
    avoiding avoided: Int? = nil
  ) -> Int? {
    var taken: [Int] = []
    var home: [Int] = []
    for (index, component) in components.enumerated() {
      for device in [component.device, component.destination?.device].compactMap({ $0 }) {
        if layout.part(of: index) != part {
          taken.append(faultDomain(ofDevice: device))
        } else if isUsable(device) {
          home.append(faultDomain(ofDevice: device))
        }
      }
    }
    var best: (device: Int, isHome: Bool, free: ByteCount)?
    for device in devices.indices where isUsable(device) && device != avoided {
      let domain = faultDomain(ofDevice: device)
      guard !taken.contains(domain), fits(size, onto: device, ceiling: ceiling) else { continue }
      let candidate = (device: device, isHome: home.contains(domain), free: devices[device].free)
      if let best {
        guard candidate.isHome == best.isHome ? candidate.free > best.free : candidate.isHome else {
          continue
        }
      }
      best = candidate
    }
    return best?.device
  }

  /// Whether a device is no fuller than `ceiling` when it has taken `size` more.
  func fits(_ size: ByteCount, onto device: Int, ceiling: Ratio) -> Bool {
    devices[device].used + size <= devices[device].capacity.scaled(by: ceiling)
  }
}

extension ByteCount {
  /// Rounded down.
  func scaled(by share: Ratio) -> ByteCount {
    let product = bytes.multipliedFullWidth(by: UInt64(share.partsPerBillion))
    return ByteCount(bytes: UInt64(1_000_000_000).dividingFullWidth(product).quotient)
  }
}
