package import Quantities

/// What became of a message that was offered to a target.
package enum Reception: Sendable {
  /// The target took it; its answer, if the message asks for one.
  case taken(answer: TargetMessage?)
  /// The target did not take it and is as it was before.
  case refused(TargetRefusal)
}

/// Why a target does not take a message.
package enum TargetRefusal: Sendable, Hashable {
  /// "Insufficient storage space": the message would need more than the datastore has.
  case insufficientSpace(StorageShortage)
  /// No host at the target site mounts the replica's datastore: "No accessible host for datastore".
  case noAccessibleHost
  /// The replication server is down.
  case serverDown
  /// The server lost what it had received; the source must give the sync up first.
  case sessionOver
  /// The replica was recovered and belongs to the machine that runs from it.
  case recovered
  /// The replication was removed.
  case removed
}

/// What is missing on the target datastore.
package struct StorageShortage: Sendable, Hashable {
  package let needed: ByteCount
  package let free: ByteCount
  /// Since when messages are refused.
  package let since: Instant
}

/// Why an administrator's request to a target cannot be met.
package enum TargetRequestError: Error, Sendable, Hashable {
  /// There is no complete instance.
  case nothingRecoverable
  /// No recoverable instance holds this point in time.
  case unknownPointInTime(Instant)
  /// A test image lies over the replica; it must be cleaned up first.
  case testImageInUse
  /// There is no test image to clean up.
  case noTestImage
  /// The replication server is down or no host mounts the datastore.
  case unavailable
  /// The replica was recovered or removed.
  case notReplicating
  /// The disk would shrink or get other extents.
  case unfitGeometry
  /// A replication has at least one disk.
  case lastDisk
  /// Points in time from before a disk grew hold all disks; they must expire first.
  case pointsInTimePreserved
}
