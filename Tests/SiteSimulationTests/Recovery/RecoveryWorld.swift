import BlockStorage
import Inventory
import Quantities
import RecoveryCore
import ReplicationCore
import Scenarios

@testable import SiteSimulation

/// A machine at `paris` that rewrites 8 of its 64 MiB at 30 s, 90 s and so on; each delta takes 8 s at a mebibyte per second.
///
/// Its guest boots in 20 s and shuts down in 10 s. Both sites have two hosts.
enum RecoveryWorld {
  /// Of each disk, which extents hold something else than in the beginning, which is a payload that begins with 1.
  ///
  /// Payloads are numbers of looks at the guest's writes, of which twin runs may have different ones.
  static func written(_ disks: [[UInt8]]) -> [[Int]] {
    disks.map { disk in
      stride(from: 0, to: disk.count, by: 8).filter { !disk[$0..<$0 + 5].elementsEqual([1, 0, 0, 0, 0]) }
    }
  }

  static func small(
    rpo: String = "5m",
    workload: String =
      #""model": "periodic", "every": "1m", "first": "30s", "size": "8MiB", "offset": "16MiB""#,
    disk: String = #""size": "1GiB", "used": "64MiB""#, more: String = "", duration: String = "2h",
    timeline: [String] = []
  ) -> SmallWorld {
    SmallWorld(
      duration: duration, hosts: 2, targetHosts: 2, workloads: ["app": workload],
      machines: [
        #""name": "app", "host": "paris-esx-01", "boot": "20s", "shutdown": "10s", "disks": [{ "name": "data", \#(disk), "workload": "app" }]"#
      ],
      replications: [#""vm": "app", "rpo": "\#(rpo)", "policy": "fixed", "initialSync": "done"\#(more)"#],
      timeline: timeline)
  }

  static let machine = VirtualMachineID(0)

  static func ticket(_ step: Int) -> RecoveryTicket {
    RecoveryTicket(pair: RecoveryPairID(0), command: CommandID(run: 1, step: step), machine: machine)
  }
}

extension World {
  /// Runs until a ticket has ended or `limit` is reached.
  ///
  /// - Returns: How it ended, and when; `nil` if it has not.
  mutating func wait(
    for ticket: RecoveryTicket, until limit: Instant
  ) throws -> (failure: RecoveryFailure?, at: Instant)? {
    while true {
      if let outcome = recoveryOutcomes.first(where: { $0.ticket == ticket }) {
        return (outcome.failure, now)
      }
      guard try step(until: limit) else { return nil }
    }
  }

  /// The place of the only machine's copy that people use.
  var current: Int { replications[0].machineIndex }

  /// What the disks of a copy hold now.
  mutating func contents(ofCopy machine: Int) -> [[UInt8]] {
    drawWrites(of: machine)
    return machines[machine].contents.map { disk in
      var payloads: [UInt8] = []
      disk.read(0..<disk.geometry.extentCount, appendingTo: &payloads)
      return payloads
    }
  }

  /// What the disks of the test machine hold now.
  mutating func testContents() -> [[UInt8]] {
    if let test = replications[0].testCopy { drawWrites(of: test) }
    return (replications[0].replica.testImageDisks ?? []).map { disk in
      var payloads: [UInt8] = []
      disk.read(0..<disk.geometry.extentCount, appendingTo: &payloads)
      return payloads
    }
  }

  /// Shuts the guest down, synchronises and makes the replica writable, as a planned migration does.
  ///
  /// - Parameter isPlanned: Whether the product is told that it is one, and prepares the way back.
  mutating func migrate(step: Int, until limit: Instant, isPlanned: Bool = false) throws -> Instant? {
    try shutDownGuest(current, for: RecoveryWorld.ticket(step))
    guard let stop = try wait(for: RecoveryWorld.ticket(step), until: limit), stop.failure == nil else {
      return nil
    }
    prepareForMigration(current)
    try beginSync(of: current, for: RecoveryWorld.ticket(step + 1))
    guard let sync = try wait(for: RecoveryWorld.ticket(step + 1), until: limit), sync.failure == nil else {
      return nil
    }
    return try makeWritable(current, notAfter: nil, isPlanned: isPlanned).get()
  }

  /// Registers the recovered machine and powers it on.
  mutating func startRecovered() throws -> HostID {
    if let failure = registerRecovered(current) { throw failure }
    return try powerOn(current, copy: .recovered).get()
  }
}

/// How many extents of 8 KiB two disks differ in, an extent being 8 bytes.
func differingExtents(_ one: [[UInt8]], _ other: [[UInt8]]) -> UInt64 {
  var count: UInt64 = 0
  for (left, right) in zip(one, other) {
    for extent in stride(from: 0, to: left.count, by: 8)
    where left[extent..<extent + 8] != right[extent..<extent + 8] {
      count += 1
    }
  }
  return count
}
