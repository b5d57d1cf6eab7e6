import Inventory
import Quantities

/// What runs have done to a protection group since it was last ready, so that the next goes on from there.
///
/// It belongs to the group, not to a plan: a group that one plan recovered is recovered for all.
struct RunMemory: Sendable {
  /// Something a run does to a group or machine and need not do again.
  enum Deed: UInt8, Sendable {
    case synchronizedBeforeShutdown, synchronizedFinally, synchronizedInReverse
    case createdTestImage, madeStorageWritable, deactivatedStorage, discardedTestImage
    case reversedReplication, cleanedUpStorage
    case configuredStorage, configuredTestNetwork, customizedGuest, poweredOn, heardTools, waited
    case shutDownGuest, poweredOff, preparedForMigration
    case poweredOffTest, resetStorage, configuredReverseReplication, configuredReverseProtection
    /// The machine has recovered with all of its steps.
    case recovered
    /// A custom step: remembered by its text instead.
    case callout
  }

  /// A set of deeds.
  struct Deeds: Sendable, Hashable {
    private var bits: UInt32 = 0

    var isEmpty: Bool { bits == 0 }
    func contains(_ deed: Deed) -> Bool { bits & (1 << UInt32(deed.rawValue)) != 0 }
    mutating func insert(_ deed: Deed) { bits |= 1 << UInt32(deed.rawValue) }
    /// Whether nothing was done that outlives a run but bringing replicas up to date.
    var areOnlySynchronizations: Bool {
      var rest = self
      for deed in [Deed.synchronizedBeforeShutdown, .synchronizedFinally] { rest.remove(deed) }
      return rest.isEmpty
    }
    mutating func remove(_ deed: Deed) { bits &= ~(1 << UInt32(deed.rawValue)) }
  }

  /// What is remembered of one subject.
  ///
  /// - Invariant: What is done was attempted.
  struct Record: Sendable {
    /// Begun; it may have taken effect even if it was reported as failed or never answered.
    var attempted = Deeds()
    var done = Deeds()
    /// Custom steps that succeeded.
    var callouts: Set<CalloutKey> = []

    func contains(_ deed: Deed) -> Bool { done.contains(deed) }
    /// Whether the protected machine is off on account of a run.
    var isShutDown: Bool { done.contains(.shutDownGuest) || done.contains(.poweredOff) }

    /// Takes note that a protected machine is on: what rested on its being off has to be done again.
    ///
    /// It holds for the record of the machine and for that of its group.
    mutating func forgetShutdown() {
      for deed in [
        Deed.shutDownGuest, .poweredOff, .preparedForMigration, .deactivatedStorage, .synchronizedFinally,
      ] { done.remove(deed) }
    }
  }

  /// Which custom step was done; it survives edits of the others.
  struct CalloutKey: Sendable, Hashable {
    var place: String
    var callout: Callout
    /// Its number among equal ones in the same place.
    var occurrence: Int
  }

  var group = Record()
  var vms: [VirtualMachineID: Record] = [:]
  /// How each machine fared in the last run.
  var statuses: [VirtualMachineID: VMRecoveryStatus] = [:]
  /// Whether every machine is off at the protected site and its storage there is read-only.
  var isProtectedSideClosed = false
}
