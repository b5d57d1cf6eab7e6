import Inventory
import RandomStreams
import RecoveryCore
import Testing

@Suite struct ProtectionGroupsTests {
  private let sites = TwoSites()
  private let plan = RecoveryPlanID(0)
  private func vm(_ index: Int) -> VirtualMachineID { VirtualMachineID(index) }

  private func members(_ indices: Int...) -> [(vm: VirtualMachineID, location: VMLocation)] {
    indices.map { (vm($0), sites.first.location) }
  }

  /// - Parameter side: Where the group is protected by now, if it has turned.
  private func tell(
    _ groups: inout ProtectionGroups, _ id: ProtectionGroupID, _ phase: GroupPhase, at side: PairSide? = nil
  ) {
    groups.plansChanged(id, to: phase, protectedSide: side ?? groups[id].protectedSide)
  }

  /// A group of configured machines 0 ..< count.
  private func configured(
    _ count: Int, type: ReplicationType = .vSphereReplication
  ) throws -> (groups: ProtectionGroups, id: ProtectionGroupID) {
    var groups = ProtectionGroups()
    let id = try groups.create(ProtectionGroup(name: "PG", replicationType: type))
    try groups.add((0..<count).map { (vm($0), sites.first.location) }, to: id)
    _ = try groups.configureAll(id, mappings: sites.mapped())
    for index in 0..<count { groups.placeholderCreated(for: vm(index)) }
    return (groups, id)
  }

  @Test func `A group may be empty, and is OK then`() throws {
    var groups = ProtectionGroups()
    let id = try groups.create(ProtectionGroup(name: "PG-Web"))
    #expect(groups.status(of: id) == .ok)
    #expect(groups.recoveryStatus(of: id) == .ready)
    #expect(groups.status(of: id, isKnown: false) == .unknown)
    #expect(groups.recoveryStatus(of: id, isKnown: false) == .unknown)
  }

  @Test func `Names are unique, not empty and within the limit`() throws {
    var groups = ProtectionGroups()
    let id = try groups.create(ProtectionGroup(name: "PG"))
    #expect(throws: ProtectionRefusal.nameTaken(id)) { try groups.create(ProtectionGroup(name: "PG")) }
    #expect(throws: ProtectionRefusal.unnamed) { try groups.create(ProtectionGroup(name: "")) }
    let long = LimitExceeded(limit: .groupNameCharacters, count: 81, maximum: 80)
    #expect(throws: ProtectionRefusal.limit(long)) {
      try groups.create(ProtectionGroup(name: String(repeating: "x", count: 81)))
    }
    var azure = ProtectionGroups(offering: .azureVMwareSolution)
    #expect(throws: ProtectionRefusal.typeExcluded(.arrayBased)) {
      try azure.create(ProtectionGroup(name: "A", replicationType: .arrayBased))
    }
  }

  @Test func `A machine is in one group only`() throws {
    var groups = ProtectionGroups()
    let one = try groups.create(ProtectionGroup(name: "one"))
    let two = try groups.create(ProtectionGroup(name: "two"))
    try groups.add(members(2, 0), to: one)
    #expect(groups[one].members == [vm(0), vm(2)])
    #expect(throws: ProtectionRefusal.alreadyProtected(vm(2), by: one)) {
      try groups.add(members(1, 2), to: two)
    }
    #expect(groups[two].members == [])
    _ = try groups.remove(vm(2))
    try groups.add(members(1, 2), to: two)
    #expect(groups.protectedVMCount == 3)
  }

  @Test func `Limits of members and groups hold`() throws {
    var limits = RecoveryLimits()
    limits[.vmsPerGroup] = 2
    limits[.protectedVMs] = 3
    limits[.protectionGroups] = 2
    var groups = ProtectionGroups(limits: limits)
    let one = try groups.create(ProtectionGroup(name: "one"))
    let two = try groups.create(ProtectionGroup(name: "two"))
    #expect(throws: ProtectionRefusal.limit(LimitExceeded(limit: .protectionGroups, count: 3, maximum: 2))) {
      try groups.create(ProtectionGroup(name: "three"))
    }
    #expect(throws: ProtectionRefusal.limit(LimitExceeded(limit: .vmsPerGroup, count: 3, maximum: 2))) {
      try groups.add(members(0, 1, 2), to: one)
    }
    try groups.add(members(0, 1), to: one)
    #expect(throws: ProtectionRefusal.limit(LimitExceeded(limit: .protectedVMs, count: 4, maximum: 3))) {
      try groups.add(members(2, 3), to: two)
    }
    _ = try groups.delete(one)
    try groups.add(members(2, 3), to: two)
    #expect(groups.identifiers == [two])
    #expect(try groups.create(ProtectionGroup(name: "three")) == ProtectionGroupID(2))
  }

  @Test func `The status of an idle group comes from its machines`() throws {
    var (groups, id) = try configured(2)
    #expect(groups.status(of: id) == .ok)
    _ = try groups.removeProtection(from: vm(0))
    #expect(groups.status(of: id) == .removingProtection)
    groups.placeholderDeleted(of: vm(1))
    _ = try groups.restorePlaceholders(id, mappings: sites.mapped())
    #expect(groups.status(of: id) == .operationsInProgress)
    groups.protectionRemoved(from: vm(0))
    #expect(groups.status(of: id) == .restoringPlaceholders)
    groups.placeholderCreated(for: vm(1))
    #expect(groups.status(of: id) == .notConfigured)
    #expect(try groups.configureAll(id, mappings: sites.mapped()).count == 1)
    #expect(groups.status(of: id) == .configuringProtection)
    groups.placeholderCreated(for: vm(0))
    #expect(groups.status(of: id) == .ok)
    var facts = ProtectedVM.Facts()
    facts.isKnown = false
    groups.factsChanged(facts, for: vm(0))
    #expect(groups.status(of: id) == .loading)
  }

  @Test func `A test passes through its statuses and leaves placeholders as they were`() throws {
    var (groups, id) = try configured(1)
    let before = groups
    tell(&groups, id, .testing(plan))
    #expect(groups.status(of: id) == .testing && groups.recoveryStatus(of: id) == .testInProgress)
    #expect(groups.placeholderReplaced(of: vm(0), byTest: true) == sites.second.location)
    // Asked again, as a rerun does.
    #expect(groups.placeholderReplaced(of: vm(0), byTest: true) == sites.second.location)
    #expect(groups.placeholderReplaced(of: vm(0), byTest: false) == nil)
    tell(&groups, id, .testComplete(plan))
    #expect(groups.status(of: id) == .testComplete && groups.recoveryStatus(of: id) == .testComplete)
    #expect(throws: ProtectionRefusal.notEditable(.testComplete)) { try groups.remove(vm(0)) }
    #expect(throws: ProtectionRefusal.notEditable(.testComplete)) { try groups.add(members(5), to: id) }
    #expect(throws: ProtectionRefusal.notIdle(.testComplete(plan))) { try groups.delete(id) }
    tell(&groups, id, .cleaningUp(plan))
    #expect(groups.status(of: id) == .cleaningUp && groups.recoveryStatus(of: id) == .cleanup)
    tell(&groups, id, .cleanupIncomplete(plan))
    #expect(groups.status(of: id) == .testing)
    tell(&groups, id, .cleaningUp(plan))
    groups.placeholderRestored(of: vm(0))
    tell(&groups, id, .ready)
    #expect(groups == before)
  }

  @Test func `A recovery of some machines is partial until the others follow`() throws {
    var (groups, id) = try configured(2)
    tell(&groups, id, .recovering(plan))
    #expect(groups.status(of: id) == .recovering && groups.recoveryStatus(of: id) == .recoveryInProgress)
    #expect(groups.placeholderReplaced(of: vm(0), byTest: false) == sites.second.location)
    groups.recovered(vm(0))
    tell(&groups, id, .partiallyRecovered(plan))
    #expect(groups.status(of: id) == .partiallyRecovered)
    #expect(groups.recoveryStatus(of: id) == .partiallyRecovered)
    tell(&groups, id, .recovering(plan))
    groups.recovered(vm(1))
    tell(&groups, id, .recovered(plan))
    #expect(groups.status(of: id) == .recovered && groups.recoveryStatus(of: id) == .recoveryComplete)
    #expect(throws: ProtectionRefusal.notEditable(.recovered)) {
      try groups.configureAll(id, mappings: sites.mapped())
    }
    // The placeholder is gone: the recovered machine stands in its place.
    #expect(
      try groups.remove(vm(0)) == .removeProtection(vm: vm(0), side: .second, hasPlaceholder: false))
  }

  @Test func `An undone migration leaves the group as it was`() throws {
    var (groups, id) = try configured(1)
    let before = groups
    tell(&groups, id, .recovering(plan))
    tell(&groups, id, .ready)
    #expect(groups == before)
  }

  @Test func `Reprotect makes placeholders where the machines ran and turns the direction`() throws {
    var (groups, id) = try configured(2)
    let mappings = sites.mapped()
    try recover(&groups, id, 2)
    tell(&groups, id, .reprotecting(plan))
    #expect(groups.status(of: id) == .reprotecting)
    #expect(groups.recoveryStatus(of: id) == .reprotectInProgress)
    // A machine that was moved goes back where it was left.
    let command = try groups.reverseProtection(of: vm(0), originalExists: true, mappings: mappings)
    #expect(
      command
        == .createPlaceholder(
          vm: vm(0), side: .first, location: sites.first.location, datastore: sites.first.datastore))
    groups.placeholderCreated(for: vm(0))
    tell(&groups, id, .partiallyReprotected(plan))
    #expect(groups.status(of: id) == .partiallyReprotected)
    #expect(groups.recoveryStatus(of: id) == .partiallyReprotected)
    #expect(groups[id].protectedSide == .first)

    tell(&groups, id, .reprotecting(plan))
    #expect(try groups.reverseProtection(of: vm(0), originalExists: true, mappings: mappings) == nil)
    // What was deleted since is made again where it was, though the original is no machine any more.
    groups.placeholderDeleted(of: vm(0))
    #expect(try groups.reverseProtection(of: vm(0), originalExists: false, mappings: mappings) == command)
    groups.placeholderCreated(for: vm(0))
    _ = try groups.reverseProtection(of: vm(1), originalExists: true, mappings: mappings)
    groups.placeholderCreated(for: vm(1))
    tell(&groups, id, .ready, at: .second)

    #expect(groups[id].protectedSide == .second)
    #expect(groups.status(of: id) == .ok)
    #expect(groups.protectedVM(vm(0))?.location == sites.second.location)

    // And back again: everything is as at the beginning.
    try recover(&groups, id, 2)
    tell(&groups, id, .reprotecting(plan))
    for index in 0..<2 {
      _ = try groups.reverseProtection(of: vm(index), originalExists: true, mappings: mappings)
      groups.placeholderCreated(for: vm(index))
    }
    tell(&groups, id, .ready, at: .first)
    #expect(groups == (try configured(2).groups))
  }

  @Test func `Without its original, a machine of vSphere Replication cannot be reprotected`() throws {
    var (groups, id) = try configured(1)
    try recover(&groups, id, 1)
    tell(&groups, id, .reprotecting(plan))
    #expect(throws: PlaceholderProblem.originalNotFound) {
      try groups.reverseProtection(of: vm(0), originalExists: false, mappings: sites.mapped())
    }
    #expect(groups.status(of: vm(0)) == .invalid)
    #expect(
      groups.protectedVM(vm(0))?.errors(in: .vSphereReplication) == ["Original protected VM not found"])
    tell(&groups, id, .partiallyReprotected(plan))
    #expect(groups.status(of: id) == .partiallyReprotected)
  }

  @Test func `Without its original, a machine on arrays goes where the reverse mappings say`() throws {
    var (groups, id) = try configured(1, type: .arrayBased)
    try recover(&groups, id, 1)
    tell(&groups, id, .reprotecting(plan))
    var oneWay = sites.mapped()
    try oneWay.unmap(sites.second.folder, from: .second)
    #expect(throws: PlaceholderProblem.mapping(.missing([sites.second.folder]))) {
      try groups.reverseProtection(of: vm(0), originalExists: false, mappings: oneWay)
    }
    #expect(groups.status(of: vm(0)) == .missingMapping)
    #expect(
      try groups.reverseProtection(of: vm(0), originalExists: false, mappings: sites.mapped())
        == .createPlaceholder(
          vm: vm(0), side: .first, location: sites.first.location, datastore: sites.first.datastore))
  }

  @Test func `A forced reprotect turns the direction and leaves what failed unprotected`() throws {
    var (groups, id) = try configured(2)
    try recover(&groups, id, 2)
    tell(&groups, id, .reprotecting(plan))
    _ = try groups.reverseProtection(of: vm(0), originalExists: true, mappings: sites.mapped())
    groups.placeholderCreated(for: vm(0))
    tell(&groups, id, .ready, at: .second)
    #expect(groups[id].protectedSide == .second)
    #expect(groups.status(of: vm(0)) == .ok && groups.status(of: vm(1)) == .notConfigured)
    #expect(groups.status(of: id) == .notConfigured)
    #expect(try groups.configureAll(id, mappings: sites.mapped()).count == 1)
    groups.placeholderCreated(for: vm(1))
    #expect(groups.status(of: id) == .ok)
  }

  private func recover(_ groups: inout ProtectionGroups, _ id: ProtectionGroupID, _ count: Int) throws {
    tell(&groups, id, .recovering(plan))
    for index in 0..<count {
      #expect(groups.placeholderReplaced(of: vm(index), byTest: false) != nil)
      groups.recovered(vm(index))
    }
    tell(&groups, id, .recovered(plan))
  }

  /// Random adding, removing, deleting and phases, against a list of pairs.
  @Test(arguments: 0..<200 as Range<UInt64>)
  func `Membership agrees with a list of pairs`(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "protection-groups")
    var groups = ProtectionGroups()
    let mappings = sites.mapped()
    var model: [Int: ProtectionGroupID] = [:]
    var names = 0
    for _ in 0..<60 {
      let ids = groups.identifiers
      let index = Int(random.next(below: 8))
      switch random.next(below: 8) {
      case 0 where ids.count < 4:
        names += 1
        _ = try groups.create(ProtectionGroup(name: "PG-\(names)"))
      case 1 where !ids.isEmpty && random.next(below: 3) == 0:
        let id = ids[Int(random.next(below: UInt64(ids.count)))]
        let isBusy = groups[id].members.contains { groups.protectedVM($0)?.operation != nil }
        do {
          _ = try groups.delete(id)
          #expect(!isBusy)
          for (key, owner) in model where owner == id { model[key] = nil }
        } catch {
          #expect(isBusy)
        }
      case 2:
        let wasThere = model[index] != nil
        let wasBusy = groups.protectedVM(vm(index))?.operation != nil
        do {
          _ = try groups.remove(vm(index))
          #expect(wasThere && !wasBusy)
          model[index] = nil
        } catch {
          #expect(error == (wasThere ? .busy(vm(index)) : .notProtected(vm(index))))
        }
      case 3 where !ids.isEmpty:
        _ = try groups.configureAll(ids[0], mappings: mappings)
      case 4: groups.placeholderCreated(for: vm(index))
      case 5: groups.placeholderDeleted(of: vm(index))
      default:
        guard !ids.isEmpty else { break }
        let id = ids[Int(random.next(below: UInt64(ids.count)))]
        do {
          try groups.add(members(index), to: id)
          #expect(model[index] == nil)
          model[index] = id
        } catch {
          #expect(model[index].map { error == .alreadyProtected(vm(index), by: $0) } == true)
        }
      }
      #expect(groups.protectedVMCount == model.count)
      for index in 0..<8 { #expect(groups.protectedVM(vm(index))?.group == model[index]) }
      for id in groups.identifiers {
        #expect(groups[id].members.map(\.index) == model.filter { $0.value == id }.keys.sorted())
      }
    }
  }
}
