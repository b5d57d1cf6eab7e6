/// A heap of events in order of (due, sequence), four children to a node.
///
/// - Complexity: O(log *n*) for ``push(_:)`` and ``removeFirst()``.
@usableFromInline
struct EventHeap<Payload: BitwiseCopyable & Sendable>: ~Copyable {
  /// An event and the number of events pushed before it.
  @usableFromInline
  struct Node: BitwiseCopyable {
    @usableFromInline let sequence: UInt64
    @usableFromInline let event: ScheduledEvent<Payload>

    @inlinable
    init(sequence: UInt64, event: ScheduledEvent<Payload>) {
      self.sequence = sequence
      self.event = event
    }

    /// Due and sequence as one number, which compares without a branch.
    @inlinable
    var key: UInt128 {
      // The sign bit is turned so that instants before the start of the run sort first.
      let due = UInt64(bitPattern: event.due) ^ (1 << 63)
      return UInt128(due) << 64 | UInt128(sequence)
    }
  }

  @usableFromInline var nodes: UnsafeMutablePointer<Node>
  @usableFromInline var count = 0
  @usableFromInline var capacity: Int
  @usableFromInline var nextSequence: UInt64 = 0

  @inlinable
  init(capacity: Int = 64) {
    self.capacity = capacity
    nodes = .allocate(capacity: capacity)
  }

  @inlinable
  deinit { nodes.deallocate() }

  /// The earliest event.
  ///
  /// - Precondition: The heap is not empty.
  @inlinable
  var first: ScheduledEvent<Payload> {
    precondition(count > 0, "an empty heap has no first event")
    return nodes[0].event
  }

  @inlinable
  mutating func push(_ event: ScheduledEvent<Payload>) {
    if count == capacity {
      nodes = moved(nodes, count: count, toCapacity: capacity * 2)
      capacity *= 2
    }
    count += 1
    climb(Node(sequence: nextSequence, event: event), from: count - 1)
    nextSequence += 1
  }

  /// Removes the earliest event.
  ///
  /// - Precondition: The heap is not empty.
  @inlinable
  mutating func removeFirst() {
    precondition(count > 0, "an empty heap has no first event")
    count &-= 1
    if count > 0 { settle(nodes[count], from: 0) }
  }

  /// Keeps only the events for which `isWanted` holds.
  ///
  /// - Complexity: O(*n*)
  @inlinable
  mutating func filter(_ isWanted: (EventToken) -> Bool) {
    var kept = 0
    for index in 0..<count where isWanted(nodes[index].event.token) {
      nodes[kept] = nodes[index]
      kept += 1
    }
    count = kept
    guard count > 1 else { return }
    for index in stride(from: (count - 2) / 4, through: 0, by: -1) { settle(nodes[index], from: index) }
  }

  /// Puts `node` at `hole` or above, where no parent is later.
  @inlinable
  mutating func climb(_ node: Node, from hole: Int, to root: Int = 0) {
    let key = node.key
    var hole = hole
    while hole > root {
      let parent = (hole &- 1) >> 2
      if key > nodes[parent].key { break }
      nodes[hole] = nodes[parent]
      hole = parent
    }
    nodes[hole] = node
  }

  /// Fills the hole at `root` and puts `node` into the subtree below it.
  ///
  /// The hole first sinks to a leaf, then `node` climbs from there: a node from the end of the heap
  /// is late, so this compares less than asking at each step whether it fits.
  @inlinable
  mutating func settle(_ node: Node, from root: Int) {
    var hole = root
    while true {
      let child = hole &* 4 &+ 1
      var least = child
      if child &+ 3 < count {
        // Selected, not branched: the outcome cannot be predicted.
        let left = child &+ (nodes[child &+ 1].key < nodes[child].key ? 1 : 0)
        let right = child &+ 2 &+ (nodes[child &+ 3].key < nodes[child &+ 2].key ? 1 : 0)
        least = nodes[right].key < nodes[left].key ? right : left
      } else if child < count {
        for other in child..<count where nodes[other].key < nodes[least].key { least = other }
      } else {
        break
      }
      nodes[hole] = nodes[least]
      hole = least
    }
    climb(node, from: hole, to: root)
  }
}
