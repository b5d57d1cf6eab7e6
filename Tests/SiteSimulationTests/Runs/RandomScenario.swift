import Quantities
import RandomStreams

/// A tiny scenario drawn from a seed: a few machines with all kinds of writes, and faults of every verb.
///
/// Whatever the faults do, all of them are over after ``faultsEnd``, and no guest writes after ``quietFrom``, so
/// that at the end every replication must be in order again.
struct RandomScenario {
  static let faultsEnd = 240
  static let quietFrom = 420
  static let end = 600

  private var random: RandomStream
  private(set) var world: SmallWorld
  /// Its place in the list of releases.
  private var release = 0
  /// Whether the network model counts the bytes of the data; SimGrid's models count what stands for them.
  private(set) var countsBytes = true
  /// Whether the datastores have a pace that can fall.
  private var isDatastoreLimited = false

  init(seed: UInt64) {
    random = RandomStream(seed: seed, name: "random-scenario")
    world = SmallWorld(duration: "\(Self.end)s", seed: Int(seed))
    world.hosts = 1 + pick(3)
    world.targetHosts = 1 + pick(3)
    world.targetServers = 1 + pick(3)
    world.link = #""bandwidth": "\#(1 << pick(4))MiB/s", "latency": "\#([0, 1, 20, 50][pick(4)])ms""#
    let loss = ["0%", "0.01%", "0.1%"][pick(3)]
    world.link += #", "loss": "\#(loss)", "window": "\#(256 << pick(5))KiB""#
    countsBytes = pick(2) == 0
    world.network =
      countsBytes
      ? #""model": "\#(["bare", "fluid"][pick(2)])""# : #""model": "\#(["CM02", "LV08"][pick(2)])""#
    world.datastore = pick(3) == 0 ? #", "read": "4MiB/s", "write": "2MiB/s""# : ""
    isDatastoreLimited = !world.datastore.isEmpty
    // Room is counted where it is limited; here there is always enough.
    if pick(3) == 0 { world.datastore += #", "capacity": "4GiB""# }
    world.profile =
      #""transferChunk": "\#(64 << pick(4))KiB", "haRestartDelay": "\#(1 + pick(60))s", "mergeRate": "\#(1 + pick(4))MiB/s""#
    if pick(2) == 0 { drawProduct() }
    for number in 1...2 + pick(3) { addMachine(number) }
    for _ in 0..<1 + pick(8) { addFault() }
    for _ in 0..<pick(6) { addChange() }
    // What no time limit ends: a disk that was added is taken in, a datastore has its room and pace back.
    world.timeline.append(#""at": "\#(Self.faultsEnd)s", "do": "datastore.restore", "datastore": "ds-lyon""#)
    world.timeline.append(#""at": "\#(Self.faultsEnd + 60)s", "do": "replication.reconfigure", "vm": "*""#)
    world.timeline.append(#""at": "\#(Self.quietFrom)s", "do": "workload.scale", "vm": "*", "factor": "0%""#)
  }

  private mutating func drawProduct() {
    let releases = ["5.0", "6.x", "7.0", "8.0", "8.0U3", "enhanced"]
    release = pick(releases.count)
    let product = releases[release]
    world.profile += #", "product": "\#(product)", "windowBlock": "\#(["extent", "update"][pick(2)])""#
    world.profile += #", "hostContexts": \#(1 + pick(4)), "fullSyncLimit": \#(1 + pick(3))"#
    world.profile += #", "blocksInFlight": \#(8 << pick(5)), "earlyStartShare": "\#(pick(50))%""#
    world.profile +=
      #", "targetHostDetection": "\#(1 + pick(60))s", "rebalanceInterval": "\#(10 + pick(60))s""#
    world.profile += #", "migrationDuration": "\#(1 + pick(60))s""#
    if pick(2) == 0 { world.profile += #", "serverRate": "2MiB/s", "hostRate": "1MiB/s""# }
  }

  private mutating func pick(_ count: Int) -> Int { Int(random.next(below: UInt64(count))) }

  private mutating func addMachine(_ number: Int) {
    let disks = (1...1 + pick(2)).map { disk in
      let name = "writes-\(number)-\(disk)"
      world.workloads[name] = workload()
      return
        #"{ "name": "disk-\#(disk)", "size": "\#(4 + pick(5))MiB", "used": "\#(pick(5))MiB", "workload": "\#(name)" }"#
    }
    world.machines.append(#""name": "vm-\#(number)", "disks": [\#(disks.joined(separator: ", "))]"#)
    let policy = pick(2) == 0 ? "vsphere" : "fixed"
    let start = [
      #""initialSync": "done""#, #""initialSync": "full""#, #""initialSync": "seeded", "differing": "30%""#,
    ][pick(3)]
    world.replications.append(
      #""vm": "vm-\#(number)", "rpo": "\#(15 + pick(60))s", "policy": "\#(policy)", \#(start)"#)
    if pick(4) == 0 {
      let points = #", "pointsInTime": { "perDay": \#(1 + pick(24)), "days": 1 }"#
      if release > 0 { world.replications[number - 1] += points }
    }
    if pick(4) == 0, release > 0 { world.replications[number - 1] += #", "compression": true"# }
    if pick(4) == 0, release > 1 { world.replications[number - 1] += #", "encryption": true"# }
  }

  private mutating func workload() -> String {
    switch pick(4) {
    case 0: #""model": "uniform", "write": "\#(1 + pick(40))KiB/s", "blockSize": "4KiB""#
    case 1:
      #""model": "hotspot", "write": "\#(1 + pick(40))KiB/s", "blockSize": "16KiB", "workingSet": "2MiB""#
    case 2: #""model": "sequential", "write": "\#(1 + pick(40))KiB/s", "blockSize": "12KiB""#
    default:
      #""model": "periodic", "every": "\#(1 + pick(40))s", "size": "\#(1 + pick(900))KiB", "offset": "1MiB""#
    }
  }

  private mutating func addFault() {
    let begin = pick(Self.faultsEnd)
    let length = 1 + pick(Self.faultsEnd - begin)
    let machine = pick(4) == 0 ? "*" : "vm-\(1 + pick(world.machines.count))"
    let host =
      pick(2) == 0 ? "paris-esx-0\(1 + pick(world.hosts))" : "lyon-esx-0\(1 + pick(world.targetHosts))"
    let fault =
      switch pick(12) {
      case 0: #""do": "link.down", "link": "wan", "for": "\#(length)s""#
      case 1:
        #""do": "link.limit", "link": "wan", "bandwidth": "\#(8 + pick(100))KiB/s", "for": "\#(length)s""#
      case 2: #""do": "link.restore", "link": "wan""#
      case 3, 4: #""do": "host.fail", "host": "\#(host)", "for": "\#(length)s""#
      case 5: #""do": "host.restore", "host": "\#(host)""#
      case 6: #""do": "vm.power-off", "vm": "\#(machine)", "for": "\#(length)s""#
      case 7: #""do": "vm.power-on", "vm": "\#(machine)""#
      case 8: #""do": "replication.pause", "vm": "\#(machine)", "for": "\#(length)s""#
      case 9: #""do": "replication.resume", "vm": "\#(machine)""#
      case 10:
        pick(2) == 0
          ? #""do": "replication.sync", "vm": "\#(machine)""#
          : #""do": "replication.full-sync", "vm": "\#(machine)""#
      default:
        #""do": "workload.scale", "vm": "\#(machine)", "factor": "\#(pick(400))%", "for": "\#(length)s""#
      }
    world.timeline.append(#""at": "\#(begin)s", \#(fault)"#)
  }

  /// What guests, administrators and the target's storage and servers do.
  private mutating func addChange() {
    let begin = pick(Self.faultsEnd)
    let length = 1 + pick(Self.faultsEnd - begin)
    let machine = pick(4) == 0 ? "*" : "vm-\(1 + pick(world.machines.count))"
    let server = "lyon-vrs-0\(1 + pick(world.targetServers))"
    let change =
      switch pick(12) {
      case 0, 1:
        #""do": "vm.migrate", "vm": "\#(machine)", "host": "paris-esx-0\#(1 + pick(world.hosts))""#
      case 2:
        #""do": "vm.trim", "vm": "\#(machine)", "disk": "disk-1", "offset": "\#(pick(2_000))KiB", "size": "\#(1 + pick(2_000))KiB""#
      case 3: #""do": "vm.snapshot", "vm": "\#(machine)""#
      case 4: #""do": "vm.revert", "vm": "\#(machine)""#
      case 5:
        #""do": "vm.add-disk", "vm": "\#(machine)", "disk": "more-\#(world.timeline.count)", "size": "\#(1 + pick(4))MiB""#
      case 6: #""do": "vm.resize-disk", "vm": "\#(machine)", "disk": "disk-1", "size": "\#(9 + pick(5))MiB""#
      case 7: #""do": "replication.reconfigure", "vm": "\#(machine)""#
      case 8: #""do": "replication.test-image", "vm": "\#(machine)", "for": "\#(length)s""#
      case 9:
        pick(2) == 0
          ? #""do": "replication.move", "vm": "\#(machine)", "server": "\#(server)""#
          : #""do": "vrserver.fail", "server": "\#(server)", "for": "\#(length)s""#
      case 10: #""do": "vrserver.restore", "server": "\#(server)""#
      default:
        isDatastoreLimited && pick(2) == 0
          ? #""do": "datastore.slow", "datastore": "ds-lyon", "factor": "\#(1 + pick(90))%", "for": "\#(length)s""#
          : #""do": "datastore.full", "datastore": "ds-lyon", "for": "\#(length)s""#
      }
    world.timeline.append(#""at": "\#(begin)s", \#(change)"#)
  }
}
