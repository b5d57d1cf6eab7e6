package import Quantities

/// Limits of a site's Site Recovery Manager that hold for every run.
package struct RunParameters: Sendable, Hashable {
  /// How long one synchronisation of a group may take; `nil`: as long as it needs.
  ///
  /// - Source: The value of 7,200 s for vSphere Replication is *unverified*.
  package var synchronizationTimeLimit: TimeSpan? = .seconds(7_200)
  /// How many plans of a pair may run at a time.
  ///
  /// - Source: The value of 10 is *unverified*.
  package var runningPlanCountMaximum = 10

  package init() {}
}
