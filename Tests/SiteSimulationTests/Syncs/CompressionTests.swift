import Measurements
import Quantities
import Testing

@testable import SiteSimulation

/// What compression leaves on the network, of content and of zeros.
@Suite struct CompressionTests {
  /// 48 MiB at every whole minute over 1 MiB/s, of which 25 % are left; see ``LinkFaultTests``.
  private static var world: SmallWorld {
    var world = LinkFaultTests.world
    world.workloads = [
      "app":
        #""model": "periodic", "every": "1m", "first": "30s", "size": "48MiB", "compressed": "25%""#
    ]
    world.replications = [
      #""vm": "app", "rpo": "1m", "policy": "fixed", "initialSync": "done", "compression": true"#
    ]
    return world
  }

  @Test func `Compressed content takes its share of the link`() throws {
    // 48 MiB · 0.25 = 12 MiB in 12 s.
    let cycle = try run(Self.world).cycles[0]
    #expect(cycle.payloadSize == .mebibytes(48) && cycle.wireSize == .mebibytes(12))
    #expect(cycle.duration.isClose(to: .seconds(12)))
  }

  @Test func `A replication without compression sends everything`() throws {
    var world = Self.world
    world.replications = [#""vm": "app", "rpo": "1m", "policy": "fixed", "initialSync": "done""#]
    #expect(try run(world).cycles[0].wireSize == .mebibytes(48))
  }

  @Test func `Freed extents count as changed and weigh almost nothing`() throws {
    // 16 MiB freed at 10 s, 32 MiB written at 30 s: 48 MiB change, and 32 MiB · 0.25 + 16 MiB · 3/264 are sent, each
    // message in whole bytes.
    var world = Self.world
    world.workloads = [
      "app":
        #""model": "periodic", "every": "1m", "first": "30s", "size": "32MiB", "offset": "32MiB", "compressed": "25%""#
    ]
    world.timeline = [#""at": "10s", "do": "vm.trim", "vm": "app", "disk": "data", "size": "16MiB""#]
    let cycle = try run(world).cycles[0]
    #expect(cycle.payloadSize == .mebibytes(48))
    let zeros = Int64(cycle.wireSize.bytes) - 8_388_608
    #expect((190_640...190_650).contains(zeros), "16,777,216 · 3 / 264 = 190,650.2")
  }

  @Test func `What ransomware has encrypted cannot be compressed`() throws {
    // From 5 s on 16 MiB are encrypted at 1 MiB/s, and at 30 s 16 MiB behind them are written as usual:
    // 16 MiB + 16 MiB · 0.25.
    var world = Self.world
    world.workloads = [
      "usual":
        #""model": "periodic", "every": "1m", "first": "30s", "size": "16MiB", "offset": "16MiB", "compressed": "25%""#,
      "app":
        #""model": "ransomware", "from": "5s", "write": "1MiB/s", "blockSize": "8KiB", "workingSet": "16MiB", "over": "usual""#,
    ]
    let cycle = try run(world).cycles[0]
    #expect(cycle.payloadSize == .mebibytes(32) && cycle.wireSize == .mebibytes(20))
  }

  /// Over 50 ms with 64 blocks of 8 KiB in flight a disk sends 512 KiB in 100 ms, however small compression makes them.
  @Test(arguments: [false, true])
  func `The window counts blocks, whatever compression leaves of them`(isCompressed: Bool) throws {
    // 48 MiB at 5 MiB/s: 9.6 s, and a slow start in the fluid model's first round trips.
    var world = Self.world
    world.link = #""bandwidth": "100MiB/s", "latency": "50ms""#
    world.profile = #""product": "7.0", "transferChunk": "1MiB""#
    if !isCompressed {
      world.replications = [#""vm": "app", "rpo": "1m", "policy": "fixed", "initialSync": "done""#]
    }
    let cycle = try run(world).cycles[0]
    #expect(abs(cycle.duration.nanoseconds - 9_600_000_000) < 600_000_000, "\(cycle.duration)")
  }

  @Test func `The datastore writes whole extents, whatever the link carries`() throws {
    // 12 MiB of the link are 48 MiB for a datastore that writes 2 MiB/s: 24 s.
    var world = Self.world
    world.datastore = #", "write": "2MiB/s""#
    // The merge of the delta before would share the datastore.
    world.duration = "115s"
    #expect(try run(world).cycles[0].duration.isClose(to: .seconds(24)))
  }

  /// Beside a second disk that hardly compresses and is hardly written.
  @Test func `Each disk's content takes from datastores what it was before compression`() throws {
    // The first disk's 48 MiB shrink to 12 MiB: 12 s on the link, 24 s at 2 MiB/s. Then the other's 1 MiB takes 1 s on the
    // link and half of that on the datastore. The mean share of both, 62.5 %, would say 13 MiB / 0.625 in 10.4 s.
    var world = Self.world
    world.datastore = #", "write": "2MiB/s""#
    world.duration = "115s"
    world.workloads["log"] =
      #""model": "periodic", "every": "1m", "first": "30s", "size": "1MiB", "compressed": "100%""#
    world.machines = [
      #""name": "app", "disks": [{ "name": "data", "size": "1GiB", "used": "64MiB", "workload": "app" }, { "name": "log", "size": "64MiB", "workload": "log" }]"#
    ]
    let cycle = try run(world).cycles[0]
    #expect(cycle.payloadSize == .mebibytes(49) && cycle.wireSize == .mebibytes(13))
    #expect(
      abs(cycle.duration.inSeconds - 25) < 0.1, "\(cycle.duration)")
  }

  @Test func `Freed extents that weigh almost nothing on the link are written in full`() throws {
    // 48 MiB of zeros, 3/264 of it on the link, at 2 MiB/s: 24 s.
    var world = Self.world
    world.datastore = #", "write": "2MiB/s""#
    world.duration = "115s"
    world.workloads = ["app": #""model": "periodic", "every": "1h", "first": "59m", "size": "1MiB""#]
    world.timeline = [#""at": "10s", "do": "vm.trim", "vm": "app", "disk": "data", "size": "48MiB""#]
    let cycle = try run(world).cycles[0]
    #expect(cycle.payloadSize == .mebibytes(48))
    #expect(abs(cycle.duration.inSeconds - 24) < 0.1, "\(cycle.duration)")
  }

  /// - Source: VMware, 2015: before hosts of release 6.0 at both ends the replication server decompresses.
  @Test(arguments: [("7.0", 24), ("8.0", 12)] as [(String, Int64)])
  func `Decompression costs the server where the release leaves it to it`(
    product: String, seconds: Int64
  ) throws {
    // 12 MiB on the link in 12 s; 48 MiB decompressed at 2 MiB/s in 24 s.
    var world = Self.world
    world.profile = #""product": "\#(product)", "serverDecompressionRate": "2MiB/s""#
    let cycle = try run(world).cycles[0]
    #expect(cycle.duration.isClose(to: .seconds(seconds)), "\(cycle.duration)")
  }

  @Test(arguments: [("7.0", 24), ("8.0", 12)] as [(String, Int64)])
  func `A host takes in what the server has decompressed`(product: String, seconds: Int64) throws {
    var world = Self.world
    world.profile = #""product": "\#(product)", "hostRate": "2MiB/s""#
    let cycle = try run(world).cycles[0]
    #expect(cycle.duration.isClose(to: .seconds(seconds)), "\(cycle.duration)")
  }

  @Test func `A compressed delta that is cut off has carried its share`() throws {
    // From 60 s: 6 of 12 MiB by 66 s are 24 of 48 MiB.
    var world = Self.world
    world.timeline = [#""at": "66s", "do": "link.down", "link": "wan", "for": "3m""#]
    let cycle = try run(world).cycles[0]
    #expect(cycle.isAborted && cycle.wireSize == .mebibytes(6) && cycle.payloadSize == .mebibytes(24))
  }
}
