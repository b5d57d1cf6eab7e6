package import Quantities

/// What was wrong with a vSAN datastore in the course of a run, at its worst and for how long.
package struct VSANConditions: Sendable, Hashable {
  /// Something of which there were some for a time.
  package struct Condition: Sendable, Hashable {
    /// The most there were at a time.
    package let peak: Int
    /// How long there was at least one, in all.
    package let duration: TimeSpan

    /// - Precondition: There were none exactly if that lasted for no time, but for what was over at once.
    package init(peak: Int = 0, duration: TimeSpan = .zero) {
      precondition(peak > 0 || duration == .zero, "what there never was did not last")
      self.peak = peak
      self.duration = duration
    }
  }

  /// Objects that could be used and lacked redundancy.
  package let reducedObjects: Condition
  package let inaccessibleObjects: Condition
  /// Components that should have been made anew, or caught up, and found no place.
  package let unplacedComponents: Condition
  /// Thresholds of use, of the datastore and of its devices, that were passed together.
  package let alerts: Condition
  /// How many alerts there were in all.
  package let alertCount: Int

  package init(
    reducedObjects: Condition = Condition(), inaccessibleObjects: Condition = Condition(),
    unplacedComponents: Condition = Condition(), alerts: Condition = Condition(), alertCount: Int = 0
  ) {
    self.reducedObjects = reducedObjects
    self.inaccessibleObjects = inaccessibleObjects
    self.unplacedComponents = unplacedComponents
    self.alerts = alerts
    self.alertCount = alertCount
  }
}
