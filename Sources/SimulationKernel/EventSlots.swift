/// Which tokens name a pending event.
///
/// Every pending event holds one slot, and a slot's generation counts the events that have left it.
/// A token is pending exactly while its generation is that of its slot, so an entry of the queue whose
/// token is no longer pending was cancelled and is dropped where it is met.
///
/// - Invariant: `liveCount` slots are in use; the others are on the free list or retired.
@usableFromInline
struct EventSlots: ~Copyable {
  /// The generation each slot is in, by slot number.
  @usableFromInline var generations: UnsafeMutablePointer<UInt32>
  /// The slots to use again, the last freed on top.
  @usableFromInline var free: UnsafeMutablePointer<UInt32>
  @usableFromInline var freeCount = 0
  /// Slots handed out at least once.
  @usableFromInline var usedCount = 0
  /// Slots that have served 2³² − 1 events and serve no more, so that no token ever repeats.
  @usableFromInline var retiredCount = 0
  @usableFromInline var capacity: Int

  @inlinable
  init(capacity: Int = 64) {
    self.capacity = capacity
    generations = .allocate(capacity: capacity)
    free = .allocate(capacity: capacity)
  }

  @inlinable
  deinit {
    generations.deallocate()
    free.deallocate()
  }

  /// The number of tokens that are pending.
  @inlinable
  var liveCount: Int { usedCount &- freeCount &- retiredCount }

  /// Takes a slot and names its next event.
  @inlinable
  mutating func acquire() -> EventToken {
    if freeCount == 0 { return acquireNew() }
    freeCount &-= 1
    let slot = free[freeCount]
    return EventToken(slot: slot, generation: generations[Int(slot)])
  }

  /// Takes a slot that was never used.
  @inlinable @inline(never)
  mutating func acquireNew() -> EventToken {
    if usedCount == capacity { grow() }
    let slot = UInt32(usedCount)
    generations[usedCount] = 0
    usedCount += 1
    return EventToken(slot: slot, generation: 0)
  }

  @inlinable
  mutating func grow() {
    precondition(capacity <= Int(UInt32.max) / 2, "a queue holds fewer than 2^31 events")
    let grown = capacity * 2
    generations = moved(generations, count: usedCount, toCapacity: grown)
    free = moved(free, count: freeCount, toCapacity: grown)
    capacity = grown
  }

  @inlinable
  func isPending(_ token: EventToken) -> Bool {
    Int(token.slot) < usedCount && generations[Int(token.slot)] == token.generation
  }

  /// Gives the slot of `token` back if it is pending.
  ///
  /// - Returns: Whether the token was pending; if not, nothing changes.
  @inlinable
  mutating func release(_ token: EventToken) -> Bool {
    guard isPending(token) else { return false }
    releasePending(token)
    return true
  }

  /// Gives the slot of a token known to be pending back, without reading the slot's memory.
  @inlinable
  mutating func releasePending(_ token: EventToken) {
    let generation = token.generation &+ 1
    generations[Int(token.slot)] = generation
    if generation == .max {
      // No token ever has the last generation, so the retired slot matches none.
      retiredCount &+= 1
    } else {
      free[freeCount] = token.slot
      freeCount &+= 1
    }
  }
}

/// Moves the first `count` elements into a larger allocation and frees the old one.
@inlinable
func moved<Element: BitwiseCopyable>(
  _ source: UnsafeMutablePointer<Element>, count: Int, toCapacity capacity: Int
) -> UnsafeMutablePointer<Element> {
  let target = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
  target.initialize(from: source, count: count)
  source.deallocate()
  return target
}
