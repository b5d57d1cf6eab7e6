import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import SiteSimulation

/// What plans have done so far, noted from outside.
struct RecoveryBooks: Sendable {
  /// What became of one replicated machine.
  struct Machine: Sendable {
    /// The copy that people use.
    var current: Int
    /// Whether its recovery allows that it is on at both sites.
    var mayBeDouble = false
    /// Since when it is on at both sites.
    var isDoubleSince: Instant?
    var isDoubleReported = false
    /// What its disks were when the copy that people use was recovered; `nil` before the first recovery.
    var image: [[UInt8]]?
    /// Whether the last recovery has brought it up.
    var isWanted = false
    /// Since when the copy that people use is off; `nil` while it is on.
    var offSince: Instant?
    /// Its last recovery.
    var recovery: Recovery?
    /// Its placeholder when no plan worked on it last.
    var placeholder: Placeholder?
  }

  /// What a recovery began with, and what it lost.
  struct Recovery: Sendable {
    let at: Instant
    let instance: Instant
    /// From the instance to the last moment in which the copy that people used was on.
    let loss: TimeSpan
  }

  /// By replication.
  var machines: [Machine]
  /// By pair and plan, as last seen.
  var plans: [[PlanSight?]]
  /// By pair and group: the plan whose test is not cleaned up.
  var testers: [[Int?]]
  /// The copies that have ever run; only looked up.
  var started: Set<Int>
  /// The runs that ended, as far as they were looked at.
  var runCount = 0

  init(_ scenario: Scenario) {
    // The copies of the beginning have the numbers of their replications.
    machines = scenario.replications.indices.map { Machine(current: $0) }
    plans = scenario.recoveryPairs.map { pair in pair.plans.map { _ in nil } }
    testers = scenario.recoveryPairs.map { pair in pair.groups.map { _ in nil } }
    started = Set(scenario.replications.indices)
  }

  // MARK: - Plans

  /// A run ended: a test holds the groups of its plan until a clean-up has come to its end.
  ///
  /// - Parameter groups: Those of the plan, by their positions.
  mutating func ended(_ run: PlanRunRecord, plan: Int, groups: [Int], pair: Int) {
    switch HistoryRecord.OperationType(rawValue: run.operationType) {
    case .test: for group in groups { testers[pair][group] = plan }
    case .cleanup:
      let open: [RecoveryPlanStatus] = [.cleanupIncomplete, .cleanupInterrupted]
      if open.contains(where: { $0.rawValue == run.planStatus }) { return }
      for group in groups where testers[pair][group] == plan { testers[pair][group] = nil }
    case .failover, .reprotect, nil: break
    }
  }

  /// Looks at the plans of a pair.
  ///
  /// - Returns: What is wrong: a group that two plans work on; with the position of the group.
  mutating func saw(_ sights: [PlanSight?], ofPair pair: Int) -> (group: Int, detail: String)? {
    defer { plans[pair] = sights }
    var workers = testers[pair].map { _ in Int?.none }
    for (plan, sight) in sights.enumerated() {
      guard let run = sight?.run else { continue }
      for group in run.groups {
        if let other = workers[group] { return (group, "plans \(other + 1) and \(plan + 1) work on it") }
        workers[group] = plan
        if let tester = testers[pair][group], tester != plan {
          return (group, "plan \(plan + 1) works on it, and the test of plan \(tester + 1) is not cleaned up")
        }
        if run.workflow.isTest { testers[pair][group] = plan }
      }
    }
    return nil
  }

  /// The recovery under way that holds a group, with its plan.
  func recovery(ofGroup group: Int, pair: Int) -> (plan: Int, run: PlanSight.Run)? {
    for (plan, sight) in plans[pair].enumerated() {
      if let run = sight?.run, run.workflow.isRecovery, run.groups.contains(group) { return (plan, run) }
    }
    return nil
  }
}
