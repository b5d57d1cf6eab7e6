import ReplicationCore
import Testing

@Suite struct ReplicationConditionsTests {
  /// Every combination of conditions: 2^9 switches, 3 states each of configuration, recovery and sync.
  private static let combinations: [ReplicationConditions] = {
    var all: [ReplicationConditions] = []
    for bits in 0..<512 {
      for configuration in ReplicationConditions.Configuration.allCases {
        for recovery in ReplicationConditions.Recovery.allCases {
          for sync in ReplicationConditions.Sync.allCases {
            var one = ReplicationConditions()
            one.configuration = configuration
            one.recovery = recovery
            one.sync = sync
            one.isReachable = bits & 1 != 0
            one.hasError = bits & 2 != 0
            one.isMoving = bits & 4 != 0
            one.isPaused = bits & 8 != 0
            one.isPoweredOn = bits & 16 != 0
            one.isConnected = bits & 32 != 0
            one.isResizingDisk = bits & 64 != 0
            one.needsFullSync = bits & 128 != 0
            one.hasReplica = bits & 256 != 0
            all.append(one)
          }
        }
      }
    }
    return all
  }()

  /// The documented list, as data: the first entry that holds names the status.
  private static let precedence: [(ReplicationStatus, @Sendable (ReplicationConditions) -> Bool)] = [
    (.unknown, { !$0.isReachable }),
    (.recovered, { $0.recovery == .done }),
    (.recovering, { $0.recovery == .running }),
    (.configuring, { $0.configuration == .running }),
    (.error, { $0.configuration == .failed }),
    (.error, { $0.hasError }),
    (.moving, { $0.isMoving }),
    (.paused, { $0.isPaused }),
    (.diskResizing, { $0.isResizingDisk }),
    (.notActive, { !$0.isConnected }),
    (.notActive, { !$0.isPoweredOn && $0.sync == .none }),
    (.initialFullSync, { !$0.hasReplica }),
    (.fullSync, { $0.sync == .fullSync }),
    (.fullSync, { $0.sync == .none && $0.needsFullSync }),
    (.sync, { $0.sync == .delta }),
    (.ok, { _ in true }),
  ]

  @Test func `The status is the first of the documented conditions that holds`() throws {
    #expect(Self.combinations.count == 512 * 27)
    var seen: Set<ReplicationStatus> = []
    for conditions in Self.combinations {
      let expected = try #require(Self.precedence.first { $0.1(conditions) }).0
      #expect(conditions.status == expected, "\(conditions)")
      var violated = conditions
      violated.isViolated = true
      #expect(violated.status == expected.withViolation(true), "\(violated)")
      seen.formUnion([conditions.status, violated.status])
    }
    #expect(seen == Set(ReplicationStatus.allCases), "every word occurs")
  }

  @Test func `Conditions one at a time`() {
    func status(_ change: (inout ReplicationConditions) -> Void) -> ReplicationStatus {
      var conditions = ReplicationConditions()
      change(&conditions)
      return conditions.status
    }
    #expect(status { _ in } == .ok)
    #expect(status { $0.isViolated = true } == .rpoViolation)
    #expect(status { $0.sync = .delta } == .sync)
    #expect(status { $0.sync = .fullSync } == .fullSync)
    #expect(status { $0.needsFullSync = true } == .fullSync)
    #expect(status { $0.hasReplica = false } == .initialFullSync)
    #expect(status { $0.isPoweredOn = false } == .notActive)
    #expect(status { $0.isConnected = false } == .notActive)
    #expect(status { $0.isPaused = true } == .paused)
    #expect(status { $0.isMoving = true } == .moving)
    #expect(status { $0.hasError = true } == .error)
    #expect(status { $0.configuration = .failed } == .error)
    #expect(status { $0.configuration = .running } == .configuring)
    #expect(status { $0.isResizingDisk = true } == .diskResizing)
    #expect(status { $0.recovery = .running } == .recovering)
    #expect(status { $0.recovery = .done } == .recovered)
    #expect(status { $0.isReachable = false } == .unknown)
  }

  @Test func `A machine that is off is sent all the same when an administrator asks`() {
    var conditions = ReplicationConditions()
    conditions.isPoweredOn = false
    conditions.sync = .delta
    #expect(conditions.status == .sync)
    #expect(conditions.hostState == .active)
    conditions.sync = .none
    #expect(conditions.status == .notActive)
    #expect(conditions.hostState == .none)
  }

  @Test func `What stops a replication hides what it would send`() {
    var conditions = ReplicationConditions()
    conditions.sync = .fullSync
    conditions.isViolated = true
    #expect(conditions.status == .fullSyncRPOViolation)
    conditions.isConnected = false
    #expect(conditions.status == .notActiveRPOViolation)
    conditions.isPaused = true
    #expect(conditions.status == .paused, "paused has no word for a violation")
    conditions.hasError = true
    #expect(conditions.status == .errorRPOViolation)
  }

  @Test func `The user interface counts every word in one of five groups`() {
    func words(_ group: ReplicationStatus.Group) -> Set<String> {
      Set(ReplicationStatus.allCases.filter { $0.group == group }.map(\.rawValue))
    }
    #expect(words(.ok) == ["OK", "MOVING", "RECOVERING"])
    #expect(
      words(.warning) == [
        "PAUSED", "NOT_ACTIVE", "UNKNOWN", "RPO_VIOLATION", "SYNC_RPO_VIOLATION",
        "FULL_SYNC_RPO_VIOLATION", "NOT_ACTIVE_RPO_VIOLATION",
      ])
    #expect(
      words(.inProgress) == ["CONFIGURING", "INITIAL_FULL_SYNC", "FULL_SYNC", "SYNC", "DISK_RESIZING"])
    #expect(words(.error) == ["ERROR", "ERROR_RPO_VIOLATION"])
    #expect(words(.recovered) == ["RECOVERED"])
    #expect(ReplicationStatus.allCases.count == 18)
  }

  @Test func `The user interface writes a violation behind the state`() {
    for status in ReplicationStatus.allCases where status != status.withViolation(true) {
      #expect(status.withViolation(true).title == status.title + " (RPO violation)")
    }
    #expect(ReplicationStatus.notActive.title == "Not Active")
    #expect(Set(ReplicationStatus.allCases.map(\.title)).count == 18)
  }

  @Test func `The host has words of its own`() {
    var conditions = ReplicationConditions()
    #expect(conditions.hostState == .idle)
    conditions.sync = .delta
    #expect(conditions.hostState == .active)
    conditions.sync = .fullSync
    #expect(conditions.hostState == .syncing)
    conditions.isPaused = true
    #expect(conditions.hostState == .paused)
    (conditions.isPaused, conditions.sync, conditions.isPoweredOn) = (false, .none, false)
    #expect(conditions.hostState == .none)
  }
}
