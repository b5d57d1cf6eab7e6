package import Quantities

/// Deadlines of steps, earliest first and those of one instant in the order of the steps.
///
/// - Complexity: O(log *n*) for each deadline that enters or leaves.
package struct DeadlineQueue: Sendable {
  package struct Entry: Sendable, Hashable {
    package let due: Instant
    package let step: Int

    package init(due: Instant, step: Int) {
      self.due = due
      self.step = step
    }

    package static func < (left: Entry, right: Entry) -> Bool {
      left.due < right.due || (left.due == right.due && left.step < right.step)
    }
  }

  /// A binary heap: no entry comes before its parent.
  private var entries: [Entry] = []

  package init() {}

  package var first: Entry? { entries.first }

  package mutating func insert(_ entry: Entry) {
    entries.append(entry)
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard entries[child] < entries[parent] else { return }
      entries.swapAt(child, parent)
      child = parent
    }
  }

  /// - Precondition: It holds an entry.
  package mutating func removeFirst() {
    precondition(!entries.isEmpty, "an empty queue has no first deadline")
    entries.swapAt(0, entries.count - 1)
    entries.removeLast()
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < entries.count else { return }
      if child + 1 < entries.count && entries[child + 1] < entries[child] { child += 1 }
      guard entries[child] < entries[parent] else { return }
      entries.swapAt(child, parent)
      parent = child
    }
  }
}
