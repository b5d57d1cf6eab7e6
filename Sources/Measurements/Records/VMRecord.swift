package import Inventory
package import Quantities

/// One replicated machine and what became of it.
package struct VMRecord: Sendable, Hashable {
  package struct Disk: Sendable, Hashable {
    package let name: String
    package let size: ByteCount

    package init(name: String, size: ByteCount) {
      self.name = name
      self.size = size
    }
  }

  package let id: VirtualMachineID
  package let name: String
  /// The replicated disks.
  package let disks: [Disk]
  /// The status at the end of the run, in the words of the REST contract, such as `OK` or `SYNC_RPO_VIOLATION`.
  package let finalStatus: String
  /// The lag from the configuration of the replication to its end; it holds the RPO.
  package let lag: LagTrack
  /// What the guest wrote to the replicated disks, overwrites included.
  package let writtenSize: ByteCount
  /// How many instances the oracle compared with their source, all equal.
  package let verifiedInstanceCount: Int

  /// - Precondition: `lag` has ended.
  package init(
    id: VirtualMachineID, name: String, disks: [Disk], finalStatus: String, lag: LagTrack,
    writtenSize: ByteCount, verifiedInstanceCount: Int
  ) {
    precondition(lag.end != nil, "a record is made of an ended track")
    self.id = id
    self.name = name
    self.disks = disks
    self.finalStatus = finalStatus
    self.lag = lag
    self.writtenSize = writtenSize
    self.verifiedInstanceCount = verifiedInstanceCount
  }

  package var rpo: TimeSpan { lag.rpo }

  /// The nominal size of all replicated disks.
  package var size: ByteCount { disks.reduce(.zero) { $0 + $1.size } }
}
