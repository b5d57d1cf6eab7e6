package import Inventory
package import Quantities

/// The line of one direction of a link in a summary.
package struct LinkSummary: Sendable, Hashable {
  package let id: LinkID
  package let direction: Link.Direction
  package let name: String
  package let source: String
  package let target: String
  /// Of the bins that begin after the warm-up.
  package let statistics: LinkStatistics
  /// Of the whole run.
  package let bytes: ByteCount

  init(_ link: LinkRecord, measuredFrom start: Instant) {
    id = link.id
    direction = link.direction
    name = link.name
    source = link.source
    target = link.target
    statistics = link.use.statistics(from: start)
    bytes = link.use.bytes
  }
}
