extension ReplicationSource {
  /// The state as an administrator sees it, the recovery point objective aside.
  ///
  /// Until the first instance is complete it is never better than ``ReplicationStatus/initialFullSync``,
  /// also between the syncs that lead there: nothing can be recovered yet.
  package var status: ReplicationStatus { conditions.status }

  /// What the source itself knows of the conditions that its status depends on.
  package var conditions: ReplicationConditions {
    var conditions = ReplicationConditions()
    conditions.hasError = configurationProblem != nil
    conditions.isPaused = isPaused
    conditions.isResizingDisk = isResizingDisk
    conditions.isPoweredOn = power != .off
    conditions.isConnected = !connection.isLost
    conditions.hasReplica = hasReplica
    conditions.needsFullSync = needsAnyFullSync
    switch phase {
    case .idle: conditions.sync = .none
    case .fullSync: conditions.sync = .fullSync
    case .preparing, .delta: conditions.sync = .delta
    }
    return conditions
  }
}
