import Measurements
import Quantities
import RandomStreams
import Scenarios
import Testing

@testable import SiteSimulation

@Suite struct VSANRandomTests {
  /// Random faults on small worlds: the oracle agrees, the books are right, and when all is back so is every replication whose
  /// objects survived.
  @Test(arguments: 0..<40 as Range<UInt64>)
  func `Whatever fails on vSAN, no content is wrong and no byte unaccounted`(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "vsan-world")
    let hosts = 4 + Int(random.next(below: 3))
    let policy = ["RAID-1 FTT1", "RAID-5", hosts >= 6 ? "RAID-6" : "RAID-1 FTT1"][Int(random.next(below: 3))]
    let architecture = random.next(below: 2) == 0 ? "original" : "express"
    var small = VSANTests.world(
      hosts: hosts,
      vsan: """
        "device": "\(300 + random.next(below: 700))MiB", "policy": "\(policy)", "architecture": "\(architecture)",
        "repairDelay": "10m", "read": "20MiB/s", "write": "10MiB/s", "resyncRate": "5MiB/s", "scrubInterval": "37m"
        """, duration: "5h")
    small.machines.append(
      #""name": "db", "disks": [{ "name": "data", "size": "60MiB", "workload": "steady" }]"#)
    small.replications.append(
      #""vm": "db", "rpo": "20m", "initialSync": "full", "pointsInTime": { "perDay": 3, "days": 1 }"#)
    for _ in 0..<8 {
      let at = random.next(below: 150)
      let site = random.next(below: 3) == 0 ? "paris" : "lyon"
      let host = "\(site)-esx-0\(1 + random.next(below: UInt64(hosts)))"
      let span = 1 + random.next(below: 30)
      switch random.next(below: 6) {
      case 0, 1:
        small.timeline.append(#""at": "\#(at)m", "do": "host.fail", "host": "\#(host)", "for": "\#(span)m""#)
      case 2:
        // One device of a cluster at a time: two could take an object for good.
        small.timeline.append(
          #""at": "\#(at)m", "do": "disk-group.fail", "host": "lyon-esx-01", "for": "\#(span)m""#)
      case 3:
        small.timeline.append(
          #""at": "\#(at)m", "do": "replica.corrupt", "vm": "app", "disk": "data", "offset": "\#(random.next(below: 100))MiB""#
        )
      case 4:
        small.timeline.append(#""at": "\#(at)m", "do": "link.down", "link": "wan", "for": "\#(span)m""#)
      default:
        small.timeline.append(
          #""at": "\#(at)m", "do": "replication.test-image", "vm": "app", "for": "\#(span)m""#)
      }
    }
    let record = try VSANTests.runChecked(small)
    let lastObjects = record.datastores.compactMap(\.vsan)
    let isIntact = lastObjects.allSatisfy { $0.inaccessibleObjectCount == 0 }
    let isShort = record.events.contains { $0.kind == EventRecord.insufficientSpaceKind }
    if isIntact, !isShort {
      for vm in record.vms { #expect(vm.finalStatus == "OK" || vm.finalStatus == "SYNC", "\(vm.name)") }
    }
    let again = try VSANTests.runChecked(small)
    #expect(again.digest == record.digest)
  }
}
