import BlockStorage
import Quantities

extension ReplicationTarget {
  // MARK: - The replication server

  /// The replication server died, and with it the log being filled and the merges under way.
  ///
  /// What is complete stays on the datastore.
  ///
  /// What an earlier full sync brought and this side has accepted, or kept when its session ended, is complete;
  /// of a later full sync in its midst the current log is lost, and its comparison starts over. Merges
  /// stop without progress; a driver that knows better calls ``mergeInterrupted(_:written:)`` first. All
  /// messages are refused, also after the restart, until the source's session has ended
  /// (``connectionLost()``): it cannot know what was lost.
  package mutating func serverFailed() {
    isServerRunning = false
    guard lifecycle == .replicating else { return }
    if case .none = sync {} else { isSessionLost = true }
    discardIncoming()
    runningMerges.removeAll()
  }

  /// The server runs again, or another one took the replica over from its files on the datastore.
  package mutating func serverRestarted() { isServerRunning = true }

  private mutating func discardIncoming() {
    for index in disks.indices {
      disks[index].incoming = nil
      disks[index].lastReceivedAt = nil
    }
    sync = .none
  }

  // MARK: - The target host

  /// The host that wrote the replica's files died.
  ///
  /// The server finds another that mounts the datastore: what was received stays, since it is on the
  /// datastore, and merges under way start over.
  ///
  /// - Parameter hasOtherHost: Whether there is one. If not, messages are refused as
  ///   ``TargetRefusal/noAccessibleHost`` and nothing is merged until ``hostBecameAccessible()``.
  package mutating func hostFailed(hasOtherHost: Bool) {
    runningMerges.removeAll()
    isHostAccessible = hasOtherHost
  }

  package mutating func hostBecameAccessible() { isHostAccessible = true }

  // MARK: - Lost content

  /// Extents of a base disk can be read nowhere any more: no instance is left.
  ///
  /// A test image and points in time go with it. What else was stored stays, as content that a full sync compares, and that
  /// must follow; the lost extents hold zeros until then. The source's session must have ended.
  package mutating func contentLost(extents: Range<Int>, ofDisk index: Int) {
    noteSpaceUse()
    dropReception()
    runningMerges.removeAll()
    testImage = nil
    preserved.removeAll()
    _ = collapse()
    for disk in disks.indices {
      guard let log = disks[disk].fullSync else { continue }
      disks[disk].fullSync = nil
      mergeIntoBase(log, ofDisk: disk)
    }
    baseRecord = nil
    disks[index].base.fill(extents, tag: 0)
  }

  // MARK: - Pausing

  /// The replication was paused or resumed; kept for state and descriptor, since the source stops sending.
  package mutating func pauseChanged(to isPaused: Bool) { self.isPaused = isPaused }
}
