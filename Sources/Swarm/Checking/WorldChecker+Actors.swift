import Measurements
import Quantities
import RecoveryCore
import Scenarios
import SiteSimulation

/// Who did what must have been allowed to.
extension WorldChecker {
  func checkActor(of run: PlanRunRecord, pair: Int, at now: Instant) throws(Violation) {
    guard let role = roles.first(where: { $0.name == run.user }),
      let defect = Self.actorDefect(of: run.workflow, operation: run.operationType, in: role)
    else { return }
    throw Violation(.planLock, at: now, subject: run.plan, detail: defect)
  }

  /// What is wrong with a run that somebody began who acts in a role; `nil` if nothing.
  static func actorDefect(of workflow: String, operation: String, in role: Scenario.Role) -> String? {
    let needed: Privilege =
      switch HistoryRecord.OperationType(rawValue: operation) {
      case .failover: .planFailover
      case .reprotect: .planReprotect
      case .test, .cleanup, nil: .planRun
      }
    guard !role.privileges.contains(needed) else { return nil }
    return "\(role.name) began its \(workflow) without \(needed.rawValue)"
  }
}
