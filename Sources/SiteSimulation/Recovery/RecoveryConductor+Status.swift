import Inventory
import Quantities
import RecoveryCore
import Scenarios

/// What people see of groups and plans.
extension RecoveryConductor {
  /// By position in the description; `nil` before the plan is created.
  func status(ofPlan position: Int) -> RecoveryPlanStatus? { planIDs[position].map { book.status(of: $0) } }

  func status(ofGroup position: Int) -> ProtectionGroupStatus? {
    groupIDs[position].map { groups.status(of: $0) }
  }

  /// A change that people would look for.
  struct News: Sendable, Hashable {
    let kind: String
    let subject: String
    let detail: String
  }

  /// What changed since this was last called: the statuses of plans and groups.
  ///
  /// Machines whose protection failed are told with their group.
  mutating func takeNews() -> [News] {
    var news: [News] = []
    let isAllOpen = hasNews
    hasNews = false
    if isAllOpen {
      for (position, id) in groupIDs.enumerated() {
        guard let id else { continue }
        let status = groups.status(of: id)
        guard status != toldGroups[position] else { continue }
        toldGroups[position] = status
        let name = description.groups[position].description.name
        news.append(News(kind: "group.status", subject: name, detail: status.rawValue))
      }
    }
    for (position, id) in planIDs.enumerated() {
      guard let id, isAllOpen || book.isRunning(id) else { continue }
      let status = book.status(of: id)
      guard status != toldPlans[position] else { continue }
      toldPlans[position] = status
      let name = book.plan(id, seenFrom: book.protectedSide(of: id).other).name
      news.append(News(kind: "plan.status", subject: name, detail: status.rawValue))
    }
    return news
  }

  /// What is wrong with the protection of a machine, as a run would show it; `nil` if it can be recovered.
  func problem(of vm: VirtualMachineID) -> String? {
    guard let status = groups.status(of: vm), !status.isRecoverable, let member = groups.protectedVM(vm),
      let group = groups.group(member.group)
    else { return nil }
    // What keeps a recovered machine from being protected is about the way back.
    let side = member.isRecovered ? group.protectedSide.other : group.protectedSide
    if let problem = member.placeholderProblem { return text(problem, at: side) }
    let errors = member.errors(in: group.replicationType)
    return errors.isEmpty ? status.rawValue : "\(status.rawValue): \(errors.joined(separator: "; "))"
  }
}
