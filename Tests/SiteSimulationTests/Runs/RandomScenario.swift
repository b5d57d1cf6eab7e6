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
  /// Whether the network model counts the bytes of the data; SimGrid's models count what stands for them.
  private(set) var countsBytes = true

  init(seed: UInt64) {
    random = RandomStream(seed: seed, name: "random-scenario")
    world = SmallWorld(duration: "\(Self.end)s", seed: Int(seed))
    world.hosts = 1 + pick(3)
    world.targetHosts = 1 + pick(2)
    world.link = #""bandwidth": "\#(1 << pick(4))MiB/s", "latency": "\#([0, 1, 20, 50][pick(4)])ms""#
    let loss = ["0%", "0.01%", "0.1%"][pick(3)]
    world.link += #", "loss": "\#(loss)", "window": "\#(256 << pick(5))KiB""#
    countsBytes = pick(2) == 0
    world.network =
      countsBytes
      ? #""model": "\#(["bare", "fluid"][pick(2)])""# : #""model": "\#(["CM02", "LV08"][pick(2)])""#
    world.datastore = pick(3) == 0 ? #", "read": "4MiB/s", "write": "2MiB/s""# : ""
    world.profile =
      #""transferChunk": "\#(64 << pick(4))KiB", "haRestartDelay": "\#(1 + pick(60))s", "mergeRate": "\#(1 + pick(4))MiB/s""#
    for number in 1...2 + pick(3) { addMachine(number) }
    for _ in 0..<1 + pick(8) { addFault() }
    world.timeline.append(#""at": "\#(Self.quietFrom)s", "do": "workload.scale", "vm": "*", "factor": "0%""#)
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
}
