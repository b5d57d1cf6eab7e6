package import Quantities

/// How far a step is.
///
/// - Source: Site Recovery Manager REST API 2.0, `status` of a recovery step.
package enum RecoveryStepStatus: String, Sendable, Hashable, CaseIterable {
  case inactive = "INACTIVE"
  case running = "RUNNING"
  case cancelled = "CANCELLED"
  /// Left out on purpose.
  case skipped = "SKIPPED"
  /// Done by a run before this one.
  case alreadyDone = "ALREADY_DONE"
  case success = "SUCCESS"
  case warning = "WARNING"
  case error = "ERROR"

  package var isFinished: Bool { self != .inactive && self != .running }
}

/// A step as people see it.
package struct RecoveryStep: Sendable, Hashable {
  /// Its position in the run, from 0; a step comes before its children.
  package var id: Int
  /// Such as `1.2.1`.
  package var number: String
  package var title: String
  /// The group, virtual machine or command it is about.
  package var referredObject: String?
  /// 0 for the steps of the plan.
  package var depth: Int
  package var childCount: Int
  package var status: RecoveryStepStatus
  /// The share of its children that are finished, from 0 to 100.
  package var progress: Int
  package var started: Instant?
  package var finished: Instant?
  package var errors: [String]
  package var warnings: [String]
}
