package import Inventory

/// What a dependency between two virtual machines is worth in a plan.
///
/// - Source: Site Recovery Manager REST API 2.0, `status` of a dependent virtual machine.
package enum DependencyStatus: String, Sendable, Hashable, CaseIterable {
  /// Both are in the plan with the same priority: it counts.
  case ok = "OK"
  case notInPlan = "NOT_IN_PLAN"
  /// The machine depended on starts in a later priority: ignored.
  case lowerPriority = "LOWER_PRIORITY"
  /// The machine depended on starts in an earlier priority anyway: ignored.
  case higherPriority = "HIGHER_PRIORITY"
}

/// The dependencies among the virtual machines of one plan.
package struct PlanDependencies: Sendable {
  private let members: [PlanMember]
  private let positions: [VirtualMachineID: Int]

  /// - Parameter groups: The groups of one plan.
  package init(groups: [PlanGroup]) {
    members = groups.flatMap(\.members)
    var positions: [VirtualMachineID: Int] = [:]
    for (index, member) in members.enumerated() { positions[member.vm] = index }
    self.positions = positions
  }

  /// What it is worth that `vm` depends on `other`; `nil` if `vm` is not in the plan.
  package func status(of vm: VirtualMachineID, dependingOn other: VirtualMachineID)
    -> DependencyStatus?
  {
    guard let own = positions[vm] else { return nil }
    guard let dependee = positions[other] else { return .notInPlan }
    let (mine, theirs) = (members[own].settings.priority, members[dependee].settings.priority)
    return mine == theirs ? .ok : theirs > mine ? .lowerPriority : .higherPriority
  }

  /// The members, by position among all, on which the member at `index` must wait.
  func dependees(of index: Int) -> [Int] {
    members[index].settings.dependencies.compactMap { positions[$0] }
      .filter { members[$0].settings.priority == members[index].settings.priority }
  }

  /// Virtual machines that wait for each other, in ascending order; empty if all can start.
  ///
  /// Those that only wait for a machine of a cycle are among them.
  ///
  /// - Complexity: O(machines + dependencies).
  package var cycle: [VirtualMachineID] {
    var waits = members.indices.map { dependees(of: $0).count }
    var dependents = [[Int]](repeating: [], count: members.count)
    for index in members.indices {
      for dependee in dependees(of: index) { dependents[dependee].append(index) }
    }
    var free = members.indices.filter { waits[$0] == 0 }
    var next = 0
    while next < free.count {
      for dependent in dependents[free[next]] {
        waits[dependent] -= 1
        if waits[dependent] == 0 { free.append(dependent) }
      }
      next += 1
    }
    return members.indices.filter { waits[$0] > 0 }.map { members[$0].vm }.sorted()
  }
}
