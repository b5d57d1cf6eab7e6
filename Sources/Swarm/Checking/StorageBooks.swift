import Quantities
import Scenarios
import SiteSimulation

/// What storage that copies by itself has shown so far, unit by unit.
struct StorageBooks: Sendable {
  struct Unit: Sendable {
    var sight = StorageSight()
  }

  var units: [Unit]

  init(_ scenario: Scenario) {
    units = scenario.storageUnits.map { _ in Unit() }
  }
}
