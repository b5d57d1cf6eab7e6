import Inventory
import Quantities

extension Resolver {
  /// The recovery point objectives that a release of vSphere Replication accepts, in whole minutes.
  ///
  /// - Source: vSphere Replication 5.x: 15 minutes to 24 hours; 6.5 and later: from 5 minutes; enhanced: from 1 minute.
  private static func rpoRange(of product: Profile.Product) -> ClosedRange<TimeSpan> {
    let minimum: TimeSpan =
      switch product {
      case .v5: .minutes(15)
      case .v6, .v7, .v8, .v8U3: .minutes(5)
      case .enhanced: .minutes(1)
      }
    return minimum...TimeSpan.hours(24)
  }

  /// - Source: VMware configuration maximums for vSphere Replication: 24 points in time.
  private static let pointsInTimeMaximum = 24

  /// - Source: vSphere Replication documentation: no quiescing with an RPO below 15 minutes.
  private static let quiescingRPOMinimum = TimeSpan.minutes(15)

  mutating func resolveReplications() {
    checkReleaseOfProfile()
    for located in draft.replications.known ?? [] {
      let replication = located.value
      checkRPO(replication)
      checkProductLimits(of: replication)
      checkRelease(of: replication)
      let target = siteNames.resolve(replication.target.located, log: &log)
      let datastore = resolveDatastore(replication.datastore.located, at: target)
      checkPolicy(replication.storagePolicy, onDatastore: datastore)
      let via = linkNames.resolve(replication.via.located, log: &log)
      guard let selector = replication.virtualMachine.located,
        let selected = select(selector), !selected.isEmpty
      else { continue }
      let accepted = claim(selected, at: selector)
      checkExclusions(of: replication, from: selected)
      var linksBySource: [Int: [Int]] = [:]
      for machine in accepted {
        var links: [Int] = []
        if let source = machines[machine].site, let target, source != target {
          links =
            linksBySource[source]
            ?? replication.target.located.map {
              resolveLinks(from: source, to: target, via: via, givenAs: replication.via, at: $0)
            } ?? []
          linksBySource[source] = links
        }
        replications.append(
          PlannedReplication(
            machine: machine, draft: replication, target: target, datastore: datastore, links: links,
            disks: replicatedDisks(of: machine, in: replication)))
      }
    }
    reportOwnSites()
  }

  private mutating func checkRPO(_ replication: ReplicationDraft) {
    guard draft.limits.known == .product, let rpo = replication.rpo.located else { return }
    let isWhole = rpo.value.nanoseconds % TimeSpan.minutes(1).nanoseconds == 0
    let product = draft.profile.known?.profile.product ?? Profile().product
    let range = Self.rpoRange(of: product)
    guard !range.contains(rpo.value) || !isWhole else { return }
    log.report(
      .rpoOutOfRange,
      isWhole
        ? "an RPO of \(rpo.value) is outside the product's range of \(range.lowerBound) to 24h"
        : "an RPO of \(rpo.value) is not a whole number of minutes", at: rpo.span, notes: [Source.rpo],
      help: relaxation)
  }

  private mutating func checkProductLimits(of replication: ReplicationDraft) {
    guard draft.limits.known == .product else { return }
    if let points = replication.pointsInTime.located, let perDay = points.value.perDay.known,
      let days = points.value.days.known, perDay * days > Self.pointsInTimeMaximum
    {
      log.report(
        .tooManyPointsInTime,
        "\(perDay) points in time a day for \(days) days are \(perDay * days), more than 24", at: points.span,
        notes: [Source.pointsInTime], help: relaxation)
    }
    if let quiescing = replication.quiescing.located, quiescing.value != .none,
      let rpo = replication.rpo.known, rpo < Self.quiescingRPOMinimum
    {
      log.report(
        .quiescingTooOften, "guests are not quiesced with an RPO of \(rpo), below 15m", at: quiescing.span,
        notes: [Source.quiescing], help: relaxation)
    }
  }

  private mutating func checkReleaseOfProfile() {
    guard let profile = draft.profile.known?.profile, profile.unmapOptimization,
      profile.product < .v8, let span = draft.profile.located?.span
    else { return }
    log.report(
      .notInRelease,
      "release \(profile.product.rawValue) of vSphere Replication has no \"unmapOptimization\"",
      at: span.start, help: "choose a later \"product\", or leave it out")
  }

  /// Reports what the release of the profile does not have.
  ///
  /// - Source: VMware: points in time from vSphere Replication 5.5 on, compression from 6.0 on; that encryption began
  ///   with the release of 7.0 is inferred.
  private mutating func checkRelease(of replication: ReplicationDraft) {
    let product = draft.profile.known?.profile.product ?? Profile().product
    func report(_ what: String, at span: SourceSpan?) {
      guard let span else { return }
      log.report(
        .notInRelease, "release \(product.rawValue) of vSphere Replication \(what)", at: span,
        help: "choose a later \"product\" in the profile, or leave it out")
    }
    if product == .v5 {
      report("keeps no points in time", at: replication.pointsInTime.located?.span)
      if replication.compression.known == true {
        report("does not compress", at: replication.compression.located?.span)
      }
    }
    if product == .v5 || product == .v6, replication.encryption.known == true {
      report("does not encrypt", at: replication.encryption.located?.span)
    }
  }

  /// The machines that a selector stands for, ascending; `nil` after reporting that there are none.
  mutating func select(_ selector: Located<String>) -> [Int]? {
    let expanded = NamePattern.names(of: selector.value)
    var selected: [Int] = []
    for name in expanded {
      if let index = machineIndices[name] {
        selected.append(index)
      } else if name.contains("*") {
        let matches = machines.indices.filter { NamePattern.selects(name, machines[$0].name) }
        if matches.isEmpty {
          guard !hasUnknownMachines else { return nil }
          log.report(
            .emptySelector, "no virtual machine fits the selector \(quoted(name))", at: selector.span,
            help: machines.isEmpty
              ? "the scenario has no virtual machines" : "known: \(abridged(machines.lazy.map(\.name)))")
          return nil
        }
        selected += matches
      } else {
        if !hasUnknownMachines { reportUnknownMachine(name, at: selector.span) }
        return nil
      }
    }
    return Set(selected).sorted()
  }

  private mutating func reportUnknownMachine(_ name: String, at span: SourceSpan) {
    let suggestion = log.wantsSuggestions ? closest(to: name, among: machines.lazy.map(\.name)) : nil
    let help =
      machines.isEmpty
      ? "the scenario has no virtual machines" : "known: \(abridged(machines.lazy.map(\.name)))"
    log.report(
      .unknownName, "no virtual machine is named \(quoted(name))", at: span,
      suggestion: suggestion.map { quoted($0) }, help: suggestion == nil ? help : nil)
  }

  /// Marks machines as replicated; those that are already are reported once for the selector.
  ///
  /// - Returns: Those that were not replicated yet.
  private mutating func claim(_ selected: [Int], at selector: Located<String>) -> [Int] {
    let taken = selected.filter { machines[$0].replicationSpan != nil }
    if let machine = taken.first, let first = machines[machine].replicationSpan {
      let others = taken.count > 1 ? " and \(taken.count - 1) more are" : " is"
      log.report(
        .replicatedTwice, "virtual machine \(quoted(machines[machine].name))\(others) replicated twice",
        at: selector.span, notes: ["its first replication is on \(log.location(of: first))"],
        help: "a virtual machine has at most one; make the selectors narrower")
    }
    let free = selected.filter { machines[$0].replicationSpan == nil }
    for machine in free { machines[machine].replicationSpan = selector.span }
    return free
  }

  private mutating func checkExclusions(of replication: ReplicationDraft, from selected: [Int]) {
    let disks = selected.flatMap { diskNames(of: $0) }
    for excluded in replication.exclude.known ?? [] where !disks.contains(excluded.value) {
      let suggestion = closest(to: excluded.value, among: disks)
      log.report(
        .unknownName, "no replicated virtual machine has a disk named \(quoted(excluded.value))",
        at: excluded.span, suggestion: suggestion.map { quoted($0) },
        help: suggestion == nil ? "known: \(abridged(disks.uniqued))" : nil)
    }
    for machine in selected where replicatedDisks(of: machine, in: replication).isEmpty {
      guard let exclude = replication.exclude.located, !diskNames(of: machine).isEmpty else { continue }
      log.report(
        .nothingReplicated, "every disk of virtual machine \(quoted(machines[machine].name)) is excluded",
        at: exclude.span)
      return
    }
  }

  private func diskNames(of machine: Int) -> [String] {
    (machines[machine].draft.disks.known ?? []).compactMap(\.value.name.known)
  }

  private func replicatedDisks(of machine: Int, in replication: ReplicationDraft) -> [Int] {
    let excluded = (replication.exclude.known ?? []).map(\.value)
    let disks = machines[machine].draft.disks.known ?? []
    return disks.indices.filter { index in
      disks[index].value.name.known.map { !excluded.contains($0) } ?? true
    }
  }

  /// Reports each replication of which a machine is at the target already, once.
  private mutating func reportOwnSites() {
    var reported: Set<SourceSpan> = []
    for replication in replications {
      let machine = machines[replication.machine]
      guard let target = replication.target, machine.site == target,
        let reference = replication.draft.target.located, reported.insert(reference.span).inserted
      else { continue }
      log.report(
        .replicationToOwnSite,
        "virtual machine \(quoted(machine.name)) is at site \(quoted(reference.value)) already",
        at: reference.span)
    }
  }

  /// The links that a replication may use, the best one first; only the one of "via" where that is given.
  ///
  /// - Parameters:
  ///   - reference: The target as it is written.
  ///   - field: What `via` was read from.
  mutating func resolveLinks(
    from source: Int, to target: Int, via: Int?, givenAs field: Field<String>,
    at reference: Located<String>
  ) -> [Int] {
    let joining = linkEnds.indices.filter { linkEnds[$0].map { Set($0) == [source, target] } == true }
    let sourceName = quoted(draft.sites.known?[source].value.name.known ?? "?")
    let sites = "\(sourceName) and \(quoted(reference.value))"
    if let via, let viaReference = field.located {
      if linkEnds[via] != nil, !joining.contains(via) {
        log.report(
          .linkElsewhere, "the link \(quoted(viaReference.value)) does not join \(sites)",
          at: viaReference.span)
      }
      return [via]
    }
    // An unknown "via" has been reported; a link without known ends may be the one.
    guard !field.isGiven, draft.links.located != nil, !linkEnds.contains(where: { $0 == nil })
    else { return [] }
    if joining.isEmpty {
      log.report(
        .noLink, "no link joins \(sites)", at: reference.span,
        help: "add one to \"links\" with \"between\": [\(sites.replacing(" and ", with: ", "))]")
    }
    func preference(_ link: Int) -> Int { draft.links.known?[link].value.preference.known ?? .max }
    return joining.sorted { (preference($0), $0) < (preference($1), $1) }
  }
}

extension [String] {
  /// Each name once, where it first occurs.
  fileprivate var uniqued: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}
