package import Inventory
package import Quantities

/// One direction of a circuit and what it carried for all links over it, replication and other traffic together.
package struct CircuitRecord: Sendable, Hashable {
  package let id: CircuitID
  /// `forward` leads away from its site.
  package let direction: Link.Direction
  package let name: String
  package let site: String
  package let use: LinkUse

  package init(id: CircuitID, direction: Link.Direction, name: String, site: String, use: LinkUse) {
    self.id = id
    self.direction = direction
    self.name = name
    self.site = site
    self.use = use
  }

  /// The way in words: `out of madrid`, `into madrid`.
  package var way: String { (direction == .forward ? "out of " : "into ") + site }

  /// Of the bins that begin after the warm-up.
  package func statistics(from start: Instant) -> LinkStatistics { use.statistics(from: start) }
}
