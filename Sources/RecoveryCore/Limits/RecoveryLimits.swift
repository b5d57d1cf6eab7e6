/// What Site Recovery Manager and vSphere Replication are supported up to.
package enum RecoveryLimit: Int, Sendable, Hashable, CaseIterable {
  case protectedVMs
  case vmsPerGroup
  case protectionGroups
  case vmsPerPlan
  case groupsPerPlan
  case recoveryPlans
  /// Protected sites that share one recovery site.
  case sharedRecoverySites
  case groupNameCharacters
  case groupDescriptionCharacters
  /// Replications of one vSphere Replication appliance.
  case replications
  /// Replications of one vSphere Replication server.
  case replicationsPerServer
  /// vSphere Replication servers beside the one inside the appliance.
  case additionalReplicationServers
  /// Machines whose replication is configured in one go.
  case vmsPerConfiguration
}

/// A count beyond what is supported.
package struct LimitExceeded: Error, Sendable, Hashable {
  package let limit: RecoveryLimit
  package let count: Int
  package let maximum: Int

  package init(limit: RecoveryLimit, count: Int, maximum: Int) {
    self.limit = limit
    self.count = count
    self.maximum = maximum
  }
}

/// The most of everything that is supported, and whether that is enforced.
package struct RecoveryLimits: Sendable, Hashable {
  /// Whether counts beyond are refused; otherwise a run may try what nobody supports.
  package var isEnforced = true
  private var maximums: [Int]

  /// The published values.
  ///
  /// | Limit                                          | Value | Source                                                |
  /// |------------------------------------------------|------:|-------------------------------------------------------|
  /// | protected machines                             | 3,000 | Azure VMware Solution limits                          |
  /// | machines per plan, per group                   | 2,000, 500 | Azure VMware Solution limits                     |
  /// | groups per plan, recovery plans                | 250, 250 | Azure VMware Solution limits                       |
  /// | protection groups                              |   500 | unverified                                            |
  /// | protected sites of a shared recovery site      |    10 | Site Recovery Manager 8.7, shared recovery site       |
  /// | characters of a group's name and description   | 80, 4,096 | Site Recovery Manager REST API 2.0                |
  /// | replications of an appliance, of a server      | 2,000, 200 | vSphere Replication 8.3 operational limits       |
  /// | further servers, machines configured at once   | 9, 20 | vSphere Replication 8.3 operational limits            |
  package init() {
    maximums = RecoveryLimit.allCases.map { limit in
      switch limit {
      case .protectedVMs: 3_000
      case .vmsPerGroup: 500
      case .protectionGroups: 500
      case .vmsPerPlan: 2_000
      case .groupsPerPlan: 250
      case .recoveryPlans: 250
      case .sharedRecoverySites: 10
      case .groupNameCharacters: 80
      case .groupDescriptionCharacters: 4_096
      case .replications: 2_000
      case .replicationsPerServer: 200
      case .additionalReplicationServers: 9
      case .vmsPerConfiguration: 20
      }
    }
  }

  package subscript(limit: RecoveryLimit) -> Int {
    get { maximums[limit.rawValue] }
    set { maximums[limit.rawValue] = newValue }
  }

  /// What is wrong with having `count` of something, or `nil` if that is supported or limits are not enforced.
  package func exceeded(_ limit: RecoveryLimit, by count: Int) -> LimitExceeded? {
    guard isEnforced, count > self[limit] else { return nil }
    return LimitExceeded(limit: limit, count: count, maximum: self[limit])
  }

  /// - Throws: What ``exceeded(_:by:)`` returns.
  package func check(_ limit: RecoveryLimit, _ count: Int) throws(LimitExceeded) {
    if let exceeded = exceeded(limit, by: count) { throw exceeded }
  }
}
