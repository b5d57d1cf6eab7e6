import Inventory
import Quantities
import RecoveryCore

extension PlanWorld {
  private func group(of vm: VirtualMachineID) -> ProtectionGroupID {
    groupOfMachine[vm] ?? ProtectionGroupID(0)
  }

  private func protectedSide(of vm: VirtualMachineID) -> PairSide {
    book.protectedSide(of: group(of: vm)) ?? .first
  }

  /// Changes the world as asked.
  ///
  /// - Returns: Why it cannot be done.
  mutating func carryOut(_ operation: RecoveryAction) -> String? {
    switch operation {
    case .restoreHosts(let side): return isUp[side] ? nil : "site cannot be reached"
    case .runOnServer, .runOnVM, .showPrompt: return nil
    case .suspend(let vm, at: let side):
      guard isUp[side] else { return "site cannot be reached" }
      suspended.insert(vm)
    case .resume(let vm, at: let side):
      guard isUp[side] else { return "site cannot be reached" }
      suspended.remove(vm)
    case .synchronize(let id, _, _), .createTestImage(let id, _, _), .makeStorageWritable(let id, _, _),
      .deactivateStorage(let id), .discardTestImage(let id), .reverseReplication(let id),
      .cleanUpStorage(let id):
      return carryOut(operation, on: id)
    case .powerOn(let vm, at: let side): return powerOn(vm, at: side)
    case .powerOff(let vm, at: let side):
      guard isUp[side] else { return "site cannot be reached" }
      turnOff(vm, at: side)
    case .configureStorage(let vm, _), .configureTestNetwork(let vm), .customizeGuest(let vm),
      .waitForTools(let vm),
      .shutDownGuest(let vm), .prepareForMigration(let vm), .resetStorage(let vm),
      .configureReverseReplication(let vm), .configureReverseProtection(let vm):
      return carryOut(operation, on: vm)
    }
    return nil
  }

  /// Until when the disks of a machine at a site hold what it wrote.
  func written(_ vm: VirtualMachineID, at side: PairSide) -> Instant? {
    machines[vm].map { $0.isOn[side] ? now : $0.written[side] }
  }

  private mutating func turnOff(_ vm: VirtualMachineID, at side: PairSide) {
    let last = written(vm, at: side) ?? now
    machines[vm]?.written[side] = last
    machines[vm]?.isOn[side] = false
  }

  /// Somebody powers the protected machine on, and registers it first if need be.
  mutating func operatorPowersOn(_ vm: VirtualMachineID) {
    let side = protectedSide(of: vm)
    machines[vm]?.presence[side] = .protected
    machines[vm]?.isOn[side] = true
  }

  private mutating func powerOn(_ vm: VirtualMachineID, at side: PairSide) -> String? {
    guard isUp[side], let machine = machines[vm] else { return "site cannot be reached" }
    guard [.protected, .test, .recovered].contains(machine.presence[side]) else {
      objections.append("powered on where it is not registered")
      return "not registered"
    }
    machines[vm]?.isOn[side] = true
    return nil
  }

  private mutating func carryOut(_ operation: RecoveryAction, on id: ProtectionGroupID) -> String? {
    let protected = book.protectedSide(of: id) ?? .first
    let own = groups.first { $0.id == id }?.members.map(\.vm) ?? []
    switch operation {
    case .synchronize(_, let reason, let machines):
      guard isUp.first && isUp.second else { return "site cannot be reached" }
      let source = reason == .reversed ? protected.other : protected
      for vm in machines {
        if reason != .reversed && groupStates[id]?.writable.contains(vm) == true {
          // It is left alone, but nobody may count on it.
          if self.machines[vm]?.presence[protected.other] == .recovered {
            objections.append("synchronised a recovered machine")
          }
          continue
        }
        let last = written(vm, at: source) ?? now
        self.machines[vm]?.written[source.other] = last
      }
    case .createTestImage(_, let machines, _): groupStates[id]?.images.formUnion(machines)
    case .makeStorageWritable(_, let machines, _):
      for vm in machines where groupStates[id]?.writable.insert(vm).inserted == true {
        guard workflow == .plannedMigration, written(vm, at: protected) != written(vm, at: protected.other)
        else { continue }
        objections.append("a planned migration lost what machine \(vm.index) wrote")
      }
    case .deactivateStorage:
      guard isUp[protected] else { return "site cannot be reached" }
      if own.contains(where: { machines[$0]?.isOn[protected] == true }) {
        objections.append("took storage from a machine")
      }
      groupStates[id]?.isReadOnly = true
    case .discardTestImage:
      if own.contains(where: { machines[$0]?.presence[protected.other] == .test }) {
        objections.append("threw an image away beneath a machine")
      }
      groupStates[id]?.images = []
    case .reverseReplication, .cleanUpStorage:
      guard isUp.first && isUp.second else { return "site cannot be reached" }
    default: return "not an operation on a group"
    }
    return nil
  }

  private mutating func carryOut(_ operation: RecoveryAction, on vm: VirtualMachineID) -> String? {
    let protected = protectedSide(of: vm)
    let state = groupStates[group(of: vm)] ?? Group()
    guard let machine = machines[vm] else { return "no such machine" }
    switch operation {
    case .configureStorage(_, let isTest):
      guard (isTest ? state.images : state.writable).contains(vm) else {
        objections.append("registered a machine without disks")
        return "no disks"
      }
      machines[vm]?.presence[protected.other] = isTest ? .test : .recovered
    case .configureTestNetwork, .customizeGuest:
      guard [.test, .recovered].contains(machine.presence[protected.other]) else {
        objections.append("configured a placeholder")
        return "not registered"
      }
    case .waitForTools:
      guard machine.isOn[protected.other] else {
        objections.append("waited for a machine that is off")
        return "off"
      }
    case .shutDownGuest:
      guard isUp[protected] else { return "site cannot be reached" }
      turnOff(vm, at: protected)
    case .prepareForMigration:
      guard isUp[protected] else { return "site cannot be reached" }
      if machine.isOn[protected] { objections.append("prepared a machine that is on") }
      machines[vm]?.presence[protected] = .prepared
    case .resetStorage:
      if machine.isOn[protected.other] { objections.append("reset a machine that is on") }
      machines[vm]?.presence[protected.other] = .placeholder
    case .configureReverseReplication:
      guard isUp.first && isUp.second else { return "site cannot be reached" }
    case .configureReverseProtection:
      guard isUp.first && isUp.second else { return "site cannot be reached" }
      if machine.isOn[protected] { objections.append("unregistered a machine that is on") }
      machines[vm]?.presence[protected] = .placeholder
      machines[vm]?.presence[protected.other] = .protected
    default: return "not an operation on a machine"
    }
    return nil
  }

  // MARK: Checking

  /// Objects if an operation belongs to a run of a plan that does not hold its group.
  mutating func checkLock(of operation: RecoveryAction, run: Int) {
    guard let group = subject(of: operation), let phase = book.phase(of: group) else { return }
    let holder = phase.lockHolder.flatMap { book.run(of: $0) }
    if holder?.key != run { objections.append("worked on a group that another plan holds") }
  }

  private func subject(of operation: RecoveryAction) -> ProtectionGroupID? {
    switch operation {
    case .synchronize(let id, _, _), .createTestImage(let id, _, _), .makeStorageWritable(let id, _, _),
      .deactivateStorage(let id), .discardTestImage(let id), .reverseReplication(let id),
      .cleanUpStorage(let id):
      id
    case .configureStorage(let vm, _), .configureTestNetwork(let vm), .customizeGuest(let vm),
      .waitForTools(let vm),
      .shutDownGuest(let vm), .prepareForMigration(let vm), .resetStorage(let vm),
      .configureReverseReplication(let vm), .configureReverseProtection(let vm), .powerOn(let vm, at: _),
      .powerOff(let vm, at: _):
      groupOfMachine[vm]
    case .restoreHosts, .suspend, .resume, .runOnServer, .runOnVM, .showPrompt: nil
    }
  }

  /// The machines, in ascending order, that are on at both sites while none of them is a test.
  var onAtBothSites: [VirtualMachineID] {
    allMachines.filter { vm in
      guard let machine = machines[vm] else { return false }
      return machine.isOn.first && machine.isOn.second && machine.presence.first != .test
        && machine.presence.second != .test
    }
  }

  /// What keeps the groups from being as they were before anything was done, protected at `side`.
  func leftovers(protectedAt side: PairSide) -> [String] {
    var found: [String] = []
    for vm in allMachines {
      guard let machine = machines[vm] else { continue }
      if machine.presence[side] != .protected {
        found.append("\(vm.index) is \(machine.presence[side]) there")
      }
      if machine.presence[side.other] != .placeholder { found.append("\(vm.index): no placeholder") }
      if !machine.isOn[side] { found.append("\(vm.index) is off") }
      if machine.isOn[side.other] { found.append("\(vm.index) is on at the other site") }
    }
    for group in groups {
      if let state = groupStates[group.id],
        !state.images.isEmpty || !state.writable.isEmpty || state.isReadOnly
      {
        found.append("storage of \(group.name)")
      }
      if book.phase(of: group.id) != .ready { found.append("\(group.name) is not ready") }
    }
    if !suspended.isEmpty { found.append("suspended machines") }
    return found
  }

  var allMachines: [VirtualMachineID] { groups.flatMap { $0.members.map(\.vm) }.sorted() }
}

/// A group `PG-<number>` with machines `vm<number>`, its settings changed by `change`.
func planGroup(
  _ number: Int, _ machines: [Int], _ change: (Int, inout PlanMember) -> Void = { _, _ in }
) -> PlanGroup {
  PlanGroup(
    id: ProtectionGroupID(number), name: "PG-\(number)",
    members: machines.map {
      var member = PlanMember(vm: VirtualMachineID($0), name: "vm\($0)")
      change($0, &member)
      return member
    })
}

/// The steps with their numbers, one a line; those about something name it in parentheses.
func outline(_ run: PlanRun?) -> String {
  (run?.allSteps ?? []).map { step in
    let subject = step.referredObject.map { $0 == step.title ? "" : " (\($0))" } ?? ""
    return "\(step.number) \(step.title)\(subject)"
  }.joined(separator: "\n")
}

/// The status of the step with this number.
func stepStatus(_ run: PlanRun?, _ number: String) -> RecoveryStepStatus? {
  run?.allSteps.first { $0.number == number }?.status
}
