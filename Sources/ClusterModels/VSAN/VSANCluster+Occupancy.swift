import Inventory
import Quantities

/// What components take on devices: their bytes, their number, and what is expected to be written to them yet.
extension VSANCluster {
  /// Lets a component stand on a device.
  ///
  /// - Precondition: It stands nowhere.
  mutating func settle(_ index: Int, of object: ObjectID, on device: Int, size: ByteCount) {
    precondition(self[object].components[index].device == nil, "a component stands in one place")
    let pending = self.pending(of: index, of: object, holding: size)
    self[object].components[index].device = device
    self[object].components[index].size = size
    self[object].components[index].pending = pending
    let host = devices[device].host
    setUsed(devices[device].used + size, of: device)
    devices[device].componentCount += 1
    devices[device].pending += pending
    hosts[host].componentCount += 1
    hosts[host].pending += pending
  }

  /// A component takes more or less where it stands.
  mutating func resize(_ index: Int, of object: ObjectID, to size: ByteCount) {
    let component = self[object].components[index]
    guard let device = component.device else { preconditionFailure("what is resized stands somewhere") }
    setUsed(devices[device].used - component.size + size, of: device)
    self[object].components[index].size = size
    guard component.pending > .zero else { return }
    let pending = min(component.pending, self.pending(of: index, of: object, holding: size))
    self[object].components[index].pending = pending
    let host = devices[device].host
    devices[device].pending = devices[device].pending - component.pending + pending
    hosts[host].pending = hosts[host].pending - component.pending + pending
  }

  /// Gives back what a component takes where it stands, which it leaves.
  mutating func release(_ index: Int, of object: ObjectID) {
    let component = self[object].components[index]
    guard let device = component.device else { return }
    let host = devices[device].host
    setUsed(devices[device].used - component.size, of: device)
    devices[device].componentCount -= 1
    devices[device].pending = devices[device].pending - component.pending
    hosts[host].componentCount -= 1
    hosts[host].pending = hosts[host].pending - component.pending
    self[object].components[index].device = nil
    self[object].components[index].size = .zero
    self[object].components[index].pending = .zero
  }

  /// Keeps room on the device that a component is to be copied to.
  mutating func reserve(_ size: ByteCount, on device: Int, for index: Int, of object: ObjectID) {
    self[object].components[index].destination = (device, size)
    setUsed(devices[device].used + size, of: device)
    devices[device].componentCount += 1
    hosts[devices[device].host].componentCount += 1
  }

  /// Keeps more or less room for a component that is to be copied, if it is.
  mutating func resizeReserve(_ index: Int, of object: ObjectID, to size: ByteCount) {
    guard let destination = self[object].components[index].destination else { return }
    setUsed(devices[destination.device].used - destination.size + size, of: destination.device)
    self[object].components[index].destination?.size = size
  }

  /// Gives back the room that was kept for a component.
  mutating func unreserve(_ index: Int, of object: ObjectID) {
    guard let destination = self[object].components[index].destination else { return }
    setUsed(devices[destination.device].used - destination.size, of: destination.device)
    devices[destination.device].componentCount -= 1
    hosts[devices[destination.device].host].componentCount -= 1
    self[object].components[index].destination = nil
  }

  private mutating func setUsed(_ size: ByteCount, of device: Int) {
    if isUsable(device) { usedSize = usedSize - devices[device].used + size }
    devices[device].used = size
    if !devices[device].quietUse.contains(size) { areAlertsDue = true }
  }

  /// Counts anew what the devices that can be used have, after one came or went.
  mutating func usabilityChanged() {
    capacity = .zero
    usedSize = .zero
    for (index, device) in devices.enumerated() where isUsable(index) {
      capacity += device.capacity
      usedSize += device.used
    }
    areAlertsDue = true
  }

  /// What a component that holds `size` is expected to grow by.
  func pending(of index: Int, of object: ObjectID, holding size: ByteCount) -> ByteCount {
    let (policy, layout) = (self[object].policy, self[object].layout)
    let share = layout.share(
      of: index, in: policy.space(of: self[object].expected, hosts: faultDomainCount))
    return share > size ? share - size : .zero
  }
}
