package import Quantities

/// How the guest is brought to rest before an instance is taken.
package struct Quiescing: Sendable, Hashable {
  /// What the content of an instance can be relied on for.
  package enum Mode: String, Sendable, Hashable, CaseIterable {
    /// Crash-consistent: all disks at one instant, nothing asked of the guest.
    case none
    /// File systems are flushed and frozen.
    case fileSystem
    /// Applications have written what they hold as well.
    case application
  }

  package let mode: Mode
  /// How long the guest needs; `nil` if the driver tells by ``ReplicationSource/prepared(at:isQuiesced:reading:)``.
  package let prepareTime: TimeSpan?

  /// The shortest objective that it was allowed for; none without quiescing.
  let minimum: TimeSpan

  package static let none = Quiescing()

  /// The shortest objective with which a guest can be quiesced.
  ///
  /// - Source: VMware, vSphere Replication 9.0 documentation: no quiescing below 15 minutes.
  package static let objectiveMinimum = TimeSpan.minutes(15)

  private init() { (mode, prepareTime, minimum) = (.none, nil, .zero) }

  /// - Parameter minimum: The shortest objective; less than the product's to explore what it does not do.
  /// - Throws: If `objective` is below `minimum`.
  package init(
    _ mode: Mode, prepareTime: TimeSpan? = nil, objective: TimeSpan,
    minimum: TimeSpan = Self.objectiveMinimum
  ) throws(QuiescingError) {
    guard mode == .none || objective >= minimum else {
      throw .objectiveTooShort(objective, minimum: minimum)
    }
    precondition(prepareTime.map { $0 >= .zero } ?? true, "a guest needs no negative time")
    (self.mode, self.prepareTime, self.minimum) = (mode, prepareTime, mode == .none ? .zero : minimum)
  }
}

/// Why a replication cannot quiesce its guest.
package enum QuiescingError: Error, Sendable, Hashable {
  case objectiveTooShort(TimeSpan, minimum: TimeSpan)
}
