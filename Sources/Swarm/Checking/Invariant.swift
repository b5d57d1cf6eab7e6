package import Quantities

/// What must hold in every world, whatever happens in it.
package enum Invariant: String, Sendable, Hashable, CaseIterable {
  /// A recoverable instance is exactly a past image of all disks of its machine.
  case pastImage = "past-image"
  /// The time of the newest instance never goes back, and none is of the future.
  case instanceOrder = "instance-order"
  /// Reported lag, violation and loss are what is computed from outside.
  case lag
  /// No byte is counted twice or lost on any link or in any sync.
  case bytes
  /// No resource is used beyond what it can carry, and no flow beyond its own limit.
  case capacity
  /// No capacity is left idle that a flow could use: rates are max-min fair.
  case maxMin = "max-min"
  /// The space counted as used is the sum of what exists.
  case space
  /// A machine runs in at most one place, on a host of its site that runs.
  case placement
  /// One plan at a time works on a protection group.
  case planLock = "plan-lock"
  /// A machine is on at both sites only after a forced recovery, or one that could not reach the protected site, and then
  /// it is reported.
  case onePlace = "one-place"
  /// A recovered machine, or one of a test, begins with exactly a past image of all disks.
  case recoveredImage = "recovered-image"
  /// A planned migration loses nothing.
  case migration
  /// A clean-up leaves nothing behind.
  case cleanup
  /// What synchronous storage has acknowledged is at both sites, as long as it has a link.
  case acknowledgedWrite = "acknowledged-write"
  /// A recovered machine holds what was recovered and what it has written since, and nothing else.
  case ownWrites = "own-writes"
  /// When all faults are over, every replication comes back to order in bounded time.
  case recovery
  /// The same scenario and seed give the same digest.
  case digest
  /// The run's own comparison of each instance with its source's certificate.
  case certificate
  /// A run does not stop the program.
  case soundness
  /// A drawn scenario is valid.
  case validity

  package var sentence: String {
    switch self {
    case .pastImage: "a recoverable instance is exactly a past image of all disks of its machine"
    case .instanceOrder: "the time of the newest instance never goes back"
    case .lag: "reported lag, violation and loss are what is computed from outside"
    case .bytes: "no byte is counted twice or lost"
    case .capacity: "no capacity is exceeded"
    case .maxMin: "no capacity is left idle that a flow could use"
    case .space: "space used is the sum of what exists"
    case .placement: "a machine runs in at most one place"
    case .planLock: "one plan at a time works on a protection group"
    case .onePlace: "a machine is on at both sites only after a forced or isolated recovery, and reported"
    case .recoveredImage: "a recovered machine begins with a past image of all disks"
    case .migration: "a planned migration loses nothing"
    case .cleanup: "a clean-up leaves nothing behind"
    case .acknowledgedWrite: "a synchronous copy holds every acknowledged write"
    case .ownWrites: "a recovered machine holds its image and what it wrote since"
    case .recovery: "after all faults every replication comes back to order in bounded time"
    case .digest: "the digest repeats"
    case .certificate: "the replica of an instance equals its source's certificate"
    case .soundness: "a run does not stop the program"
    case .validity: "a drawn scenario is valid"
    }
  }
}

/// An invariant that does not hold.
package struct Violation: Error, Sendable, Hashable {
  package let invariant: Invariant
  /// When it was found.
  package let at: Instant
  /// The machine, link or datastore.
  package let subject: String
  package let detail: String

  package init(_ invariant: Invariant, at: Instant, subject: String, detail: String) {
    self.invariant = invariant
    self.at = at
    self.subject = subject
    self.detail = detail
  }
}

extension Violation: CustomStringConvertible {
  package var description: String {
    "\(invariant.rawValue): \(subject): \(detail), at \(at) (\(invariant.sentence))"
  }
}
