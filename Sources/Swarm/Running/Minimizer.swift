/// Shrinks a world that breaks an invariant, as long as it breaks the same one.
///
/// It leaves out parts (halves first, then one by one), from the coarsest to the finest: timeline entries, machines,
/// disks, constants, options, links and sites, sites' hosts and servers. It starts over until nothing more can go.
///
/// - Source: Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input" (2002).
package struct Minimizer {
  /// Runs a world and tells which invariant it breaks, or `nil`.
  private let broken: (WorldDraft) -> Invariant?
  private let invariant: Invariant
  package private(set) var draft: WorldDraft
  /// How many worlds were run.
  package private(set) var attempts = 0

  package init(
    _ draft: WorldDraft, breaking invariant: Invariant, broken: @escaping (WorldDraft) -> Invariant?
  ) {
    self.draft = draft
    self.invariant = invariant
    self.broken = broken
  }

  /// Shrinks until nothing more can be left out.
  package mutating func run() {
    var size = Int.max
    while draft.text.utf8.count < size {
      size = draft.text.utf8.count
      leaveOut(\.timeline)
      leaveOutMachines()
      for index in draft.machines.indices { leaveOut(\.machines[index].disks, atLeast: 1) }
      for index in draft.timeline.indices { leaveOutMembers(\.timeline[index], keeping: ["at", "do"]) }
      leaveOutMembers(\.profile, keeping: [])
      leaveOutMembers(\.network, keeping: [])
      for index in draft.machines.indices where draft.machines[index].replication != nil {
        leaveOutOptions(index)
      }
      for index in draft.links.indices {
        leaveOutMembers(\.links[index], keeping: ["name", "between", "bandwidth", "latency"])
      }
      shrinkRecovery()
      shrinkStorage()
      // One that something still needs leaves no valid scenario.
      leaveOut(\.links)
      leaveOut(\.sites, atLeast: 1)
      for index in draft.sites.indices { shrinkSite(index) }
      leaveOutWorkloads()
    }
    draft.features = []
  }

  // MARK: - Trying

  /// Keeps the changed world if it is still broken in the same way.
  private mutating func attempt(_ change: (inout WorldDraft) -> Void) -> Bool {
    var candidate = draft
    change(&candidate)
    guard candidate != draft else { return false }
    attempts += 1
    guard broken(candidate) == invariant else { return false }
    draft = candidate
    return true
  }

  private mutating func leaveOut<Element>(
    _ path: WritableKeyPath<WorldDraft, [Element]>, atLeast minimum: Int = 0
  ) {
    var length = max(1, draft[keyPath: path].count / 2)
    while true {
      var start = 0
      while start < draft[keyPath: path].count {
        let range = start..<min(start + length, draft[keyPath: path].count)
        let isEnough = draft[keyPath: path].count - range.count >= minimum
        if !isEnough || !attempt({ $0[keyPath: path].removeSubrange(range) }) { start += length }
      }
      if length == 1 { return }
      length /= 2
    }
  }

  private mutating func leaveOutMembers(
    _ path: WritableKeyPath<WorldDraft, ScenarioObject>, keeping kept: [String]
  ) {
    for member in draft[keyPath: path].members where !kept.contains(member.key) {
      _ = attempt { $0[keyPath: path][member.key] = nil }
    }
  }

  private mutating func leaveOutOptions(_ index: Int) {
    for member in draft.machines[index].replication?.members ?? [] {
      guard !["vm", "to", "datastore", "rpo"].contains(member.key) else { continue }
      _ = attempt { $0.machines[index].replication?[member.key] = nil }
    }
  }

  /// Leaves out machines, with the timeline entries that name them.
  private mutating func leaveOutMachines() {
    for name in draft.machines.map(\.name) {
      _ = attempt { draft in
        draft.machines.removeAll { $0.name == name }
        draft.timeline.removeAll { $0.word("vm") == name }
        for group in draft.groups.indices { draft.groups[group].machines.removeAll { $0 == name } }
        for plan in draft.plans.indices { draft.plans[plan].machines.removeAll { $0.word("match") == name } }
        draft.removeFromStorage(machine: name)
      }
    }
  }

  /// Leaves out plans with their entries, groups, and what plans say.
  private mutating func shrinkRecovery() {
    for name in draft.plans.map(\.name) {
      _ = attempt { draft in
        draft.plans.removeAll { $0.name == name }
        draft.timeline.removeAll { $0.word("plan") == name }
      }
    }
    for name in draft.groups.map(\.name) {
      _ = attempt { draft in
        draft.groups.removeAll { $0.name == name }
        for plan in draft.plans.indices { draft.plans[plan].groups.removeAll { $0 == name } }
      }
    }
    for index in draft.groups.indices { leaveOut(\.groups[index].machines) }
    for index in draft.plans.indices {
      leaveOut(\.plans[index].machines)
      leaveOut(\.plans[index].steps)
      leaveOut(\.plans[index].suspended)
      for machine in draft.plans[index].machines.indices {
        leaveOutMembers(\.plans[index].machines[machine], keeping: ["match"])
      }
    }
    leaveOut(\.mappings)
    leaveOutMembers(\.recovery, keeping: [])
  }

  /// Leaves out what copies by itself with its groups and machines, then by parts.
  private mutating func shrinkStorage() {
    for system in draft.storageSystems.map(\.settings) {
      _ = attempt { draft in
        guard let index = draft.storageSystems.firstIndex(where: { $0.settings == system }) else { return }
        draft.removeGroups(ofUnits: draft.storageSystems[index].units)
        draft.storageSystems.remove(at: index)
      }
    }
    for system in draft.storageSystems.indices {
      for unit in draft.storageSystems[system].units {
        _ = attempt { draft in
          draft.removeGroups(ofUnits: [unit])
          draft.storageSystems[system].units.removeAll { $0.name == unit.name }
        }
      }
      _ = attempt { $0.storageSystems[system].settings["via"] = nil }
      _ = attempt { $0.storageSystems[system].settings["pointsInTime"] = nil }
    }
    for site in draft.sites.indices { leaveOut(\.sites[site].datastores, atLeast: 1) }
  }

  private mutating func shrinkSite(_ index: Int) {
    _ = attempt { $0.sites[index].standbyCount = 0 }
    while draft.sites[index].hostCount > draft.sites[index].standbyCount + 1,
      attempt({ $0.sites[index].hostCount -= 1 })
    {}
    while draft.sites[index].serverCount > 1, attempt({ $0.sites[index].serverCount -= 1 }) {}
    _ = attempt { $0.sites[index].cluster = nil }
    _ = attempt { $0.sites[index].managers = [] }
    _ = attempt {
      $0.sites[index].appliances = nil
      $0.sites[index].managers = []
    }
    leaveOutMembers(\.sites[index].settings, keeping: [])
    for datastore in draft.sites[index].datastores.indices {
      leaveOutMembers(\.sites[index].datastores[datastore], keeping: ["name"])
    }
  }

  private mutating func leaveOutWorkloads() {
    for name in draft.workloads.map(\.name) {
      _ = attempt { draft in
        draft.workloads.removeAll { $0.name == name }
        for machine in draft.machines.indices {
          for disk in draft.machines[machine].disks.indices
          where draft.machines[machine].disks[disk].word("workload") == name {
            draft.machines[machine].disks[disk]["workload"] = nil
          }
        }
      }
    }
  }
}
