package import Inventory
package import Quantities

/// One direction of a link and what it carried.
package struct LinkRecord: Sendable, Hashable {
  package let id: LinkID
  package let direction: Link.Direction
  package let name: String
  /// The name of the site that sends.
  package let source: String
  /// The name of the site that receives.
  package let target: String
  /// What it carried for replication.
  package let use: LinkUse
  /// What it carried of other traffic.
  package let backgroundSize: ByteCount
  /// Frames that arrived with a checksum that did not fit.
  package let damagedFrameCount: Int
  /// What it carried for replication and had to carry again, because a frame was damaged; part of ``use``.
  package let wastedSize: ByteCount

  package init(
    id: LinkID, direction: Link.Direction, name: String, source: String, target: String, use: LinkUse,
    backgroundSize: ByteCount = .zero, damagedFrameCount: Int = 0, wastedSize: ByteCount = .zero
  ) {
    self.id = id
    self.direction = direction
    self.name = name
    self.source = source
    self.target = target
    self.use = use
    self.backgroundSize = backgroundSize
    self.damagedFrameCount = damagedFrameCount
    self.wastedSize = wastedSize
  }
}
