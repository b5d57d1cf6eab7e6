import Inventory
import RecoveryCore

/// Timeline entries about arrays, their devices and adapters.
extension Resolver {
  mutating func arrayChange(
    _ verb: Scenario.TimelineEntry.Verb, of entry: TimelineEntryDraft
  ) -> Scenario.RecoveryAction? {
    guard let reference = entry.array.located, let system = arrayPair(reference) else { return nil }
    guard let source = storage.systems[system].source, let target = storage.systems[system].target else {
      return nil
    }
    guard let pair = recovery.pair(of: source, target) else {
      if draft.recoveryPlans.located != nil, draft.protectionGroups.located != nil {
        log.report(
          .noPair,
          "the sites of the array pair \(quoted(reference.value)) are not paired", at: reference.span,
          help: "make a protection group or a plan between them")
      }
      return nil
    }
    let id = StorageSystemID(system)
    switch verb {
    case .discoverDevices: return .change(RecoveryPairID(pair), .discoverDevices(id))
    case .failAdapter:
      guard let site = siteNames.resolve(entry.site.located, log: &log), let problem = entry.problem.known
      else { return nil }
      guard let side = recovery.pairs[pair].side(of: site) else {
        if let located = entry.site.located {
          log.report(
            .wrongSite, "no array of the pair is at the site \(quoted(located.value))", at: located.span)
        }
        return nil
      }
      return .change(RecoveryPairID(pair), .failAdapter(id, at: side, problem.problem))
    default:
      guard let device = device(entry.device.located, of: system) else { return nil }
      guard verb == .changeDevice else {
        return .change(RecoveryPairID(pair), .removeDevice(id, device: device))
      }
      return .change(
        RecoveryPairID(pair),
        .changeDevice(id, device: device, consistencyGroup: entry.consistencyGroup.known))
    }
  }

  /// The position of an array pair among all storage that copies by itself; reported if there is none.
  private mutating func arrayPair(_ reference: Located<String>) -> Int? {
    var names = NameTable("array pair")
    if draft.arrayPairs.isGiven, draft.arrayPairs.located == nil { names.missesSome() }
    for (index, system) in storage.systems.enumerated() {
      guard case .arrays(let pair) = system.kind, let name = pair.name.located,
        names.index(of: name.value) == nil
      else { continue }
      names.define(name, as: index, log: &log)
    }
    return names.resolve(reference, log: &log)
  }

  /// The position of a device of an array pair; reported if there is none.
  private mutating func device(_ reference: Located<String>?, of system: Int) -> Int? {
    var names = NameTable("device of this array pair")
    for (index, device) in storage.systems[system].devices.enumerated() {
      guard let name = device.draft.name.located, names.index(of: name.value) == nil else { continue }
      names.define(name, as: index, log: &log)
    }
    return names.resolve(reference, log: &log)
  }
}

/// What is wrong with an adapter, by the word of the timeline.
enum AdapterProblemWord: String, CaseIterable {
  case notInstalled = "not-installed"
  case versionMismatch = "version-mismatch"
  case remoteBroken = "remote-broken"
  case unreachable = "unreachable"

  var problem: Scenario.AdapterProblem {
    switch self {
    case .notInstalled: .adapter(.notInstalled)
    case .versionMismatch: .adapter(.versionMismatch)
    case .remoteBroken: .adapter(.remoteBroken)
    case .unreachable: .unreachable
    }
  }
}
