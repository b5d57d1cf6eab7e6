import Inventory
import Quantities
import RandomStreams
import Testing

@testable import ClusterModels

/// Where components go: objects that are created together before they are written to, too.
@Suite struct VSANPlacementTests {
  private let mirror = StoragePolicy(.mirroring(failures: 1))

  private func cluster(
    hosts: Int, device: ByteCount = .gibibytes(1_000), devices: Int = 1, componentsPerHost: Int? = nil
  ) -> VSANCluster {
    var parameters = VSANParameters()
    parameters.componentsPerHost = componentsPerHost
    return VSANCluster(
      hosts: (0..<hosts).map {
        .init(devices: Array(repeating: device, count: devices), faultDomain: $0)
      }, parameters: parameters)
  }

  /// How many components with content, and how many in all, stand on each host.
  private func counts(
    _ objects: [VSANCluster.ObjectID], in cluster: VSANCluster, hosts: Int
  ) -> (data: [Int], all: [Int]) {
    var (data, all) = ([Int](repeating: 0, count: hosts), [Int](repeating: 0, count: hosts))
    for object in objects {
      let layout = cluster.layout(of: object)
      for (index, host) in cluster.hosts(of: object).enumerated() {
        guard let host else { continue }
        all[host] += 1
        if !layout.isWitness(index) { data[host] += 1 }
      }
    }
    return (data, all)
  }

  private func spread(_ counts: [Int]) -> Int { (counts.max() ?? 0) - (counts.min() ?? 0) }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `Thin objects that are created together stand evenly on all hosts`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "vsan-placement")
    let hosts = 3 + Int(random.next(below: 8))
    let devices = 1 + Int(random.next(below: 3))
    let policies = [
      mirror, StoragePolicy(.mirroring(failures: 2)), StoragePolicy(.singleParity),
      StoragePolicy(.doubleParity),
    ].filter { $0.hostsMinimum <= hosts }
    let policy = policies[Int(random.next(below: UInt64(policies.count)))]
    // What is known of what they will hold, or nothing.
    let expected = random.next(below: 2) == 0 ? nil : ByteCount.gibibytes(1 + random.next(below: 10))
    var cluster = cluster(hosts: hosts, devices: devices)
    var objects: [VSANCluster.ObjectID] = []
    for _ in 0..<1 + random.next(below: 40) {
      objects.append(
        cluster.create(
          policy, size: .gibibytes(10), content: random.next(below: 2) == 0 ? .zero : .kibibytes(24),
          expected: expected, at: .zero))
      let counts = counts(objects, in: cluster, hosts: hosts)
      #expect(spread(counts.data) <= 1)
      // Witnesses fill up, as far as they may share a host with none of the copies.
      #expect(spread(counts.all) <= 1 + 2 * cluster.layout(of: objects[0]).witnessCount)
    }
    #expect(cluster.spaceMismatch() == nil)
  }

  @Test func `A host's copies are spread over its devices too`() {
    // Twelve copies on six hosts of two devices: one on each device.
    var cluster = cluster(hosts: 6, devices: 2)
    for _ in 0..<6 { _ = cluster.create(mirror, size: .gibibytes(10), content: .zero, at: .zero) }
    #expect(cluster.devices.allSatisfy { $0.pending == ByteCount(bytes: 107_374_182) })  // 1 %
  }

  @Test func `Logs are spread although disks are not`() {
    // Seven disks have 14 copies of 2 GiB: on six hosts two have three and four have two. Their logs, of which 16 MiB are
    // expected, do not all go to the four.
    var cluster = cluster(hosts: 6)
    for _ in 0..<7 { _ = cluster.create(mirror, size: .gibibytes(10), content: .gibibytes(2), at: .zero) }
    let logs = (0..<12).map { _ in
      cluster.create(mirror, size: .gibibytes(10), content: .zero, expected: .mebibytes(16), at: .zero)
    }
    #expect(counts(logs, in: cluster, hosts: 6).data == Array(repeating: 4, count: 6))
  }

  @Test func `Objects go to a device that is emptier by more than five points`() {
    // Hosts 0 and 1 are 7 % full, the three others empty: what is to be filled goes there until they are as full within 5 points.
    var cluster = cluster(hosts: 5)
    _ = cluster.create(mirror, size: .gibibytes(100), content: .gibibytes(70), at: .zero)
    let objects = (0..<3).map { _ in
      cluster.create(mirror, size: .gibibytes(10), content: .zero, expected: .gibibytes(10), at: .zero)
    }
    #expect(counts(objects, in: cluster, hosts: 5).data == [0, 0, 2, 2, 2])
    // Now these three are 2 % full, 0 and 1 are 7 %: five points.
    let next = cluster.create(
      mirror, size: .gibibytes(10), content: .zero, expected: .gibibytes(10), at: .zero)
    #expect(cluster.hosts(of: next).prefix(2).compactMap { $0 }.sorted() == [0, 1])
  }

  @Test func `What has been written is expected no more`() {
    var cluster = cluster(hosts: 3)
    let object = cluster.create(
      mirror, size: .gibibytes(10), content: .zero, expected: .gibibytes(4), at: .zero)
    #expect(cluster.hosts.map(\.pending) == [.gibibytes(4), .gibibytes(4), .zero])
    cluster.setContent(.gibibytes(3), of: object, at: .zero)
    #expect(cluster.hosts.map(\.pending) == [.gibibytes(1), .gibibytes(1), .zero])
    cluster.setContent(.gibibytes(5), of: object, at: .zero)
    cluster.setContent(.gibibytes(2), of: object, at: .zero)
    #expect(cluster.hosts.allSatisfy { $0.pending == .zero }, "what it gave back is not expected again")
    #expect(cluster.spaceMismatch() == nil)
    cluster.remove(object)
    #expect(cluster.hosts.allSatisfy { $0.componentCount == 0 } && cluster.spaceMismatch() == nil)
  }

  @Test func `Replicas fill devices evenly, so that none is full while others are empty`() {
    // 24 · 2 GiB twice on six devices of 24 GiB are 16 GiB on each: 67 %.
    var cluster = cluster(hosts: 6, device: .gibibytes(24))
    let objects = (0..<24).map { _ in
      cluster.create(mirror, size: .gibibytes(2), content: .zero, expected: .gibibytes(2), at: .zero)
    }
    for object in objects {
      #expect(cluster.room(for: [object]) >= .gibibytes(2))
      cluster.setContent(.gibibytes(2), of: object, at: .zero)
    }
    #expect(cluster.devices.allSatisfy { $0.used == .gibibytes(16) })
    let alerts = cluster.takeAlerts()
    #expect(alerts.isEmpty)
  }

  @Test func `A host that holds as many components as it may takes no more`() {
    // Two objects of three components fill three hosts of two; what is created then finds no place until one goes.
    var cluster = cluster(hosts: 3, componentsPerHost: 2)
    let objects = (0..<2).map { _ in cluster.create(mirror, size: .gibibytes(1), content: .zero, at: .zero) }
    #expect(objects.allSatisfy { cluster.isComplete($0) } && cluster.limitedCount == 0)
    let object = cluster.create(mirror, size: .gibibytes(1), content: .zero, at: .zero)
    #expect(!cluster.isAccessible(object) && cluster.limitedCount == 3)
    cluster.remove(objects[0])
    cluster.advance(to: .zero + .minutes(5))
    #expect(cluster.isComplete(object) && cluster.spaceMismatch() == nil)
  }
}
