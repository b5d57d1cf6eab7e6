package import Inventory
package import Quantities

/// What is wrong with the recovery settings of a virtual machine.
package enum RecoverySettingsProblem: Error, Sendable, Hashable {
  /// A timeout or delay is longer than accepted.
  case tooLong(Field, TimeSpan)
  case callout(name: String, CalloutProblem)
  /// Dependencies are not each once and in ascending order.
  case dependenciesUnordered
  case nic(IPSettingsProblem)

  package enum Field: Sendable, Hashable, CaseIterable {
    case guestShutdownTimeout
    case toolsTimeout
    case delayAfterPowerOn
  }
}

/// What is wrong with the dependencies of a virtual machine.
package enum DependencyProblem: String, Error, Sendable, Hashable, CaseIterable {
  case unknown = "UNKNOWN"
  /// The machine would wait for itself.
  case cycle = "CYCLE_DETECTED"
  case noPermission = "NO_PERMISSION"
}

extension VMRecoverySettings {
  /// What is wrong with the settings by themselves; empty if they can be saved.
  package var problems: [RecoverySettingsProblem] {
    var problems: [RecoverySettingsProblem] = []
    let spans: [(RecoverySettingsProblem.Field, TimeSpan)] = [
      (.guestShutdownTimeout, guestShutdownTimeout), (.toolsTimeout, toolsTimeout),
      (.delayAfterPowerOn, delayAfterPowerOn),
    ]
    for (field, span) in spans where span > Self.timeoutMaximum { problems.append(.tooLong(field, span)) }
    for step in prePowerOnSteps {
      problems += step.problems(at: .prePowerOn).map { .callout(name: step.name, $0) }
    }
    for step in postPowerOnSteps {
      problems += step.problems(at: .postPowerOn).map { .callout(name: step.name, $0) }
    }
    if !zip(dependencies, dependencies.dropFirst()).allSatisfy(<) { problems.append(.dependenciesUnordered) }
    for side in PairSide.allCases {
      for nic in nicSettings { problems += (nic.settings[side]?.problems ?? []).map { .nic($0) } }
    }
    return problems
  }

  /// Whether a machine may depend on others.
  ///
  /// Dependencies across priorities count too: they are ignored in a run, but a later change of a priority would close the
  /// cycle. Inferred.
  ///
  /// - Parameter dependencies: Of every machine as they would be, by index; one beyond the end has none.
  /// - Returns: What is wrong, or `nil`.
  /// - Complexity: O(machines + dependencies).
  package static func dependencyProblem(
    of vm: VirtualMachineID, dependencies: [[VirtualMachineID]]
  ) -> DependencyProblem? {
    func needed(_ vm: VirtualMachineID) -> [VirtualMachineID] {
      dependencies.indices.contains(vm.index) ? dependencies[vm.index] : []
    }
    var visited = Array(repeating: false, count: dependencies.count)
    var waiting = needed(vm)
    while let next = waiting.popLast() {
      if next == vm { return .cycle }
      guard visited.indices.contains(next.index), !visited[next.index] else { continue }
      visited[next.index] = true
      waiting += needed(next)
    }
    return nil
  }
}
