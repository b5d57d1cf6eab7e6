import Inventory
import Quantities
import Testing

@testable import ClusterModels

/// What memory limits on hosts: reservations and overhead always, what is configured only where the cluster says so.
@Suite struct ClusterMemoryTests {
  private func at(_ seconds: Int64) -> Instant { .zero + .seconds(seconds) }

  /// Hosts of 16 cores (64 virtual processors) and 64 GiB; machines of 2 processors and 8 GiB, dealt in turn.
  private func cluster(
    hosts: Int = 3, machines count: Int, reservation: ByteCount = .zero, offFrom off: Int? = nil,
    _ change: (inout HighAvailability) -> Void = { _ in }
  ) -> ComputeCluster {
    var parameters = HighAvailability()
    change(&parameters)
    return ComputeCluster(
      hostCount: hosts, capacity: HostCapacity(cores: 16, memory: .gibibytes(64)),
      machines: (0..<count).map { _ in
        ComputeMachine(cpuCount: 2, memory: .gibibytes(8), reservation: reservation)
      },
      initialHosts: (0..<count).map { $0 < off ?? count ? $0 % hosts : nil }, parameters: parameters,
      migrationDuration: .seconds(30))
  }

  private func runningCount(_ cluster: ComputeCluster) -> Int {
    cluster.machines.indices.count { cluster.host(of: $0) != nil }
  }

  @Test func `Without reservations all machines of a failed host start where they must share memory`() {
    // 17 · 8 = 136 GiB on the 128 GiB of two hosts.
    var cluster = cluster(machines: 17)

    cluster.hostFailed(0, at: at(0))
    cluster.advance(to: at(28))

    #expect(runningCount(cluster) == 17)
  }

  @Test func `A bound of memory overcommitment holds for restarts too`() {
    // At 100 % two hosts hold 16 machines of 8 GiB; at 125 % of 64 GiB they hold 2 · 10.
    var bounded = cluster(machines: 17) { $0.memoryOvercommitment = .one }
    bounded.hostFailed(0, at: at(0))
    bounded.advance(to: at(28))
    #expect(runningCount(bounded) == 16)

    var overcommitted = cluster(machines: 21) { $0.memoryOvercommitment = .percent(125) }
    overcommitted.hostFailed(0, at: at(0))
    overcommitted.advance(to: at(28))
    #expect(runningCount(overcommitted) == 20)
  }

  @Test func `What is reserved must be there with the overhead of the machine`() {
    // 8 machines that reserve all 8 GiB would fill 64 GiB; each needs 83 MiB more, so that seven fit on a host.
    var cluster = cluster(machines: 17, reservation: .gibibytes(8))

    cluster.hostFailed(0, at: at(0))
    cluster.advance(to: at(28))

    #expect(runningCount(cluster) == 14)
  }

  @Test func `Admission control counts reservations and not what guests were given`() throws {
    // One of three hosts is kept, which leaves 128 GiB. 24 machines have 192 GiB and reserve nothing: their overhead is 2 GiB.
    var lazy = cluster(machines: 25, offFrom: 24) { $0.failuresReserved = 1 }
    _ = try lazy.powerOn(24, preferring: nil, at: at(0))
    #expect(runningCount(lazy) == 25)

    // With 6 GiB reserved and 83 MiB of overhead each, 21 take 21 · 6.081 = 127.7 GiB, and 22 take 133.8 GiB.
    var reserving = cluster(machines: 22, reservation: .gibibytes(6), offFrom: 20) {
      $0.failuresReserved = 1
    }
    _ = try reserving.powerOn(20, preferring: nil, at: at(0))
    #expect(throws: ComputeRefusal.admission(failuresReserved: 1)) {
      try reserving.powerOn(21, preferring: nil, at: at(0))
    }
  }

  @Test func `A host alone admits nothing, since it could restart nothing`() {
    var cluster = cluster(hosts: 2, machines: 2, offFrom: 1) { $0.failuresReserved = 1 }
    cluster.hostDisconnected(1, at: at(0))

    #expect(throws: ComputeRefusal.admission(failuresReserved: 1)) {
      try cluster.powerOn(1, preferring: nil, at: at(1))
    }
  }

  @Test func `What a recovery registers anew has lost its reservation`() throws {
    // 7 of 8 GiB fill a host; the eighth fits once it reserves nothing.
    var cluster = cluster(hosts: 1, machines: 8, reservation: .gibibytes(8), offFrom: 7)
    #expect(throws: ComputeRefusal.noRoom) { try cluster.powerOn(7, preferring: nil, at: at(0)) }

    cluster.registeredAnew(7)

    let host = try cluster.powerOn(7, preferring: nil, at: at(1))
    #expect(host == 0)
  }
}
