/// A four-ary least-first heap of small numbers, which the owner can also find by number.
///
/// Where each number stands is kept in an array of the owner, indexed by the number, so that many heaps
/// over the same numbers cost no more than the numbers themselves. Entries with equal keys leave in an
/// order that depends on the history of calls only.
struct IndexedHeap<Key: Comparable & Sendable>: Sendable {
  struct Entry {
    var key: Key
    var id: Int32
  }

  private(set) var entries: [Entry] = []

  /// The position of a number that is in no heap.
  static var absent: Int32 { -1 }

  var isEmpty: Bool { entries.isEmpty }
  var count: Int { entries.count }
  var first: Entry? { entries.first }

  /// - Precondition: `id` is not in the heap.
  /// - Complexity: O(log *n*), as the other changes.
  mutating func insert(_ id: Int, key: Key, positions: inout [Int32]) {
    let entry = Entry(key: key, id: Int32(truncatingIfNeeded: id))
    entries.append(entry)
    if entries.count == 1 {
      positions[id] = 0
    } else {
      rise(entry, from: entries.count - 1, positions: &positions)
    }
  }

  /// - Precondition: `id` is in the heap.
  mutating func update(_ id: Int, key: Key, positions: inout [Int32]) {
    let position = Int(positions[id])
    let old = entries[position].key
    let entry = Entry(key: key, id: Int32(truncatingIfNeeded: id))
    if key < old {
      rise(entry, from: position, positions: &positions)
    } else if old < key {
      sink(entry, from: position, positions: &positions)
    }
  }

  /// - Precondition: `id` is in the heap.
  mutating func remove(_ id: Int, positions: inout [Int32]) {
    let position = Int(positions[id])
    positions[id] = Self.absent
    let last = entries.removeLast()
    if position == entries.count { return }
    let old = entries[position].key
    if last.key < old {
      rise(last, from: position, positions: &positions)
    } else {
      sink(last, from: position, positions: &positions)
    }
  }

  private mutating func rise(_ entry: Entry, from start: Int, positions: inout [Int32]) {
    entries.withUnsafeMutableBufferPointer { entries in
      positions.withUnsafeMutableBufferPointer { positions in
        var hole = start
        while hole > 0 {
          let parent = (hole - 1) >> 2
          guard entry.key < entries[parent].key else { break }
          entries[hole] = entries[parent]
          positions[Int(entries[hole].id)] = Int32(truncatingIfNeeded: hole)
          hole = parent
        }
        entries[hole] = entry
        positions[Int(entry.id)] = Int32(truncatingIfNeeded: hole)
      }
    }
  }

  private mutating func sink(_ entry: Entry, from start: Int, positions: inout [Int32]) {
    entries.withUnsafeMutableBufferPointer { entries in
      positions.withUnsafeMutableBufferPointer { positions in
        var hole = start
        while true {
          let firstChild = hole << 2 + 1
          guard firstChild < entries.count else { break }
          var least = firstChild
          var child = firstChild + 1
          let end = min(firstChild + 4, entries.count)
          while child < end {
            if entries[child].key < entries[least].key { least = child }
            child += 1
          }
          guard entries[least].key < entry.key else { break }
          entries[hole] = entries[least]
          positions[Int(entries[hole].id)] = Int32(truncatingIfNeeded: hole)
          hole = least
        }
        entries[hole] = entry
        positions[Int(entry.id)] = Int32(truncatingIfNeeded: hole)
      }
    }
  }
}
