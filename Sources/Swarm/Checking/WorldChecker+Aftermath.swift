import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import SiteSimulation

/// What recoveries leave behind: guests that run, content that is their own, placeholders.
extension WorldChecker {
  // MARK: - Guests

  /// Notes what a recovery that ended says of its machines: whether they are to run at the recovery site.
  mutating func noteWanted(by run: PlanRunRecord, _ world: borrowing World) {
    guard run.operationType == HistoryRecord.OperationType.failover.rawValue else { return }
    for machine in run.machines {
      guard let index = replication(of: machine.vm) else { continue }
      if machine.ready != nil {
        recoveries.machines[index].isWanted = isToStart(machine.vm)
      } else if world.recoveredInstance(of: index) == nil {
        // It was shut down, perhaps, and not recovered.
        recoveries.machines[index].isWanted = false
      }
    }
  }

  /// Whether plans start a machine that they recover.
  private func isToStart(_ machine: VirtualMachineID) -> Bool {
    let isLeftOff = scenario.timeline.contains { entry in
      guard case .recovery(.change(_, .saveSettings(let ids, let edit, _))) = entry.action else {
        return false
      }
      return ids.contains(machine) && edit.startupAction == .doNotPowerOn
    }
    return !isLeftOff
      && scenario.recoveryPairs.contains { pair in
        pair.virtualMachines.contains { $0.id == machine && $0.settings.startupAction == .powerOn }
      }
  }

  func replication(of machine: VirtualMachineID) -> Int? {
    scenario.replications.firstIndex { $0.virtualMachine == machine }
  }

  // MARK: - Content

  /// Compares the disks of a machine that was recovered, also after it was reprotected, with the image of its recovery: what
  /// differs must be its own.
  func checkOwnWrites(_ index: Int, _ world: borrowing World) throws(Violation) {
    let copy = world.copies(of: index).current
    guard recoveries.machines[index].current == copy, let image = recoveries.machines[index].image else {
      return
    }
    let disks = world.diskContents(ofCopy: copy)
    let defect = Self.strangeWrite(in: disks, since: image, by: world.diskNumbers(ofCopy: copy))
    guard let defect else { return }
    throw Violation(.ownWrites, at: world.time, subject: name(index), detail: defect)
  }

  /// An extent that is neither as in the image, nor zero, nor written by a disk of its own number.
  static func strangeWrite(
    in disks: [[UInt8]], since image: [[UInt8]], by numbers: [UInt64]
  ) -> String? {
    for (disk, content) in disks.enumerated() {
      let past = disk < image.count ? image[disk] : []
      for start in stride(from: 0, to: content.count - 7, by: 8) {
        let payload = content[start..<start + 8]
        let isUnchanged = start + 8 <= past.count && past[start..<start + 8] == payload
        let tag = payload.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard !isUnchanged, tag != 0, disk >= numbers.count || tag >> 40 != numbers[disk] else { continue }
        return "disk \(disk) holds what the machine has not written, in extent \(start / 8)"
      }
    }
    return nil
  }

  // MARK: - Placeholders

  /// Notes the placeholders of machines that no plan works on or tests: what a clean-up must bring back.
  mutating func notePlaceholders(_ world: borrowing World) {
    for (pair, description) in scenario.recoveryPairs.enumerated() {
      for (group, details) in description.groups.enumerated() {
        let isWorkedOn = recoveries.plans[pair].contains { $0?.run?.groups.contains(group) == true }
        guard recoveries.testers[pair][group] == nil, !isWorkedOn else { continue }
        for machine in details.members {
          guard let index = replication(of: machine) else { continue }
          recoveries.machines[index].placeholder = world.placeholder(of: machine)
        }
      }
    }
  }

  /// What a clean-up has left of a test of a machine, placeholders included; `nil` if nothing.
  func rest(ofTestOf index: Int, _ world: borrowing World) -> String? {
    if world.copies(of: index).test != nil { return "a test machine" }
    // The timeline's own test of an image has nothing to do with plans.
    if world.testedInstance(of: index) != nil, !world.sight(of: index).isTested { return "a test image" }
    let machine = scenario.replications[index].virtualMachine
    let placeholder = world.placeholder(of: machine)
    guard let before = recoveries.machines[index].placeholder, placeholder != before,
      !isPlaceholderChangedByPeople(machine)
    else { return nil }
    return "another placeholder than there was, which is \(placeholder?.state.description ?? "gone")"
  }

  /// Whether the timeline deletes or moves the placeholder of a machine: then, whenever, or at a time that a run decides.
  private func isPlaceholderChangedByPeople(
    _ machine: VirtualMachineID, in interval: ClosedRange<Instant>? = nil
  ) -> Bool {
    scenario.timeline.contains { entry in
      guard case .recovery(.change(_, let change)) = entry.action else { return false }
      if let interval, entry.afterRun == nil, !interval.contains(entry.at) { return false }
      switch change {
      case .deletePlaceholders(let machines), .movePlaceholders(let machines, _, _):
        return machines.contains(machine)
      default: return false
      }
    }
  }

  /// After a reprotect each machine has a placeholder at the site that would recover it now, unless somebody took it meanwhile.
  func checkReprotected(_ run: PlanRunRecord, pair: Int, _ world: borrowing World) throws(Violation) {
    for machine in run.machines
    where machine.isDone && !isPlaceholderChangedByPeople(machine.vm, in: run.started...run.ended) {
      guard let placeholder = world.placeholder(of: machine.vm) else {
        throw Violation(
          .cleanup, at: world.time, subject: machine.name,
          detail: "\(run.plan) was reprotected, and it has no placeholder")
      }
      let site = scenario.inventory[scenario.recoveryPairs[pair].sites[placeholder.side]].name
      guard site != run.protectedSite || placeholder.state != .present else { continue }
      throw Violation(
        .cleanup, at: world.time, subject: machine.name,
        detail:
          "\(run.plan) was reprotected, and its placeholder is at \(site), \(placeholder.state.description)"
      )
    }
  }
}

extension Placeholder.State {
  fileprivate var description: String {
    switch self {
    case .present: "present"
    case .replacedByTest: "replaced by a test machine"
    case .replacedByRecovery: "replaced by a recovered machine"
    case .deleted: "deleted"
    }
  }
}
