/// What a number of schedules really did.
///
/// Every part is a sum or a table of sums by name, so that the counts of any parts of a swarm add up.
package struct SwarmCounts: Sendable, Hashable, Codable {
  package var schedules = 0
  package var steps = 0
  package var simulatedSeconds = 0
  /// Instances that became recoverable, and how often any was compared with its past image.
  package var instances = 0
  package var comparedImages = 0
  package var repeatedRuns = 0
  /// Machines that were started in a test or after a recovery and compared with a past image, planned migrations compared
  /// with what was shut down, and machines that were on at both sites.
  package var testedMachines = 0
  package var recoveredMachines = 0
  package var migrations = 0
  package var doubles = 0
  /// Images of storage that copies by itself, compared with what all machines of the unit held.
  package var storageImages = 0
  /// Entries of the timeline that happened, by verb.
  package var verbs: [String: Int] = [:]
  /// Events of the run, by kind.
  package var events: [String: Int] = [:]
  /// Ended syncs, by kind and outcome.
  package var cycles: [String: Int] = [:]
  package var fullSyncCauses: [String: Int] = [:]
  /// Replications that were ever in a status, and changes from one to another.
  package var statuses: [String: Int] = [:]
  package var transitions: [String: Int] = [:]
  /// Worlds by feature, and by pair of features.
  package var features: [String: Int] = [:]
  package var pairs: [String: Int] = [:]
  /// Replications by what they were promised at the end.
  package var promises: [String: Int] = [:]
  /// Runs of plans by workflow and result, what they made of machines, and the statuses that plans reached.
  package var planRuns: [String: Int] = [:]
  package var machineOutcomes: [String: Int] = [:]
  package var planStatuses: [String: Int] = [:]
  /// Failed schedules by invariant.
  package var violations: [String: Int] = [:]

  package init() {}

  package mutating func add(_ other: SwarmCounts) {
    schedules += other.schedules
    steps += other.steps
    simulatedSeconds += other.simulatedSeconds
    instances += other.instances
    comparedImages += other.comparedImages
    repeatedRuns += other.repeatedRuns
    testedMachines += other.testedMachines
    recoveredMachines += other.recoveredMachines
    migrations += other.migrations
    doubles += other.doubles
    storageImages += other.storageImages
    for path in Self.tables {
      self[keyPath: path].merge(other[keyPath: path]) { $0 + $1 }
    }
  }

  mutating func note(features: [String]) {
    for (index, feature) in features.enumerated() {
      self.features[feature, default: 0] += 1
      for other in features[..<index] { pairs["\(other) + \(feature)", default: 0] += 1 }
    }
  }

  private static var tables: [WritableKeyPath<SwarmCounts, [String: Int]>] {
    [
      \.verbs, \.events, \.cycles, \.fullSyncCauses, \.statuses, \.transitions, \.features, \.pairs,
      \.promises,
      \.planRuns, \.machineOutcomes, \.planStatuses, \.violations,
    ]
  }

  // MARK: - Telling

  /// The counts as a Markdown document, tables in the order of their names.
  package var markdown: String {
    var text = """
      | What | How many |
      |---|---:|
      | schedules | \(schedules) |
      | steps checked | \(steps) |
      | simulated hours | \(simulatedSeconds / 3_600) |
      | instances | \(instances) |
      | comparisons with a past image | \(comparedImages) |
      | runs repeated for their digest | \(repeatedRuns) |
      | machines started in a test, after a recovery | \(testedMachines), \(recoveredMachines) |
      | planned migrations compared | \(migrations) |
      | machines on at both sites | \(doubles) |
      | images of storage compared | \(storageImages) |
      | features, pairs of them seen | \(features.count), \(pairs.count) |

      """
    for (title, table) in [
      ("Broken invariants", violations), ("Timeline entries", verbs), ("Syncs", cycles),
      ("Full syncs by cause", fullSyncCauses), ("Statuses reached, by replication", statuses),
      ("Changes of status", transitions), ("Events", events), ("Worlds by feature", features),
      ("Replications by promise at the end", promises), ("Runs of plans", planRuns),
      ("Machines of runs", machineOutcomes), ("Statuses of plans", planStatuses),
    ] where !table.isEmpty {
      text += "\n## \(title)\n\n| | |\n|---|---:|\n"
      for (name, count) in table.sorted(by: { $0.key < $1.key }) { text += "| \(name) | \(count) |\n" }
    }
    return text
  }
}
