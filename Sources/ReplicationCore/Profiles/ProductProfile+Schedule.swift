package import Quantities

extension ProductProfile {
  /// The recovery point objective, and when syncs are due for it.
  package struct Schedule: Sendable, Hashable {
    /// The shortest recovery point objective that can be configured.
    package var objectiveMinimum: TimeSpan
    /// The longest recovery point objective that can be configured.
    package var objectiveMaximum = TimeSpan.hours(24)
    /// The objective that a new replication is offered.
    package var objectiveDefault: TimeSpan
    /// The shortest objective at which guests can be quiesced.
    package var quiescingObjectiveMinimum = Quiescing.objectiveMinimum
    /// How many virtual machines of an appliance may have an objective of 5 min.
    package var machinesAtFiveMinutes: Int?
    /// The same on VVol datastores.
    package var machinesAtFiveMinutesOnVVol: Int?
    /// How many past transfers the estimate of the next one averages.
    package var estimateHistory = 15
    /// What the average is multiplied by.
    package var estimateFactor = Ratio.percent(120)
    /// How far ahead a host plans its syncs.
    package var planHorizon = TimeSpan.hours(48)
    /// The share of its objective that a cycle may take without being late now and then.
    package var cycleShareOfObjective = Ratio.percent(50)
    /// What the record of one sync takes in vCenter's database.
    package var eventRowSize = ByteCount.bytes(3_800)

    init(_ release: ProductRelease) {
      //                               5.0          6.x         7.0         8.0         8.0U3      enhanced
      objectiveMinimum = release.pick(
        .minutes(15), .minutes(5), .minutes(5), .minutes(5), .minutes(5), .minutes(1))
      objectiveDefault = release >= .v8_0 ? .hours(1) : .hours(4)
      machinesAtFiveMinutes = release.pick(nil, 100, 500, 500, 500, 500)
      machinesAtFiveMinutesOnVVol = release.pick(nil, nil, 50, 50, 50, 50)
    }

    static let constants: [ProductConstant] = [
      ProductConstant(
        "schedule.objectiveMinimum", \.schedule.objectiveMinimum,
        "The shortest recovery point objective that can be configured.",
        source: "VMware, vSphere Replication 5.x, 6.5 and 9.0; 2023-05-01 for enhanced replication.",
        note:
          "5 min from 6.5 on for every kind of datastore; 6.0 had 15 min except, unverified, between vSAN."),
      ProductConstant(
        "schedule.objectiveMaximum", \.schedule.objectiveMaximum,
        "The longest recovery point objective that can be configured.",
        source: "VMware, vSphere Replication 5.x to 9.0."),
      ProductConstant(
        "schedule.objectiveDefault", \.schedule.objectiveDefault,
        "The objective that a new replication is offered.",
        source: "VMware, vSphere Replication, retention pages: 4 h up to appliance 8.3, 1 h from 8.4 on."),
      ProductConstant(
        "schedule.quiescingObjectiveMinimum", \.schedule.quiescingObjectiveMinimum,
        "The shortest objective at which guests can be quiesced.",
        source: "VMware, vSphere Replication 6.5, \"Using vSphere Replication\", p. 7."),
      ProductConstant(
        "schedule.machinesAtFiveMinutes", \.schedule.machinesAtFiveMinutes, unit: "virtual machines",
        "How many virtual machines of an appliance may have an objective of 5 min.",
        source: "VMware, vSphere Replication 6.5, p. 7: 100; 9.0: 500 on VMFS and NFS.",
        assumedFor: [.v7_0, .v8_0],
        note: "Since when it is 500 is not known. What holds for 1 min was not found."),
      ProductConstant(
        "schedule.machinesAtFiveMinutesOnVVol", \.schedule.machinesAtFiveMinutesOnVVol,
        unit: "virtual machines",
        "The same on VVol datastores.",
        source: "VMware, vSphere Replication 9.0.", assumedFor: [.v7_0, .v8_0]),
      ProductConstant(
        "schedule.estimateHistory", \.schedule.estimateHistory, unit: "transfers",
        "How many past transfers the estimate of the next one averages.",
        source: ProductSource.scheduling + "."),
      ProductConstant(
        "schedule.estimateFactor", \.schedule.estimateFactor,
        "What the average is multiplied by.",
        source: ProductSource.scheduling + ".",
        note:
          "Inferred beside it: a transfer that covered less than the objective counts as if it had covered it all."
      ),
      ProductConstant(
        "schedule.planHorizon", \.schedule.planHorizon,
        "How far ahead a host plans its syncs.",
        source: ProductSource.scheduling + "."),
      ProductConstant(
        "schedule.cycleShareOfObjective", \.schedule.cycleShareOfObjective,
        "The share of its objective that a cycle may take without being late now and then.",
        source: ProductSource.scheduling + "."),
      ProductConstant(
        "schedule.eventRowSize", \.schedule.eventRowSize,
        "What the record of one sync takes in vCenter's database.",
        source: "VMware, vSphere Replication 5.5 to 8.x, configuration pages: about 3,800 bytes."),
    ]
  }
}
