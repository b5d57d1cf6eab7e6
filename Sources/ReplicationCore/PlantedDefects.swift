/// Defects to break the replication and its world with on purpose, so that those who look for defects can be tested.
///
/// Nothing a user can write plants one: a set other than the empty one exists only where a test makes it.
package struct PlantedDefects: OptionSet, Sendable, Hashable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  // MARK: Of the source

  /// Every seventh write of a guest is not tracked.
  package static let dirtyBitDropped = Self(rawValue: 1 << 0)
  /// A write to what is still to be sent reaches the disk before its old content was copied.
  package static let copyBeforeWriteMissed = Self(rawValue: 1 << 1)
  /// The extents of a delta that was given up are forgotten.
  package static let foldBackLost = Self(rawValue: 1 << 2)

  // MARK: Of the target

  /// What an incomplete instance brought is merged into the base disks when its session ends.
  package static let incompleteRedoMerged = Self(rawValue: 1 << 3)
  /// An instance is dated by its arrival.
  package static let instanceDatedByItsEnd = Self(rawValue: 1 << 4)
  /// A merge also writes the extent behind its first run.
  package static let wrongExtentMerged = Self(rawValue: 1 << 5)

  // MARK: Of the world

  /// What a session left undelivered reaches the target in a later session.
  package static let deliveredAfterItsSession = Self(rawValue: 1 << 6)
  /// A sync that was given up counts what the network had not carried.
  package static let unsentBytesCounted = Self(rawValue: 1 << 7)
  /// The space of merged logs is not given back.
  package static let spaceNotReturned = Self(rawValue: 1 << 8)
  /// Every third instance does not end the lag before it.
  package static let lagNotReset = Self(rawValue: 1 << 9)
  /// A link that is limited carries what it always did.
  package static let limitIgnored = Self(rawValue: 1 << 10)
  /// A link that comes back carries a tenth of what it could.
  package static let capacityLeftIdle = Self(rawValue: 1 << 11)
  /// A machine goes on running on its failed host.
  package static let runsOnFailedHost = Self(rawValue: 1 << 12)
  /// A machine that moved is still planned for by its old host.
  package static let plannedByTwoHosts = Self(rawValue: 1 << 13)
  /// A replication that was paused stays so.
  package static let pauseNeverEnds = Self(rawValue: 1 << 14)

  // MARK: Of recoveries

  /// A machine runs from its replica, or from a test image of it, before the last log is merged into it.
  package static let lastMergeSkipped = Self(rawValue: 1 << 15)
  /// Clean-up keeps the image of a test.
  package static let imageKept = Self(rawValue: 1 << 16)
  /// A plan works on groups that another one has locked.
  package static let lockNotTaken = Self(rawValue: 1 << 17)
  /// What is written until the machine is off is not replicated any more.
  package static let finalSyncSkipped = Self(rawValue: 1 << 18)
  /// Nobody hears of a machine that is on at both sites.
  package static let doubleNotReported = Self(rawValue: 1 << 19)
  /// Clean-up takes a test machine away and does not put its placeholder back.
  package static let placeholderNotRestored = Self(rawValue: 1 << 20)

  /// What a recovery lost is counted to the beginning of its run, however long the machine ran on.
  package static let lossEndsWithRunStart = Self(rawValue: 1 << 24)

  // MARK: Of storage that copies by itself

  /// A copy is dated by its arrival.
  package static let copyDatedByItsEnd = Self(rawValue: 1 << 21)
  /// Synchronous storage that loses its last link keeps an earlier image than that of the loss.
  package static let acknowledgedWriteLost = Self(rawValue: 1 << 22)
  /// The way back after a failover leaves alone what only the machine that was left behind has written.
  package static let strayWritesKept = Self(rawValue: 1 << 23)

  /// Every defect with its name.
  package static let all: [(name: String, defect: PlantedDefects)] = [
    ("dirty bit dropped", .dirtyBitDropped),
    ("copy before write missed", .copyBeforeWriteMissed),
    ("fold-back lost", .foldBackLost),
    ("incomplete redo merged", .incompleteRedoMerged),
    ("instance dated by its end", .instanceDatedByItsEnd),
    ("wrong extent merged", .wrongExtentMerged),
    ("delivered after its session", .deliveredAfterItsSession),
    ("unsent bytes counted", .unsentBytesCounted),
    ("space not returned", .spaceNotReturned),
    ("lag not reset", .lagNotReset),
    ("limit ignored", .limitIgnored),
    ("capacity left idle", .capacityLeftIdle),
    ("runs on failed host", .runsOnFailedHost),
    ("planned by two hosts", .plannedByTwoHosts),
    ("pause never ends", .pauseNeverEnds),
    ("last merge skipped", .lastMergeSkipped),
    ("image kept", .imageKept),
    ("lock not taken", .lockNotTaken),
    ("final sync skipped", .finalSyncSkipped),
    ("double not reported", .doubleNotReported),
    ("placeholder not restored", .placeholderNotRestored),
    ("copy dated by its end", .copyDatedByItsEnd),
    ("acknowledged write lost", .acknowledgedWriteLost),
    ("stray writes kept", .strayWritesKept),
    ("loss ends with run start", .lossEndsWithRunStart),
  ]
}
