import Quantities
import RandomStreams
import SimulationKernel
import Testing

@Suite struct HeapEventQueueTests {
  /// An event of the plainest model: a list that is searched for the earliest.
  private struct ModelEvent {
    let due: Int64
    let payload: Int
    let token: EventToken
  }

  /// Two events in three are often due together, since ties are where mistakes live.
  @Test(arguments: 0..<60 as Range<UInt64>)
  func `The heap agrees with a list`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "heap-event-queue")
    var queue = HeapEventQueue<Int>()
    var model: [ModelEvent] = []
    var gone: [EventToken] = []
    var now: Int64 = 0

    for payload in 0..<300 {
      switch random.next(below: 8) {
      case 0, 1, 2, 3:
        let due = now + Int64(random.next(below: payload % 3 == 0 ? 1_000 : 6))
        let token = queue.schedule(payload, at: Instant(nanoseconds: due))
        model.append(ModelEvent(due: due, payload: payload, token: token))
      case 4, 5:
        // The list keeps the order of scheduling, so the first of the least is the right one.
        let earliest = model.indices.min { (model[$0].due, $0) < (model[$1].due, $1) }
        let expected = earliest.map { model.remove(at: $0) }
        let popped = queue.popNext()
        #expect(popped?.due.nanoseconds == expected?.due)
        #expect(popped?.payload == expected?.payload)
        if let expected {
          now = expected.due
          gone.append(expected.token)
        }
      case 6:
        guard !model.isEmpty else { continue }
        let cancelled = model.remove(at: Int(random.next(below: UInt64(model.count))))
        #expect(queue.cancel(cancelled.token) == true)
        gone.append(cancelled.token)
      default:
        guard !gone.isEmpty else { continue }
        #expect(queue.cancel(gone[Int(random.next(below: UInt64(gone.count)))]) == false)
      }
      #expect(queue.count == model.count)
      #expect(queue.nextDue?.nanoseconds == model.map(\.due).min())
    }
  }
}
