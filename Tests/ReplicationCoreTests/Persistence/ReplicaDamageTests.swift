import BlockStorage
import Quantities
import StorageTesting
import Testing

@testable import ReplicationCore

/// Bit rot in the files of a replica.
@Suite struct ReplicaDamageTests {
  /// Two disks with points in time: base disks, redo logs of several instances, one of them merged, and the descriptor.
  private func replica() throws -> DurablePair {
    let history = CrashHistory(name: "points in time", extentCounts: [12, 9], slots: 3) {
      [
        .drain, .write(1..<3), .write(2..<4, disk: 1), .sync, .drain, .wait(.minutes(1)), .write(2..<6),
        .sync,
        .drain, .merge, .wait(.minutes(1)), .write(8..<9, disk: 1), .sync, .drain,
      ]
    }
    return try history.run().pair
  }

  /// One bit of each byte is turned, another one from byte to byte; of every 17th byte only, unless all are looked at.
  @Test func `A flipped bit in any file of a replica is found or changes nothing, and is never served`()
    throws
  {
    let pair = try replica()
    let possible = pair.possibleReplicas
    let names = pair.targetFolder.names
    var found: [String: Int] = [:]
    for name in names {
      let size = try pair.targetFolder.open(name).byteCount
      for position in stride(from: 0, to: size, by: isExhaustive ? 1 : 17) {
        let folder = pair.targetFolder.copy(on: CrashableStorage())
        let file = try folder.open(name)
        var bytes: [UInt8] = []
        try file.read(position..<position + 1, appendingTo: &bytes)
        bytes[0] ^= 1 << UInt8(position % 8)
        try file.write(bytes.span.bytes, at: position)
        do {
          let target = try pair.openTarget(in: folder)
          let mistake = pair.mistake(of: target, in: nil, possible: possible)
          #expect(target != nil && mistake == nil, "\(name), byte \(position): \(mistake ?? "gone")")
        } catch DurablePair.Target.Failure.damaged {
          found[name, default: 0] += 1
        }
      }
    }
    // Base disks, logs and the descriptor: none of them goes unwatched.
    #expect(names.count >= 5 && found.keys.sorted() == names)
    // Every byte of a base disk counts for some instance, since nothing of it is left free.
    let base = try #require(names.first { $0.hasSuffix("-flat.vmdk") })
    let looks = (try pair.targetFolder.open(base).byteCount + 16) / (isExhaustive ? 1 : 17)
    #expect(found[base] ?? 0 > looks / 2)
  }
}
