import Inventory
import Quantities
import ReplicationCore
import ResourceModels
import Scenarios

/// How the scenario's links carry data.
struct TransportModel {
  let replicationParameters: ReplicationParameters
  init(_ scenario: Scenario) {
    var p = ReplicationParameters()
    p.connectionTimeout = scenario.profile.connectionTimeout
    p.reconnectDelayStep = scenario.profile.reconnectDelayStep
    p.reconnectDelayMaximum = scenario.profile.reconnectDelayMaximum
    p.chunkSize = scenario.profile.transferChunk
    replicationParameters = p
  }
  func capacity(of link: Link, _ direction: Link.Direction, bandwidth: [DataRate]) -> Double {
    bandwidth[direction.rawValue].scaled(by: link.usable).bytesPerSecond
  }
  static func rate(bytesPerSecond: Double) -> DataRate { DataRate(bitsPerSecond: UInt64(bytesPerSecond * 8)) }
  func route(_ there: ResourceID, _ back: ResourceID) -> [ResourceUse] { [ResourceUse(there)] }
  func connection(over link: Link, _ direction: Link.Direction) -> Connection { Connection(latency: link.latency) }
}
struct Connection {
  let latency: TimeSpan
  var bound = Double.infinity
  var weight = 1.0
  mutating func open(at now: Instant) -> TimeSpan { latency }
  mutating func transferEnded(at now: Instant) {}
}
