import Inventory
import Measurements
import Quantities
import ResourceModels

/// One circuit as it is now.
///
/// While any outage is in force it is down, and so is every link over it. Of several limits the latest counts.
struct CircuitState {
  /// What leaves its site, and what arrives there.
  let resources: [ResourceID]
  /// What it carries away from its site, and towards it.
  var meters: [LinkMeter]
  var outages = ActiveEntries<Void>()
  /// Raw, away from the site and towards it.
  var limits = ActiveEntries<[DataRate]>()

  var isUp: Bool { outages.isEmpty }
}
