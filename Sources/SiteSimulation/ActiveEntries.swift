/// What the timeline has put in force on one thing and not yet lifted, oldest first.
///
/// Entries overlap: the latest one in force counts, and when it ends the one before it does again.
struct ActiveEntries<Value> {
  private var entries: [(entry: Int, value: Value)] = []

  var current: Value? { entries.last?.value }
  var isEmpty: Bool { entries.isEmpty }
  /// Those of all entries in force, oldest first.
  var values: [Value] { entries.map(\.value) }

  func contains(_ entry: Int) -> Bool { entries.contains { $0.entry == entry } }

  mutating func begin(_ entry: Int, _ value: Value) { entries.append((entry, value)) }

  /// Lifts the entry, if it is still in force.
  ///
  /// - Returns: Whether it was.
  mutating func end(_ entry: Int) -> Bool {
    guard let index = entries.firstIndex(where: { $0.entry == entry }) else { return false }
    entries.remove(at: index)
    return true
  }

  /// Lifts everything.
  ///
  /// - Returns: The entries that were in force.
  mutating func endAll() -> [Int] {
    defer { entries.removeAll() }
    return entries.map(\.entry)
  }
}
