package import Quantities

// What a report says of a run, derived from its steps and machines.

extension PlanRunRecord.Machine {
  /// Whether the run did what it was to do with the machine: its status is no error and nothing was left open.
  ///
  /// - Source: Site Recovery Manager REST API 2.0, the words for the status of a machine in a plan.
  package var isDone: Bool {
    status != "UNKNOWN" && !["_ERROR", "_INCOMPLETE", "_IN_PROGRESS"].contains(where: status.hasSuffix)
  }
}

extension PlanRunRecord {
  /// An error or a warning, and the step that gave it; `nil` where the run as a whole did.
  package struct Finding: Sendable, Hashable {
    package let step: Step?
    package let text: String
    package let isError: Bool
  }

  /// Every error, then every warning: those of steps in the order of the steps, then what only the run reports.
  package var findings: [Finding] {
    func findings(_ ofStep: (Step) -> [String], _ ofRun: [String], isError: Bool) -> [Finding] {
      let told = steps.flatMap { step in
        ofStep(step).map { Finding(step: step, text: $0, isError: isError) }
      }
      let texts = Set(told.map(\.text))
      return told
        + ofRun.filter { !texts.contains($0) }.map { Finding(step: nil, text: $0, isError: isError) }
    }
    return findings(\.errors, errors, isError: true) + findings(\.warnings, warnings, isError: false)
  }

  /// The machines with which the run did what it was to do.
  package var doneMachineCount: Int { machines.count(where: \.isDone) }

  /// The machine that lost most, the first of equals; `nil` if the run gave no machine an instance.
  package var worstLoss: (machine: Machine, loss: TimeSpan)? {
    machines.reduce(nil) { worst, machine in
      guard let loss = machine.dataLoss else { return worst }
      if let worst, worst.loss >= loss { return worst }
      return (machine, loss)
    }
  }
}
