import Quantities
import RandomStreams
import SimulationKernel
import Testing

@Suite struct EventQueueTests {
  private func instant(_ nanoseconds: Int64) -> Instant { Instant(nanoseconds: nanoseconds) }

  /// Pops everything, as (due, payload) pairs.
  private func drain(_ queue: consuming EventQueue<Int>) -> [[Int]] {
    var events: [[Int]] = []
    while let event = queue.popNext() { events.append([Int(event.due.nanoseconds), event.payload]) }
    return events
  }

  // MARK: The rules, one by one

  @Test func `Events leave in the order they are due`() {
    var queue = EventQueue<Int>()
    for due in [30, 10, 20] as [Int64] { queue.schedule(Int(due), at: instant(due)) }
    #expect(drain(queue) == [[10, 10], [20, 20], [30, 30]])
  }

  @Test func `Events due together leave in the order they were scheduled`() {
    var queue = EventQueue<Int>()
    for payload in 0..<200 { queue.schedule(payload, at: instant(5)) }
    #expect(drain(queue) == (0..<200).map { [5, $0] })
  }

  @Test func `An event scheduled for now leaves after those already due now`() {
    var queue = EventQueue<Int>()
    for payload in 0..<3 { queue.schedule(payload, at: instant(5)) }
    #expect(queue.popNext()?.payload == 0)
    queue.schedule(3, at: instant(5))
    #expect(drain(queue) == [[5, 1], [5, 2], [5, 3]])
  }

  /// Each round overfills the bottom once more; no rung may stay behind for it.
  @Test(arguments: [1, 1_000] as [Int64])
  func `An instant can go on for ever`(otherDue: Int64) {
    var queue = EventQueue<Int>()
    for payload in 0..<50 { queue.schedule(-1 - payload, at: instant(5 + otherDue)) }
    var scheduled = 0
    var popped = 0
    for _ in 0..<60 {
      for _ in 0..<100 {
        queue.schedule(scheduled, at: instant(5))
        scheduled += 1
      }
      while scheduled - popped > 10 {
        #expect(queue.popNext()?.payload == popped)
        popped += 1
      }
    }
    #expect(queue.count == 60)
  }

  @Test func `An event before the start of the run comes first`() {
    var queue = EventQueue<Int>()
    queue.schedule(1, at: .zero)
    queue.schedule(2, at: instant(-7))
    #expect(queue.nextDue == instant(-7))
    #expect(drain(queue) == [[-7, 2], [0, 1]])
  }

  @Test func `The first and the last instant there is are as good as any`() {
    var queue = EventQueue<Int>()
    for payload in 0..<40 {
      queue.schedule(payload, at: instant(.max))
      queue.schedule(100 + payload, at: instant(.min))
    }
    for payload in 0..<40 { #expect(queue.popNext()?.payload == 100 + payload) }
    #expect(queue.popNext()?.payload == 0)
    queue.schedule(40, at: .distantFuture)
    #expect(drain(queue).map { $0[1] } == Array(1...40))
  }

  @Test func `Popping up to a limit leaves later events alone`() {
    var queue = EventQueue<Int>()
    queue.schedule(1, at: instant(10))
    queue.schedule(2, at: instant(20))

    #expect(queue.popNext(notAfter: instant(9)) == nil)
    #expect(queue.popNext(notAfter: instant(10))?.payload == 1)
    #expect(queue.popNext(notAfter: instant(19)) == nil)
    #expect(queue.count == 1)
  }

  @Test func `What is scheduled after a look ahead still comes in order`() {
    var queue = EventQueue<Int>()
    for payload in 0..<100 { queue.schedule(payload, at: instant(1_000_000)) }
    #expect(queue.nextDue == instant(1_000_000))

    for due in (1...100).reversed() { queue.schedule(1_000 + due, at: instant(Int64(due))) }
    queue.schedule(100, at: instant(1_000_000))

    #expect(
      drain(queue) == (1...100).map { [$0, 1_000 + $0] } + (0...100).map { [1_000_000, $0] })
  }

  @Test func `An empty queue can be filled again`() {
    var queue = EventQueue<Int>()
    #expect(queue.popNext() == nil && queue.nextDue == nil)
    queue.schedule(1, at: instant(10))
    #expect(queue.popNext()?.payload == 1)
    #expect(queue.popNext() == nil)
    queue.schedule(2, at: instant(10))
    queue.schedule(3, at: instant(11))
    #expect(drain(queue) == [[10, 2], [11, 3]])
  }

  @Test func `A queue refuses to go back in time`() async {
    await #expect(processExitsWith: .failure) {
      var queue = EventQueue<Int>()
      queue.schedule(1, at: Instant(nanoseconds: 10))
      _ = queue.popNext()
      queue.schedule(2, at: Instant(nanoseconds: 9))
    }
  }

  // MARK: Cancellation

  @Test func `A cancelled event does not happen`() {
    var queue = EventQueue<Int>()
    queue.schedule(1, at: instant(10))
    let token = queue.schedule(2, at: instant(5))
    queue.schedule(3, at: instant(20))

    #expect(queue.cancel(token) == true)

    #expect(queue.count == 2)
    #expect(queue.nextDue == instant(10))
    #expect(drain(queue) == [[10, 1], [20, 3]])
  }

  @Test func `An event is cancelled once`() {
    var queue = EventQueue<Int>()
    let token = queue.schedule(1, at: instant(10))
    #expect(queue.cancel(token) == true)
    #expect(queue.cancel(token) == false)
    #expect(queue.popNext() == nil)
    #expect(queue.cancel(token) == false)
  }

  @Test func `The token of a popped event cancels nothing, also when its slot is used again`() {
    var queue = EventQueue<Int>()
    let token = queue.schedule(1, at: instant(10))
    _ = queue.popNext()
    queue.schedule(2, at: instant(10))

    #expect(queue.cancel(token) == false)
    #expect(queue.popNext()?.payload == 2)
  }

  /// A timer far ahead is moved again and again, as a retransmission timer is.
  ///
  /// Were its old entries kept until their time, there would be 20,000.
  @Test func `Cancelled events do not pile up`() {
    var queue = EventQueue<Int>()
    for payload in 0..<10 { queue.schedule(payload, at: instant(5_000_000)) }
    var timer = queue.schedule(-1, at: instant(1_000_000))
    for step in 1...20_000 as ClosedRange<Int64> {
      #expect(queue.cancel(timer) == true)
      timer = queue.schedule(-1, at: instant(1_000_000 + step))
      #expect(queue.entryCount <= 2 * 11 + 64 + 1)
    }
    #expect(queue.popNext()?.due == instant(1_020_000))
    #expect(drain(queue) == (0..<10).map { [5_000_000, $0] })
  }

  // MARK: Against the heap

  /// The queue grows and drains in turn, so that events pass through all of its parts.
  @Test(arguments: DelayLaw.allCases, 0..<24 as Range<UInt64>)
  func `The ladder agrees with the heap at every step`(law: DelayLaw, seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "event-queue")
    var ladder = EventQueue<Int>()
    var heap = HeapEventQueue<Int>()
    var tokens: [(ladder: EventToken, heap: EventToken)] = []
    var now: Int64 = random.next(below: 2) == 0 ? 0 : -5_000
    // Some seeds look ahead or cancel often, some never.
    let peekShare = [0, 0, 1, 8][Int(random.next(below: 4))] as UInt64
    let cancelShare = [0, 4, 30][Int(random.next(below: 3))] as UInt64
    var payload = 0

    for _ in 0..<6 {
      let scheduleShare = [20, 45, 70][Int(random.next(below: 3))] as UInt64
      let burst = random.next(below: 5) == 0 ? random.next(below: 400) : 0
      for step in 0..<120 + burst {
        let choice = step < burst ? 0 : random.next(below: 100)
        if choice < scheduleShare {
          let due = instant(law.nextDue(after: now, &random))
          tokens.append((ladder.schedule(payload, at: due), heap.schedule(payload, at: due)))
          payload += 1
        } else if choice < scheduleShare + cancelShare, !tokens.isEmpty {
          let (inLadder, inHeap) = tokens[Int(random.next(below: UInt64(tokens.count)))]
          try #require(ladder.cancel(inLadder) == heap.cancel(inHeap))
        } else if random.next(below: 10) < peekShare {
          let limit = instant(law.nextDue(after: now, &random))
          let popped = ladder.popNext(notAfter: limit)
          let expected = heap.popNext(notAfter: limit)
          try #require(popped?.due == expected?.due && popped?.payload == expected?.payload)
          now = popped?.due.nanoseconds ?? now
          try #require(ladder.nextDue == heap.nextDue)
        } else {
          let popped = ladder.popNext()
          let expected = heap.popNext()
          try #require(popped?.due == expected?.due && popped?.payload == expected?.payload)
          now = popped?.due.nanoseconds ?? now
        }
        try #require(ladder.count == heap.count)
      }
    }
    while let expected = heap.popNext() {
      let popped = ladder.popNext()
      try #require(popped?.due == expected.due && popped?.payload == expected.payload)
    }
    #expect(ladder.popNext() == nil)
  }
}
