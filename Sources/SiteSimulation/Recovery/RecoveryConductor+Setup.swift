import Inventory
import Quantities
import RecoveryCore
import Scenarios

/// What people configure: pairing, mappings, groups, plans.
extension RecoveryConductor {
  /// Sets everything up that is there when the run begins, placeholders included.
  ///
  /// - Returns: What was refused, with the name of what it is about.
  mutating func setUp() -> [(subject: String, text: String)] {
    var refusals: [(subject: String, text: String)] = []
    func attempt(_ subject: String, _ body: () throws(RecoveryFailure) -> Void) {
      do {
        try body()
      } catch {
        refusals.append((subject, error.text))
      }
    }
    let pairName = "\(siteNames.first) and \(siteNames.second)"
    if description.isPaired { attempt(pairName) { () throws(RecoveryFailure) in try pair() } }
    for side in PairSide.allCases {
      for kind in MappingKind.allCases {
        attempt(siteNames[side]) { () throws(RecoveryFailure) in
          try map(kind, from: side, areMadeLater: false)
        }
      }
      guard !description.namesPlaceholdersLater[side] else { continue }
      attempt(siteNames[side]) { () throws(RecoveryFailure) in try placePlaceholders(at: side) }
    }
    for (position, group) in description.groups.enumerated() where !group.isMadeLater {
      attempt(group.description.name) { () throws(RecoveryFailure) in _ = try createGroup(position) }
    }
    for (position, plan) in description.plans.enumerated() where !plan.isMadeLater {
      attempt(plan.description.name) { () throws(RecoveryFailure) in try createPlan(position) }
    }
    // What was configured before the run began is there.
    for vm in description.virtualMachines { groups.placeholderCreated(for: vm.id) }
    tellGroups()
    _ = takeNews()
    return refusals
  }

  // MARK: - Mappings

  /// Makes the mappings of one kind from a side that are to be made now, and the test networks of its other side.
  ///
  /// - Throws: The first refusal. A network that does not exist keeps nobody from mapping the others.
  mutating func map(
    _ kind: MappingKind, from side: PairSide, areMadeLater: Bool
  ) throws(RecoveryFailure) {
    var missing: RecoveryFailure?
    do {
      for mapping in description.mappings
      where mapping.from == side && mapping.isMadeLater == areMadeLater
        && description.objects[side][mapping.source].kind == kind
      {
        if let absence = absence(inMapping: mapping) {
          missing = missing ?? absence
          continue
        }
        // Who maps twice what is so already changes nothing.
        if mappings.target(of: mapping.source, from: side) == mapping.target {
          guard mapping.isReversed, mappings.target(of: mapping.target, from: side.other) == nil else {
            continue
          }
          try mappings.map(mapping.target, to: mapping.source, from: side.other)
          continue
        }
        try mappings.map(
          mapping.source, to: mapping.target, from: side, reverse: mapping.isReversed)
        if let rules = mapping.addressRules {
          try mappings.setIPMapping(rules, for: mapping.source, from: side)
        }
      }
      for mapping in kind == .network ? description.testNetworks : []
      where mapping.side == side.other && mapping.isMadeLater == areMadeLater {
        if let absence = absence(of: [mapping.network, mapping.test], at: mapping.side) {
          missing = missing ?? absence
          continue
        }
        try mappings.setTestNetwork(mapping.test, for: mapping.network, at: mapping.side)
      }
    } catch {
      throw RecoveryFailure(text(error))
    }
    if let missing { throw missing }
  }

  /// Names the placeholder datastores of a side.
  mutating func placePlaceholders(at side: PairSide) throws(RecoveryFailure) {
    for datastore in description.placeholderDatastores[side]
    where !mappings.placeholderDatastores[side].contains(datastore) {
      do {
        try mappings.addPlaceholderDatastore(datastore, at: side)
      } catch {
        throw RecoveryFailure(text(error))
      }
    }
  }

  // MARK: - Groups

  /// Makes a group with the members that do not join later.
  ///
  /// - Returns: The placeholders to make.
  mutating func createGroup(_ position: Int) throws(RecoveryFailure) -> [ProtectionCommand] {
    let group = description.groups[position]
    if let id = groupIDs[position] { throw RecoveryFailure(text(ProtectionRefusal.nameTaken(id))) }
    if let refusal = arrays.refusal(of: group.storageUnits) { throw refusal }
    let formerSide = formerGroupSides[position]
    let side = formerSide ?? group.description.protectedSide
    let id: ProtectionGroupID
    do {
      id = try groups.create(
        ProtectionGroup(
          name: group.description.name, description: group.description.description,
          replicationType: group.description.replicationType, protectedSide: side))
    } catch {
      throw RecoveryFailure(text(error))
    }
    groupIDs[position] = id
    arrays.assign(group.storageUnits, to: id)
    book.addGroup(id, protectedSide: side)
    hasNews = true
    // A group that is made again was taken out of its plans before it was deleted.
    for plan in formerSide == nil ? description.plans.indices : 0..<0
    where description.plans[plan].description.groups.contains(ProtectionGroupID(position)) {
      try addGroup(id, toPlan: plan)
    }
    let members = group.members.filter { vm in
      positions[vm].map { !description.virtualMachines[$0].joinsLater } ?? false
    }
    return try protect(members, in: position)
  }

  private mutating func addGroup(_ id: ProtectionGroupID, toPlan position: Int) throws(RecoveryFailure) {
    guard let plan = planIDs[position] else { return }
    let side = book.protectedSide(of: plan).other
    do {
      try book.edit(plan, from: side) { $0.groups.append(id) }
    } catch {
      throw RecoveryFailure(text(error))
    }
  }

  /// Adds machines to a group, and protects them with the mappings as they are now.
  ///
  /// - Returns: The placeholders to make.
  mutating func protect(
    _ vms: [VirtualMachineID], in position: Int
  ) throws(RecoveryFailure) -> [ProtectionCommand] {
    guard let id = groupIDs[position] else { throw RecoveryFailure("the protection group does not exist") }
    try requireOwnNetworks(of: vms)
    var joining: [(vm: VirtualMachineID, location: VMLocation)] = []
    for vm in vms {
      if let location = try location(ofJoining: vm, in: id) { joining.append((vm, location)) }
    }
    do {
      try groups.add(joining, to: id)
      for vm in vms {
        guard let place = positions[vm] else { continue }
        for side in PairSide.allCases {
          try groups.setOverrides(description.virtualMachines[place].overrides[side], for: vm, from: side)
        }
      }
      hasNews = true
      return try groups.configureAll(id, mappings: mappings)
    } catch {
      throw RecoveryFailure(text(error))
    }
  }

  /// Applies mappings that were made later to the members that could not be protected without them.
  ///
  /// In the product somebody chooses *Configure All* for that; that it happens at once is a simplification (*inferred*). A group
  /// that a plan has in its hands is left alone: it is configured when somebody asks for it afterwards.
  mutating func configureOpenGroups() -> [ProtectionCommand] {
    hasNews = true
    return groups.identifiers.flatMap { id in
      (try? groups.configureAll(id, mappings: mappings)) ?? []
    }
  }

  // MARK: - Plans

  mutating func createPlan(_ position: Int) throws(RecoveryFailure) {
    try requireTestNetworks(ofPlan: position)
    var plan = description.plans[position].description
    plan.groups = plan.groups.compactMap { groupIDs[$0.index] }
    let limits = description.limits
    do {
      try limits.check(
        .vmsPerPlan, plan.groups.reduce(0) { $0 + (groups.group($1)?.members.count ?? 0) })
    } catch {
      throw RecoveryFailure(text(error))
    }
    do {
      planIDs[position] = try book.addPlan(plan)
    } catch {
      throw RecoveryFailure(text(error))
    }
    hasNews = true
  }

  /// What the plans have made of their groups is told to the groups.
  mutating func tellGroups() {
    for id in groups.identifiers {
      guard let phase = book.phase(of: id), let side = book.protectedSide(of: id) else { continue }
      if groups[id].phase != phase || groups[id].protectedSide != side {
        groups.plansChanged(id, to: phase, protectedSide: side)
        hasNews = true
      }
    }
  }
}
