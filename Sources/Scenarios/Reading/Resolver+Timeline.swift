import Inventory
import Quantities

extension Resolver {
  mutating func resolveTimeline() {
    var ids = NameTable("timeline entry")
    for (index, located) in (draft.timeline.known ?? []).enumerated() {
      let entry = located.value
      if let id = entry.id.located {
        if id.value.contains(".") {
          log.report(
            .invalidName, "the id \(quoted(id.value)) holds a point", at: id.span,
            help: "what follows a point is .start or .end in \"after\"")
        }
        ids.define(id, as: index, log: &log)
      } else if entry.id.isGiven {
        ids.missesSome()
      }
      var planned = PlannedEntry(draft: entry, action: action(of: entry))
      planned.actor = actor(of: entry)
      entries.append(planned)
    }
    resolveInstants(ids)
    warnAboutTheEnd()
  }

  // MARK: Instants

  /// A moment of another entry.
  private struct Moment {
    let entry: Int
    let isEnd: Bool
  }

  private mutating func resolveInstants(_ ids: NameTable) {
    let moments = entries.indices.map { moment(of: entries[$0].draft, ids) }
    /// Whether an entry's predecessors are being followed, or have been.
    enum Mark {
      case fresh, open, done
    }
    var marks = Array(repeating: Mark.fresh, count: entries.count)
    for start in entries.indices where marks[start] == .fresh {
      var path: [Int] = []
      var next: Int? = start
      while let index = next, marks[index] == .fresh {
        marks[index] = .open
        path.append(index)
        next = moments[index]?.entry
      }
      if let next, marks[next] == .open, let loop = path.firstIndex(of: next) {
        reportCycle(Array(path[loop...]))
      }
      for index in path.reversed() {
        entries[index].instant = instant(of: index, moments[index])
        entries[index].afterRun = runEnd(before: index, moments[index])
        marks[index] = .done
      }
    }
  }

  /// What an entry waits for; `nil` if it has a time of its own, or after a report.
  private mutating func moment(of entry: TimelineEntryDraft, _ ids: NameTable) -> Moment? {
    guard let after = entry.after.located else {
      if let delay = entry.delay.located, !entry.after.isGiven {
        log.report(
          .conflictingKeys, "\"delay\" has no meaning without \"after\"", at: delay.span,
          help: "with \"at\", write the whole time there")
      }
      if !entry.at.isGiven, !entry.after.isGiven, let span = entry.span {
        log.report(
          .missingKey, "timeline entry has neither \"at\" nor \"after\"", at: span,
          help: "write \"at\": \"9h\", or \"after\": \"ID.end\"")
      }
      return nil
    }
    if entry.at.isGiven {
      log.report(
        .conflictingKeys, "\"after\" and \"at\" exclude each other", at: after.span,
        help: "keep one of them; \"after\" may have a \"delay\"")
      return nil
    }
    var name = after.value[...]
    var isEnd = true
    if ids.index(of: after.value) == nil, let point = after.value.lastIndex(of: ".") {
      name = after.value[..<point]
      switch after.value[point...] {
      case ".start": isEnd = false
      case ".end": break
      default:
        log.report(
          .invalidMoment, "\(quoted(after.value)) is no moment of an entry", at: after.span,
          suggestion: closest(to: String(after.value[point...]), among: [".start", ".end"])
            .map { quoted(name + $0) }, help: "write \(quoted(name + ".start")) or \(quoted(name + ".end"))")
        return nil
      }
    }
    guard let target = ids.resolve(Located(value: String(name), span: after.span), log: &log) else {
      return nil
    }
    let other = entries[target].draft
    if isEnd, other.duration.located == nil, let verb = other.verb.known,
      Scenario.TimelineEntry.Verb.lasting.contains(verb)
    {
      log.report(
        .endlessEntry, "\(quoted(String(name))) has no end, since it has no \"for\"", at: after.span,
        suggestion: quoted(name + ".start"))
      return nil
    }
    return Moment(entry: target, isEnd: isEnd)
  }

  private mutating func reportCycle(_ cycle: [Int]) {
    guard let first = cycle.min(), let after = entries[first].draft.after.located else { return }
    let names = cycle.map { quoted(entries[$0].draft.id.known ?? "?") }
    log.report(
      .timelineCycle,
      cycle.count == 1
        ? "the entry waits for itself"
        : "the entries \(names.joined(separator: " and ")) wait for each other",
      at: after.span, help: "give one of them a time with \"at\"")
  }

  /// When an entry happens, if what it waits for is known.
  private func instant(of index: Int, _ moment: Moment?) -> Instant? {
    let entry = entries[index].draft
    guard let moment else { return entry.after.located == nil ? entry.at.known.map { .zero + $0 } : nil }
    let other = entries[moment.entry]
    guard let start = other.instant else { return nil }
    let reference = moment.isEnd ? start + (other.draft.duration.known ?? .zero) : start
    return reference + (entry.delay.known ?? .zero)
  }

  /// The run whose end an entry waits for, by itself or through entries in between.
  private func runEnd(before index: Int, _ moment: Moment?) -> (entry: Int, delay: TimeSpan)? {
    guard let moment else { return nil }
    let delay = entries[index].draft.delay.known ?? .zero
    let other = entries[moment.entry]
    if moment.isEnd, other.draft.verb.known?.isPlanRun == true { return (moment.entry, delay) }
    guard let run = other.afterRun else { return nil }
    let duration = moment.isEnd ? other.draft.duration.known ?? .zero : .zero
    return (run.entry, run.delay + duration + delay)
  }

  private mutating func warnAboutTheEnd() {
    guard let duration = draft.clock.known?.duration.known else { return }
    let end = Instant.zero + duration
    for entry in entries {
      guard let instant = entry.instant, instant >= end,
        let span = entry.draft.at.located?.span ?? entry.draft.after.located?.span
      else { continue }
      log.report(
        .afterTheEnd, "the entry is due at \(instant), but the run ends at \(end)", at: span)
    }
    for located in draft.replications.known ?? [] {
      guard let first = located.value.firstSync.located, .zero + first.value >= end else { continue }
      log.report(
        .afterTheEnd, "the first sync is due at \(first.value), but the run ends at \(end)", at: first.span)
    }
  }

  // MARK: Actions

  /// What the files of replications do not know.
  private static let verbsWithoutFiles: [Scenario.TimelineEntry.Verb] = [
    .addDisk, .resizeDisk, .removeDisk, .reconfigureReplication, .testImage, .corruptReplica, .deploy,
    .configureReplication, .stopReplication, .testPlan, .cleanUpPlan, .recoverPlan, .reprotectPlan,
    .deleteMachine,
  ]

  /// What an entry does, or `nil` if something about it is wrong and reported.
  private mutating func action(of entry: TimelineEntryDraft) -> Scenario.TimelineEntry.Action? {
    guard let verb = entry.verb.known else { return nil }
    if draft.storage.known == .files, Self.verbsWithoutFiles.contains(verb),
      let span = entry.verb.located?.span
    {
      log.report(
        .notWithFiles, "\(quoted(verb.rawValue)) is not modelled on files", at: span,
        help: "remove \"storage\": \"files\" at the top of the scenario")
    }
    checkStorage(of: entry)
    switch verb {
    case .linkDown: return link(of: entry).map { .linkDown($0) }
    case .linkRestore: return link(of: entry).map { .linkRestore($0) }
    case .linkLimit:
      let link = link(of: entry)
      guard let link, let bandwidth = entry.bandwidth.known?.directions else { return nil }
      return .linkLimit(link, bandwidth: bandwidth)
    case .hostFail: return host(of: entry).map { .hostFail($0) }
    case .hostRestore: return host(of: entry).map { .hostRestore($0) }
    case .serverFail: return server(of: entry).map { .serverFail($0) }
    case .serverRestore: return server(of: entry).map { .serverRestore($0) }
    case .powerOff: return machines(of: entry).map { .powerOff($0) }
    case .powerOn: return machines(of: entry).map { .powerOn($0) }
    case .migrate: return migration(of: entry)
    case .trim: return trim(of: entry)
    case .snapshot: return machines(of: entry).map { .snapshot($0) }
    case .revert: return machines(of: entry).map { .revert($0) }
    case .addDisk: return addition(of: entry)
    case .resizeDisk: return resizing(of: entry)
    case .reconfigureReplication: return replications(of: entry).map { .reconfigureReplication($0) }
    case .removeDisk: return removal(of: entry)
    case .testImage:
      return replications(of: entry).map {
        .testImage($0, notAfter: entry.pointInTime.known.map { .zero + $0 })
      }
    case .moveReplication: return move(of: entry)
    case .datastoreFull: return datastore(of: entry).map { .datastoreFull($0) }
    case .datastoreSlow:
      let datastore = limitedDatastore(of: entry)
      guard let datastore, let factor = entry.factor.known else { return nil }
      return .datastoreSlow(datastore, factor: factor)
    case .datastoreRestore: return datastore(of: entry).map { .datastoreRestore($0) }
    case .pauseReplication: return replications(of: entry).map { .pauseReplication($0) }
    case .resumeReplication: return replications(of: entry).map { .resumeReplication($0) }
    case .syncReplication: return replications(of: entry).map { .syncReplication($0) }
    case .fullSyncReplication: return replications(of: entry).map { .fullSyncReplication($0) }
    case .scaleWorkload:
      let machines = machines(of: entry)
      guard let machines, let factor = entry.factor.known else { return nil }
      return .scaleWorkload(machines, factor: factor)
    case .linkLatency, .linkLoss, .linkFlap, .linkBrownout, .linkBackground, .linkCorrupt:
      return linkFault(of: entry, verb)
    case .circuitDown: return circuit(of: entry).map { .circuitDown($0) }
    case .circuitLimit:
      let circuit = circuit(of: entry)
      guard let circuit, let bandwidth = entry.bandwidth.known?.directions else { return nil }
      return .circuitLimit(circuit, bandwidth: bandwidth)
    case .circuitRestore: return circuit(of: entry).map { .circuitRestore($0) }
    case .diskGroupFail: return diskGroup(of: entry).map { .diskGroupFail($0.host, group: $0.group) }
    case .diskGroupRestore: return diskGroup(of: entry).map { .diskGroupRestore($0.host, group: $0.group) }
    case .corruptReplica: return corruption(of: entry)
    case .hostIsolate, .hostDisconnect, .hostMaintenance, .siteFail, .siteRestore, .siteIsolate,
      .applianceFail,
      .applianceHang, .applianceRestore, .applianceMove, .machineCrash, .machineHang:
      return computeAction(verb, of: entry).map { .compute($0) }
    case .installAddOn, .createNetwork, .deploy, .pairSites, .logIn, .logOut, .map, .placePlaceholders,
      .createGroup,
      .protect, .configureReplication, .stopReplication, .createPlan, .testPlan, .cleanUpPlan, .recoverPlan,
      .reprotectPlan, .cancelPlan, .dismissPrompt, .failOperation, .deletePlaceholder, .movePlaceholder,
      .restorePlaceholders, .deleteMachine, .editPlan, .deletePlan, .damagePlan, .saveSettings, .removeAddOn,
      .renewCertificate, .reconnectSites, .unpairSites, .configureGroup:
      return recoveryAction(verb, of: entry).map { .recovery($0) }
    }
  }

  mutating func link(of entry: TimelineEntryDraft) -> LinkID? {
    linkNames.resolve(entry.link.located, log: &log).map { LinkID($0) }
  }

  mutating func host(of entry: TimelineEntryDraft) -> HostID? {
    hostNames.resolve(entry.host.located, log: &log).map { HostID($0) }
  }

  mutating func server(of entry: TimelineEntryDraft) -> ReplicationServerID? {
    serverNames.resolve(entry.server.located, log: &log).map { ReplicationServerID($0) }
  }

  private mutating func datastore(of entry: TimelineEntryDraft) -> DatastoreID? {
    datastoreNames.resolve(entry.datastore.located, log: &log).map { DatastoreID($0) }
  }

  /// A datastore with a throughput that can fall.
  private mutating func limitedDatastore(of entry: TimelineEntryDraft) -> DatastoreID? {
    guard let id = datastore(of: entry) else { return nil }
    let draft = datastores[id.index].draft
    let vsan = draft.vsan.known
    let isLimited =
      vsan.map { $0.read.isGiven || $0.write.isGiven } ?? (draft.read.isGiven || draft.write.isGiven)
    if !isLimited, let reference = entry.datastore.located {
      log.report(
        .unlimitedDatastore, "the datastore \(quoted(reference.value)) has no throughput that could fall",
        at: reference.span, help: "give it \"read\" or \"write\", such as \"400MB/s\"")
      return nil
    }
    return id
  }

  mutating func machines(of entry: TimelineEntryDraft) -> [VirtualMachineID]? {
    guard let selector = entry.virtualMachine.located else { return nil }
    return select(selector)?.map { VirtualMachineID($0) }
  }

  mutating func replications(of entry: TimelineEntryDraft) -> [ReplicationID]? {
    guard let selector = entry.virtualMachine.located, let selected = select(selector) else { return nil }
    let members = Set(selected)
    let found = replications.indices.filter { members.contains(replications[$0].machine) }
    guard found.isEmpty else { return found.map { ReplicationID($0) } }
    // A machine whose replication is itself defective has been reported.
    let isCertain = draft.replications.located != nil
    if isCertain, !selected.contains(where: { machines[$0].replicationSpan != nil }) {
      log.report(
        .notReplicated, "nothing that \(quoted(selector.value)) selects is replicated", at: selector.span,
        help: "add a replication, or select another virtual machine")
    }
    return nil
  }
}

extension Either where First == DataRate, Second == DirectedBandwidthDraft {
  /// The rates by `Link.Direction`, or `nil` if one is not known.
  var directions: [DataRate]? {
    switch self {
    case .first(let rate): return [rate, rate]
    case .second(let rates):
      guard let forward = rates.forward.known, let backward = rates.backward.known else { return nil }
      return [forward, backward]
    }
  }
}
