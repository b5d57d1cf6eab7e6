import Quantities

/// What was copied of the components of one vSAN datastore, noted from outside.
struct ResyncBooks: Sendable {
  /// The copies under way by the index of their flow, with what is to be copied.
  private var running: [(index: Int, size: ByteCount)] = []
  /// What copies have brought that ended whole.
  private(set) var copied = ByteCount.zero
  /// What ended so near to its end that it may have been given up.
  private(set) var doubtful = ByteCount.zero

  /// The copies that are under way now; of those that ended `carried` tells how many bytes were brought, give or take `tolerance`.
  mutating func saw(
    _ now: [(index: Int, size: ByteCount)], tolerance: Double, carried: (Int) -> Double
  ) {
    for copy in running where !now.contains(where: { $0.index == copy.index }) {
      let size = Double(copy.size.bytes)
      let bytes = carried(copy.index)
      if bytes < size - tolerance { continue }
      if size <= tolerance * 2 { doubtful += copy.size } else { copied += copy.size }
    }
    running = now
  }

  /// What is wrong with what the datastore counts; `nil` if nothing.
  func defect(counted: ByteCount) -> String? {
    guard counted < copied || counted > copied + doubtful else { return nil }
    return "\(counted) are counted as resynced, and \(copied) were copied"
  }
}
