package import Quantities

/// What became of a machine whose hosts or guest failed.
package struct AvailabilityRecord: Sendable, Hashable {
  /// How often it was started again after a failure or isolation of its host.
  package let restartCount: Int
  /// How often vSphere HA reset it because its guest gave no heartbeat.
  package let resetCount: Int
  /// How long it was to run and no host ran it.
  package let timeWithoutHost: TimeSpan

  package init(restartCount: Int, resetCount: Int, timeWithoutHost: TimeSpan) {
    self.restartCount = restartCount
    self.resetCount = resetCount
    self.timeWithoutHost = timeWithoutHost
  }

  /// Of a machine that never failed.
  package static let undisturbed = AvailabilityRecord(restartCount: 0, resetCount: 0, timeWithoutHost: .zero)
}
