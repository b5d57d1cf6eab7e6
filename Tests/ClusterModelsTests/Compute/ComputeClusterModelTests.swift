import Inventory
import Quantities
import RandomStreams
import Testing

@testable import ClusterModels

/// Random histories, with every promise of the cluster counted again from the powers of its machines.
@Suite struct ComputeClusterModelTests {
  /// What the machines take of a host.
  private struct Use {
    var memory: UInt64 = 0
    var reserved: UInt64 = 0
    var cpuCount = 0
    var starts = 0
    var moves = 0
  }

  private struct History {
    var random: RandomStream
    var cluster: ComputeCluster
    let capacity: HostCapacity
    let slots: Int
    /// Of the configured memory of a host's machines, in bytes.
    let memoryBound: UInt64?
    var now = Instant.zero
    /// Hosts that cannot be given machines, told from the inputs alone.
    var failed: Set<Int> = []
    var isolated: Set<Int> = []
    var disconnected: Set<Int> = []
    var maintained: Set<Int> = []

    init(seed: UInt64) {
      var random = RandomStream(seed: seed, name: "compute-cluster")
      let hostCount = 2 + Int(random.next(below: 4))
      capacity = HostCapacity(cores: 2 + Int(random.next(below: 6)), memory: .gibibytes(32))
      slots = 1 + Int(random.next(below: 3))
      var parameters = HighAvailability()
      parameters.powerOnsPerHost = slots
      parameters.migrationsPerHost = 1 + Int(random.next(below: 3))
      // None, as in vSphere, or 100 % to 150 %.
      let bound = random.next(below: 2) == 0 ? nil : 100 + Int64(random.next(below: 51))
      parameters.memoryOvercommitment = bound.map { .percent($0) }
      memoryBound = bound.map { UInt64($0) * (32 << 30) / 100 }
      parameters.failuresReserved = Int(random.next(below: 3)) / 2
      parameters.isolationResponse = random.next(below: 2) == 0 ? .leave : .powerOff
      let machines = (0..<4 + Int(random.next(below: 12))).map { _ in
        let (cpuCount, memory) = (1 + Int(random.next(below: 4)), 1 + random.next(below: 12))
        return ComputeMachine(
          cpuCount: cpuCount, memory: .gibibytes(memory),
          reservation: .gibibytes(random.next(below: memory + 1)),
          priority: RestartPriority.allCases[Int(random.next(below: 5))])
      }
      cluster = ComputeCluster(
        hostCount: hostCount, capacity: capacity, machines: machines,
        initialHosts: machines.map { _ in nil }, parameters: parameters, migrationDuration: .seconds(30))
      self.random = random
      for machine in machines.indices { powerOn(machine) }
    }

    func isAvailable(_ host: Int) -> Bool {
      !failed.contains(host) && !isolated.contains(host) && !disconnected.contains(host)
        && !maintained.contains(host)
    }

    /// Whether a host that takes so much would hold the machine too.
    func holds(_ machine: Int, beside use: Use) -> Bool {
      let demand = cluster.machines[machine].demand
      return use.reserved + demand.reserved.bytes <= capacity.memory.bytes
        && use.cpuCount + demand.cpuCount <= capacity.cores * 4
        && memoryBound.map { use.memory + demand.memory.bytes <= $0 } ?? true
    }

    /// Whether the hosts but one, of those that take machines, have what is reserved on all of them and by the machine.
    func isAdmitted(_ machine: Int) -> Bool {
      guard cluster.parameters.failuresReserved > 0 else { return true }
      let uses = taken()
      let available = uses.indices.filter { isAvailable($0) }
      let reserved = available.reduce(cluster.machines[machine].demand.reserved.bytes) {
        $0 + uses[$1].reserved
      }
      return reserved + capacity.memory.bytes <= UInt64(available.count) * capacity.memory.bytes
    }

    mutating func powerOn(_ machine: Int) {
      guard cluster.power(of: machine) == .off else { return }
      let isOn = (try? cluster.powerOn(machine, preferring: nil, at: now)) != nil
      if !isOn, random.next(below: 2) == 0 { cluster.awaitPowerOn(machine, preferring: nil) }
    }

    mutating func step() {
      let host = Int(random.next(below: UInt64(cluster.hostCount)))
      let machine = Int(random.next(below: UInt64(cluster.machines.count)))
      switch random.next(below: 12) {
      case 0:
        cluster.hostFailed(host, at: now)
        failed.insert(host)
      case 1, 2:
        cluster.hostReturned(host, at: now)
        failed.remove(host)
      case 3:
        cluster.hostIsolated(host, at: now)
        isolated.insert(host)
      case 4:
        cluster.hostRejoined(host, at: now)
        isolated.remove(host)
      case 5:
        cluster.hostDisconnected(host, at: now)
        disconnected.insert(host)
      case 6:
        cluster.hostReconnected(host, at: now)
        disconnected.remove(host)
      case 7: if (try? cluster.maintenanceRequested(host, at: now)) != nil { maintained.insert(host) }
      case 8:
        cluster.maintenanceEnded(host, at: now)
        maintained.remove(host)
      case 9: cluster.powerOff(machine, at: now)
      case 10: powerOn(machine)
      default: try? cluster.migrate(machine, to: host, at: now)
      }
      now = now + .seconds(Int64(random.next(below: 40)))
      cluster.advance(to: now)
    }

    /// What the machines take of each host, counted from their powers alone.
    func taken() -> [Use] {
      var taken = Array(repeating: Use(), count: cluster.hostCount)
      func add(_ machine: Int, to host: Int) {
        let demand = cluster.machines[machine].demand
        taken[host].memory += demand.memory.bytes
        taken[host].reserved += demand.reserved.bytes
        taken[host].cpuCount += demand.cpuCount
      }
      for machine in cluster.machines.indices {
        switch cluster.power(of: machine) {
        case .running(let host): add(machine, to: host)
        case .starting(let host, _):
          add(machine, to: host)
          taken[host].starts += 1
        case .moving(let host, let destination, _):
          for end in [host, destination] {
            add(machine, to: end)
            taken[end].moves += 1
          }
        case .off, .lost, .waiting: break
        }
      }
      return taken
    }
  }

  @Test(arguments: 0..<300 as Range<UInt64>)
  func `No history overfills a host, forgets a machine or leaves room idle that one waits for`(seed: UInt64) {
    var history = History(seed: seed)
    for _ in 0..<60 {
      history.step()
      let taken = history.taken()
      let cpuLimit = history.capacity.cores * 4
      for (host, use) in taken.enumerated() {
        #expect(use.reserved <= history.capacity.memory.bytes && use.cpuCount <= cpuLimit)
        if let bound = history.memoryBound { #expect(use.memory <= bound) }
        #expect(use.starts <= history.slots && use.moves <= history.cluster.parameters.migrationsPerHost)
        if history.failed.contains(host) { #expect(use.memory == 0, "nothing runs on a failed host") }
      }
      for machine in history.cluster.machines.indices where history.cluster.power(of: machine) == .waiting {
        // An order of an administrator needs no slot, but must be admitted.
        let isOrder = history.cluster.orders[machine] != nil
        let canStart =
          (!isOrder || history.isAdmitted(machine))
          && taken.indices.contains { host in
            history.isAvailable(host) && (isOrder || taken[host].starts < history.slots)
              && history.holds(machine, beside: taken[host])
          }
        #expect(!canStart, "machine \(machine) waits although a host has room and a slot")
      }
      let deadlines = history.cluster.nextDeadline
      #expect(deadlines.map { $0 > history.now } ?? true, "nothing due is left undone")
    }
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `When all hosts are well again everything that fits runs and nothing is under way`(seed: UInt64) {
    var history = History(seed: seed)
    for _ in 0..<40 { history.step() }
    for host in 0..<history.cluster.hostCount {
      history.cluster.hostReturned(host, at: history.now)
      history.cluster.hostRejoined(host, at: history.now)
      history.cluster.hostReconnected(host, at: history.now)
      history.cluster.maintenanceEnded(host, at: history.now)
    }
    history.cluster.advance(to: history.now + .hours(1))

    #expect(history.cluster.nextDeadline == nil)
    for machine in history.cluster.machines.indices {
      switch history.cluster.power(of: machine) {
      case .off, .running: break
      case .waiting:
        let isOrder = history.cluster.orders[machine] != nil
        #expect(
          isOrder && !history.isAdmitted(machine)
            || history.taken().allSatisfy { !history.holds(machine, beside: $0) })
      case .lost, .moving, .starting:
        Issue.record("machine \(machine) is still \(history.cluster.power(of: machine))")
      }
    }
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `Machines of equal size start in the order of their priorities`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "restart-order")
    let priorities = (0..<12).map { _ in RestartPriority.allCases[Int(random.next(below: 5))] }
    var parameters = HighAvailability()
    parameters.powerOnsPerHost = 1 + Int(random.next(below: 4))
    var cluster = ComputeCluster(
      hostCount: 2, capacity: nil,
      machines: priorities.map { ComputeMachine(cpuCount: 1, memory: .gibibytes(1), priority: $0) },
      initialHosts: priorities.map { _ in 0 }, parameters: parameters, migrationDuration: .seconds(30))

    cluster.hostFailed(0, at: .zero)
    cluster.advance(to: .zero + .hours(1))

    let starts = cluster.takeEvents().compactMap {
      if case .restartBegan(let machine, _) = $0 { machine } else { nil }
    }
    #expect(starts == priorities.indices.sorted { (priorities[$1], $0) < (priorities[$0], $1) })
  }
}
