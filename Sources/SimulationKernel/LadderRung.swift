/// One rung of the ladder: a row of buckets of equal width, and a list of all that is due later.
///
/// Bucket *i* holds the events due in [`base` + *i* · 2^`shift`, `base` + (*i* + 1) · 2^`shift`) ns.
/// Buckets before `next` were opened and are empty. A rung without buckets is *closed*.
///
/// The rung owns its memory until ``deallocate()``.
///
/// - Invariant: `boundary` is where bucket `next` begins, or the latest instant if that lies beyond; in a
///   closed rung no event of the list is due before it.
/// - Invariant: The bucket at `bucketCount` counts one event and has none, see ``append(_:using:)``.
@usableFromInline
struct LadderRung<Payload: BitwiseCopyable & Sendable> {
  @usableFromInline typealias Event = ScheduledEvent<Payload>

  @usableFromInline var base: Int64 = .min
  @usableFromInline var shift: UInt64 = 0
  /// The rung takes the events due at this instant or later.
  @usableFromInline var boundary: Int64 = .min
  @usableFromInline var next = 0
  @usableFromInline var bucketCount = 0
  @usableFromInline var buckets: UnsafeMutablePointer<EventBucket>
  /// The room for buckets, with the one at `bucketCount`.
  @usableFromInline var bucketCapacity: Int
  /// The events beyond all buckets, in the order they were scheduled.
  @usableFromInline var later: UnsafeMutablePointer<Event>
  @usableFromInline var laterCount = 0
  @usableFromInline var laterCapacity: Int

  @inlinable
  init() {
    bucketCapacity = 16
    buckets = .allocate(capacity: bucketCapacity)
    laterCapacity = 16
    later = .allocate(capacity: laterCapacity)
    close(boundary: .min)
  }

  @inlinable
  func deallocate() {
    buckets.deallocate()
    later.deallocate()
  }

  @inlinable
  var isClosedAndEmpty: Bool { bucketCount == 0 && laterCount == 0 }

  /// Adds an event behind all that are due at the same instant.
  ///
  /// Whether an event belongs to a bucket or to the list cannot be predicted, so nothing branches
  /// on it. The event is written to both, and counts in one. The bucket past the last one stands in
  /// for the list: it never seems to need a chunk, and is written into a chunk that no one reads.
  ///
  /// - Precondition: The event is not due before ``boundary``.
  @inlinable @inline(__always)
  mutating func append(_ event: Event, using chunks: inout EventChunks<Payload>) {
    // The difference of two 64-bit instants always fits the unsigned type.
    let offset = UInt64(bitPattern: event.due &- base) &>> shift
    let index = Int(truncatingIfNeeded: min(offset, UInt64(truncatingIfNeeded: bucketCount)))
    let isLater = index == bucketCount
    let bucket = buckets + index
    chunks.slot(for: bucket).initialize(to: event)
    (later + laterCount).initialize(to: event)
    bucket.pointee.count &+= isLater ? 0 : 1
    laterCount &+= isLater ? 1 : 0
    if laterCount == laterCapacity { growLater() }
  }

  @inlinable @inline(never)
  mutating func growLater() {
    laterCapacity *= 2
    later = moved(later, count: laterCount, toCapacity: laterCapacity)
  }

  /// Makes room for `count` events in the list, which is empty.
  @inlinable
  mutating func reserveLater(_ count: Int) {
    guard count >= laterCapacity else { return }
    later.deallocate()
    laterCapacity = max(count + 1, laterCapacity * 2)
    later = .allocate(capacity: laterCapacity)
  }

  /// Adds an event to the list of a closed rung.
  @inlinable
  mutating func appendLater(_ event: Event) {
    later[laterCount] = event
    laterCount &+= 1
    if laterCount == laterCapacity { growLater() }
  }

  /// Where bucket `index` begins, or the latest instant if that lies beyond.
  @inlinable
  func start(of index: Int) -> Int64 {
    let (width, isBeyond) = UInt64(truncatingIfNeeded: index)
      .multipliedReportingOverflow(by: 1 &<< shift)
    guard !isBeyond, width <= UInt64(bitPattern: .max &- base) else { return .max }
    return base &+ Int64(truncatingIfNeeded: width)
  }

  /// Marks the buckets up to `index`, which are empty, as opened.
  @inlinable
  mutating func pass(_ index: Int) {
    let end = start(of: index &+ 1)
    if index &+ 1 == bucketCount {
      // From here on all goes to the list; else what is due at the latest instant of all, where the
      // end of a bucket may lie, would be put into a bucket already opened.
      close(boundary: end)
    } else {
      next = index &+ 1
      boundary = end
    }
  }

  /// Removes the buckets, which are all empty.
  @inlinable
  mutating func close(boundary: Int64) {
    self.boundary = boundary
    next = 0
    bucketCount = 0
    buckets.initialize(to: .placeholder)
  }

  /// When the earliest and the latest event of the list are due.
  ///
  /// - Precondition: The list is not empty.
  @inlinable
  var laterBounds: ClosedRange<Int64> {
    var earliest = Int64.max
    var latest = Int64.min
    for index in 0..<laterCount {
      earliest = min(earliest, later[index].due)
      latest = max(latest, later[index].due)
    }
    return earliest...latest
  }

  /// Lays out buckets for the events of the list and moves them there.
  ///
  /// - Precondition: All buckets are empty, and the list is not.
  @inlinable
  mutating func divide(using chunks: inout EventChunks<Payload>) {
    let bounds = laterBounds
    let span = UInt64(bitPattern: bounds.upperBound &- bounds.lowerBound)
    let spanBits = UInt64.bitWidth - span.leadingZeroBitCount
    shift = UInt64(max(0, spanBits - Self.bucketBits(for: laterCount)))
    base = bounds.lowerBound
    boundary = base
    next = 0
    bucketCount = Int(span >> shift) + 1
    if bucketCount >= bucketCapacity {
      buckets.deallocate()
      bucketCapacity = bucketCount + 1
      buckets = .allocate(capacity: bucketCapacity)
    }
    buckets.initialize(repeating: EventBucket(), count: bucketCount)
    (buckets + bucketCount).initialize(to: .placeholder)

    let count = laterCount
    laterCount = 0
    // Every bucket may end in a chunk that is not full.
    chunks.reserve(count / EventChunks<Payload>.chunkSize &+ bucketCount)
    for index in 0..<count {
      // Every event finds a bucket, so the list is not written while it is read.
      let event = later[index]
      let bucket = buckets + Int(truncatingIfNeeded: UInt64(bitPattern: event.due &- base) &>> shift)
      chunks.slot(for: bucket).initialize(to: event)
      bucket.pointee.count &+= 1
    }
  }

  /// The binary logarithm of the most buckets to make for `count` events, at least 3.
  ///
  /// Buckets of a few events can be sorted at once. Beyond the count where the open ends of so many
  /// buckets leave the processor's cache, buckets are large, and each will become a rung.
  ///
  /// - Source: The fastest of the powers of two tried on the hold model with 10³ to 10⁶ events.
  @inlinable
  static func bucketBits(for count: Int) -> Int {
    let eventsPerBucket = count > 262_144 ? 1024 : 8
    return max(3, Int.bitWidth - (count / eventsPerBucket).leadingZeroBitCount)
  }

  /// Keeps only the events for which `isWanted` holds, in their order.
  @inlinable
  mutating func filter(using chunks: inout EventChunks<Payload>, _ isWanted: (EventToken) -> Bool) {
    for index in next..<bucketCount { chunks.filter(buckets + index, isWanted) }
    laterCount = keep(later, 0..<laterCount, isWanted)
  }
}

/// Moves the events of `range` for which `isWanted` holds together, in their order.
///
/// - Returns: Where they end.
@inlinable
func keep<Payload>(
  _ events: UnsafeMutablePointer<ScheduledEvent<Payload>>, _ range: Range<Int>,
  _ isWanted: (EventToken) -> Bool
) -> Int {
  var end = range.lowerBound
  for index in range where isWanted(events[index].token) {
    events[end] = events[index]
    end += 1
  }
  return end
}
