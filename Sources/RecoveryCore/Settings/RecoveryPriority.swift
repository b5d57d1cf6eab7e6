/// When a virtual machine starts within a plan: all of one priority have recovered or failed before the next begins.
///
/// `P1` is the highest and starts first; at the protected site it is shut down last.
package enum RecoveryPriority: String, Sendable, Hashable, CaseIterable, Comparable {
  case p1 = "P1"
  case p2 = "P2"
  case p3 = "P3"
  case p4 = "P4"
  case p5 = "P5"

  /// From 1, the highest, to 5.
  package var level: Int {
    switch self {
    case .p1: 1
    case .p2: 2
    case .p3: 3
    case .p4: 4
    case .p5: 5
    }
  }

  /// Whether `left` starts before `right`.
  package static func < (left: RecoveryPriority, right: RecoveryPriority) -> Bool { left.level < right.level }
}
