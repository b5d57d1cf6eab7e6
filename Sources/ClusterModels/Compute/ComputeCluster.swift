package import Inventory
package import Quantities

/// The hosts of one cluster and what runs on them: places, restarts and moves machines as vSphere does.
///
/// Its driver passes each input with its time, advances the cluster to ``nextDeadline`` when that comes, and takes
/// the events. Hosts and machines are numbered by their position.
///
///     var cluster = ComputeCluster(
///       hostCount: 2, capacity: nil, machines: [.init(cpuCount: 2, memory: .gibibytes(8))], hosts: [0],
///       parameters: HighAvailability(), migrationDuration: .seconds(30))
///     cluster.hostFailed(0, at: now)
///     cluster.nextDeadline  // now + 18 s: the failure is noticed, and host 1 begins to start the machine
///
/// A partition of a cluster is a disconnection of the hosts on the far side: each side has its master, machines run on.
///
/// - Invariant: A host never holds more than its bounds; a machine takes room on one host, while it moves on two;
///   whatever waits fits on no host that has a free slot, is not admitted where an administrator asked for it, or has
///   disks that nobody reaches.
package struct ComputeCluster: Sendable {
  /// What a machine does.
  package enum Power: Sendable, Hashable {
    case off
    case running(host: Int)
    /// It runs on `host` and takes room at `destination` too.
    case moving(host: Int, destination: Int, ends: Instant)
    /// Its host failed, and nobody has noticed.
    case lost(host: Int)
    /// vSphere HA is to start it, or an administrator asked for it and was refused.
    case waiting
    case starting(host: Int, ends: Instant)
  }

  /// A power-on that could not be done yet.
  struct PowerOnOrder: Sendable {
    /// Where the machine ran last.
    let preferred: Int?
  }

  /// The state of one host.
  struct HostState: Sendable {
    var isFailed = false
    var isIsolated = false
    var isDisconnected = false
    var isInMaintenance = false
    /// When its failure is noticed.
    var failureNoticed: Instant?
    /// When it responds to its isolation.
    var isolationNoticed: Instant?
    /// Whether that it is empty was said since it entered maintenance mode.
    var isEvacuated = false
    /// What its machines need together.
    var taken = HostDemand.zero
    var machineCount = 0
    var powerOnCount = 0
    /// Moves from it and to it.
    var moveCount = 0

    /// Whether it can be given machines.
    var isAvailable: Bool { !isFailed && !isIsolated && !isDisconnected && !isInMaintenance }
  }

  let capacity: HostCapacity?
  let bounds: HostBounds?
  let parameters: HighAvailability
  let migrationDuration: TimeSpan
  package private(set) var machines: [ComputeMachine]
  var hosts: [HostState]
  private(set) var powers: [Power]
  /// The machines that vSphere HA is to start, in the order in which it tries.
  private(set) var waiting: [Int] = []
  /// What an administrator asked for, of machines that wait for that reason; by machine.
  var orders: [PowerOnOrder?]
  /// Machines whose disks nobody can reach, so that nobody can start them.
  private(set) var unreachable: Set<Int> = []
  /// Waiting machines of which it was said that they have no room.
  var announced: Set<Int> = []
  /// The machines that start or move, in the order in which that began.
  private(set) var operations: [Int] = []
  private var events: [ComputeEvent] = []

  /// A cluster as it is at the beginning: each machine on a host, or off.
  ///
  /// - Parameters:
  ///   - capacity: Of each host; `nil` for no limit.
  ///   - initialHosts: The host of each machine, `nil` for one that is off.
  ///   - migrationDuration: What one move takes.
  /// - Precondition: The machines fit on their hosts.
  package init(
    hostCount: Int, capacity: HostCapacity?, machines: [ComputeMachine], initialHosts: [Int?],
    parameters: HighAvailability, migrationDuration: TimeSpan
  ) {
    precondition(machines.count == initialHosts.count, "each machine has a first host or none")
    self.capacity = capacity
    bounds = capacity.map { HostBounds(of: $0, under: parameters) }
    self.parameters = parameters
    self.migrationDuration = migrationDuration
    self.machines = machines
    hosts = Array(repeating: HostState(), count: hostCount)
    powers = Array(repeating: .off, count: machines.count)
    orders = Array(repeating: nil, count: machines.count)
    for (machine, host) in initialHosts.enumerated() {
      guard let host else { continue }
      precondition(fits(machine, on: host), "the machines of the beginning fit on their hosts")
      setPower(.running(host: host), of: machine)
    }
  }

  /// One more machine belongs to the cluster; it is off.
  ///
  /// - Returns: Its number.
  package mutating func add(_ machine: ComputeMachine) -> Int {
    machines.append(machine)
    powers.append(.off)
    orders.append(nil)
    return machines.count - 1
  }

  /// The machine is registered anew, as a recovery does: it is guaranteed nothing any more, and its disks are others.
  ///
  /// - Precondition: It is off.
  /// - Source: VMware, Site Recovery Manager documentation: reservations, limits and affinity rules are not preserved.
  package mutating func registeredAnew(_ machine: Int) {
    precondition(powers[machine] == .off, "a machine that is registered anew is off")
    machines[machine].demand = machines[machine].demand.withoutReservation
    unreachable.remove(machine)
  }

  /// The disks of a machine can be reached, or cannot: while they cannot, what waits of it is not started.
  package mutating func disksChanged(of machine: Int, areReachable: Bool, at now: Instant) {
    if areReachable { unreachable.remove(machine) } else { unreachable.insert(machine) }
    roomReturned(at: now)
  }

  // MARK: - Questions

  package var hostCount: Int { hosts.count }

  package func power(of machine: Int) -> Power { powers[machine] }

  /// The host on which the machine runs, or `nil` while it does not.
  package func host(of machine: Int) -> Int? {
    switch powers[machine] {
    case .running(let host), .moving(let host, _, _): host
    case .off, .lost, .waiting, .starting: nil
    }
  }

  /// When the cluster must be advanced next, or `nil` while nothing is under way.
  package var nextDeadline: Instant? {
    var next: Instant?
    func consider(_ instant: Instant?) {
      if let instant { next = min(next ?? instant, instant) }
    }
    for host in hosts {
      consider(host.failureNoticed)
      consider(host.isolationNoticed)
    }
    for machine in operations { consider(end(of: machine)) }
    return next
  }

  /// What happened since this was last asked, in order.
  package mutating func takeEvents() -> [ComputeEvent] {
    defer { events.removeAll() }
    return events
  }

  func end(of machine: Int) -> Instant? {
    switch powers[machine] {
    case .starting(_, let ends), .moving(_, _, let ends): ends
    case .off, .running, .lost, .waiting: nil
    }
  }

  mutating func say(_ event: ComputeEvent) { events.append(event) }

  // MARK: - Room

  /// Whether a host has the memory and processors for one more machine, whatever its state.
  func fits(_ machine: Int, on host: Int) -> Bool {
    bounds?.hold(hosts[host].taken + machines[machine].demand) ?? true
  }

  /// Changes what a machine does, and with it what it takes of hosts, slots and lists.
  mutating func setPower(_ power: Power, of machine: Int) {
    account(for: machine, isTaken: false)
    switch powers[machine] {
    case .waiting:
      waiting.removeAll { $0 == machine }
      announced.remove(machine)
      orders[machine] = nil
    case .starting, .moving: operations.removeAll { $0 == machine }
    case .off, .running, .lost: break
    }
    powers[machine] = power
    switch power {
    case .waiting:
      // Before the first that comes later: of lower priority, or of the same and numbered higher.
      let key = machines[machine].priority
      let place = waiting.firstIndex {
        machines[$0].priority < key || (machines[$0].priority == key && $0 > machine)
      }
      waiting.insert(machine, at: place ?? waiting.endIndex)
    case .starting, .moving: operations.append(machine)
    case .off, .running, .lost: break
    }
    account(for: machine, isTaken: true)
  }

  private mutating func account(for machine: Int, isTaken: Bool) {
    let sign = isTaken ? 1 : -1
    let demand = machines[machine].demand
    func take(_ host: inout HostState) {
      host.taken = isTaken ? host.taken + demand : host.taken - demand
      host.machineCount += sign
    }
    switch powers[machine] {
    case .off, .lost, .waiting: break
    case .running(let host): take(&hosts[host])
    case .starting(let host, _):
      take(&hosts[host])
      hosts[host].powerOnCount += sign
    case .moving(let host, let destination, _):
      take(&hosts[host])
      take(&hosts[destination])
      hosts[host].moveCount += sign
      hosts[destination].moveCount += sign
    }
  }
}
