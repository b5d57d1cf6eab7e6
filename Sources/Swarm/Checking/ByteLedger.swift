package import Quantities
package import ResourceModels
import SiteSimulation

/// What links and replications must have carried: rates summed up over time, outside of the code under test.
package struct ByteLedger: Sendable {
  private var last = Instant.zero
  private var snapshot = SharingSnapshot()
  /// Bytes by the index of the resource.
  private var carried: [Double] = []
  /// Bytes from source to target, by replication.
  private var sent: [Double]
  private var stepCount = 0.0

  package init(replicationCount: Int) {
    sent = [Double](repeating: 0, count: replicationCount)
  }

  /// The rates that hold from `now` on; those before held until then.
  package mutating func stepped(to now: Instant, snapshot next: SharingSnapshot) {
    let seconds = (now - last).inSeconds
    if carried.count < next.capacities.count {
      carried += [Double](repeating: 0, count: next.capacities.count - carried.count)
    }
    stepCount += 1
    if seconds > 0 {
      for flow in snapshot.flows {
        let bytes = flow.rate * seconds
        for index in flow.uses {
          let use = snapshot.uses[index]
          carried[use.resource] += use.factor * bytes
        }
        guard flow.tag != FlowPurpose.background else { continue }
        let (purpose, replication) = FlowPurpose.decode(flow.tag)
        if purpose == .forward { sent[replication] += bytes }
      }
    }
    last = now
    snapshot = next
  }

  package func carried(by resource: Int) -> Double { resource < carried.count ? carried[resource] : 0 }

  package func sent(by replication: Int) -> Double { sent[replication] }

  /// How far a counter may be off: a nanosecond of the fastest capacity in each step, and rounding.
  package func tolerance(of bytes: Double) -> Double { 2 + stepCount * 0.02 + bytes * 1e-6 }
}
