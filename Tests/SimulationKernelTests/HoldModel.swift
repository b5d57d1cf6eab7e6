import Quantities
import RandomStreams
import SimulationKernel

/// The digest of the hold model DES-HOLD-1 with seed 1.
///
/// `pending` events are scheduled, then `events` times the earliest is popped and scheduled again after
/// a fresh delay, uniform in 1 … 2 · 10⁹ ns. Instants and numbers are folded in the order of popping.
func holdModelDigest<Queue: EventScheduling & ~Copyable>(
  _ queue: consuming Queue, pending: UInt64, events: Int
) -> UInt64 where Queue.Payload == UInt64 {
  var random = SplitMix64(state: 1)
  func nextDelayNanoseconds() -> Int64 {
    1 + Int64(random.next().multipliedFullWidth(by: 2_000_000_000).high)
  }
  for number in 0..<pending {
    queue.schedule(number, at: Instant(nanoseconds: nextDelayNanoseconds()))
  }
  var digest: UInt64 = 0xcbf2_9ce4_8422_2325
  for _ in 0..<events {
    guard let event = queue.popNext() else { return 0 }
    digest = (digest ^ UInt64(bitPattern: event.due.nanoseconds)) &* 0x100_0000_01b3
    digest = (digest ^ event.payload) &* 0x100_0000_01b3
    queue.schedule(
      event.payload, at: Instant(nanoseconds: event.due.nanoseconds + nextDelayNanoseconds()))
  }
  return digest
}
