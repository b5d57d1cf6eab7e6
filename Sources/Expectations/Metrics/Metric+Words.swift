import RecoveryCore
import ReplicationCore

extension Metric {
  /// The words that its values can be; empty where they are no words.
  package var words: [String] {
    switch self {
    case .replicationStatus: ReplicationStatus.allCases.map(\.rawValue)
    case .planStatus: RecoveryPlanStatus.allCases.map(\.rawValue)
    case .groupStatus: ProtectionGroupStatus.allCases.map(\.rawValue)
    case .vmPower: PowerWord.allCases.map(\.rawValue)
    case .vmProtection: MemberStatus.allCases.map(\.rawValue)
    default: []
    }
  }

  /// What `drsim explain` says about it.
  package var explanation: String {
    let keys = "{" + keys.map(\.rawValue).joined(separator: ", ") + "}"
    let head = name + keys + (field.map { "." + $0 } ?? "")
    return "\(head)  (\(kindText))\n    \(summary)\n"
  }

  private var kindText: String {
    switch kind {
    case .duration: "duration"
    case .share: "share"
    case .factor: "multiple"
    case .size: "size"
    case .count: "count"
    case .word: "word"
    case .name: "name"
    }
  }
}

/// Whether a machine runs, or has only a placeholder at a site.
package enum PowerWord: String, Sendable, Hashable, CaseIterable {
  case on = "ON"
  case off = "OFF"
  case suspended = "SUSPENDED"
  case placeholder = "PLACEHOLDER"
}
