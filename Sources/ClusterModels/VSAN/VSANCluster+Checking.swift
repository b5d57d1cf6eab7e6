import Quantities

extension VSANCluster {
  /// What is wrong with the books, or `nil`: what each device has used must be the sum of what stands on it and of the room
  /// kept there, an active component takes its share, no two parts of an object share a fault domain, and devices and hosts
  /// count the components on them with what is expected of them.
  ///
  /// - Complexity: O(components).
  package func spaceMismatch() -> String? {
    var sums = [ByteCount](repeating: .zero, count: devices.count)
    var counts = [Int](repeating: 0, count: devices.count)
    var pendings = [ByteCount](repeating: .zero, count: devices.count)
    for index in objects.indices {
      guard let object = objects[index] else { continue }
      let space = self.space(of: object)
      var domains: [(domain: Int, part: Int)] = []
      for (number, component) in object.components.enumerated() {
        let part = object.layout.part(of: number)
        if let device = component.device {
          sums[device] += component.size
          counts[device] += 1
          pendings[device] += component.pending
          domains.append((faultDomain(ofDevice: device), part))
          let share = object.layout.share(of: number, in: space)
          if component.state == .active, component.size != share {
            return "component \(number) of object \(index) takes \(component.size), its share is \(share)"
          }
        } else if component.state != .degraded || component.size > .zero {
          return "component \(number) of object \(index) stands nowhere"
        }
        if let destination = component.destination {
          sums[destination.device] += destination.size
          counts[destination.device] += 1
          domains.append((faultDomain(ofDevice: destination.device), part))
        }
      }
      for (position, one) in domains.enumerated() {
        if domains[..<position].contains(where: { $0.domain == one.domain && $0.part != one.part }) {
          return "two parts of object \(index) share fault domain \(one.domain)"
        }
      }
    }
    let usable = devices.indices.filter(isUsable)
    let totals = usable.reduce((ByteCount.zero, ByteCount.zero)) {
      ($0.0 + devices[$1].used, $0.1 + devices[$1].capacity)
    }
    if totals != (usedSize, capacity) {
      return
        "the devices that can be used have \(totals.0) of \(totals.1), but \(usedSize) of \(capacity) are counted"
    }
    for device in devices.indices where sums[device] != devices[device].used {
      return "device \(device) has used \(devices[device].used), but \(sums[device]) stand on it"
    }
    for device in devices.indices
    where (counts[device], pendings[device]) != (devices[device].componentCount, devices[device].pending) {
      return
        "device \(device) counts \(devices[device].componentCount) components that \(devices[device].pending) are expected of, but there are \(counts[device]) and \(pendings[device])"
    }
    for (index, host) in hosts.enumerated() {
      let count = host.devices.reduce(0) { $0 + counts[$1] }
      let pending = host.devices.reduce(ByteCount.zero) { $0 + pendings[$1] }
      if (count, pending) != (host.componentCount, host.pending) {
        return "host \(index) counts \(host.componentCount) components, but there are \(count)"
      }
    }
    return nil
  }
}
