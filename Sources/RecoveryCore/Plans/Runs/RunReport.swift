package import Inventory
package import Quantities

/// What a run came to.
package struct RunReport: Sendable, Hashable {
  /// One link of the chain of steps that determined how long a recovery took.
  package struct CriticalStep: Sendable, Hashable {
    package var step: RecoveryStep
    /// From the end of the step before it, or the start of the run, to its own end.
    package var duration: TimeSpan
    /// The part of `duration` that its command waited in the driver's queue; zero if the driver did not say.
    package var queued: TimeSpan
    /// When the step's machine starts; `nil` of a step that is of no machine.
    package var priority: RecoveryPriority?
  }

  package struct MachineOutcome: Sendable, Hashable {
    package var vm: VirtualMachineID
    package var group: ProtectionGroupID
    package var status: VMRecoveryStatus
    /// When it was on with heartbeat, delay and custom steps behind it; `nil` unless this run brought it there.
    package var ready: Instant?
  }

  package var history: HistoryRecord
  package var workflow: PlanWorkflow
  package var ending: PlanRun.Ending
  /// In the order of groups and members.
  package var machines: [MachineOutcome]
  /// From the start of the run until the last machine that it brought up was ready; `nil` if it brought up none.
  package var recoveryTime: TimeSpan?
  /// The steps whose durations add up to ``recoveryTime``, the first one first; steps that took no time are left out.
  package var criticalPath: [CriticalStep]
}
