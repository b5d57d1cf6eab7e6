/// Something about a run that an expression can name.
///
/// ``summary`` is the exact meaning, as `drsim explain` prints it.
package enum Metric: String, Sendable, Hashable, CaseIterable {
  case rpoLag = "rpo_lag"
  case rpoRatio = "rpo_ratio"
  case rpoViolation = "rpo_violation"
  case rpoCompliance = "rpo_compliance"
  case dataLoss = "data_loss"
  case rto
  case recoveryToRPO = "recovery_to_rpo"
  case linkUse = "link_use"
  case linkBytes = "link_bytes"
  case syncBytes = "sync_bytes"
  case syncDuration = "sync_duration"
  case fullSyncs = "full_syncs"
  case backlogBytes = "backlog_bytes"
  case replicationStatus = "replication.status"
  case replicationTarget = "replication.target"
  case planStatus = "plan.status"
  case groupStatus = "group.status"
  case vmPower = "vm.power"
  case vmNetwork = "vm.network"
  case vmAddress = "vm.address"
  case vmProtection = "vm.protection"

  /// What ``vmNetwork`` is where a test made a network for itself.
  package static let isolatedNetwork = "isolated"

  /// How the values of a metric come.
  package enum Form: Sendable, Hashable {
    /// A value per machine at every instant.
    case line
    /// A value for each thing that happened: a sync, a run, a bin of a link.
    case samples
    /// One value for each thing that is selected, over the whole window.
    case totals
    /// A value per thing at every instant that only the run itself knows.
    case states
  }

  package var form: Form {
    switch self {
    case .rpoLag, .rpoRatio: .line
    case .rpoViolation, .dataLoss, .rto, .recoveryToRPO, .linkUse, .syncBytes, .syncDuration: .samples
    case .rpoCompliance, .linkBytes, .fullSyncs: .totals
    case .backlogBytes, .replicationStatus, .replicationTarget, .planStatus, .groupStatus, .vmPower,
      .vmNetwork, .vmAddress, .vmProtection:
      .states
    }
  }

  /// What a value of it is.
  package var kind: ValueKind {
    switch self {
    case .rpoLag, .rpoViolation, .dataLoss, .rto, .recoveryToRPO, .syncDuration: .duration
    case .rpoRatio: .factor
    case .rpoCompliance, .linkUse: .share
    case .linkBytes, .syncBytes, .backlogBytes: .size
    case .fullSyncs: .count
    case .replicationStatus, .planStatus, .groupStatus, .vmPower, .vmProtection: .word
    case .replicationTarget: .name(.site)
    case .vmNetwork: .name(.network)
    case .vmAddress: .name(.address)
    }
  }

  /// The keys by which its values are selected, the first being that of what a value belongs to.
  package var keys: [SelectorKey] {
    switch self {
    case .rpoLag, .rpoRatio, .rpoViolation, .rpoCompliance, .syncBytes, .syncDuration, .fullSyncs,
      .backlogBytes, .replicationStatus, .replicationTarget:
      [.vm]
    case .dataLoss: [.vm, .run, .plan, .group]
    case .rto: [.run, .plan]
    case .recoveryToRPO: [.event, .vm]
    case .linkUse, .linkBytes: [.link, .from]
    case .planStatus: [.plan, .name]
    case .groupStatus: [.group, .name]
    case .vmPower, .vmNetwork, .vmAddress: [.vm, .name, .site]
    case .vmProtection: [.vm, .name]
    }
  }

  /// What a selector by `key` names.
  package func reference(of key: SelectorKey) -> Reference {
    switch key {
    case .vm: .virtualMachine
    case .link: .link
    case .from, .site: .site
    case .run: .run
    case .plan: .plan
    case .group: .group
    case .event: .event
    case .name: keys[0] == .plan ? .plan : keys[0] == .group ? .group : .virtualMachine
    }
  }

  /// The part before the point, and the one behind it if there is one.
  package var name: String { String(rawValue.prefix { $0 != "." }) }
  package var field: String? {
    rawValue.firstIndex(of: ".").map { String(rawValue[rawValue.index(after: $0)...]) }
  }

  /// What it means, exactly.
  package var summary: String {
    switch self {
    case .rpoLag:
      """
      Now minus the point in time of the newest instance that is complete at the target. A straight line between \
      completions, so extremes, means and percentiles over a window are exact, not sampled. A machine without any \
      instance has no lag.
      """
    case .rpoRatio: "rpo_lag as a multiple of the machine's own RPO, rounded up to parts per billion."
    case .rpoViolation:
      """
      How long each interval lasted in which rpo_lag exceeded the RPO, cut at the window; a sum or maximum of none is \
      zero.
      """
    case .rpoCompliance:
      """
      The share of the selected VM-time with a complete instance no older than the RPO, rounded down. Time without any \
      instance is not compliant. Of several machines together; in min(...) or another function, of each machine.
      """
    case .dataLoss:
      """
      For how long the last work of a machine is gone that a plan's run recovered: from the point in time of its instance \
      to the last moment the protected machine could write or, if it ran on, until the replica was taken into use. What \
      it wrote after that is given up too, and told apart: by the event vm.stale-copy-stopped, and in the summary.
      """
    case .rto:
      """
      From the start of a plan's run to the moment its last machine was ready: VMware Tools gave a heartbeat, and delays \
      and steps after power-on were over. A run that brought up no machine has none; that of a rerun counts from the rerun.
      """
    case .recoveryToRPO:
      """
      From the end of an event to the first instant at which all replications, or those selected, are within their RPO.
      """
    case .linkUse:
      """
      The share of a link's usable capacity that replication carried, one value per bin of the link's statistics. A link \
      counts by its fuller direction, or with "from" by the one that leaves that site. Bins without capacity, and a \
      shorter last one, are left out; percentiles are by nearest rank.
      """
    case .linkBytes:
      "What a link carried for replication in the bins of the window, in both directions or in that from a site."
    case .syncBytes: "What each completed sync sent, all overheads included."
    case .syncDuration:
      "How long each completed sync took, from its instance to its completion at the target."
    case .fullSyncs: "How many full syncs of a machine began."
    case .backlogBytes:
      """
      What is known to differ from the target, in whole extents: what the delta under way has still to send, and what \
      the tracking found written when it was last asked, which is when a sync begins.
      """
    case .replicationStatus: "The status of a replication, as the REST interface tells it."
    case .replicationTarget: "The name of the site to which a machine is replicated now."
    case .planStatus: "The status of a recovery plan, as the REST interface tells it."
    case .groupStatus: "The status of a protection group, as the REST interface tells it."
    case .vmPower:
      """
      Whether a machine is on, off or suspended; one value for each site where it is registered. Where a site is \
      selected, a placeholder counts too.
      """
    case .vmNetwork:
      """
      The network of a machine's first card where people use it, and of the copy that a test uses; "isolated" where the \
      test made one for itself. A machine without a network has none.
      """
    case .vmAddress:
      """
      The IPv4 address of a machine's first card, and of the copy that a test uses, as far as it is known: from the \
      scenario, from customization, or from the DHCP server of its network.
      """
    case .vmProtection:
      "The status of a protected machine in its protection group, as the REST interface tells it."
    }
  }
}

/// By what the values of a metric are selected.
package enum SelectorKey: String, Sendable, Hashable, CaseIterable {
  case vm, link, from, run, plan, group, event, site, name
}

/// What a name in an expression is a name of.
package enum Reference: Sendable, Hashable {
  case virtualMachine, link, site, plan, group
  /// A port group of any site, or ``Metric/isolatedNetwork``.
  case network
  /// An IPv4 address.
  case address
  /// The `id` of a timeline entry that runs a plan.
  case run
  /// The `id` of any timeline entry.
  case event
}

/// What a value is, which decides how it is written.
package enum ValueKind: Sendable, Hashable {
  /// In nanoseconds.
  case duration
  /// A part of a whole, in parts per billion.
  case share
  /// A multiple, in parts per billion.
  case factor
  /// In bytes.
  case size
  case count
  /// One of the metric's words.
  case word
  case name(Reference)

  /// The form in words, to complete "needs …".
  var noun: String {
    switch self {
    case .duration: "a duration such as 15m"
    case .share: "a share such as 85%"
    case .factor: "a multiple such as 1.5"
    case .size: "a size such as 20GiB"
    case .count: "a whole number"
    case .word: "a status word"
    case .name(.address): "an address such as 10.20.0.5"
    case .name: "a name"
    }
  }

  var isNumber: Bool {
    switch self {
    case .word, .name: false
    default: true
    }
  }
}
