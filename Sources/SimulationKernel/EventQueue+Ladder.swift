extension EventQueue {
  /// Adds an event due before the boundary of rung 0.
  @inlinable
  mutating func insertBelowRung0(_ event: Event) {
    for level in 1..<max(1, rungCount) where event.due >= rungs[level].boundary {
      chunks.append(event, to: rungs[level].bucket(at: event.due))
      return
    }
    if event.due >= bottomStart { insertIntoBottom(event) } else { early.push(event) }
  }

  /// Inserts an event behind those of the bottom that are due no later.
  @inlinable
  mutating func insertIntoBottom(_ event: Event) {
    if bottomEnd == Self.bottomCapacity { moveBottomToFront() }
    var hole = bottomEnd
    while hole > bottomHead && bottom[hole &- 1].due > event.due {
      bottom[hole] = bottom[hole &- 1]
      hole &-= 1
    }
    bottom[hole] = event
    bottomEnd &+= 1
    if bottomEnd &- bottomHead > Self.bottomCountMaximum { divideBottom() }
  }

  @inlinable
  mutating func moveBottomToFront() {
    let count = bottomEnd - bottomHead
    bottom.update(from: bottom + bottomHead, count: count)
    bottomHead = 0
    bottomEnd = count
  }

  /// Fills the empty bottom with the earliest events of the ladder.
  ///
  /// - Returns: Whether there was any event.
  @inlinable @inline(never)
  mutating func openNextBucket() -> Bool {
    bottomHead = 0
    bottomEnd = 0
    while true {
      let level = rungCount &- 1
      let rung = rungs + level
      let bucketCount = rung.pointee.bucketCount
      let buckets = rung.pointee.buckets
      var next = rung.pointee.next
      while next < bucketCount && buckets[next].count == 0 { next &+= 1 }
      rung.pointee.next = next
      if next < bucketCount {
        if openRegularBucket(buckets + next, at: next, of: level) { return true }
      } else {
        guard buckets[next].count > 0 else {
          if level == 0 {
            // Nothing waits anywhere: rung 0 may take whatever comes.
            rung.pointee.close(boundary: .min)
            return false
          }
          rungCount &-= 1
          continue
        }
        if openRest(of: level) { return true }
      }
    }
  }

  /// Moves the events of a bucket to the bottom, or to a new rung if they are many.
  ///
  /// - Returns: Whether they are in the bottom.
  @inlinable
  mutating func openRegularBucket(
    _ bucket: UnsafeMutablePointer<EventBucket>, at index: Int, of level: Int
  ) -> Bool {
    let rung = rungs + level
    let start = rung.pointee.start(of: index)
    if Int(bucket.pointee.count) <= Self.sortCountMaximum {
      rung.pointee.next = index &+ 1
      rung.pointee.boundary = rung.pointee.start(of: index &+ 1)
      bottomStart = start
      sortIntoBottom(bucket)
      return true
    }
    if rung.pointee.shift == 0 {
      // All are due at one instant, and later ones for that instant queue up behind them.
      rung.pointee.boundary = start
      bottomStart = start
      moveFirstChunkToBottom(bucket)
      return true
    }
    rung.pointee.next = index &+ 1
    rung.pointee.boundary = rung.pointee.start(of: index &+ 1)
    divide(bucket, intoRung: level &+ 1)
    rungCount = level &+ 2
    return false
  }

  /// Moves the last bucket of a rung, the only one with events, to the bottom or to the rung's buckets.
  ///
  /// - Returns: Whether the events are in the bottom.
  @inlinable
  mutating func openRest(of level: Int) -> Bool {
    let rung = rungs + level
    let rest = rung.pointee.buckets + rung.pointee.bucketCount
    guard Int(rest.pointee.count) <= Self.sortCountMaximum else {
      divide(rest, intoRung: level)
      return false
    }
    sortIntoBottom(rest)
    bottomStart = bottom[0].due
    if level == 0 {
      // Later events for the last instant follow the earlier ones, which are in the bottom.
      rung.pointee.close(boundary: bottom[bottomEnd &- 1].due)
    } else {
      rungCount = level
    }
    return true
  }

  /// Moves all events of `bucket` to fresh buckets of a rung, which may be the bucket's own.
  @inlinable
  mutating func divide(_ bucket: UnsafeMutablePointer<EventBucket>, intoRung level: Int) {
    precondition(level < Self.rungCountMaximum, "a rung's buckets are narrower than its parent's")
    let count = Int(bucket.pointee.count)
    let mask = EventChunks<Payload>.chunkSize - 1
    let first = chunks.links[Int(bucket.pointee.lastChunk)]
    bucket.pointee = EventBucket()

    var earliest = Int64.max
    var latest = Int64.min
    var chunk = first
    var remaining = count
    while true {
      let events = chunks.events + Int(chunk) &* EventChunks<Payload>.chunkSize
      for position in 0..<min(remaining, mask &+ 1) {
        let due = events[position].due
        earliest = min(earliest, due)
        latest = max(latest, due)
      }
      remaining &-= mask &+ 1
      if remaining <= 0 { break }
      chunk = chunks.links[Int(chunk)]
    }
    layOut(rung: level, count: count, earliest: earliest, latest: latest)

    chunk = first
    remaining = count
    while true {
      let following = chunks.links[Int(chunk)]
      for position in 0..<min(remaining, mask &+ 1) {
        let event = chunks.events[Int(chunk) &* EventChunks<Payload>.chunkSize &+ position]
        chunks.append(event, to: rungs[level].bucket(at: event.due))
      }
      chunks.free(chunk)
      remaining &-= mask &+ 1
      if remaining <= 0 { break }
      chunk = following
    }
  }

  /// Makes a rung of the bottom, below all others.
  @inlinable @inline(never)
  mutating func divideBottom() {
    let level = rungCount
    precondition(level < Self.rungCountMaximum, "a rung's buckets are narrower than its parent's")
    let count = bottomEnd - bottomHead
    layOut(
      rung: level, count: count, earliest: bottom[bottomHead].due, latest: bottom[bottomEnd - 1].due)
    for index in bottomHead..<bottomEnd {
      chunks.append(bottom[index], to: rungs[level].bucket(at: bottom[index].due))
    }
    rungCount = level + 1
    bottomHead = 0
    bottomEnd = 0
  }

  /// Gives rung `level` empty buckets that suit `count` events.
  @inlinable
  mutating func layOut(rung level: Int, count: Int, earliest: Int64, latest: Int64) {
    let eventsPerBucket = count > 32_768 ? 32 : 4
    let bits = Int.bitWidth - (count / eventsPerBucket).leadingZeroBitCount
    rungs[level].layOut(first: earliest, last: latest, bucketBits: max(3, bits))
  }

  /// Moves the events of `bucket`, no more than ``sortCountMaximum``, to the empty bottom in order.
  @inlinable
  mutating func sortIntoBottom(_ bucket: UnsafeMutablePointer<EventBucket>) {
    let count = Int(bucket.pointee.count)
    let chunkSize = EventChunks<Payload>.chunkSize
    var chunk = chunks.links[Int(bucket.pointee.lastChunk)]
    var index = 0
    while true {
      let following = chunks.links[Int(chunk)]
      let events = chunks.events + Int(chunk) &* chunkSize
      for position in 0..<min(chunkSize, count &- index) {
        let event = events[position]
        var hole = index &+ position
        while hole > 0 && bottom[hole &- 1].due > event.due {
          bottom[hole] = bottom[hole &- 1]
          hole &-= 1
        }
        bottom[hole] = event
      }
      chunks.free(chunk)
      index &+= chunkSize
      if index >= count { break }
      chunk = following
    }
    bucket.pointee = EventBucket()
    bottomEnd = count
  }

  /// Moves the first chunk of a bucket, which has more than one and is all ties, to the empty bottom.
  @inlinable
  mutating func moveFirstChunkToBottom(_ bucket: UnsafeMutablePointer<EventBucket>) {
    let chunkSize = EventChunks<Payload>.chunkSize
    let last = Int(bucket.pointee.lastChunk)
    let first = chunks.links[last]
    bottom.update(from: chunks.events + Int(first) * chunkSize, count: chunkSize)
    bottomEnd = chunkSize
    chunks.links[last] = chunks.links[Int(first)]
    chunks.free(first)
    bucket.pointee.count -= UInt32(chunkSize)
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
      for index in rungs[level].next...rungs[level].bucketCount {
        chunks.filter(rungs[level].buckets + index) { slots.isPending($0) }
      }
    }
    var kept = bottomHead
    for index in bottomHead..<bottomEnd where slots.isPending(bottom[index].token) {
      bottom[kept] = bottom[index]
      kept += 1
    }
    bottomEnd = kept
    early.filter { slots.isPending($0.token) }
    cancelledCount = 0
  }
}
