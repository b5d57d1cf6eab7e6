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

  /// What an object of which nothing else is known is expected to hold once it is filled, as a share of its size.
  ///
  /// It only decides between places, and matters where many thin objects are created together: it makes them differ from
  /// witnesses, of which nothing is expected.
  ///
  /// - Source: *Inferred*; no published figure.
  package var expectedShare = Ratio.percent(1)

  /// How much fuller than the emptiest a device may be, in points of its capacity, to be chosen for less that is still to be written
  /// to its host.
  ///
  /// - Source: *Inferred*; the product reports how full a disk is in whole points, and its proactive rebalance
  ///   tolerates 30 of them (Broadcom, vSAN Management API, `VsanProactiveRebalanceInfo`).
  package var placementTolerance = Ratio.percent(5)

  /// How many components a host may hold; `nil` if that is no limit.
  ///
  /// - Source: 9,000 in the original architecture (Broadcom KB 438233); 27,000 in the express one, 3,000 for each of up to nine
  ///   devices (yellow-bricks.com on vSAN 9.0). Devices of the express architecture are one pool here, of which the whole
  ///   host's number is the limit.
  package var componentsPerHost: Int?

  package init() {}
}
