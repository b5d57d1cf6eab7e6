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
  /// Bytes from source to target, by unit of storage that copies by itself.
  private var copied: [Double]
  /// Bytes by the index in the tag of a resync; only looked up.
  private var resynced: [Int: Double] = [:]
  private var stepCount = 0.0

  package init(replicationCount: Int, storageCount: Int = 0) {
    sent = [Double](repeating: 0, count: replicationCount)
    copied = [Double](repeating: 0, count: storageCount)
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
        let (purpose, number) = FlowPurpose.decode(flow.tag)
        switch purpose {
        case .forward: sent[number] += bytes
        case .storage: copied[number] += bytes
        case .resync: resynced[number, default: 0] += bytes
        default: break
        }
      }
    }
    last = now
    snapshot = next
  }

  package func carried(by resource: Int) -> Double { resource < carried.count ? carried[resource] : 0 }

  package func sent(by replication: Int) -> Double { sent[replication] }

  /// What a component has been copied of; it is forgotten.
  mutating func takeResynced(_ index: Int) -> Double { resynced.removeValue(forKey: index) ?? 0 }

  package func copied(by storage: Int) -> Double { copied[storage] }

  /// How far a counter may be off: a nanosecond of the fastest capacity in each step, and rounding.
  package func tolerance(of bytes: Double) -> Double { 2 + stepCount * 0.02 + bytes * 1e-6 }
}
