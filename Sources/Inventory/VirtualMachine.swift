/// A virtual machine and its disks.
package struct VirtualMachine: Sendable, Hashable {
  package let name: String
  package let site: SiteID
  package let datastore: DatastoreID
  /// Where it runs first.
  package let host: HostID
  package let disks: [VirtualDisk]

  package init(name: String, site: SiteID, datastore: DatastoreID, host: HostID, disks: [VirtualDisk]) {
    self.name = name
    self.site = site
    self.datastore = datastore
    self.host = host
    self.disks = disks
  }
}
