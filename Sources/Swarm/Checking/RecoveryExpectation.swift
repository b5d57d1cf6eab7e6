import Inventory
package import Quantities
import RecoveryCore
package import Scenarios

/// What a scenario promises about its end: when all faults are over, and by when every replication must be in order.
///
/// The bound is generous and simple: all that every machine has, three times over the slowest thing on its way, plus
/// every delay of the product once or twice. A world that needs longer is stuck.
package struct RecoveryExpectation: Sendable {
  package enum Promise: Sendable, Hashable {
    /// Nothing can be expected; `reason` says why.
    case none(reason: String)
    /// It syncs, and its lag is about its objective.
    case fresh
    /// Nothing is written any more: the replica equals the source.
    case equal
  }

  /// When the last entry of the timeline begins or ends.
  package let lastChange: Instant
  /// By when everything must be in order.
  package let deadline: Instant
  /// By replication; what plans have made of a machine is not looked at.
  package let promises: [Promise]
  /// By replication: whether a plan recovers its machine.
  package let isOfPlan: [Bool]
  /// Whether hosts hold whatever machines there are.
  package let hasRoomOnHosts: Bool

  package init(_ scenario: Scenario) {
    let plan = RecoveryPlan(scenario)
    lastChange = plan.lastChange
    deadline = plan.lastChange + plan.bound
    promises = scenario.replications.indices.map { plan.promise(of: $0) }
    isOfPlan = scenario.replications.map { plan.isRecovered($0.virtualMachine) }
    hasRoomOnHosts = scenario.inventory.clusters.allSatisfy { $0.hostCapacity == nil }
  }
}

/// How long recovery takes at most, and who can hope for it.
private struct RecoveryPlan {
  let scenario: Scenario
  let lastChange: Instant

  init(_ scenario: Scenario) {
    self.scenario = scenario
    let last = scenario.timeline.map { $0.end ?? $0.at }.max() ?? .zero
    lastChange = Self.endOfEncryption(scenario, after: last) + Self.timeOfPlans(scenario)
  }

  /// When ransomware has encrypted what it can: it goes on when all faults are over, at its mean pace or half of it.
  private static func endOfEncryption(_ scenario: Scenario, after last: Instant) -> Instant {
    var end = last
    for (machine, settings) in zip(scenario.inventory.virtualMachines, scenario.virtualMachines) {
      for (disk, workload) in zip(machine.disks, settings.workloads) {
        guard let workload, case .ransomware(let attack) = scenario.workloads[workload.index].model else {
          continue
        }
        let seconds = 2 * Double(disk.size.bytes) / max(1, attack.rate.bytesPerSecond)
        end = max(end, max(last, .zero + attack.start) + .seconds(10 + Int64(seconds)))
      }
    }
    return end
  }

  /// What the plans take beyond the times of the timeline, as a rule.
  ///
  /// Each run takes the shutdown, boot and storage of its machines, and its synchronisations. One may take longer, so
  /// nothing is promised of what it may disturb then.
  private static func timeOfPlans(_ scenario: Scenario) -> TimeSpan {
    var time = TimeSpan.zero
    let hasStandby = scenario.inventory.hosts.contains(where: \.isInStandby)
    for entry in scenario.timeline {
      guard case .recovery(.run(let pair, let plan, _)) = entry.action else { continue }
      if hasStandby { time += scenario.recoveryPairs[pair.index].times.hostWake * 2 }
      let description = scenario.recoveryPairs[pair.index]
      let groups = description.plans[plan.index].description.groups
      let machines = groups.reduce(0) { $0 + description.groups[$1.index].members.count }
      let limit = description.parameters.synchronizationTimeLimit ?? .zero
      time += .seconds(Int64(20 + 20 * machines)) + min(limit, .minutes(1))
    }
    return time
  }

  /// Nominal bytes of the replicated disks of a machine, added and grown ones included.
  private func size(of replication: Scenario.Replication) -> Double {
    let machine = scenario.inventory[replication.virtualMachine]
    var sizes = machine.disks.map { Double($0.size.bytes) }
    for entry in scenario.timeline {
      switch entry.action {
      case .addDisk(let ids, _, let size) where ids.contains(machineID(replication)):
        sizes.append(Double(size.bytes))
      case .resizeDisk(let ids, let name, let size) where ids.contains(machineID(replication)):
        if let index = machine.disks.firstIndex(where: { $0.name == name }) {
          sizes[index] = max(sizes[index], Double(size.bytes))
        }
      default: break
      }
    }
    return sizes.reduce(0, +)
  }

  private func machineID(_ replication: Scenario.Replication) -> VirtualMachineID {
    replication.virtualMachine
  }

  /// Bytes/s of whatever replications share.
  private var sharedRate: Double {
    let profile = scenario.profile
    var rates = [profile.mergeRate.bytesPerSecond, profile.checksumRate.bytesPerSecond]
    rates += [profile.serverRate, profile.hostRate, profile.serverDecompressionRate]
      .compactMap { $0?.bytesPerSecond }
    for (index, link) in scenario.inventory.links.enumerated() {
      let settings = scenario.links[index]
      // Other traffic leaves a connection's share.
      let share = 0.9 / Double(1 + (settings.background?.connections ?? 0))
      for bandwidth in [link.bandwidth] + settings.scheduledBandwidths {
        rates += bandwidth.map { $0.bytesPerSecond * min(link.usable.value, 0.9) * share }
      }
    }
    rates += scenario.inventory.circuits.map {
      $0.bandwidth.bytesPerSecond * min($0.usable.value, 0.9) * 0.9 / 4
    }
    for datastore in scenario.inventory.datastores {
      // Compressed data is written in full, and a merge reads and writes.
      rates += [datastore.readRate, datastore.writeRate].compactMap { $0.map { $0.bytesPerSecond / 4 } }
      // A host of a vSAN datastore may hold all parts of a write, and copies its components beside.
      rates += [datastore.vsan?.readRate, datastore.vsan?.writeRate]
        .compactMap { $0.map { $0.bytesPerSecond / 32 } }
    }
    return rates.min() ?? 1
  }

  private func roundTrip(of replication: Scenario.Replication) -> Double {
    replication.links.map { scenario.inventory[$0] }.map { ($0.latency + $0.jitter * 2).inSeconds * 2 }.max()
      ?? 0
  }

  /// Bytes/s that a replication reaches alone: its window and the loss of its path.
  private func ownRate(of replication: Scenario.Replication) -> Double {
    let roundTrip = max(roundTrip(of: replication), 1e-4)
    var rates = [Double(scenario.profile.blocksInFlight ?? 8) * 8192 / roundTrip]
    // Eight reads at a time when disks are compared, of an extent at least.
    let read = scenario.profile.diskReadLatency.inSeconds
    if read > 0 { rates.append(8 * 8192 / read) }
    for link in replication.links.map({ scenario.inventory[$0] }) {
      rates.append(Double(link.windowMaximum.bytes) / roundTrip)
      // Half of the square-root law, since a window that fell has to grow again.
      if link.loss > .zero { rates.append(0.6 * 1448 / (roundTrip * link.loss.value.squareRoot())) }
    }
    return rates.min() ?? 1
  }

  var bound: TimeSpan {
    let profile = scenario.profile
    let replications = scenario.replications
    let total = replications.reduce(0) { $0 + size(of: $1) }
    var seconds = 3 * total / sharedRate
    for replication in replications {
      seconds += 3 * size(of: replication) / ownRate(of: replication) + 100 * roundTrip(of: replication)
    }
    let delays =
      profile.connectionTimeout + (profile.reconnectDelayMaximum + profile.reconnectDelayStep) * 2
      + profile.haRestartDelay + profile.targetHostDetection + profile.migrationDuration * 2
      + profile.serverTakeover * 2 + profile.configurationDuration * 2
      + (replications.contains { $0.quiescing != .none } ? profile.quiescingDuration * 4 : .zero)
    let objective = replications.map(\.rpo).max() ?? .zero
    return delays + computeDelays + storageDelays + objective * 2 + .minutes(1) + .seconds(Int64(seconds))
  }

  /// What clusters, appliances and guests take until all run again.
  private var computeDelays: TimeSpan {
    var delays = scenario.profile.routeConvergence + scenario.profile.routeReturn
    for machine in scenario.virtualMachines { delays += machine.guest.boot + machine.guest.shutdown }
    for appliance in scenario.inventory.appliances { delays += appliance.boot }
    let count = scenario.inventory.virtualMachines.count + scenario.inventory.appliances.count
    for settings in scenario.inventory.clusters.compactMap(\.availability) {
      delays += settings.failureDetection + settings.isolationDelay + settings.powerOnDuration * Int64(count)
      delays += settings.monitoring?.failureInterval ?? .zero
    }
    return delays
  }

  /// What vSAN datastores take until everything is as it should be: what waits is looked at every five minutes.
  private var storageDelays: TimeSpan {
    var delays = TimeSpan.zero
    for (index, datastore) in scenario.inventory.datastores.enumerated() {
      guard let vsan = datastore.vsan else { continue }
      // Half of what reads and writes share is left for either.
      let rates =
        [vsan.resyncRate, vsan.readRate, vsan.writeRate].compactMap { $0?.bytesPerSecond }
        + [vsan.sharedRate].compactMap { $0.map { $0.bytesPerSecond / 2 } }
      let size = Double(needed(on: DatastoreID(index)))
      delays += vsan.repairDelay + .minutes(11) + .seconds(Int64(2 * size / (rates.min() ?? 1)))
    }
    return delays
  }

  func promise(of index: Int) -> RecoveryExpectation.Promise {
    let replication = scenario.replications[index]
    let machine = replication.virtualMachine
    if lastChange + bound > scenario.clock.end { return .none(reason: "the run ends too early") }
    if let entry = scenario.timeline.first(where: { isUnended($0) }) {
      return .none(reason: "\(entry.verb.rawValue) never ends")
    }
    if isDeleted(machine) { return .none(reason: "somebody deletes it") }
    if !hasHostRoom(at: scenario.inventory[machine].site) {
      return .none(reason: "machines that plans bring may fill its hosts")
    }
    // While a plan tests the machine, and after a recovery, no configuration takes a disk in.
    if isRecovered(machine), changesDisks(machine) {
      return .none(reason: "a disk was added or removed beside plans")
    }
    if isTakenInTooEarly(machine, index) { return .none(reason: "its new disks are not configured") }
    if isStopped(index) { return .none(reason: "its replication was stopped") }
    if !hasRoom(replication.datastore) { return .none(reason: "its datastore is small") }
    if isRecovered(machine),
      !staysRoomy(replication.datastore) || !staysRoomy(scenario.inventory[machine].datastore)
    {
      return .none(reason: "its datastore is small after a reprotect")
    }
    for datastore in [replication.datastore, scenario.inventory[machine].datastore] {
      if !survives(datastore) { return .none(reason: "its vSAN datastore may lose data") }
    }
    let churn = scenario.replications.reduce(0) { $0 + self.churn(of: $1.virtualMachine) }
    if churn == 0 { return .equal }
    if churn > 0.2 * sharedRate || self.churn(of: machine) > 0.2 * ownRate(of: replication) {
      return .none(reason: "its churn does not fit")
    }
    // What is overwritten while it is sent may be more than the log takes, again and again.
    if let capacity = scenario.profile.demandLogCapacity, Double(capacity.bytes) < size(of: replication) {
      return .none(reason: "its demand log is small")
    }
    return .fresh
  }

  /// Whether a fault is still in force at the end; how much guests write is no fault.
  private func isUnended(_ entry: Scenario.TimelineEntry) -> Bool {
    guard Scenario.TimelineEntry.Verb.lasting.contains(entry.verb), entry.end == nil else { return false }
    if case .scaleWorkload = entry.action { return false }
    return true
  }

  /// Whether somebody deletes the machine at either site.
  private func isDeleted(_ machine: VirtualMachineID) -> Bool {
    scenario.timeline.contains {
      guard case .recovery(.change(_, .deleteMachines(let ids, _))) = $0.action else { return false }
      return ids.contains(machine)
    }
  }

  /// Whether an entry gives a machine another set of disks, of which its replication must be told.
  private func changesDisks(_ entry: Scenario.TimelineEntry, of machine: VirtualMachineID) -> Bool {
    switch entry.action {
    case .addDisk(let ids, _, _), .removeDisk(let ids, _): ids.contains(machine)
    default: false
    }
  }

  private func changesDisks(_ machine: VirtualMachineID) -> Bool {
    scenario.timeline.contains { changesDisks($0, of: machine) }
  }

  /// Whether the machine got or lost a disk after the last time that its replication was surely configured anew.
  private func isTakenInTooEarly(_ machine: VirtualMachineID, _ index: Int) -> Bool {
    let changes = scenario.timeline.filter { changesDisks($0, of: machine) }
    guard !changes.isEmpty else { return false }
    let faultsEnd = scenario.timeline.compactMap(\.end).max() ?? .zero
    var last = max(faultsEnd, changes.map(\.at).max() ?? .zero)
    // Whoever configures it has to be back.
    if !scenario.inventory.appliances.isEmpty { last = last + .minutes(3) }
    return !scenario.timeline.contains {
      if case .reconfigureReplication(let ids) = $0.action {
        ids.contains(ReplicationID(index)) && $0.at > last + scenario.profile.targetHostDetection
          && areSitesTogether(at: $0.at)
      } else {
        false
      }
    }
  }

  /// Whether a replication was stopped, and was not surely configured again when all faults were over.
  private func isStopped(_ index: Int) -> Bool {
    let stops = scenario.timeline.filter {
      guard case .recovery(.stopReplication(let ids)) = $0.action else { return false }
      return ids.contains(ReplicationID(index))
    }
    guard let last = stops.map(\.at).max() else { return false }
    if isRecovered(scenario.replications[index].virtualMachine) { return true }
    let faultsEnd = max(last, scenario.timeline.compactMap(\.end).max() ?? .zero)
    let ready = faultsEnd + (scenario.inventory.appliances.isEmpty ? .zero : .minutes(3))
    return !scenario.timeline.contains {
      guard case .recovery(.configureReplication(let ids)) = $0.action else { return false }
      return ids.contains(ReplicationID(index)) && $0.at > ready && areSitesTogether(at: $0.at)
    }
  }

  /// Whether people have surely mended what they took apart between the sites before: where they cannot be asked, nothing is configured.
  private func areSitesTogether(at time: Instant) -> Bool {
    let mends: [Scenario.TimelineEntry.Verb: Scenario.TimelineEntry.Verb] = [
      .removeAddOn: .installAddOn, .renewCertificate: .reconnectSites, .unpairSites: .pairSites,
      .logOut: .logIn,
    ]
    return scenario.timeline.allSatisfy { entry in
      guard let mend = mends[entry.verb] else { return true }
      guard entry.afterRun == nil else { return false }
      return entry.at > time
        || scenario.timeline.contains { $0.verb == mend && $0.at > entry.at && $0.at < time }
    }
  }

  /// Whether each cluster of a site has the memory and the processors for all machines of the scenario, where plans can bring them there.
  private func hasHostRoom(at site: SiteID) -> Bool {
    guard !scenario.recoveryPairs.isEmpty else { return true }
    let machines = scenario.inventory.virtualMachines
    guard let largest = machines.map(\.memory.bytes).max(), largest > 0,
      let broadest = machines.map(\.cpuCount).max()
    else { return true }
    return scenario.inventory.clusters.allSatisfy { cluster in
      guard cluster.site == site, let settings = cluster.availability, let host = cluster.hostCapacity else {
        return true
      }
      let processors = host.cpuCount(overcommitment: settings.cpuOvercommitment)
      let each = min(Int(host.memory.bytes / largest), processors / max(1, broadest))
      return cluster.hosts.count * each >= machines.count
    }
  }

  /// Whether a datastore could hold everything that its replicas may ever need.
  private func hasRoom(_ datastore: DatastoreID) -> Bool {
    guard let capacity = scenario.inventory[datastore].capacity else { return true }
    // Copies and parity take up to four times as much, and no device is more than a third fuller than the others.
    let factor = scenario.inventory[datastore].vsan == nil ? 1.0 : 12
    return needed(on: datastore) * factor <= Double(capacity.bytes)
  }

  func isRecovered(_ machine: VirtualMachineID) -> Bool {
    scenario.recoveryPairs.contains { pair in pair.virtualMachines.contains { $0.id == machine } }
  }

  /// Whether a datastore could also hold replicas of all machines that are on it or come to it.
  private func staysRoomy(_ datastore: DatastoreID) -> Bool {
    guard let capacity = scenario.inventory[datastore].capacity else { return true }
    let factor = scenario.inventory[datastore].vsan == nil ? 1.0 : 12
    return needed(on: datastore, changingPlaces: true) * factor <= Double(capacity.bytes)
  }

  /// What machines and replicas on a datastore may ever need.
  ///
  /// - Parameter changingPlaces: Whether replicas are also where their machines began.
  private func needed(on datastore: DatastoreID, changingPlaces: Bool = false) -> Double {
    var needed = 0.0
    for machine in scenario.inventory.virtualMachines where machine.datastore == datastore {
      needed += machine.disks.reduce(0) { $0 + Double($1.used.bytes) }
    }
    for replication in scenario.replications
    where replication.datastore == datastore
      || changingPlaces && scenario.inventory[replication.virtualMachine].datastore == datastore
    {
      let points = Double((replication.pointsInTime?.perDay ?? 0) * (replication.pointsInTime?.days ?? 0))
      let disks = Double(replication.disks.count + 3)
      // A log grows by 16 MiB at a time.
      needed += (size(of: replication) + disks * 33_600_000) * (points + 6)
    }
    return needed
  }

  /// Whether what stands on a datastore survives all failures of disk groups: of no more fault domains than its policies bear.
  ///
  /// What hosts hold that fail or are cut off is back when they are, but has missed what was written meanwhile.
  private func survives(_ datastore: DatastoreID) -> Bool {
    guard let vsan = scenario.inventory[datastore].vsan else { return true }
    var hit: Set<Int> = []
    var losesDevices = false
    func strike(_ host: HostID) {
      if let index = vsan.hosts.firstIndex(of: host) { hit.insert(vsan.faultDomains[index]) }
    }
    for entry in scenario.timeline {
      switch entry.action {
      case .diskGroupFail(let host, _) where vsan.hosts.contains(host):
        losesDevices = true
        strike(host)
      case .hostFail(let host), .compute(.hostIsolate(let host)), .compute(.hostMaintenance(let host)):
        strike(host)
      case .compute(.siteFail(let sites)) where sites.contains(scenario.inventory[datastore].site):
        vsan.hosts.forEach(strike)
      default: break
      }
    }
    guard losesDevices else { return true }
    var policies = [vsan.policy]
    for (index, machine) in scenario.inventory.virtualMachines.enumerated()
    where machine.datastore == datastore {
      policies += [scenario.virtualMachines[index].storagePolicy].compactMap { $0 }
    }
    for replication in scenario.replications where replication.datastore == datastore {
      policies += [replication.storagePolicy].compactMap { $0 }
    }
    return hit.count <= policies.map(\.failures).min() ?? 0
  }

  /// Bytes of dirty extents per second that a machine makes at the end of the timeline, at most.
  private func churn(of machine: VirtualMachineID) -> Double {
    let scale = scenario.timeline.last {
      if case .scaleWorkload(let ids, _) = $0.action { ids.contains(machine) && $0.end == nil } else { false }
    }
    var factor = 1.0
    if case .scaleWorkload(_, let value) = scale?.action { factor = value.value }
    guard factor > 0 else { return 0 }
    let workloads = scenario.virtualMachines[machine.index].workloads.compactMap { $0 }
    return factor * workloads.reduce(0) { $0 + churn(of: scenario.workloads[$1.index]) }
  }

  /// Bytes of dirty extents per second of a workload when it works most; ransomware has come to its end.
  private func churn(of workload: Scenario.Workload) -> Double {
    let usual: Double =
      switch workload.model {
      case .uniform(let rate, let blockSize, _), .hotspot(let rate, let blockSize, _, _),
        .sequential(let rate, let blockSize, _):
        rate.bytesPerSecond / Double(blockSize.bytes) * (Double(blockSize.bytes) + 16_384)
      case .periodic(let every, _, let region):
        (Double(region.size?.bytes ?? 1 << 24) + 16_384) / every.inSeconds
      case .trace: .infinity
      case .ransomware(let attack): attack.over.map { churn(of: scenario.workloads[$0.index]) } ?? 0
      }
    guard let pace = workload.pace else { return usual }
    var peak = pace.ramp.map { max(1, $0.factor.value) } ?? 1
    switch pace.hours {
    // The peak of an office is less than that.
    case .office: peak *= 6
    case .day(let weights): peak *= 24 * Double(weights.max() ?? 1) / Double(max(1, weights.reduce(0, +)))
    case nil: break
    }
    return usual * peak * (1 + pace.yearlyGrowth.value)
  }
}
