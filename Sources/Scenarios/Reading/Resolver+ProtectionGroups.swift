import Inventory
import Quantities
import RecoveryCore

/// Protection groups and recovery plans: their members and directions.
extension Resolver {
  mutating func resolveProtectionGroups() {
    if draft.protectionGroups.located == nil { recovery.groupNames.missesSome() }
    for (index, located) in (draft.protectionGroups.known ?? []).enumerated() {
      let group = located.value
      recovery.groupNames.define(group.name.located, as: index, log: &log)
      if let type = group.type.located, type.value != .vSphereReplication,
        offering(ofPair: nil) == .azureVMwareSolution
      {
        log.report(
          .groupTypeNotModelled,
          "Azure VMware Solution has no protection groups of type \(quoted(type.value.rawValue))",
          at: type.span, help: "leave the key out, and replicate each machine with \"replications\"")
      }
      recovery.groups.append(PlannedRecovery.Group(draft: group, span: group.span ?? located.span))
    }
    for index in recovery.groups.indices {
      joinStorage(ofGroup: index)
      for selector in recovery.groups[index].draft.virtualMachines.known ?? [] {
        join(select(selector) ?? [], toGroup: index, at: selector)
      }
    }
    for (name, selector, entry) in recovery.later.joining {
      guard let index = recovery.groupNames.index(of: name) else { continue }
      if let type = recovery.groups[index].draft.type.known, type != .vSphereReplication {
        log.report(
          .replicatedByStorage,
          "the group \(quoted(name)) has the machines of its storage, and no other can be added",
          at: selector.span)
        continue
      }
      let leaving = machinesThatLeave(before: entry)
      // Who comes back, or comes from another group, is a member from the beginning: of the group that lists it.
      let joining = (select(selector) ?? []).filter {
        !leaving.contains($0) || recovery.groupOfMachine[$0] == nil
      }
      join(joining, toGroup: index, at: selector)
      recovery.groups[index].joining.formUnion(joining)
    }
    for index in recovery.groups.indices {
      let group = recovery.groups[index].draft
      guard let said = direction(from: group.from.located, to: group.to.located) else { continue }
      guard let known = recovery.groups[index].direction else {
        recovery.groups[index].direction = said
        continue
      }
      guard known != said, let span = (group.from.located ?? group.to.located)?.span else { continue }
      log.report(
        .directionsDiffer, "the group protects machines \(text(of: known)), not \(text(of: said))", at: span)
    }
  }

  func text(of direction: PlannedRecovery.Direction) -> String {
    "from \(quoted(siteName(direction.from))) to \(quoted(siteName(direction.to)))"
  }

  private mutating func join(_ selected: [Int], toGroup index: Int, at selector: Located<String>) {
    let taken = selected.filter { machine in
      recovery.groupOfMachine[machine].map { $0 != index } ?? false
    }
    if let machine = taken.first, let first = recovery.groupOfMachine[machine] {
      let others = taken.count > 1 ? " and \(taken.count - 1) more are" : " is"
      log.report(
        .inTwoGroups,
        "virtual machine \(quoted(machines[machine].name))\(others) in the group \(quoted(recovery.groups[first].draft.name.known ?? "?")) already",
        at: selector.span, help: "a virtual machine is in one protection group at most")
    }
    var isReported = false
    if let machine = selected.first(where: {
      storage.memberOfMachine[$0] != nil && recovery.groupOfMachine[$0] == nil
    }) {
      log.report(
        .replicatedByStorage,
        "virtual machine \(quoted(machines[machine].name)) is replicated by its storage, not by vSphere Replication",
        at: selector.span, help: "protect its storage with a group of that type")
      return
    }
    for machine in selected where !taken.contains(machine) {
      recovery.groupOfMachine[machine] = index
      guard !recovery.groups[index].members.contains(machine) else { continue }
      recovery.groups[index].members.append(machine)
      let direction = direction(ofMachine: machine)
      if direction == nil, machines[machine].replicationSpan == nil, !isReported,
        draft.replications.located != nil
      {
        log.report(
          .notReplicated,
          "virtual machine \(quoted(machines[machine].name)) is in a protection group and not replicated",
          at: selector.span,
          help: "add a replication; one that begins later is named by a replication.configure")
        isReported = true
      }
      guard let direction else { continue }
      if let known = recovery.groups[index].direction, known != direction {
        guard !isReported else { continue }
        log.report(
          .directionsDiffer,
          "virtual machine \(quoted(machines[machine].name)) is replicated \(text(of: direction)), and the group protects machines \(text(of: known))",
          at: selector.span, help: "make a group for each direction")
        isReported = true
      } else {
        recovery.groups[index].direction = direction
      }
    }
    recovery.groups[index].members.sort()
  }

  private func direction(ofMachine machine: Int) -> PlannedRecovery.Direction? {
    guard let replication = recovery.replicationOfMachine[machine], let from = machines[machine].site,
      let to = replications[replication].target, from != to
    else { return nil }
    return PlannedRecovery.Direction(from: from, to: to)
  }

  // MARK: Plans

  mutating func resolveRecoveryPlans() {
    if draft.recoveryPlans.located == nil { recovery.planNames.missesSome() }
    for (index, located) in (draft.recoveryPlans.known ?? []).enumerated() {
      let draft = located.value
      recovery.planNames.define(draft.name.located, as: index, log: &log)
      var plan = PlannedRecovery.Plan(draft: draft, span: draft.span ?? located.span)
      plan.direction = direction(from: draft.from.located, to: draft.to.located)
      for reference in draft.groups.known ?? [] {
        guard let group = recovery.groupNames.resolve(reference, log: &log), !plan.groups.contains(group)
        else {
          continue
        }
        plan.groups.append(group)
        guard let theirs = recovery.groups[group].direction else { continue }
        if let ours = plan.direction, ours != theirs {
          log.report(
            .directionsDiffer,
            "the group \(quoted(reference.value)) is recovered \(text(of: theirs)), and the plan \(text(of: ours))",
            at: reference.span, help: "a plan has groups of one direction")
        } else {
          plan.direction = theirs
        }
      }
      recovery.plans.append(plan)
    }
    completeDirections()
  }

  /// Empty groups go the way of their plans, and what nobody says goes from the first site to the second.
  private mutating func completeDirections() {
    for plan in recovery.plans {
      guard let direction = plan.direction else { continue }
      for group in plan.groups
      where recovery.groups[group].direction == nil && recovery.groups[group].members.isEmpty {
        recovery.groups[group].direction = direction
      }
    }
    let known = (recovery.groups.compactMap(\.direction) + recovery.plans.compactMap(\.direction)).first
    let isOnly = recovery.groups.allSatisfy { $0.direction == nil || $0.direction == known }
    let fallback = isOnly ? known ?? onlyDirection : onlyDirection
    for index in recovery.groups.indices
    where recovery.groups[index].direction == nil && recovery.groups[index].members.isEmpty {
      let group = recovery.groups[index]
      recovery.groups[index].direction = fallback
      if fallback == nil { reportNoDirection("the group", group.draft.from, group.draft.to, at: group.span) }
    }
    for index in recovery.plans.indices where recovery.plans[index].direction == nil {
      let plan = recovery.plans[index]
      let isDefective =
        plan.groups.contains { recovery.groups[$0].direction == nil }
        || plan.groups.count < plan.draft.groups.known?.count ?? 0
      guard !isDefective else { continue }
      recovery.plans[index].direction =
        plan.groups.first.flatMap { recovery.groups[$0].direction } ?? fallback
      if recovery.plans[index].direction == nil {
        reportNoDirection("the plan", plan.draft.from, plan.draft.to, at: plan.span)
      }
    }
  }

  private mutating func reportNoDirection(
    _ noun: String, _ from: Field<String>, _ to: Field<String>, at span: SourceSpan
  ) {
    guard draft.sites.located != nil, !siteNames.hasUnknownNames, !(from.isGiven && to.isGiven) else {
      return
    }
    log.report(
      .noPair, "nothing says between which sites \(noun) recovers", at: span.start,
      help: "write \"from\" and \"to\"")
  }
}
