import Quantities

/// Instants in order, equal ones kept apart.
///
/// A plain array: a host has hundreds of cycles at most, so moving the rest of it costs less than a tree.
struct SortedInstants: Sendable {
  private(set) var nanoseconds: [Int64] = []

  /// How many lie before `instant`; O(log *n*).
  func count(before instant: Int64) -> Int {
    var low = 0
    var high = nanoseconds.count
    while low < high {
      let middle = (low + high) / 2
      if nanoseconds[middle] < instant { low = middle + 1 } else { high = middle }
    }
    return low
  }

  mutating func insert(_ instant: Instant) {
    nanoseconds.insert(instant.nanoseconds, at: count(before: instant.nanoseconds))
  }

  /// - Precondition: It is among them.
  mutating func remove(_ instant: Instant) {
    let index = count(before: instant.nanoseconds)
    precondition(
      index < nanoseconds.count && nanoseconds[index] == instant.nanoseconds, "only what is there is removed")
    nanoseconds.remove(at: index)
  }
}
