package import Inventory
package import Quantities

/// One cycle of a plan: the delta of a replication from its start to its expected completion.
package struct PlannedCycle: Sendable, Hashable {
  package let virtualMachine: VirtualMachineID
  package let start: Instant
  package let expectedEnd: Instant

  package init(virtualMachine: VirtualMachineID, start: Instant, expectedEnd: Instant) {
    self.virtualMachine = virtualMachine
    self.start = start
    self.expectedEnd = expectedEnd
  }
}

extension HostSchedule {
  private struct Step: Sendable {
    enum Kind: Int { case completion, start }

    let due: Instant
    let kind: Kind
    let index: Int

    func precedes(_ other: Step) -> Bool {
      (due, kind.rawValue, index) < (other.due, other.kind.rawValue, other.index)
    }
  }

  /// Every cycle that is running or starts before the horizon, 48 hours by default, in order of start and machine.
  ///
  /// It runs this schedule ahead, each transfer taking what is expected and estimates staying as they are. A
  /// cycle of unknown length is shown with the time it is counted for. What is stopped or in a full sync is not
  /// in the plan.
  /// - Complexity: O(*c* · *n*) for *c* cycles of *n* replications; meant for reports.
  package func plan(from now: Instant) -> [PlannedCycle] {
    var ahead = self
    _ = ahead.takeMoves(at: now)
    let horizon = now + parameters.horizon
    var cycles: [PlannedCycle] = []
    // Latest first, so that the next step is the last.
    var steps: [Step] = []
    func add(_ step: Step) {
      steps.insert(step, at: steps.firstIndex { $0.precedes(step) } ?? steps.endIndex)
    }
    func addCycle(_ index: Int, startedAt start: Instant) {
      let end = start + ahead.reservedDuration(of: ahead.members[index].outlook)
      cycles.append(
        PlannedCycle(virtualMachine: ahead.members[index].virtualMachine, start: start, expectedEnd: end))
      add(Step(due: max(end, now), kind: .completion, index: index))
    }

    for (index, member) in ahead.members.enumerated() where member.activity == .deltas {
      if case .running(let imageTime) = member.outlook.start {
        addCycle(index, startedAt: imageTime)
      } else if let start = member.start {
        add(Step(due: max(start, now), kind: .start, index: index))
      }
    }
    while let step = steps.popLast(), step.due < horizon {
      let member = ahead.members[step.index]
      var outlook = member.outlook
      if case .start = step.kind {
        addCycle(step.index, startedAt: step.due)
        outlook.start = .running(imageTime: step.due)
      } else if case .running(let imageTime) = outlook.start {
        outlook.start = outlook.start(after: imageTime, completedAt: step.due)
      }
      ahead.changed(member.virtualMachine, outlook: outlook, activity: .deltas, at: step.due)
      guard steps.last?.due != step.due else { continue }
      for move in ahead.takeMoves(at: step.due) {
        guard let index = ahead.index(of: move.virtualMachine), let start = move.start else { continue }
        add(Step(due: max(start, step.due), kind: .start, index: index))
      }
    }
    return cycles.sorted { ($0.start, $0.virtualMachine) < ($1.start, $1.virtualMachine) }
  }
}

extension [PlannedCycle] {
  /// The most cycles that run at one moment; one that ends when another starts is not beside it.
  package var concurrentCountMaximum: Int {
    let starts = map(\.start).sorted()
    let ends = map(\.expectedEnd).sorted()
    var (running, maximum, ended) = (0, 0, 0)
    for start in starts {
      while ended < ends.count, ends[ended] <= start {
        ended += 1
        running -= 1
      }
      running += 1
      maximum = Swift.max(maximum, running)
    }
    return maximum
  }
}
