package import Quantities

/// The constants of the simulated product and its environment that a scenario may override.
///
/// Each has its default here and its key, unit and source in ``parameters``, from which the
/// reader, the printed defaults and the schema are made.
package struct Profile: Sendable, Hashable {
  /// From the failure of a host until its virtual machines run on another one.
  package var haRestartDelay = TimeSpan.minutes(3)
  /// How long a connection stays without an answer before it counts as lost.
  package var connectionTimeout = TimeSpan.seconds(60)
  /// What each failed attempt to reconnect adds to the wait before the next.
  package var reconnectDelayStep = TimeSpan.seconds(10)
  /// The longest wait before the next attempt to reconnect.
  package var reconnectDelayMaximum = TimeSpan.seconds(90)
  /// How many past transfers the estimate of the next one averages.
  package var estimateHistory = 15
  /// How much of a disk the simulation reads, sends and writes as one step.
  package var transferChunk = ByteCount.mebibytes(4)
  /// How fast one disk is read and digested by a full sync.
  package var checksumRate = DataRate.megabytesPerSecond(524)
  /// How fast a complete redo log is merged into its base disk.
  package var mergeRate = DataRate.megabytesPerSecond(400)

  package init() {}

  /// A constant by its name in the `profile` of a scenario.
  package struct Parameter: Sendable {
    /// Where the value lives, by its kind.
    package enum Place: Sendable {
      case duration(any WritableKeyPath<Profile, TimeSpan> & Sendable)
      case size(any WritableKeyPath<Profile, ByteCount> & Sendable)
      case rate(any WritableKeyPath<Profile, DataRate> & Sendable)
      case count(any WritableKeyPath<Profile, Int> & Sendable)
    }

    package let key: String
    package let place: Place
    /// What it is, in one sentence.
    package let summary: String
    /// Where the default comes from.
    package let source: String

    /// The default as it would be written in a scenario.
    package var defaultText: String {
      let defaults = Profile()
      return switch place {
      case .duration(let path): defaults[keyPath: path].description
      case .size(let path): defaults[keyPath: path].description
      case .rate(let path): defaults[keyPath: path].description
      case .count(let path): defaults[keyPath: path].description
      }
    }
  }

  /// Every constant, in the order of the documentation.
  package static let parameters: [Parameter] = [
    Parameter(
      key: "haRestartDelay", place: .duration(\.haRestartDelay),
      summary: "From the failure of a host until its virtual machines run on another one.",
      source: "A common experience with vSphere HA, not verified."),
    Parameter(
      key: "connectionTimeout", place: .duration(\.connectionTimeout),
      summary: "How long a connection stays without an answer before it counts as lost.",
      source: "ESXi reports no connection to the replication server after 60 s."),
    Parameter(
      key: "reconnectDelayStep", place: .duration(\.reconnectDelayStep),
      summary: "What each failed attempt to reconnect adds to the wait before the next.",
      source: "ESXi's HBR options: 10 s more per failure, up to 90 s."),
    Parameter(
      key: "reconnectDelayMaximum", place: .duration(\.reconnectDelayMaximum),
      summary: "The longest wait before the next attempt to reconnect.",
      source: "ESXi's HBR options: 10 s more per failure, up to 90 s."),
    Parameter(
      key: "estimateHistory", place: .count(\.estimateHistory),
      summary: "How many past transfers the estimate of the next one averages.",
      source: "VMware, \"Understanding vSphere Replication scheduling and RPO violations\" (2014)."),
    Parameter(
      key: "transferChunk", place: .size(\.transferChunk),
      summary: "How much of a disk the simulation reads, sends and writes as one step.",
      source: "A granularity of the simulation, not of the product."),
    Parameter(
      key: "checksumRate", place: .rate(\.checksumRate),
      summary: "How fast one disk is read and digested by a full sync.",
      source: "512 KiB of outstanding reads per disk (8 reads of 64 KiB) at 1 ms each: 524 MB/s."),
    Parameter(
      key: "mergeRate", place: .rate(\.mergeRate),
      summary: "How fast a complete redo log is merged into its base disk.",
      source: "An assumption; published lab traces show the merge about as fast as the transfer."),
  ]
}
