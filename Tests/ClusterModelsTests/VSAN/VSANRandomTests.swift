import Inventory
import Quantities
import RandomStreams
import Testing

@testable import ClusterModels

@Suite struct VSANRandomTests {
  private static let layouts: [StoragePolicy.Layout] = [
    .mirroring(failures: 1), .mirroring(failures: 2), .mirroring(failures: 3), .singleParity, .doubleParity,
  ]

  /// Every combination of as many fault domains as the policy survives, and of one more, against votes counted by hand.
  @Test(arguments: 0..<60 as Range<UInt64>)
  func `An object survives the failures of its policy and no quorum without data`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "vsan-accessibility")
    let layout = Self.layouts[Int(random.next(below: UInt64(Self.layouts.count)))]
    let architecture: StoragePolicy.Architecture = random.next(below: 2) == 0 ? .original : .express
    let policy = StoragePolicy(layout, architecture: architecture)
    let domains = policy.hostsMinimum + Int(random.next(below: 3))
    let hostsPerDomain = 1 + Int(random.next(below: 2))
    let hosts = (0..<domains * hostsPerDomain).map {
      VSANCluster.HostDescription(devices: [.gibibytes(2_000)], faultDomain: $0 % domains)
    }
    var fresh = VSANCluster(hosts: hosts)
    for _ in 0..<random.next(below: 4) {
      _ = fresh.create(
        policy, size: .gibibytes(10), content: .gibibytes(1 + random.next(below: 9)), at: .zero)
    }
    let object = fresh.create(
      policy, size: .gibibytes(random.next(below: 2) == 0 ? 50 : 700), content: .gibibytes(40), at: .zero)
    let places = fresh.hosts(of: object)
    let shape = fresh.layout(of: object)
    for failed in 0..<(1 << domains) {
      var cluster = fresh
      for host in hosts.indices where failed & (1 << hosts[host].faultDomain) != 0 {
        cluster.hostFailed(host, at: .zero)
      }
      // The plainest count: votes and parts of which no piece is lost.
      var votes = 0
      var lostParts = [Bool](repeating: false, count: shape.partCount + shape.witnessCount)
      for (index, host) in places.enumerated() {
        guard let host else { continue }
        if failed & (1 << hosts[host].faultDomain) == 0 {
          votes += index < shape.partCount * shape.piecesPerPart ? 1 : shape.piecesPerPart
        } else {
          lostParts[shape.part(of: index)] = true
        }
      }
      let parts = lostParts.prefix(shape.partCount).count { !$0 }
      let isAlive =
        2 * votes > (shape.partCount + shape.witnessCount) * shape.piecesPerPart && parts >= shape.neededParts
      #expect(cluster.isAccessible(object) == isAlive)
      if failed.nonzeroBitCount <= policy.failures { #expect(isAlive) }
      // Copies that come back are as they were.
      for host in hosts.indices where !cluster.isUp(host: host) { cluster.hostReturned(host, at: .zero) }
      #expect(cluster.isComplete(object))
    }
  }

  /// A random life: the books are right after every event, no two parts share a fault domain, bytes of resyncs add up, and when
  /// everything is back and has been repaired, every object that was never without its data is complete.
  @Test(arguments: 0..<100 as Range<UInt64>)
  func `The books are right whatever fails`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "vsan-life")
    let architecture: StoragePolicy.Architecture = random.next(below: 2) == 0 ? .original : .express
    let hostCount = 4 + Int(random.next(below: 4))
    let devicesPerHost = 1 + Int(random.next(below: 2))
    var parameters = VSANParameters()
    parameters.resyncsPerHost = 1 + Int(random.next(below: 3))
    var cluster = VSANCluster(
      hosts: (0..<hostCount).map {
        .init(devices: Array(repeating: .gibibytes(300), count: devicesPerHost), faultDomain: $0)
      }, parameters: parameters)
    let policies = Self.layouts.map { StoragePolicy($0, architecture: architecture) }
      .filter { $0.hostsMinimum <= hostCount }
    var objects: [(id: VSANCluster.ObjectID, policy: StoragePolicy, content: ByteCount)] = []
    var running: [VSANCluster.Resync] = []
    var copied = ByteCount.zero
    var now = Instant.zero
    // How many of 80 and 95 % each device was last seen above; it comes back two points below.
    var levels = [Int](repeating: 0, count: cluster.deviceCount)

    func compareAlerts() {
      var expected: [(device: Int, isAbove: Bool)] = []
      for host in 0..<hostCount where cluster.isUp(host: host) {
        for device in cluster.devices(ofHost: host) where !cluster.isFailed(device: device) {
          let (used, capacity) = cluster.use(ofDevice: device)
          while levels[device] < 2, used > capacity.scaled(by: .percent([80, 95][levels[device]])) {
            expected.append((device, true))
            levels[device] += 1
          }
          while levels[device] > 0, used <= capacity.scaled(by: .percent([78, 93][levels[device] - 1])) {
            expected.append((device, false))
            levels[device] -= 1
          }
        }
      }
      let alerts = cluster.takeAlerts().filter { $0.device != nil }
      #expect(alerts.map(\.device) == expected.map(\.device))
      #expect(alerts.map(\.isAbove) == expected.map(\.isAbove))
    }

    func follow() {
      for command in cluster.takeCommands() {
        switch command {
        case .start(let resync): running.append(resync)
        case .cancel(let number):
          #expect(running.contains { $0.number == number })
          running.removeAll { $0.number == number }
        }
      }
    }
    func complete(_ index: Int) {
      let resync = running.remove(at: index)
      copied += resync.size
      cluster.resyncCompleted(resync.number, at: now)
      follow()
    }

    for _ in 0..<80 {
      now = now + .minutes(Int64(random.next(below: 20)))
      switch random.next(below: 10) {
      case 0, 1:
        let policy = policies[Int(random.next(below: UInt64(policies.count)))]
        let content = ByteCount.gibibytes(random.next(below: 30))
        objects.append(
          (cluster.create(policy, size: .gibibytes(600), content: content, at: now), policy, content))
      case 2:
        guard !objects.isEmpty else { break }
        let index = Int(random.next(below: UInt64(objects.count)))
        cluster.remove(objects.remove(at: index).id)
      case 3, 4:
        guard !objects.isEmpty else { break }
        let index = Int(random.next(below: UInt64(objects.count)))
        guard cluster.isAccessible(objects[index].id) else { break }
        let room = cluster.room(for: [objects[index].id])
        objects[index].content = min(
          ByteCount.gibibytes(random.next(below: 60)), objects[index].content + room)
        cluster.setContent(objects[index].content, of: objects[index].id, at: now)
        for device in 0..<cluster.deviceCount {
          let use = cluster.use(ofDevice: device)
          #expect(use.used <= use.capacity, "room keeps devices from overflowing")
        }
        if random.next(below: 2) == 0 {
          cluster.written([0..<131_072], of: .kibibytes(8), to: objects[index].id)
        }
      case 5:
        let host = Int(random.next(below: UInt64(hostCount)))
        if cluster.isUp(host: host) { cluster.hostFailed(host, at: now) }
      case 6:
        let host = Int(random.next(below: UInt64(hostCount)))
        if !cluster.isUp(host: host) { cluster.hostReturned(host, at: now) }
      case 7:
        let device = Int(random.next(below: UInt64(cluster.deviceCount)))
        if cluster.isFailed(device: device) {
          cluster.deviceReplaced(device, at: now)
          levels[device] = 0
        } else if random.next(below: 4) == 0 {
          cluster.deviceFailed(device, at: now)
        }
      default:
        follow()
        if !running.isEmpty { complete(Int(random.next(below: UInt64(running.count)))) }
      }
      cluster.advance(to: now)
      follow()
      #expect(cluster.spaceMismatch() == nil)
      compareAlerts()
      #expect(cluster.resyncedSize == copied)
      for object in objects where cluster.isComplete(object.id) {
        #expect(
          cluster.usedSize(of: object.id) == object.policy.space(of: object.content, hosts: hostCount),
          "the space of an object is the sum of its components")
      }
    }
    for host in 0..<hostCount where !cluster.isUp(host: host) { cluster.hostReturned(host, at: now) }
    for device in 0..<cluster.deviceCount where cluster.isFailed(device: device) {
      cluster.deviceReplaced(device, at: now)
    }
    follow()
    for _ in 0..<2_000 {
      if !running.isEmpty {
        complete(0)
      } else if let due = cluster.nextDeadline, due <= now + .hours(3) {
        now = due
        cluster.advance(to: now)
        follow()
      } else {
        break
      }
    }
    #expect(cluster.spaceMismatch() == nil && cluster.resyncedSize == copied)
    let isFull = (0..<cluster.deviceCount).contains {
      cluster.use(ofDevice: $0).used > cluster.use(ofDevice: $0).capacity.half
    }
    if !isFull {
      for object in objects where cluster.isAccessible(object.id) { #expect(cluster.isComplete(object.id)) }
    }
  }
}

extension ByteCount {
  fileprivate var half: ByteCount { ByteCount(bytes: bytes / 2) }
}
