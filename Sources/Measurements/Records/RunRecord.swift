import Inventory
package import Quantities

/// Everything one run leaves behind: the facts, from which every table, figure and number of a report is derived.
///
/// It holds no wall clock and no path, so the same version, scenario and seed give an equal record.
///
/// - Invariant: Machines and datastores are in the order of their identifiers, links and circuits in the order of identifier and
///   direction; each occurs once, and every cycle belongs to one of the machines.
package struct RunRecord: Sendable, Hashable {
  package let scenarioName: String
  /// What the scenario is about, in the words of its author.
  package let scenarioTitle: String?
  /// Identifies the resolved scenario, in hexadecimal digits; equal for files that differ in layout only.
  package let scenarioHash: String
  package let seed: UInt64
  /// The version of the program that ran it.
  package let version: String
  package let duration: TimeSpan
  /// The time at the beginning that statistics leave out.
  package let warmUp: TimeSpan
  /// The digest over the ordered events and the final state.
  package let digest: UInt64
  package let eventCount: UInt64
  /// How many instances the oracle found different from their source.
  package let mismatchedInstanceCount: Int
  /// What one sync adds to the events that vCenter keeps.
  package let vcenterEventSizePerSync: ByteCount
  package let vms: [VMRecord]
  package let links: [LinkRecord]
  package let circuits: [CircuitRecord]
  package let datastores: [DatastoreRecord]
  /// In the order of their end.
  package let cycles: [CycleRecord]
  /// In the order of their beginning.
  package let faults: [FaultRecord]
  /// In the order they happened.
  package let events: [EventRecord]
  /// What failures of sites would have cost, in their order.
  package let siteLosses: [SiteLossRecord]
  /// The runs of recovery plans that ended, in the order of their end.
  package let planRuns: [PlanRunRecord]
  /// When copies that recoveries left behind were on, in the order of their end.
  package var staleCopies: [StaleCopyRecord] = []
  /// What the scenario expected, in the order of the file: first the steady state, then the assertions.
  ///
  /// They are judged from the rest of the record, and so added to it.
  package var expectations: [ExpectationRecord] = []

  /// - Precondition: The type's invariant, and `warmUp` is no longer than `duration`.
  package init(
    scenarioName: String, scenarioTitle: String? = nil, scenarioHash: String, seed: UInt64, version: String,
    duration: TimeSpan,
    warmUp: TimeSpan, digest: UInt64, eventCount: UInt64, mismatchedInstanceCount: Int = 0,
    vcenterEventSizePerSync: ByteCount = .zero,
    vms: [VMRecord], links: [LinkRecord], circuits: [CircuitRecord] = [],
    datastores: [DatastoreRecord] = [], cycles: [CycleRecord],
    faults: [FaultRecord], events: [EventRecord], siteLosses: [SiteLossRecord] = [],
    planRuns: [PlanRunRecord] = []
  ) {
    precondition(warmUp <= duration, "the warm-up is part of the run")
    precondition(
      zip(vms, vms.dropFirst()).allSatisfy { $0.id < $1.id }, "machines are in the order of their identifiers"
    )
    precondition(
      zip(links, links.dropFirst()).allSatisfy {
        ($0.id.index, $0.direction.rawValue) < ($1.id.index, $1.direction.rawValue)
      }, "links are in the order of identifier and direction")
    precondition(
      zip(circuits, circuits.dropFirst()).allSatisfy {
        ($0.id.index, $0.direction.rawValue) < ($1.id.index, $1.direction.rawValue)
      }, "circuits are in the order of identifier and direction")
    precondition(
      zip(datastores, datastores.dropFirst()).allSatisfy { $0.id < $1.id },
      "datastores are in the order of their identifiers")
    let known = Set(vms.map(\.id))
    precondition(cycles.allSatisfy { known.contains($0.vm) }, "every cycle belongs to a machine of the run")
    self.scenarioName = scenarioName
    self.scenarioTitle = scenarioTitle
    self.scenarioHash = scenarioHash
    self.seed = seed
    self.version = version
    self.duration = duration
    self.warmUp = warmUp
    self.digest = digest
    self.eventCount = eventCount
    self.mismatchedInstanceCount = mismatchedInstanceCount
    self.vcenterEventSizePerSync = vcenterEventSizePerSync
    self.vms = vms
    self.links = links
    self.circuits = circuits
    self.datastores = datastores
    self.cycles = cycles
    self.faults = faults
    self.events = events
    self.siteLosses = siteLosses
    self.planRuns = planRuns
  }

  /// The time that statistics are about: from the end of the warm-up to the end of the run.
  package var measured: Range<Instant> { (.zero + warmUp)..<(.zero + duration) }

  /// How many instances the oracle compared with their source and found equal.
  package var verifiedInstanceCount: Int { vms.reduce(0) { $0 + $1.verifiedInstanceCount } }

  /// How often each event was posted to vCenter, by its name.
  ///
  /// - Complexity: Linear in cycles and events.
  package var vcenterEventCounts: [(name: String, count: Int)] {
    var counts: [String: Int] = [:]
    for cycle in cycles {
      if let name = cycle.vcenterEvents.start { counts[name, default: 0] += 1 }
      if let name = cycle.vcenterEvents.end { counts[name, default: 0] += 1 }
    }
    for event in events {
      if let name = event.vcenterEvent { counts[name, default: 0] += 1 }
    }
    return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The digest as 16 hexadecimal digits.
  package var digestText: String {
    let digits = String(digest, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
