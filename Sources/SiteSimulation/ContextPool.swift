/// The contexts of one host: how many disks may be read for replication at a time.
///
/// Who finds too few free waits; the first that came is served first, and nobody passes it.
///
/// - Source: ESXi advanced setting `HBR.HbrResourceMaxDiskContexts`. That a machine takes the contexts of all its disks
///   together, and at most as many as there are, is inferred.
struct ContextPool {
  let limit: Int
  private(set) var inUse = 0
  /// Replications, in the order in which they came.
  private(set) var waiting: [Int] = []

  init(limit: Int) {
    precondition(limit > 0, "a host has at least one context")
    self.limit = limit
  }

  /// - Returns: How many contexts the replication has now, or `nil` if it waits.
  mutating func acquire(_ count: Int, for replication: Int) -> Int? {
    let wanted = min(count, limit)
    let isFirst = waiting.isEmpty || waiting[0] == replication
    guard isFirst, inUse + wanted <= limit else {
      if !waiting.contains(replication) { waiting.append(replication) }
      return nil
    }
    if !waiting.isEmpty { waiting.removeFirst() }
    inUse += wanted
    return wanted
  }

  mutating func release(_ count: Int) {
    precondition(count <= inUse, "only contexts in use are released")
    inUse -= count
  }

  /// Takes back a replication's wish.
  mutating func withdraw(_ replication: Int) { waiting.removeAll { $0 == replication } }
}
