import Inventory
import Measurements
import Quantities
import Scenarios

extension SwarmCounts {
  /// Counts what a run's record tells.
  mutating func note(_ record: RunRecord, of scenario: Scenario) {
    simulatedSeconds += Int(record.duration.nanoseconds / 1_000_000_000)
    for entry in scenario.timeline where entry.at <= .zero + record.duration {
      verbs[entry.verb.rawValue, default: 0] += 1
    }
    let lasting = Set(Scenario.TimelineEntry.Verb.allCases.map(\.rawValue))
    for event in record.events {
      let isOfTimeline = lasting.contains(event.kind) || event.kind.hasSuffix(".end")
      if !isOfTimeline { events[event.kind, default: 0] += 1 }
    }
    for cycle in record.cycles {
      let outcome: String =
        switch cycle.outcome {
        case .completed: "completed"
        case .aborted(let reason): "aborted, \(reason)"
        case .inFlight: "in flight"
        }
      cycles["\(cycle.kind.rawValue) \(outcome)", default: 0] += 1
    }
    for vm in record.vms { noteFullSyncs(of: vm, record, scenario) }
  }

  /// Counts why each full sync of a machine began: because of the last thing that makes one necessary.
  private mutating func noteFullSyncs(of vm: VMRecord, _ record: RunRecord, _ scenario: Scenario) {
    let replication = scenario.replication(of: vm.id)
    for event in record.events where event.kind == "replication.full-sync-started" && event.subject == vm.name
    {
      if event.detail == "initial" {
        fullSyncCauses["initial", default: 0] += 1
        continue
      }
      var cause = (at: Instant.zero, name: "none known")
      for entry in scenario.timeline where entry.at <= event.at {
        let isOwn =
          switch entry.action {
          case .revert(let ids), .resizeDisk(let ids, _, _): ids.contains(vm.id)
          case .fullSyncReplication(let ids), .reconfigureReplication(let ids):
            replication.map { ids.contains($0) } ?? false
          default: false
          }
        if isOwn { cause = (entry.at, entry.verb.rawValue) }
      }
      for other in record.events where other.kind == "vm.fail" && other.subject == vm.name {
        if other.at <= event.at, other.at >= cause.at { cause = (other.at, "host failure") }
      }
      fullSyncCauses[cause.name, default: 0] += 1
    }
  }
}
