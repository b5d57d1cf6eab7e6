package import Quantities

/// The advanced settings of one site that decide how machines are recovered there unless their own settings say more.
///
/// The two sites of a pair may differ.
package struct RecoveryDefaults: Sendable, Hashable {
  /// - Source: Advanced setting `recovery.defaultPriority`; 3 in VMware, "Site Recovery Manager Administration" 5.5.
  package var priority = RecoveryPriority.p3
  /// Five minutes.
  ///
  /// - Source: Advanced setting `recovery.powerOffTimeout`; five minutes in VMware, "vCenter Site Recovery Manager 6.1
  ///   technical overview".
  package var guestShutdownTimeout = TimeSpan.seconds(300)
  /// How long VMware Tools may take to answer after power-on.
  ///
  /// - Source: Advanced setting `recovery.powerOnTimeout`; the value of 300 s is unverified.
  package var toolsTimeout = TimeSpan.seconds(300)
  /// - Source: Advanced setting `recovery.powerOnDelay`; the value of 0 is unverified.
  package var delayAfterPowerOn = TimeSpan.zero
  /// Whether machines in mode `AUTO` get their addresses from the subnet rules.
  ///
  /// - Source: Advanced setting `recovery.useIpMapperAutomatically`, documented in the REST API 2.0; that it is on is
  ///   unverified.
  package var usesIPMapperAutomatically = true
  /// Whether a forced recovery may be run.
  ///
  /// - Source: Advanced setting `recovery.forceRecovery`, off until somebody sets it.
  package var allowsForcedRecovery = false
  /// How long setting the addresses of a guest may take.
  ///
  /// - Source: Advanced setting `recovery.customizationTimeout`; the value of 600 s is unverified.
  package var customizationTimeout = TimeSpan.seconds(600)
  /// How long a guest may take to shut down after its addresses were set.
  ///
  /// - Source: Advanced setting `recovery.customizationShutdownTimeout`; the value of 300 s is unverified.
  package var customizationShutdownTimeout = TimeSpan.seconds(300)

  package init() {}
}
