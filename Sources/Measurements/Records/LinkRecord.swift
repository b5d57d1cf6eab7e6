package import Inventory

/// One direction of a link and what it carried.
package struct LinkRecord: Sendable, Hashable {
  package let id: LinkID
  package let direction: Link.Direction
  package let name: String
  /// The name of the site that sends.
  package let source: String
  /// The name of the site that receives.
  package let target: String
  package let use: LinkUse

  package init(
    id: LinkID, direction: Link.Direction, name: String, source: String, target: String, use: LinkUse
  ) {
    self.id = id
    self.direction = direction
    self.name = name
    self.source = source
    self.target = target
    self.use = use
  }
}
