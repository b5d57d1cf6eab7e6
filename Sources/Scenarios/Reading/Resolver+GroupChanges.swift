import Inventory
import RecoveryCore

/// Timeline entries that change protection groups and mappings.
extension Resolver {
  mutating func groupChange(
    _ verb: Scenario.TimelineEntry.Verb, of entry: TimelineEntryDraft
  ) -> Scenario.RecoveryAction? {
    switch verb {
    case .leaveGroup, .unprotect:
      guard let (pair, vms) = protectedMachines(of: entry), let from = operatorSide(of: entry, pair) else {
        return nil
      }
      return .change(
        pair, verb == .leaveGroup ? .leaveGroups(vms, from: from.side) : .unprotect(vms, from: from.side))
    default:
      guard let (pair, id) = group(of: entry), let from = operatorSide(of: entry, pair) else { return nil }
      return .change(
        pair,
        verb == .deleteGroup ? .deleteGroup(id, from: from.side) : .configureGroup(id, from: from.side))
    }
  }

  mutating func mappingChange(
    _ verb: Scenario.TimelineEntry.Verb, of entry: TimelineEntryDraft
  ) -> Scenario.RecoveryAction? {
    guard let (pair, side) = side(entry.from, entry.to), let word = entry.kind.known,
      let isReversed = entry.isReversed.known
    else { return nil }
    let sites = recovery.pairs[pair.index].sites
    let source = resolveObject(word, entry.source.located, at: sites[side])
    guard verb == .changeMapping else {
      return source.map {
        .change(pair, .removeMapping(MappableObjectID($0), from: side, andBack: isReversed))
      }
    }
    let target = resolveObject(word, entry.target.located, at: sites[side.other])
    guard let source, let target else { return nil }
    return .change(
      pair,
      .changeMapping(
        MappableObjectID(source), to: MappableObjectID(target), from: side, isReversed: isReversed))
  }

  /// The machines that a group.remove names before the entry of the timeline with this number: they are in a group until then.
  func machinesThatLeave(before entry: Int) -> Set<Int> {
    var leaving: Set<Int> = []
    for (selector, index) in recovery.later.leaving where index < entry {
      let names = NamePattern.names(of: selector)
      for machine in machines.indices
      where names.contains(where: { NamePattern.selects($0, machines[machine].name) }) {
        leaving.insert(machine)
      }
    }
    return leaving
  }
}
