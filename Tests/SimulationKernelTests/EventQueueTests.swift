import Quantities
import RandomStreams
import SimulationKernel
import Testing

@Suite struct EventQueueTests {
  @Test(arguments: 0..<100 as Range<UInt64>)
  func `hold`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "hold")
    var a = EventQueue<UInt64>()
    var b = HeapEventQueue<UInt64>()
    let n = 1 + random.next(below: 300)
    for i in 0..<n {
      let d = Int64(random.next(below: 100000))
      a.schedule(i, at: Instant(nanoseconds: d))
      b.schedule(i, at: Instant(nanoseconds: d))
    }
    for i in 0..<3000 {
      let x = a.popNext()
      let y = b.popNext()
      if x == nil || x!.due != y!.due || x!.payload != y!.payload {
        Issue.record("seed \(seed) n \(n) step \(i) \(String(describing: x)) \(String(describing: y))")
        return
      }
      let d = Instant(nanoseconds: x!.due.nanoseconds + Int64(random.next(below: 100000)))
      a.schedule(x!.payload, at: d)
      b.schedule(x!.payload, at: d)
    }
  }
}
