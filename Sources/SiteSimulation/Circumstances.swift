import ReplicationCore
import Scenarios

/// What a run begins with and never changes.
///
/// A class, although nothing needs its identity: as one reference it is one part of the noncopyable ``World``, of which the
/// compiler follows each part, to the last number in the last settings, through every method.
final class Circumstances: Sendable {
  let scenario: Scenario
  let transport: TransportModel

  init(scenario: Scenario, transport: TransportModel) {
    self.scenario = scenario
    self.transport = transport
  }
}
