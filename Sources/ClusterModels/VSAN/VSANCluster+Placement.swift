import Inventory
import Quantities

extension VSANCluster {
  /// The device for a component: usable, with room, in a fault domain where no other part of its object stands.
  ///
  /// Where the part has pieces already, their fault domain comes first. What counts then is, for
  ///
  /// | What is to be placed                | First                    | Then            | Then               |
  /// |-------------------------------------|--------------------------|-----------------|--------------------|
  /// | a component that is yet to be filled | the least still to be written to host, then device, of those no more than ``VSANParameters/placementTolerance`` fuller than the emptiest | the least full | the fewest components |
  /// | one that has its content            | the least full           | the fewest components | |
  /// | a witness                           | the fewest components    | the least full  |                    |
  ///
  /// and of equal devices the first. How full a device is counts what its components take and what is expected to be written
  /// to them; components are counted of the host, then of the device.
  ///
  /// - Parameters:
  ///   - index: The component, which stands nowhere or is to leave.
  ///   - size: What it needs there.
  ///   - ceiling: How full the device may be then.
  ///   - avoided: A device that is no choice.
  /// - Returns: `nil` if there is no such device.
  /// - Source: vSAN places objects by policy and by "cluster resources and their utilization" (VMware, vSphere 5.5,
  ///   "Virtual SAN and storage policies"), and judges the balance of disks by how full they are of bytes and of components
  ///   (Broadcom, vSAN Management API 8.0, `VsanClusterBalancePerDiskInfo`: `fullness`, `compFullness`). How its object manager
  ///   weighs them, and that it reckons with what thin objects will take, is *inferred*.
  mutating func chooseDevice(
    for index: Int, of object: ObjectID, size: ByteCount, ceiling: Ratio = .one, avoiding avoided: Int? = nil
  ) -> Int? {
    let layout = self[object].layout
    let part = layout.part(of: index)
    var taken: [Int] = []
    var home: [Int] = []
    for (other, component) in self[object].components.enumerated() {
      for device in [component.device, component.destination?.device].compactMap({ $0 }) {
        if layout.part(of: other) != part {
          taken.append(faultDomain(ofDevice: device))
        } else if isUsable(device) {
          home.append(faultDomain(ofDevice: device))
        }
      }
    }
    var candidates: [Candidate] = []
    var isLimited = false
    for device in devices.indices where isUsable(device) && device != avoided {
      let domain = faultDomain(ofDevice: device)
      guard !taken.contains(domain), fits(size, onto: device, ceiling: ceiling) else { continue }
      guard takesComponents(device) else {
        isLimited = true
        continue
      }
      candidates.append(candidate(device, isHome: home.contains(domain)))
    }
    if candidates.isEmpty, isLimited { limitedCount += 1 }
    if candidates.contains(where: \.isHome) { candidates.removeAll { !$0.isHome } }
    if layout.isWitness(index) {
      return candidates.min { ($0.components, $0.fullness) < ($1.components, $1.fullness) }?.device
    }
    if pending(of: index, of: object, holding: size) > .zero {
      let least = candidates.map(\.fullness).min() ?? .zero
      let tolerated = least + Int(parameters.placementTolerance.partsPerBillion)
      candidates.removeAll { $0.fullness > tolerated }
      return candidates.min {
        ($0.pending, $0.fullness, $0.components) < ($1.pending, $1.fullness, $1.components)
      }?.device
    }
    return candidates.min { ($0.fullness, $0.components) < ($1.fullness, $1.components) }?.device
  }

  /// A device that a component could stand on.
  private struct Candidate {
    let device: Int
    let isHome: Bool
    /// What it has used and is expected to be given, in parts per billion of its capacity.
    let fullness: Int
    /// The components of its host, then its own.
    let components: OfHostAndDevice<Int>
    /// What is still to be written to its host, then to itself.
    let pending: OfHostAndDevice<ByteCount>
  }

  /// What decides by the host first, and by the device where hosts are equal.
  private struct OfHostAndDevice<Value: Comparable>: Comparable {
    let host: Value
    let device: Value

    static func < (left: Self, right: Self) -> Bool {
      (left.host, left.device) < (right.host, right.device)
    }
  }

  private func candidate(_ device: Int, isHome: Bool) -> Candidate {
    let (state, host) = (devices[device], hosts[devices[device].host])
    let capacity = UInt128(max(1, state.capacity.bytes))
    let expected = UInt128((state.used + state.pending).bytes)
    return Candidate(
      device: device, isHome: isHome, fullness: Int(clamping: expected * 1_000_000_000 / capacity),
      components: .init(host: host.componentCount, device: state.componentCount),
      pending: .init(host: host.pending, device: state.pending))
  }

  /// Whether the host of a device may hold one more component.
  func takesComponents(_ device: Int) -> Bool {
    guard let limit = parameters.componentsPerHost else { return true }
    return hosts[devices[device].host].componentCount < limit
  }

  /// Whether a device is no fuller than `ceiling` when it has taken `size` more.
  func fits(_ size: ByteCount, onto device: Int, ceiling: Ratio) -> Bool {
    devices[device].used + size <= devices[device].capacity.scaled(by: ceiling)
  }
}
