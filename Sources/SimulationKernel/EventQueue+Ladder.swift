extension EventQueue {
  /// Adds an event due before the boundary of rung 0.
  @inlinable
  mutating func insertBelowRung0(_ event: Event) {
    var level = 1
    while level < rungCount {
      if event.due >= rungs[level].boundary {
        rungs[level].append(event, using: &chunks)
        return
      }
      level &+= 1
    }
    if event.due >= bottomStart { insertIntoBottom(event) } else { early.push(event) }
  }

  /// Inserts an event behind those of the bottom that are due no later.
  @inlinable
  mutating func insertIntoBottom(_ event: Event) {
    if bottomEnd == Self.bottomCapacity {
      bottom.update(from: bottom + bottomHead, count: bottomEnd &- bottomHead)
      bottomEnd &-= bottomHead
      bottomHead = 0
    }
    var hole = bottomEnd
    while hole > bottomHead && bottom[hole &- 1].due > event.due {
      bottom[hole] = bottom[hole &- 1]
      hole &-= 1
    }
    bottom[hole] = event
    bottomEnd &+= 1
    if bottomEnd &- bottomHead > Self.bottomCountMaximum { moveBottomToRung() }
  }

  /// Makes a rung of the bottom, below all others.
  @inlinable @inline(never)
  mutating func moveBottomToRung() {
    // A rung that has nothing left goes first. Else an instant at which events cause ever new ones
    // would leave one behind each time.
    while rungCount > 1 && rungs[rungCount &- 1].isClosedAndEmpty { rungCount &-= 1 }
    let rung = addRung()
    for index in bottomHead..<bottomEnd { rung.pointee.appendLater(bottom[index]) }
    rung.pointee.divide(using: &chunks)
    bottomHead = 0
    bottomEnd = 0
  }

  /// Adds a rung below all others.
  @inlinable
  mutating func addRung() -> UnsafeMutablePointer<LadderRung<Payload>> {
    precondition(
      rungCount < Self.rungCountMaximum, "the buckets of a rung are narrower than its parent's")
    rungCount &+= 1
    return rungs + (rungCount &- 1)
  }

  /// Fills the empty bottom with the earliest events of the ladder.
  ///
  /// - Returns: Whether there was any event.
  @inlinable @inline(never)
  mutating func openNextBucket() -> Bool {
    bottomHead = 0
    bottomEnd = 0
    while bottomEnd == 0 {
      let rung = rungs + (rungCount &- 1)
      let bucketCount = rung.pointee.bucketCount
      let buckets = rung.pointee.buckets
      var next = rung.pointee.next
      while next < bucketCount && buckets[next].count == 0 { next &+= 1 }
      if next < bucketCount {
        open(buckets + next, at: next, of: rung)
      } else if rung.pointee.laterCount > 0 {
        openLater(of: rung)
      } else {
        rung.pointee.close(boundary: .min)
        if rungCount == 1 { return false }
        rungCount &-= 1
      }
    }
    return true
  }

  /// Moves the events of a bucket to the bottom, or to a new rung if they are many or far apart.
  @inlinable
  mutating func open(
    _ bucket: UnsafeMutablePointer<EventBucket>, at index: Int,
    of rung: UnsafeMutablePointer<LadderRung<Payload>>
  ) {
    let count = Int(bucket.pointee.count)
    let start = rung.pointee.start(of: index)
    if count <= Self.sortCountMaximum && rung.pointee.shift <= Self.sortSpanBitsMaximum {
      bottomStart = start
      sortIntoBottom(bucket, start: start)
      rung.pointee.pass(index)
    } else if rung.pointee.shift == 0 {
      // All are due at one instant; events still to come for that instant queue up behind them.
      rung.pointee.next = index
      rung.pointee.boundary = start
      bottomStart = start
      chunks.removeFirstChunk(of: bucket, to: bottom)
      bottomEnd = EventChunks<Payload>.chunkSize
    } else {
      let child = addRung()
      child.pointee.reserveLater(count)
      chunks.remove(bucket, to: child.pointee.later)
      rung.pointee.pass(index)
      child.pointee.laterCount = count
      child.pointee.divide(using: &chunks)
    }
  }

  /// Moves the list of a rung whose buckets are empty to the bottom, or to the rung's buckets.
  @inlinable
  mutating func openLater(of rung: UnsafeMutablePointer<LadderRung<Payload>>) {
    let count = rung.pointee.laterCount
    guard count <= Self.sortCountMaximum else {
      rung.pointee.divide(using: &chunks)
      return
    }
    let bounds = rung.pointee.laterBounds
    let span = UInt64(bitPattern: bounds.upperBound &- bounds.lowerBound)
    guard span >> Self.sortSpanBitsMaximum == 0 else {
      rung.pointee.divide(using: &chunks)
      return
    }
    addSortKeys(rung.pointee.later, 0..<count, start: bounds.lowerBound)
    closeSortKeys(count)
    placeInBottom(rung.pointee.later, 0..<count)
    rung.pointee.laterCount = 0
    bottomStart = bounds.lowerBound
    // Events still to come for the last instant follow those in the bottom.
    rung.pointee.close(boundary: bounds.upperBound)
    if rungCount > 1 { rungCount &-= 1 }
  }

  /// Moves the events of `bucket`, no more than ``sortCountMaximum``, to the empty bottom in order.
  ///
  /// - Parameter start: No event of the bucket is due before.
  @inlinable
  mutating func sortIntoBottom(_ bucket: UnsafeMutablePointer<EventBucket>, start: Int64) {
    let chunkSize = EventChunks<Payload>.chunkSize
    let count = Int(bucket.pointee.count)
    let first = chunks.links[Int(bucket.pointee.lastChunk)]
    var chunk = first
    var index = 0
    while index < count {
      let events = chunks.events + Int(chunk) &* chunkSize
      addSortKeys(events, index..<min(count, index &+ chunkSize), start: start)
      chunk = chunks.links[Int(chunk)]
      index &+= chunkSize
    }
    closeSortKeys(count)
    chunk = first
    index = 0
    while index < count {
      let events = chunks.events + Int(chunk) &* chunkSize
      placeInBottom(events, index..<min(count, index &+ chunkSize))
      let following = chunks.links[Int(chunk)]
      chunks.free(chunk)
      chunk = following
      index &+= chunkSize
    }
    bucket.pointee = EventBucket()
  }

  /// Notes the keys of events to sort.
  ///
  /// A key is the time since `start` above the five bits of the event's index, so that all keys
  /// differ and events due together keep their order.
  @inlinable
  func addSortKeys(_ events: UnsafeMutablePointer<Event>, _ indices: Range<Int>, start: Int64) {
    for index in indices {
      let offset = UInt64(bitPattern: events[index &- indices.lowerBound].due &- start)
      sortKeys[index] = offset &<< 5 | UInt64(truncatingIfNeeded: index)
    }
  }

  /// Ends the keys of `count` events with large ones, up to a multiple of four.
  @inlinable
  mutating func closeSortKeys(_ count: Int) {
    bottomEnd = count
    var end = count
    while end & 3 != 0 {
      sortKeys[end] = UInt64.max &>> 1
      end &+= 1
    }
  }

  /// Writes events to their places in the bottom.
  ///
  /// An event's place is the number of keys below its own. To count them all takes more comparisons than a
  /// usual sort, but no branch whose outcome the processor must guess: what is added is the sign
  /// of the difference of two keys, which are below 2⁶³.
  @inlinable
  func placeInBottom(_ events: UnsafeMutablePointer<Event>, _ indices: Range<Int>) {
    for index in indices {
      let key = sortKeys[index]
      var place: UInt64 = 0
      var other = 0
      while other < bottomEnd {
        place &+= (sortKeys[other] &- key) &>> 63
        place &+= (sortKeys[other &+ 1] &- key) &>> 63
        place &+= (sortKeys[other &+ 2] &- key) &>> 63
        place &+= (sortKeys[other &+ 3] &- key) &>> 63
        other &+= 4
      }
      bottom[Int(truncatingIfNeeded: place)] = events[index &- indices.lowerBound]
    }
  }

  /// Removes the entries of cancelled events everywhere, if they outnumber events and buckets.
  ///
  /// - Complexity: O(entries + buckets), so O(1) for each event cancelled.
  @inlinable @inline(never)
  mutating func sweepIfWorthwhile() {
    var bucketCount = 0
    for level in 0..<rungCount { bucketCount += rungs[level].bucketCount }
    guard cancelledCount > count + bucketCount else { return }
    for level in 0..<rungCount {
      rungs[level].filter(using: &chunks) { slots.isPending($0) }
    }
    bottomEnd = keep(bottom, bottomHead..<bottomEnd) { slots.isPending($0) }
    early.filter { slots.isPending($0) }
    cancelledCount = 0
  }
}
