/// Which machines vSphere HA starts first after a failure.
///
/// - Source: VMware, "vSphere Availability" (7.0): five priorities, medium by default.
package enum RestartPriority: String, Sendable, Hashable, CaseIterable, Comparable {
  case lowest
  case low
  case medium
  case high
  case highest

  private var rank: Int {
    switch self {
    case .lowest: 0
    case .low: 1
    case .medium: 2
    case .high: 3
    case .highest: 4
    }
  }

  package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}
