import BlockStorage
import Quantities
import ReplicationCore
import Testing

@Suite struct TestImageTests {
  @Test
  func `During a test deltas merge into the first log above the frozen disk, which is committed at clean-up`()
    throws
  {
    let pair = try ReplicationPair.manual()
    try pair.replicate(0..<4)
    try pair.runUntilQuiet()
    let image = try pair.changeTarget { try $0.beginTestImage() }[0]
    #expect(pair.target.testedInstance?.pointInTime == minutes(1))

    try pair.replicate(10..<16)
    try pair.runUntilQuiet()
    #expect(pair.logSizes == ["3": log(6), "4": log(0)])
    try pair.replicate(12..<20)
    // 8 extents beside 6, and 10 together: four of the eight are new.
    #expect(pair.logSizes == ["3": log(6), "4": log(8), "5": log(0)])
    #expect(pair.target.spaceUse.mergeGrowth == extents(4))
    try pair.runUntilQuiet()
    #expect(pair.logSizes == ["3": log(10), "5": log(0)])
    #expect(pair.bases[0].tag(of: 10) == 7, "the base disk is frozen")

    // The image is written, and nothing else sees it.
    image.write(10..<11, payloads: [UInt64(99)].span.bytes)
    #expect(pair.target.spaceUse.testImage == log(1))
    try pair.checkNewestInstance()

    try pair.changeTarget { try $0.removeTestImage() }
    #expect(pair.target.mergesInProgress.map(\.size) == [extents(10)])
    try pair.runUntilQuiet()
    #expect(pair.logSizes == ["5": log(0)] && pair.target.spaceUse.testImage == .zero)
    pair.checkReplicaEqualsSource()
  }

  @Test func `A replica and its source end as if there had been no test`() throws {
    let pair = try ReplicationPair.manual()
    let twin = try ReplicationPair.manual()
    for (minute, extents) in [0..<4, 2..<9, 30..<33, 8..<12].enumerated() {
      if minute == 1 {
        let image = try pair.changeTarget { try $0.beginTestImage() }[0]
        for extent in 0..<64 { image.write(extent..<extent + 1, payloads: [UInt64(5)].span.bytes) }
      }
      try pair.replicate(extents)
      try twin.replicate(extents)
      #expect(pair.target.instances == twin.target.instances)
    }
    try pair.changeTarget { try $0.removeTestImage() }
    try pair.runUntilQuiet()
    try twin.runUntilQuiet()
    #expect(pair.bases[0].fullDigest() == twin.bases[0].fullDigest())
    #expect(pair.disks[0].digest == twin.disks[0].digest)
    #expect(
      pair.events.map(\.event) == twin.events.map(\.event) && pair.events.map(\.at) == twin.events.map(\.at))
    #expect(pair.payloadSent == twin.payloadSent)
    pair.checkReplicaEqualsSource()
  }

  @Test func `An image over a point in time reads as the disk did then, with what was written to it`() throws
  {
    let pair = try ReplicationPair.manual(.keeping(10))
    for minute in 1...4 { try pair.replicate(minute..<minute + 2) }
    let image = try pair.changeTarget { try $0.beginTestImage(pointInTime: minutes(2)) }[0]
    image.write(2..<3, payloads: [UInt64(99)].span.bytes)

    var payloads: [UInt8] = []
    image.read(0..<6, appendingTo: &payloads)
    let tags = payloads.withUnsafeBytes { bytes in
      (0..<6).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self) }
    }
    // Extent 1 of minute 1; extent 2 was written over; extent 3 of minute 2; the rest as it was.
    #expect(tags == [7, 1_001, 99, 1_002, 7, 7])
    #expect(pair.listing["52bcb8b0/hbrimagedisk.RDID-0-delta.vmdk"]?.size == log(1))
  }

  @Test func `An instance under test stays readable when it expires`() throws {
    let pair = try ReplicationPair.manual(.keeping(2))
    try pair.replicate(0..<2)
    try pair.changeTarget { _ = try $0.beginTestImage(pointInTime: .zero) }
    for minute in 2...5 { try pair.replicate(minute..<minute + 2) }
    #expect(pair.target.instances.map(\.pointInTime) == [minutes(4), minutes(5)])
    #expect(pair.target.testImageDisks?[0].replica.tag(of: 0) == 7)
    #expect(
      pair.listing.files.count { $0.name.hasPrefix("hbrcfg.") } == 9, "of two instances and the one tested")
    try pair.changeTarget { try $0.removeTestImage() }
    try pair.runUntilQuiet()
    #expect(pair.target.levelCount == 1)
  }

  @Test func `A merge that runs when a test begins ends below the image`() throws {
    let pair = try ReplicationPair.manual()
    try pair.replicate(0..<4)
    #expect(pair.target.mergesInProgress.count == 1)
    let image = try pair.changeTarget { try $0.beginTestImage() }[0]
    try pair.runUntilQuiet()
    #expect(pair.target.levelCount == 0 && pair.bases[0].tag(of: 3) == 1_001)
    #expect(image.replica.tag(of: 3) == 1_001)

    // The base disk alone is frozen now, so younger logs gather in the first above it.
    try pair.replicate(10..<12)
    try pair.replicate(12..<14)
    try pair.runUntilQuiet()
    #expect(pair.logSizes == ["3": log(4), "5": log(0)])
  }

  @Test func `One test at a time, and only over an instance that is kept`() throws {
    let pair = try ReplicationPair.manual()
    var target = pair.target
    #expect(throws: TargetRequestError.noTestImage) { try target.removeTestImage() }
    #expect(throws: TargetRequestError.unknownPointInTime(seconds(5))) {
      try target.beginTestImage(pointInTime: seconds(5))
    }
    _ = try target.beginTestImage()
    #expect(throws: TargetRequestError.testImageInUse) { try target.beginTestImage() }
    #expect(throws: TargetRequestError.testImageInUse) { try target.promote() }
    #expect(throws: TargetRequestError.testImageInUse) { try target.remove() }

    var empty = ReplicationTarget(bases: [disk(8)])
    #expect(throws: TargetRequestError.nothingRecoverable) { try empty.beginTestImage() }
    #expect(throws: TargetRequestError.nothingRecoverable) { try empty.promote() }
    empty.serverFailed()
    #expect(throws: TargetRequestError.unavailable) { try empty.beginTestImage() }
  }
}
