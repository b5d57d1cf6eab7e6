import Inventory
import Quantities

/// Room on hosts: where machines go, and what the hosts hold at the start.
extension Resolver {
  /// What the machines of a host need, and the one that was too much.
  struct HostLoad {
    var demand = HostDemand.zero
    var overflow: (name: String, span: SourceSpan)?
  }

  /// The next host in turn that has room; the next one where none has.
  mutating func nextHost(for machine: VirtualMachineDraft, among hosts: [Int], turn: inout Int) -> Int {
    nextHost(for: machine.demand, among: hosts, turn: &turn)
  }

  mutating func nextHost(for demand: HostDemand, among hosts: [Int], turn: inout Int) -> Int {
    let order = hosts.indices.map { hosts[(turn + $0) % hosts.count] }
    let step = order.firstIndex { hasRoom(on: $0, for: demand) } ?? 0
    turn += step + 1
    return order[step]
  }

  mutating func take(of host: Int, for machine: VirtualMachineDraft, named name: String, at span: SourceSpan)
  {
    take(of: host, for: machine.demand, named: name, at: span)
  }

  mutating func take(of host: Int, for demand: HostDemand, named name: String, at span: SourceSpan) {
    if !hasRoom(on: host, for: demand), load(of: host).overflow == nil {
      hostLoads[host].overflow = (name, span)
    }
    hostLoads[host].demand = load(of: host).demand + demand
  }

  private mutating func load(of host: Int) -> HostLoad {
    while hostLoads.count <= host { hostLoads.append(HostLoad()) }
    return hostLoads[host]
  }

  private mutating func hasRoom(on host: Int, for demand: HostDemand) -> Bool {
    let load = load(of: host)
    guard let cluster = clusters.first(where: { $0.hosts.contains(host) }), let capacity = cluster.capacity
    else { return true }
    return HostBounds(of: capacity, under: settings(of: cluster)).hold(load.demand + demand)
  }

  private func settings(of cluster: PlannedCluster) -> HighAvailability {
    cluster.draft?.availability.known?.settings ?? HighAvailability()
  }

  /// Reports a machine that is guaranteed more memory than it has.
  mutating func checkReservation(of machine: VirtualMachineDraft) {
    guard let reservation = machine.memoryReservation.located, let memory = machine.memory.known,
      reservation.value > memory
    else { return }
    log.report(
      .reservedAboveMemory, "\(reservation.value) are reserved of a memory of \(memory)",
      at: reservation.span)
  }

  /// Reports the hosts on which more was placed than fits, once each.
  mutating func checkLoads() {
    for (host, load) in hostLoads.enumerated() {
      guard let overflow = load.overflow, hostNames.names.count == hostSites.count else { continue }
      let demand = load.demand
      log.report(
        .hostsTooSmall, "\(quoted(overflow.name)) does not fit on the host \(quoted(hostNames.names[host]))",
        at: overflow.span,
        notes: [
          "all its machines need \(demand.cpuCount) virtual processors and \(mebibytes(demand.memory)) of memory; reservations and overhead take \(mebibytes(demand.reserved)) of the host's"
        ])
    }
  }

  // MARK: - Warnings

  /// Warns of clusters whose machines have more memory than the hosts, and of those that admission control would not have let start.
  mutating func warnAboutMemory() {
    guard !log.hasErrors else { return }
    for cluster in clusters {
      guard let capacity = cluster.capacity else { continue }
      let hosts = cluster.hosts.filter { standbySpans[$0] == nil }
      let demand = hosts.reduce(HostDemand.zero) { $0 + load(of: $1).demand }
      warnAboutOvercommitment(of: cluster, demand: demand, hostCount: hosts.count, capacity)
      warnAboutAdmission(to: cluster, demand: demand, hostCount: hosts.count, capacity)
    }
  }

  private mutating func warnAboutOvercommitment(
    of cluster: PlannedCluster, demand: HostDemand, hostCount: Int, _ capacity: HostCapacity
  ) {
    let own = cluster.draft?.hostType.located?.span
    let memory = capacity.memory * UInt64(hostCount)
    guard settings(of: cluster).memoryOvercommitment == nil, demand.memory > memory,
      let span = own ?? draft.sites.known?[cluster.site].value.hostType.located?.span
    else { return }
    log.report(
      .memoryOvercommitted,
      "the machines have \(mebibytes(demand.memory)) of memory, more than the \(mebibytes(memory)) of their hosts",
      at: span,
      help:
        "guests that must share memory are slower, which is not simulated; \"memoryOvercommitment\" bounds it"
    )
  }

  private mutating func warnAboutAdmission(
    to cluster: PlannedCluster, demand: HostDemand, hostCount: Int, _ capacity: HostCapacity
  ) {
    let settings = settings(of: cluster)
    let kept = capacity.memory * UInt64(max(0, hostCount - settings.failuresReserved))
    guard settings.isEnabled, settings.failuresReserved > 0, demand.reserved > kept,
      let span = cluster.draft?.availability.known?.admissionSpan
    else { return }
    let total = capacity.memory * UInt64(hostCount)
    log.report(
      .notAdmittedAtStart,
      "reservations and overhead take \(mebibytes(demand.reserved)) at the start, and admission control leaves \(mebibytes(kept)) for them",
      at: span,
      notes: [
        "\(hostCount) host\(hostCount == 1 ? " has" : "s have") \(mebibytes(total)), of which \(settings.failuresReserved) of \(hostCount) parts are kept"
      ],
      help: "expect every power-on to be refused; use more or larger hosts, or reserve less")
  }
}

extension VirtualMachineDraft {
  /// What it needs of a host, as far as that is known.
  fileprivate var demand: HostDemand {
    let memory = self.memory.known ?? .zero
    return HostDemand(
      cpuCount: cpuCount.known ?? 0, memory: memory,
      reservation: min(memoryReservation.known ?? .zero, memory))
  }
}

private func mebibytes(_ size: ByteCount) -> String { "\(size.bytes >> 20)MiB" }
