/// One rung of the ladder: a row of buckets of equal width, and one for everything later.
///
/// Bucket *i* holds the events due in [`base` + *i* · 2^`shift`, `base` + (*i* + 1) · 2^`shift`), the
/// bucket at `bucketCount` all later ones. Buckets before `next` are opened and empty.
///
/// - Invariant: `boundary` is where bucket `next` begins, or the latest instant if that lies beyond.
@usableFromInline
struct LadderRung: BitwiseCopyable {
  @usableFromInline var base: Int64 = .min
  @usableFromInline var shift: UInt64 = 0
  /// The rung takes the events due at this instant or later.
  @usableFromInline var boundary: Int64 = .min
  @usableFromInline var next = 0
  @usableFromInline var bucketCount = 0
  @usableFromInline var capacity: Int
  @usableFromInline var buckets: UnsafeMutablePointer<EventBucket>

  @inlinable
  init(capacity: Int = 16) {
    self.capacity = capacity
    buckets = .allocate(capacity: capacity)
    buckets.initialize(repeating: EventBucket(), count: capacity)
  }

  /// The bucket of an event due at `due`.
  ///
  /// - Precondition: `due` is not before ``boundary``.
  @inlinable
  func bucket(at due: Int64) -> UnsafeMutablePointer<EventBucket> {
    // The difference of two 64-bit instants always fits the unsigned type.
    let offset = UInt64(bitPattern: due &- base) &>> shift
    return buckets + Int(truncatingIfNeeded: min(offset, UInt64(truncatingIfNeeded: bucketCount)))
  }

  /// Where bucket `index` begins, or the latest instant if that lies beyond.
  @inlinable
  func start(of index: Int) -> Int64 {
    // Every width times index stays within 2^64: the last bucket begins at or before an event.
    let (width, isBeyond) = UInt64(index).multipliedReportingOverflow(by: 1 << shift)
    guard !isBeyond, width <= UInt64(bitPattern: .max &- base) else { return .max }
    return base &+ Int64(bitPattern: width)
  }

  /// Lays out empty buckets for `count` events due from `first` to `last`.
  ///
  /// - Parameter bucketBits: At most 2^`bucketBits` buckets are made.
  /// - Precondition: All buckets are empty.
  @usableFromInline
  mutating func layOut(first: Int64, last: Int64, bucketBits: Int) {
    let span = UInt64(bitPattern: last &- first)
    let spanBits = 64 - span.leadingZeroBitCount
    shift = UInt64(max(0, spanBits - bucketBits))
    base = first
    boundary = first
    next = 0
    bucketCount = Int(span >> shift) + 1
    if bucketCount >= capacity {
      buckets.deallocate()
      capacity = bucketCount + 1
      buckets = .allocate(capacity: capacity)
    }
    buckets.initialize(repeating: EventBucket(), count: bucketCount + 1)
  }

  /// Makes the bucket of the later events the only one.
  ///
  /// - Precondition: All others are empty.
  @usableFromInline
  mutating func close(boundary: Int64) {
    buckets[0] = buckets[bucketCount]
    bucketCount = 0
    next = 0
    self.boundary = boundary
  }
}
