import Inventory
import Quantities
import Testing

@testable import ClusterModels

/// Power-ons that an administrator asked for and that had to wait.
@Suite struct PowerOnOrderTests {
  private func at(_ seconds: Int64) -> Instant { .zero + .seconds(seconds) }

  /// Hosts of 32 GiB, machines of the sizes given in GiB, all of it reserved, all off but those with a host.
  private func cluster(
    hosts: Int, _ machines: [(memory: UInt64, host: Int?)], failuresReserved: Int = 0, isEnabled: Bool = true
  ) -> ComputeCluster {
    var parameters = HighAvailability()
    parameters.failuresReserved = failuresReserved
    parameters.isEnabled = isEnabled
    return ComputeCluster(
      hostCount: hosts, capacity: HostCapacity(cores: 16, memory: .gibibytes(32)),
      machines: machines.map {
        ComputeMachine(cpuCount: 1, memory: .gibibytes($0.memory), reservation: .gibibytes($0.memory))
      },
      initialHosts: machines.map(\.host), parameters: parameters, migrationDuration: .seconds(30))
  }

  @Test func `A power-on that found no room is done when memory is freed`() {
    var cluster = cluster(hosts: 1, [(30, 0), (8, nil)])
    #expect(throws: ComputeRefusal.noRoom) { try cluster.powerOn(1, preferring: 0, at: at(0)) }
    cluster.awaitPowerOn(1, preferring: 0)
    #expect(cluster.power(of: 1) == .waiting)
    cluster.powerOff(0, at: at(10))

    #expect(cluster.power(of: 1) == .running(host: 0))
    let events = cluster.takeEvents()
    #expect(events == [.machinePoweredOn(1, host: 0)])
  }

  @Test func `A power-on that had to wait is done when a host takes machines again`() {
    let changes: [((inout ComputeCluster) -> Void, (inout ComputeCluster) -> Void)] = [
      ({ $0.hostDisconnected(0, at: at(0)) }, { $0.hostReconnected(0, at: at(10)) }),
      ({ $0.hostIsolated(0, at: at(0)) }, { $0.hostRejoined(0, at: at(10)) }),
      ({ _ = try? $0.maintenanceRequested(0, at: at(0)) }, { $0.maintenanceEnded(0, at: at(10)) }),
      ({ $0.hostFailed(0, at: at(0)) }, { $0.hostReturned(0, at: at(10)) }),
    ]
    for (away, back) in changes {
      for isEnabled in [true, false] {
        var cluster = cluster(hosts: 1, [(8, nil)], isEnabled: isEnabled)
        away(&cluster)
        cluster.awaitPowerOn(0, preferring: 0)
        back(&cluster)
        #expect(cluster.power(of: 0) == .running(host: 0))
      }
    }
  }

  @Test func `What admission control refused waits until it would be admitted`() {
    // Two hosts of 32 GiB, one kept: 24 + 16 GiB are too much, 16 with 0.1 of overhead are not.
    var cluster = cluster(hosts: 2, [(24, 0), (16, nil)], failuresReserved: 1)
    cluster.awaitPowerOn(1, preferring: nil)
    cluster.hostDisconnected(1, at: at(1))
    cluster.hostReconnected(1, at: at(2))
    #expect(cluster.power(of: 1) == .waiting)
    cluster.powerOff(0, at: at(3))
    #expect(cluster.power(of: 1) == .running(host: 0))
  }

  @Test func `What is powered off is not started any more`() {
    var cluster = cluster(hosts: 1, [(30, 0), (8, nil)])
    cluster.awaitPowerOn(1, preferring: 0)
    cluster.powerOff(1, at: at(5))
    cluster.powerOff(0, at: at(10))
    #expect(cluster.power(of: 1) == .off)
  }
}
