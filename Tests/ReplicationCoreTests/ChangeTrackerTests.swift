import BlockStorage
import Quantities
import RandomStreams
import ReplicationCore
import Testing

@Suite struct ChangeTrackerTests {
  /// A disk whose guest's writes are tracked.
  private struct TrackedDisk {
    let disk: ExtentStore
    var tracker: ChangeTracker

    init(_ extentCount: Int, payloadWidth: Int = 8) {
      disk = ReplicationCoreTests.disk(extentCount, payloadWidth: payloadWidth)
      tracker = ChangeTracker(geometry: disk.geometry)
    }

    mutating func write(_ extents: Range<Int>, tag: UInt64) {
      tracker.guestWillWrite(extents, reading: disk)
      disk.fill(extents, tag: tag)
    }

    mutating func read(limit: Int = .max) -> ExtentBatch? { tracker.readInstance(limit: limit, from: disk) }
  }

  @Test func `Beginning an instance takes what is dirty and leaves nothing dirty`() {
    var disk = TrackedDisk(16)
    disk.write(2..<5, tag: 1)
    #expect(disk.tracker.dirty.count == 3)

    disk.tracker.beginInstance()

    #expect(disk.tracker.instanceExtentCount == 3)
    #expect(disk.tracker.dirty.isEmpty)
    #expect(disk.read()?.tags == [2: 1, 3: 1, 4: 1])
    #expect(disk.read() == nil)
  }

  @Test func `An extent written twice is sent once`() {
    var disk = TrackedDisk(16)
    disk.write(2..<4, tag: 1)
    disk.write(3..<5, tag: 2)
    disk.tracker.beginInstance()
    #expect(disk.read()?.tags == [2: 1, 3: 2, 4: 2])
  }

  @Test func `An overwritten extent is sent as it was when the instance began`() {
    var disk = TrackedDisk(16)
    disk.write(2..<6, tag: 1)
    disk.tracker.beginInstance()

    disk.write(4..<8, tag: 2)

    // 4 and 5 are in the instance and not yet read; 6 and 7 are not in it.
    #expect(disk.tracker.preservedCount == 2)
    #expect(disk.read()?.tags == [2: 1, 3: 1, 4: 1, 5: 1])
    #expect(disk.tracker.dirty.count == 4)
    disk.tracker.endInstance()
    disk.tracker.beginInstance()
    #expect(disk.read()?.tags == [4: 2, 5: 2, 6: 2, 7: 2])
  }

  @Test func `An extent already read is overwritten without a copy`() {
    var disk = TrackedDisk(16)
    disk.write(0..<8, tag: 1)
    disk.tracker.beginInstance()
    #expect(disk.read(limit: 3)?.tags == [0: 1, 1: 1, 2: 1])

    disk.write(0..<3, tag: 2)
    #expect(disk.tracker.preservedCount == 0)
    disk.write(2..<4, tag: 3)
    #expect(disk.tracker.preservedCount == 1, "3 alone is not yet read")
  }

  @Test func `Only the first overwrite is copied`() {
    var disk = TrackedDisk(16)
    disk.write(5..<6, tag: 1)
    disk.tracker.beginInstance()
    disk.write(5..<6, tag: 2)
    disk.write(5..<6, tag: 3)
    #expect(disk.tracker.preservedCount == 1)
    #expect(disk.read()?.tags == [5: 1])
  }

  @Test func `An instance that is given up is dirty again with what was written meanwhile`() {
    var disk = TrackedDisk(16)
    disk.write(0..<4, tag: 1)
    disk.tracker.beginInstance()
    _ = disk.read(limit: 2)
    disk.write(3..<6, tag: 2)

    disk.tracker.foldBack()

    #expect(disk.tracker.dirty.count == 6)
    disk.tracker.beginInstance()
    #expect(disk.read()?.tags == [0: 1, 1: 1, 2: 1, 3: 2, 4: 2, 5: 2])
  }

  @Test func `A crash forgets what is dirty and what is sent`() {
    var disk = TrackedDisk(16)
    disk.write(0..<4, tag: 1)
    disk.tracker.beginInstance()
    disk.write(2..<6, tag: 2)
    disk.tracker.lose()
    #expect(disk.tracker.dirty.isEmpty && disk.tracker.instanceExtentCount == 0)
    disk.tracker.beginInstance()
    #expect(disk.read() == nil)
  }

  @Test func `The last extent of a disk is tracked and read`() {
    var disk = TrackedDisk(10)
    disk.write(9..<10, tag: 1)
    disk.tracker.beginInstance()
    disk.write(9..<10, tag: 2)
    #expect(disk.read(limit: 1)?.tags == [9: 1])
    #expect(disk.read(limit: 1) == nil)
  }

  /// The model: the disk's tags, those at the start of the instance, and two sets.
  @Test(arguments: [8, 64])
  func `Tracker agrees with copies of the whole disk`(payloadWidth: Int) {
    for seed in 0..<60 as Range<UInt64> {
      var random = RandomStream(seed: seed, name: "change-tracker")
      let extentCount = 1 + Int(random.next(below: 200))
      var disk = TrackedDisk(extentCount, payloadWidth: payloadWidth)
      var content: [Int: UInt64] = [:]
      var dirty: Set<Int> = []
      var frozen: [Int: UInt64] = [:]
      var unread: Set<Int> = []
      var instance: Set<Int> = []
      for step in 0..<200 as Range<UInt64> {
        switch random.next(below: 13) {
        case 0:
          guard instance.isEmpty else { break }
          disk.tracker.beginInstance()
          (instance, unread, frozen, dirty) = (dirty, dirty, content, [])
        case 1...4:
          let limit = 1 + Int(random.next(below: 20))
          let expected = unread.sorted().prefix(limit)
          let read = disk.read(limit: limit)?.tags ?? [:]
          #expect(read == Dictionary(uniqueKeysWithValues: expected.map { ($0, frozen[$0] ?? 0) }), "\(seed)")
          unread.subtract(expected)
        case 5:
          disk.tracker.foldBack()
          dirty.formUnion(instance)
          (instance, unread) = ([], [])
        case 6:
          guard unread.isEmpty else { break }
          disk.tracker.endInstance()
          instance = []
        case 7: disk.tracker = ChangeTracker(restoring: disk.tracker.saved)
        default:
          let start = Int(random.next(below: UInt64(extentCount)))
          let run = start..<min(extentCount, start + 1 + Int(random.next(below: 12)))
          disk.write(run, tag: step + 1)
          for extent in run { content[extent] = step + 1 }
          dirty.formUnion(run)
        }
        #expect(disk.tracker.dirty.count == dirty.count, "\(seed)")
        #expect(disk.tracker.instanceExtentCount == instance.count, "\(seed)")
        #expect(disk.tracker.unreadExtentCount == unread.count, "\(seed)")
      }
      #expect(dirty.allSatisfy { disk.tracker.dirty.contains(extent: $0) }, "\(seed)")
    }
  }
}

extension ExtentBatch {
  /// The extents with the first 8 bytes of their payloads, zeros included.
  var tags: [Int: UInt64] {
    var tags: [Int: UInt64] = [:]
    forEachRun { run, payloads in
      payloads.withUnsafeBytes { bytes in
        for (offset, extent) in run.enumerated() {
          tags[extent] = bytes.loadUnaligned(fromByteOffset: offset * geometry.payloadWidth, as: UInt64.self)
        }
      }
    }
    return tags
  }
}
