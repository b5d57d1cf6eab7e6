/// The memory of all buckets of a ladder: chunks of a few events, linked into first-in, first-out chains.
///
/// A chain is a ring: its bucket names the last chunk, whose link leads to the first. Every chunk but
/// the last is full, so a bucket needs no more than the last chunk's number and its count of events.
@usableFromInline
struct EventChunks<Payload: BitwiseCopyable & Sendable>: ~Copyable {
  @usableFromInline typealias Event = ScheduledEvent<Payload>

  /// Events to a chunk, a power of two.
  @inlinable static var chunkSize: Int { 8 }

  /// The events of chunk *c* begin at index *c* · `chunkSize`.
  @usableFromInline var events: UnsafeMutablePointer<Event>
  /// The chunk after each chunk, in its chain or in the free list.
  @usableFromInline var links: UnsafeMutablePointer<UInt32>
  @usableFromInline var capacity: Int
  /// Chunks handed out at least once, and chunk 0, which serves ``EventBucket/placeholder``.
  @usableFromInline var usedCount = 1
  /// The head of the free list, which holds `freeCount` chunks.
  @usableFromInline var firstFree: UInt32 = 0
  @usableFromInline var freeCount = 0

  @inlinable
  init(capacity: Int = 16) {
    self.capacity = capacity
    events = .allocate(capacity: capacity * Self.chunkSize)
    links = .allocate(capacity: capacity)
  }

  @inlinable
  deinit {
    events.deallocate()
    links.deallocate()
  }

  /// Where the next event of `bucket` goes; the caller writes it and counts it.
  @inlinable
  mutating func slot(for bucket: UnsafeMutablePointer<EventBucket>) -> UnsafeMutablePointer<Event> {
    let position = Int(bucket.pointee.count) & (Self.chunkSize &- 1)
    if position == 0 { extend(bucket) }
    return events + (Int(bucket.pointee.lastChunk) &* Self.chunkSize &+ position)
  }

  /// Links a fresh chunk to the end of `bucket`, whose last one is full.
  @inlinable @inline(never)
  mutating func extend(_ bucket: UnsafeMutablePointer<EventBucket>) {
    let chunk = take()
    if bucket.pointee.count == 0 {
      links[Int(chunk)] = chunk
    } else {
      let last = Int(bucket.pointee.lastChunk)
      links[Int(chunk)] = links[last]
      links[last] = chunk
    }
    bucket.pointee.lastChunk = chunk
  }

  @inlinable
  mutating func take() -> UInt32 {
    if freeCount > 0 {
      freeCount &-= 1
      let chunk = firstFree
      firstFree = links[Int(chunk)]
      return chunk
    }
    if usedCount == capacity { grow(to: capacity * 2) }
    usedCount &+= 1
    return UInt32(truncatingIfNeeded: usedCount &- 1)
  }

  /// Makes room so that the next `count` calls of ``take()`` move no memory.
  @inlinable
  mutating func reserve(_ count: Int) {
    let needed = usedCount &+ count &- freeCount
    if needed > capacity { grow(to: max(needed, capacity * 2)) }
  }

  @inlinable
  mutating func free(_ chunk: UInt32) {
    links[Int(chunk)] = firstFree
    firstFree = chunk
    freeCount &+= 1
  }

  @inlinable @inline(never)
  mutating func grow(to capacity: Int) {
    precondition(capacity <= Int(UInt32.max), "a queue holds fewer than 2^32 chunks of events")
    events = moved(events, count: usedCount * Self.chunkSize, toCapacity: capacity * Self.chunkSize)
    links = moved(links, count: usedCount, toCapacity: capacity)
    self.capacity = capacity
  }

  /// Moves all events of `bucket` to `target`, in their order.
  @inlinable
  mutating func remove(
    _ bucket: UnsafeMutablePointer<EventBucket>, to target: UnsafeMutablePointer<Event>
  ) {
    var remaining = Int(bucket.pointee.count)
    var target = target
    var chunk = links[Int(bucket.pointee.lastChunk)]
    while remaining > 0 {
      let following = links[Int(chunk)]
      let count = min(remaining, Self.chunkSize)
      target.update(from: events + Int(chunk) &* Self.chunkSize, count: count)
      target += count
      remaining &-= count
      free(chunk)
      chunk = following
    }
    bucket.pointee = EventBucket()
  }

  /// Moves the events of the first chunk of `bucket`, which has several, to `target`.
  @inlinable
  mutating func removeFirstChunk(
    of bucket: UnsafeMutablePointer<EventBucket>, to target: UnsafeMutablePointer<Event>
  ) {
    let last = Int(bucket.pointee.lastChunk)
    let first = links[last]
    target.update(from: events + Int(first) * Self.chunkSize, count: Self.chunkSize)
    links[last] = links[Int(first)]
    free(first)
    bucket.pointee.count -= UInt32(Self.chunkSize)
  }

  /// Keeps only the events of `bucket` for which `isWanted` holds, in their order.
  @inlinable
  mutating func filter(
    _ bucket: UnsafeMutablePointer<EventBucket>, _ isWanted: (EventToken) -> Bool
  ) {
    let count = Int(bucket.pointee.count)
    guard count > 0 else { return }
    let mask = Self.chunkSize - 1
    let first = links[Int(bucket.pointee.lastChunk)]
    var source = first
    var target = first
    var kept = 0
    for index in 0..<count {
      if index > 0 && index & mask == 0 { source = links[Int(source)] }
      let event = events[Int(source) * Self.chunkSize + index & mask]
      guard isWanted(event.token) else { continue }
      if kept > 0 && kept & mask == 0 { target = links[Int(target)] }
      events[Int(target) * Self.chunkSize + kept & mask] = event
      kept += 1
    }
    // What follows the last chunk in use, all the way round, is free.
    var surplus = links[Int(target)]
    while surplus != first {
      let following = links[Int(surplus)]
      free(surplus)
      surplus = following
    }
    if kept == 0 {
      free(first)
    } else {
      links[Int(target)] = first
      bucket.pointee.lastChunk = target
    }
    bucket.pointee.count = UInt32(kept)
  }
}

/// A first-in, first-out chain of events in ``EventChunks``.
@usableFromInline
struct EventBucket: BitwiseCopyable {
  /// The chunk that holds the newest event; meaningless while the bucket is empty.
  @usableFromInline var lastChunk: UInt32 = 0
  @usableFromInline var count: UInt32 = 0

  @inlinable
  init() {}

  /// Seems to have room in its last chunk, which is chunk 0.
  @inlinable
  static var placeholder: EventBucket {
    var bucket = EventBucket()
    bucket.count = 1
    return bucket
  }
}
