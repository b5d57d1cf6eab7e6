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
  /// What an administrator would read about the replication at the end.
  package let replication: ReplicationInfoRecord
  package let guestDelay: GuestDelayRecord
  /// The most that the replica took on its datastore.
  package let replicaPeak: ByteCount
  /// How many instances could be recovered at the end, the newest included.
  package let pointInTimeCount: Int
  package let availability: AvailabilityRecord

  /// - Parameter replication: What only has the RPO of `lag` unless given.
  /// - Precondition: `lag` has ended.
  package init(
    id: VirtualMachineID, name: String, disks: [Disk], finalStatus: String, lag: LagTrack,
    writtenSize: ByteCount, verifiedInstanceCount: Int, replication: ReplicationInfoRecord? = nil,
    guestDelay: GuestDelayRecord = .none, replicaPeak: ByteCount = .zero, pointInTimeCount: Int = 0,
    availability: AvailabilityRecord = .undisturbed
  ) {
    precondition(lag.end != nil, "a record is made of an ended track")
    self.id = id
    self.name = name
    self.disks = disks
    self.finalStatus = finalStatus
    self.lag = lag
    self.writtenSize = writtenSize
    self.verifiedInstanceCount = verifiedInstanceCount
    let minute = TimeSpan.minutes(1).nanoseconds
    self.replication =
      replication ?? ReplicationInfoRecord(rpoMinutes: (lag.rpo.nanoseconds + minute - 1) / minute)
    self.guestDelay = guestDelay
    self.replicaPeak = replicaPeak
    self.pointInTimeCount = pointInTimeCount
    self.availability = availability
  }

  /// Zero where there is none, since the storage of the machine follows each write.
  package var rpo: TimeSpan { lag.rpo }

  /// Whether nothing is sent until somebody puts something right.
  package var isInError: Bool { finalStatus.hasPrefix("ERROR") }

  /// The nominal size of all replicated disks.
  package var size: ByteCount { disks.reduce(.zero) { $0 + $1.size } }
}
