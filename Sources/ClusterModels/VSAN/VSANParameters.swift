package import Quantities

/// The constants of a vSAN cluster, each with its source.
package struct VSANParameters: Sendable, Hashable {
  /// How long a component may be absent before it is rebuilt elsewhere.
  ///
  /// - Source: 60 minutes (VMware, vSAN 8.0, "Monitoring resynchronization"; ESXi advanced setting
  ///   `VSAN.ClomRepairDelay`).
  package var repairDelay = TimeSpan.minutes(60)

  /// Above this use of a device components are moved away from it.
  ///
  /// - Source: 80 % (ESXi advanced settings `VSAN.Clom…`; VMware, vSAN 8.0, "Rebalancing").
  package var rebalanceThreshold = Ratio.percent(80)

  /// No component is rebuilt onto a device that would be fuller than this.
  ///
  /// - Source: 95 % (ESXi advanced settings `VSAN.Clom…`).
  package var repairCeiling = Ratio.percent(95)

  /// The use of the whole datastore at which an operator is alerted, since the rest is slack for repairs.
  ///
  /// - Source: 75 % (Microsoft, Azure VMware Solution, "Storage concepts").
  package var slackThreshold = Ratio.percent(75)

  /// How many components are rebuilt onto one host at a time; others wait.
  ///
  /// - Source: *Inferred*; no published figure.
  package var resyncsPerHost = 8

  /// How often a full device, and a component that found no place, are looked at again.
  ///
  /// - Source: *Inferred*; no published figure.
  package var checkInterval = TimeSpan.minutes(5)

  package init() {}
}
