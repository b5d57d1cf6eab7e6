import Inventory
import Quantities
import RecoveryCore
import Scenarios

/// What the timeline does with Site Recovery Manager.
extension World {
  mutating func begin(_ action: Scenario.RecoveryAction, entry: Int) throws(SimulationFailure) {}

  mutating func end(_ action: Scenario.RecoveryAction, entry: Int) {}

  func subject(of action: Scenario.RecoveryAction) -> String { "" }
}
