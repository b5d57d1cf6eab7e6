package import Quantities

/// What makes a datastore a vSAN datastore: the devices of a cluster's hosts, and how objects are placed on them.
package struct VSANDescription: Sendable, Hashable {
  /// The hosts whose devices make up the datastore, ascending; never empty.
  package let hosts: [HostID]
  /// The fault domain of each of ``hosts``.
  package let faultDomains: [Int]
  /// What each device of a host holds, raw: disk groups, or the one storage pool of the express architecture.
  package let deviceSizes: [ByteCount]
  /// The policy of objects that name none.
  package let policy: StoragePolicy
  /// What the devices of one host read, all together; `nil` where they are never the bottleneck.
  package let readRate: DataRate?
  /// What the devices of one host write, all together.
  package let writeRate: DataRate?
  /// What the devices of one host read and write together; `nil` where that is never the bottleneck.
  package let sharedRate: DataRate?
  package let repairDelay: TimeSpan
  /// The most that one component is copied with.
  package let resyncRate: DataRate
  /// The weight of a copied component against one replication, merge or comparison at the same devices.
  package let resyncWeight: Ratio
  /// How many components are copied onto one host at a time.
  package let resyncsPerHost: Int
  /// How often everything is read with its checksums; never if `nil`.
  package let scrubInterval: TimeSpan?
  /// How many components a host may hold; `nil` where that is no limit.
  package let componentsPerHost: Int?

  package init(
    hosts: [HostID], faultDomains: [Int], deviceSizes: [ByteCount], policy: StoragePolicy,
    readRate: DataRate?,
    writeRate: DataRate?, sharedRate: DataRate?, repairDelay: TimeSpan, resyncRate: DataRate,
    resyncWeight: Ratio,
    resyncsPerHost: Int,
    scrubInterval: TimeSpan?, componentsPerHost: Int?
  ) {
    self.hosts = hosts
    self.faultDomains = faultDomains
    self.deviceSizes = deviceSizes
    self.policy = policy
    self.readRate = readRate
    self.writeRate = writeRate
    self.sharedRate = sharedRate
    self.repairDelay = repairDelay
    self.resyncRate = resyncRate
    self.resyncWeight = resyncWeight
    self.resyncsPerHost = resyncsPerHost
    self.scrubInterval = scrubInterval
    self.componentsPerHost = componentsPerHost
  }

  /// What all devices hold.
  package var rawCapacity: ByteCount { deviceSizes.reduce(.zero, +) * UInt64(hosts.count) }
}
