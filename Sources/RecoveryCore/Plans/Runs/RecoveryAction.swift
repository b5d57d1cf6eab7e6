package import Inventory
package import Quantities

/// What a run asks its driver to do; the driver knows where and how.
///
/// Every operation can be asked for again after it was carried out, or half carried out: what is done already is
/// answered with success. So a run can be continued after a crash, and clean-up can follow whatever a failure left.
package enum RecoveryAction: Sendable, Hashable {
  /// Why a group is synchronised.
  package enum Synchronization: Sendable, Hashable, CaseIterable {
    /// Before a test, so that it shows recent changes.
    case recentChanges
    /// While the machines still run, so that little is left for later.
    case beforeShutdown
    /// After the machines are off: what it brings is all there is.
    case final
    /// From the new protected site, after reprotect turned the direction.
    case reversed
  }

  /// A point in time that was chosen for a machine instead of the newest.
  package struct PointInTime: Sendable, Hashable {
    package var vm: VirtualMachineID
    /// The instant of the image.
    package var instant: Instant

    package init(vm: VirtualMachineID, instant: Instant) {
      self.vm = vm
      self.instant = instant
    }
  }

  /// Hosts in standby come back; power management is off until the run ends.
  case restoreHosts(PairSide)
  /// Brings these machines of the group up to date; those that are recovered already are never among them.
  ///
  /// A machine whose replica is writable all the same, though no run heard of it, is left alone: that is success.
  case synchronize(ProtectionGroupID, Synchronization, machines: [VirtualMachineID])
  /// Makes writable images of the replicas of these machines, without ending replication.
  case createTestImage(ProtectionGroupID, machines: [VirtualMachineID], pointsInTime: [PointInTime])
  /// Ends replication of these machines and makes their replicas writable.
  case makeStorageWritable(ProtectionGroupID, machines: [VirtualMachineID], pointsInTime: [PointInTime])
  /// Makes the group's storage at the protected site read-only.
  case deactivateStorage(ProtectionGroupID)
  /// Throws the writable images of a test away, with networks made for it.
  case discardTestImage(ProtectionGroupID)
  /// Turns the direction of what replicates the group as a whole; nothing to do for vSphere Replication.
  case reverseReplication(ProtectionGroupID)
  /// Removes what the recovery left on the storage of the group's former protected site.
  case cleanUpStorage(ProtectionGroupID)

  /// Unregisters the placeholder and registers the machine on its recovered disks.
  case configureStorage(VirtualMachineID, isTest: Bool)
  /// Connects the machine to its test networks, made for it if there are none.
  case configureTestNetwork(VirtualMachineID)
  /// Sets the addresses of the guest, for which it may be started and shut down once.
  case customizeGuest(VirtualMachineID)
  /// Powers on the recovered machine at this side or, after an undo, the protected one.
  case powerOn(VirtualMachineID, at: PairSide)
  /// Succeeds at the first heartbeat.
  case waitForTools(VirtualMachineID)
  /// Asks the guest at the protected site to shut down; succeeds when it is off.
  case shutDownGuest(VirtualMachineID)
  case powerOff(VirtualMachineID, at: PairSide)
  /// Unregisters the machine from the protected site as far as a later recovery or reprotect allows.
  case prepareForMigration(VirtualMachineID)
  /// Unregisters a test machine and brings its placeholder back.
  case resetStorage(VirtualMachineID)
  case suspend(VirtualMachineID, at: PairSide)
  case resume(VirtualMachineID, at: PairSide)
  /// Replicates the machine in the other direction, with its former disks as seeds.
  case configureReverseReplication(VirtualMachineID)
  /// Replaces the former protected machine by a placeholder and protects the recovered one.
  case configureReverseProtection(VirtualMachineID)

  case runOnServer(Callout)
  case runOnVM(VirtualMachineID, Callout)
  /// Shows a message; it is answered by ``PlanBook/dismissPrompt(_:at:)``, not by the driver.
  case showPrompt(Callout)
}

/// The name of one thing a driver was asked to do.
package struct CommandID: Sendable, Hashable {
  /// The key of the run that asked.
  package var run: Int
  /// The step it belongs to; a step asks once.
  package var step: Int

  package init(run: Int, step: Int) {
    self.run = run
    self.step = step
  }
}

/// What a driver has to do next.
package enum RecoveryCommand: Sendable, Hashable {
  /// Carry this out and report with ``PlanBook/handle(_:of:at:)``.
  case perform(CommandID, RecoveryAction)
  /// Stop waiting for this, since its time is over, or do not begin it, since its run was cancelled. A report that comes
  /// all the same is ignored.
  case abandon(CommandID)
}

/// What a driver reports about a command.
package enum CommandEvent: Sendable, Hashable {
  /// It left the driver's queue: reported of every command but a prompt before anything is done for it.
  ///
  /// Time limits count from here, so a command that waits for its turn does not time out. What has not begun is taken back
  /// when the run is cancelled, and after a crash counts as never asked for.
  case began
  case succeeded
  case succeededWithWarning(String)
  case failed(String)

  package var isOutcome: Bool { self != .began }
}
