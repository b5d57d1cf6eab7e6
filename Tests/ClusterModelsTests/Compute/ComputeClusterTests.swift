import Inventory
import Quantities
import Testing

@testable import ClusterModels

@Suite struct ComputeClusterTests {
  private func at(_ seconds: Int64) -> Instant { .zero + .seconds(seconds) }

  /// Hosts of 10 cores (40 virtual processors) and 100 GiB.
  private static let capacity = HostCapacity(cores: 10, memory: .gibibytes(100))

  /// Hosts may give their machines no more memory than they have.
  private func cluster(
    _ hosts: Int, memory: [UInt64], on initial: [Int?], priorities: [RestartPriority]? = nil,
    capacity: HostCapacity? = Self.capacity, _ change: (inout HighAvailability) -> Void = { _ in }
  ) -> ComputeCluster {
    var parameters = HighAvailability()
    parameters.memoryOvercommitment = .one
    change(&parameters)
    let machines = memory.enumerated().map { index, memory in
      ComputeMachine(cpuCount: 2, memory: .gibibytes(memory), priority: priorities?[index] ?? .medium)
    }
    return ComputeCluster(
      hostCount: hosts, capacity: capacity, machines: machines, initialHosts: initial, parameters: parameters,
      migrationDuration: .seconds(30))
  }

  @Test func `A machine of a failed host is on again after detection and power-on`() {
    var cluster = cluster(2, memory: [8], on: [0])

    cluster.hostFailed(0, at: at(100))

    #expect(cluster.power(of: 0) == .lost(host: 0))
    #expect(cluster.nextDeadline == at(118))
    cluster.advance(to: at(118))
    #expect(cluster.power(of: 0) == .starting(host: 1, ends: at(128)))
    cluster.advance(to: at(128))
    #expect(cluster.host(of: 0) == 1)
    #expect(
      cluster.takeEvents() == [
        .machineLost(0, host: 0), .failureNoticed(host: 0), .restartBegan(0, host: 1),
        .machineStarted(0, host: 1),
      ])
  }

  /// A machine of 60 GiB runs on each of two hosts of 100 GiB; the third is in standby.
  @Test func `A host in standby holds nothing and is missed by nobody until it returns`() {
    var cluster = cluster(3, memory: [60, 60], on: [0, 1])
    cluster.hostInStandby(2)
    cluster.hostFailed(0, at: at(100))
    cluster.advance(to: at(200))
    #expect(cluster.power(of: 0) == .waiting)
    // The failure of host 0 is the only one that anybody noticed.
    #expect(cluster.takeEvents().filter { if case .failureNoticed = $0 { true } else { false } }.count == 1)

    cluster.hostReturned(2, at: at(300))

    #expect(cluster.power(of: 0) == .starting(host: 2, ends: at(310)))
  }

  @Test func `Of machines that wait for one slot the highest priority starts first`() {
    var cluster = cluster(2, memory: [8, 8, 8], on: [0, 0, 0], priorities: [.low, .medium, .highest]) {
      $0.powerOnsPerHost = 1
    }

    cluster.hostFailed(0, at: at(0))
    cluster.advance(to: at(100))

    let starts = cluster.takeEvents().compactMap {
      if case .restartBegan(let machine, _) = $0 { machine } else { nil }
    }
    #expect(starts == [2, 1, 0])
  }

  @Test func `What does not fit waits and does not hold up what does`() {
    // Host 1 has 100 − 60 = 40 GiB free: no room for 50, room for 30.
    var cluster = cluster(2, memory: [50, 30, 60], on: [0, 0, 1], priorities: [.high, .low, .medium])

    cluster.hostFailed(0, at: at(0))
    cluster.advance(to: at(18))

    #expect(cluster.power(of: 0) == .waiting)
    #expect(cluster.power(of: 1) == .starting(host: 1, ends: at(28)))
    cluster.powerOff(2, at: at(40))
    #expect(cluster.power(of: 0) == .starting(host: 1, ends: at(50)))
  }

  @Test func `A host that returns before it was missed starts its machines at once`() {
    var cluster = cluster(1, memory: [8], on: [0])

    cluster.hostFailed(0, at: at(0))
    cluster.hostReturned(0, at: at(10))

    #expect(cluster.power(of: 0) == .starting(host: 0, ends: at(20)))
  }

  @Test func `A machine whose disks nobody reaches is started once they are back`() {
    var cluster = cluster(2, memory: [8, 8], on: [0, 0])
    cluster.hostFailed(0, at: at(0))
    cluster.disksChanged(of: 0, areReachable: false, at: at(1))

    cluster.advance(to: at(100))
    #expect(cluster.power(of: 0) == .waiting && cluster.host(of: 1) == 1)
    cluster.disksChanged(of: 0, areReachable: true, at: at(200))
    #expect(cluster.power(of: 0) == .starting(host: 1, ends: at(210)))
  }

  @Test func `Hosts that return together share what waits`() {
    var cluster = cluster(2, memory: [8, 8, 8, 8], on: [0, 0, 0, 1])
    cluster.hostFailed(0, at: at(0))
    cluster.hostFailed(1, at: at(0))
    cluster.advance(to: at(18))

    cluster.hostsReturned([0, 1], at: at(100))
    cluster.advance(to: at(110))

    #expect((0..<4).map { cluster.host(of: $0) } == [0, 1, 0, 1])
  }

  @Test func `Without vSphere HA the machines of a failed host stay off`() {
    var cluster = cluster(2, memory: [8], on: [0]) { $0.isEnabled = false }

    cluster.hostFailed(0, at: at(0))
    cluster.hostReturned(0, at: at(10))

    #expect(cluster.power(of: 0) == .off)
    #expect(cluster.nextDeadline == nil)
  }

  @Test func `Machines of an isolated host run on unless the response powers them off`() {
    var leaving = cluster(2, memory: [8], on: [0])
    leaving.hostIsolated(0, at: at(0))
    leaving.advance(to: at(100))
    #expect(leaving.host(of: 0) == 0)

    var stopping = cluster(2, memory: [8], on: [0]) { $0.isolationResponse = .powerOff }
    stopping.hostIsolated(0, at: at(0))
    stopping.advance(to: at(59))
    #expect(stopping.host(of: 0) == 0)
    stopping.advance(to: at(70))
    #expect(stopping.host(of: 0) == 1)
  }

  @Test func `An isolation shorter than its delay changes nothing`() {
    var cluster = cluster(2, memory: [8], on: [0]) { $0.isolationResponse = .powerOff }

    cluster.hostIsolated(0, at: at(0))
    cluster.hostRejoined(0, at: at(43))
    cluster.advance(to: at(1_000))

    #expect(cluster.host(of: 0) == 0)
    #expect(cluster.takeEvents().isEmpty)
  }

  @Test func `A restart after a failure may use what admission control keeps`() {
    var cluster = cluster(2, memory: [50, 50], on: [0, 1]) { $0.failuresReserved = 1 }

    cluster.hostFailed(0, at: at(0))
    cluster.advance(to: at(28))

    #expect(cluster.host(of: 0) == 1)
  }

  @Test func `A host is emptied for maintenance a few machines at a time`() throws {
    var cluster = cluster(2, memory: [8, 8, 8], on: [0, 0, 0]) { $0.migrationsPerHost = 2 }

    try cluster.maintenanceRequested(0, at: at(0))

    // Two move from 0 to 30 s, the third from 30 to 60 s.
    cluster.advance(to: at(30))
    #expect(cluster.host(of: 0) == 1 && cluster.host(of: 1) == 1 && cluster.host(of: 2) == 0)
    cluster.advance(to: at(60))
    #expect(cluster.host(of: 2) == 1)
    #expect(cluster.takeEvents().last == .evacuated(host: 0))
  }

  @Test func `Maintenance is refused where a machine fits nowhere else`() {
    var cluster = cluster(2, memory: [60, 50], on: [0, 1])

    #expect(throws: ComputeRefusal.cannotEvacuate(machineCount: 1)) {
      try cluster.maintenanceRequested(0, at: at(0))
    }
    #expect(cluster.host(of: 0) == 0)
  }

  @Test func `A disconnected host runs its machines and is given none`() {
    var cluster = cluster(3, memory: [8, 8], on: [0, 1])

    cluster.hostDisconnected(1, at: at(0))
    cluster.hostFailed(0, at: at(0))
    cluster.advance(to: at(28))

    #expect(cluster.host(of: 1) == 1)
    #expect(cluster.host(of: 0) == 2)
  }

  @Test func `A move takes room at both ends and fails with either host`() throws {
    var cluster = cluster(2, memory: [60, 50], on: [0, nil])
    try cluster.migrate(0, to: 1, at: at(0))

    // Host 0 holds the 60 GiB that leave, host 1 the 60 GiB that come.
    #expect(throws: ComputeRefusal.noRoom) { try cluster.powerOn(1, preferring: nil, at: at(1)) }
    cluster.hostFailed(1, at: at(2))
    #expect(cluster.host(of: 0) == 0)
    #expect(cluster.takeEvents().last == .moveFailed(0))
  }

  @Test func `Processors limit as memory does`() {
    // 1 core at 400 % is 4 virtual processors: two machines of 2.
    var cluster = cluster(
      2, memory: [1, 1, 1], on: [0, 1, 1], capacity: HostCapacity(cores: 1, memory: .gibibytes(100)))

    cluster.hostFailed(0, at: at(0))
    cluster.advance(to: at(100))

    #expect(cluster.power(of: 0) == .waiting)
    #expect(cluster.takeEvents().last == .machineWaits(0))
  }
}
