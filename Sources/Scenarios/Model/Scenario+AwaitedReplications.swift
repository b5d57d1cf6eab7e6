import Inventory
package import Quantities

extension Scenario {
  /// The replications that the timeline makes: what it says first of them is that they are configured, not that they are stopped.
  ///
  /// Of entries of one instant the one that is written first counts.
  ///
  /// - Parameter timeline: With the instants; `nil` of entries that wait for the end of a run, which come behind all others.
  package static func awaitedReplications(
    in timeline: [(at: Instant?, action: TimelineEntry.Action)]
  ) -> Set<ReplicationID> {
    var first: [ReplicationID: (at: Instant, isConfigured: Bool)] = [:]
    for entry in timeline {
      let (ids, isConfigured): ([ReplicationID], Bool)
      switch entry.action {
      case .recovery(.configureReplication(let configured)): (ids, isConfigured) = (configured, true)
      case .recovery(.stopReplication(let stopped)): (ids, isConfigured) = (stopped, false)
      default: continue
      }
      let at = entry.at ?? .distantFuture
      for id in ids where first[id].map({ at < $0.at }) ?? true { first[id] = (at, isConfigured) }
    }
    return Set(first.filter(\.value.isConfigured).keys)
  }
}
