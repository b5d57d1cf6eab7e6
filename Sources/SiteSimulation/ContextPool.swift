/// The contexts of one host: how many disks may be read for replication at a time.
///
/// Who finds none free waits; the first that came is served first, and nobody passes it. Who finds fewer than it has
/// disks takes what there is, and the rest as it becomes free and nobody waits for a first one.
///
/// - Source: ESXi advanced setting `HBR.HbrResourceMaxDiskContexts`; who gets a context that becomes free is inferred.
struct ContextPool {
  let limit: Int
  private(set) var inUse = 0
  /// Replications, in the order in which they came.
  private(set) var waiting: [Int] = []
  /// Replications that read fewer disks at a time than they have, and how many more they could, in the order in which they came.
  private(set) var short: [(replication: Int, missing: Int)] = []

  init(limit: Int) {
    precondition(limit > 0, "a host has at least one context")
    self.limit = limit
  }

  /// - Parameter count: The disks of the replication.
  /// - Returns: How many contexts the replication has now, or `nil` if it waits.
  mutating func acquire(_ count: Int, for replication: Int) -> Int? {
    let isFirst = waiting.isEmpty || waiting[0] == replication
    guard isFirst, inUse < limit else {
      if !waiting.contains(replication) { waiting.append(replication) }
      return nil
    }
    if !waiting.isEmpty { waiting.removeFirst() }
    let granted = min(count, limit - inUse)
    if granted < count { short.append((replication, count - granted)) }
    inUse += granted
    return granted
  }

  /// Gives free contexts to the first replication that could read more disks; call it until it returns `nil`.
  mutating func topUp() -> (replication: Int, count: Int)? {
    guard waiting.isEmpty, inUse < limit, let (replication, missing) = short.first else { return nil }
    let granted = min(missing, limit - inUse)
    if granted < missing { short[0].missing -= granted } else { short.removeFirst() }
    inUse += granted
    return (replication, granted)
  }

  mutating func release(_ count: Int, of replication: Int) {
    precondition(count <= inUse, "only contexts in use are released")
    inUse -= count
    short.removeAll { $0.replication == replication }
  }

  /// Takes back a replication's wish.
  mutating func withdraw(_ replication: Int) { waiting.removeAll { $0 == replication } }
}
