package import Quantities

/// A virtual machine and its disks.
package struct VirtualMachine: Sendable, Hashable {
  package let name: String
  package let site: SiteID
  package let datastore: DatastoreID
  /// Where it runs first.
  package let host: HostID
  package let disks: [VirtualDisk]
  /// Virtual processors.
  package let cpuCount: Int
  package let memory: ByteCount
  /// The part of ``memory`` that a host must set aside for it before it can run.
  package let memoryReservation: ByteCount

  package init(
    name: String, site: SiteID, datastore: DatastoreID, host: HostID, disks: [VirtualDisk], cpuCount: Int = 2,
    memory: ByteCount = .gibibytes(8), memoryReservation: ByteCount = .zero
  ) {
    self.name = name
    self.site = site
    self.datastore = datastore
    self.host = host
    self.disks = disks
    self.cpuCount = cpuCount
    self.memory = memory
    self.memoryReservation = memoryReservation
  }
}
