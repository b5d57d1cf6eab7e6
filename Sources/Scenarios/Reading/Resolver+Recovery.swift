import Inventory
import Quantities
import RecoveryCore

/// Site Recovery Manager: pairs of sites, mappings, protection groups, recovery plans, and what the timeline does with them.
extension Resolver {
  mutating func recoveryAction(
    _ verb: Scenario.TimelineEntry.Verb, of entry: TimelineEntryDraft
  ) -> Scenario.RecoveryAction? { nil }

  func buildRecoveryPairs() -> [Scenario.RecoveryPair] { [] }

  /// The names of plans or groups for the expressions of a scenario, and whether those are all.
  func recoveryNames(_ noun: String) -> (noun: String, known: [String], isCertain: Bool) { (noun, [], true) }
}
