package import BlockStorage
package import Quantities

/// What an administrator does to the replication, and what happens to its disks.
extension ReplicationSource {
  /// An administrator paused the replication: nothing is sent, and changes are still tracked.
  ///
  /// An offline instance is given up.
  package mutating func paused(at now: Instant) {
    abortSync(.paused, at: now)
    unlock()
    isPaused = true
  }

  package mutating func resumed() { isPaused = false }

  /// The replica was recovered or the replication removed: a sync that runs is given up, and none begins any more.
  ///
  /// The machine is no longer locked. What happens to it from now on need not be told.
  package mutating func ended(at now: Instant) {
    abortSync(.replicationEnded, at: now)
    unlock()
    isEnded = true
  }

  /// Lets the next delta start as soon as one can, as "Sync now" does.
  ///
  /// No effect while a sync is running.
  package mutating func syncRequested(at now: Instant) { schedule.syncRequested(at: now) }

  /// Lets everything be compared as soon as a sync can start, as "Force full sync" does.
  ///
  /// A sync that runs is given up, also a full sync: what it compared is compared again.
  package mutating func fullSyncRequested(at now: Instant) {
    abortSync(.fullSyncRequested, at: now)
    for index in needsFullSync.indices { needsFullSync[index] = true }
  }

  // MARK: - Disks

  /// A disk has a new size; the new part holds zeros.
  ///
  /// The sync in flight is given up. The status is ``ReplicationStatus/diskResizing`` and nothing is sent until the
  /// driver has given the replica the new size and says so by ``replicaResized()``. A disk that grew under a running
  /// machine keeps its changes. It is compared in full if the machine is off, if
  /// ``ReplicationParameters/growsDisksOnline`` is false, or if its extents have another size from now on (*inferred*).
  ///
  /// - Precondition: The disk did not shrink, and holds the same content below its old size.
  /// - Source: VMware, vSphere Replication 8.4 documentation for growing online; 8.7 for growing while off.
  package mutating func diskGrown(_ disk: Int, to geometry: ExtentGeometry, at now: Instant) {
    let old = trackers[disk].geometry
    precondition(geometry.diskSize >= old.diskSize, "a replicated disk does not shrink")
    abortSync(.diskGrown, at: now)
    if geometry.extentSize == old.extentSize {
      trackers[disk].grow(to: geometry)
    } else {
      trackers[disk] = ChangeTracker(geometry: geometry)
      needsFullSync[disk] = true
    }
    if power != .on || !parameters.growsDisksOnline { needsFullSync[disk] = true }
    isResizingDisk = true
  }

  /// The replica's disks have the sizes of the source's.
  package mutating func replicaResized() { isResizingDisk = false }

  /// The virtual machine has a further disk.
  ///
  /// The replication is in error until it is configured again, unless
  /// ``ReplicationOptions/replicatesAddedDisks`` is set: then the disk is compared in full, the others go on. The driver
  /// has given the target a disk by then.
  ///
  /// - Source: VMware, vSphere Replication documentation, "Possible replication problems".
  package mutating func diskAdded(_ geometry: ExtentGeometry, at now: Instant) {
    guard options.replicatesAddedDisks else { return configurationFailed(.diskAdded, at: now) }
    reconfigured(trackers.indices.map { .kept($0) } + [.added(geometry)], at: now)
  }

  /// The replication cannot go on as it is configured; changes are still tracked.
  package mutating func configurationFailed(_ problem: ConfigurationProblem, at now: Instant) {
    abortSync(.configurationFailed, at: now)
    unlock()
    configurationProblem = problem
    events.append(.configurationFailed(problem))
  }

  /// An administrator configured the replication again, which mends every problem.
  ///
  /// The sync in flight is given up. From now on the disks have the indices of `disks`; those added are compared in
  /// full, those not mentioned are no longer replicated. The driver has given the target the same disks, with what
  /// it holds of those kept.
  ///
  /// - Precondition: At least one disk stays, and each at most once.
  package mutating func reconfigured(_ disks: [ConfiguredDisk], at now: Instant) {
    precondition(!disks.isEmpty, "a replication has at least one disk")
    abortSync(.reconfigured, at: now)
    var isKept = trackers.map { _ in false }
    var newTrackers: [ChangeTracker] = []
    var newNeeds: [Bool] = []
    for disk in disks {
      switch disk {
      case .kept(let index):
        precondition(!isKept[index], "a disk is replicated once")
        isKept[index] = true
        newTrackers.append(trackers[index])
        newNeeds.append(needsFullSync[index])
      case .added(let geometry):
        newTrackers.append(ChangeTracker(geometry: geometry))
        newNeeds.append(true)
      }
    }
    if let shares = options.compressedShares {
      // An added disk is taken to hold what the last of those before holds.
      options.compressedShares = disks.map { disk in
        if case .kept(let index) = disk { shares[index] } else { shares[shares.count - 1] }
      }
    }
    (trackers, needsFullSync) = (newTrackers, newNeeds)
    configurationProblem = nil
  }
}
