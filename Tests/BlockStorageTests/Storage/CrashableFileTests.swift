import BlockStorage
import RandomStreams
import StorageTesting
import Testing

@Suite struct CrashableFileTests {
  private func bytes(_ value: UInt8, count: Int) -> [UInt8] { [UInt8](repeating: value, count: count) }

  @Test func `What was synced survives a crash and what was not may be lost`() throws {
    let file = CrashableFile(on: CrashableStorage())
    try file.write(bytes(1, count: 600).span.bytes, at: 0)
    try file.sync()
    try file.write(bytes(2, count: 600).span.bytes, at: 600)

    var chooser = UniformCrash.keepingNothing
    file.crash(choosing: &chooser)
    #expect(file.bytes == bytes(1, count: 600))

    try file.write(bytes(3, count: 600).span.bytes, at: 600)
    chooser = .keepingAll
    file.crash(choosing: &chooser)
    #expect(file.bytes == bytes(1, count: 600) + bytes(3, count: 600))
  }

  @Test func `Each unsynced sector is kept, dropped or torn on its own`() throws {
    let file = CrashableFile(on: CrashableStorage(), bytes: bytes(1, count: 1_536))
    try file.write(bytes(2, count: 1_536).span.bytes, at: 0)

    var chooser = ChosenCrash(fates: [.old, .torn(newBytes: 100), .new], lengthChoice: 0)
    file.crash(choosing: &chooser)

    #expect(
      file.bytes == bytes(1, count: 512) + bytes(2, count: 100) + bytes(1, count: 412) + bytes(2, count: 512))
  }

  @Test func `A sector written twice can hold either content`() throws {
    let file = CrashableFile(on: CrashableStorage(), bytes: [1, 1])
    try file.write([UInt8]([2]).span.bytes, at: 0)
    try file.write([UInt8]([3]).span.bytes, at: 1)

    #expect(file.unsyncedSectors == [UnsyncedSector(index: 0, versionCount: 3)])
    let images = [SectorFate.old, .version(1), .new].map { fate in
      var chooser = ChosenCrash(fates: [fate], lengthChoice: 0)
      return file.imageAfterCrash(choosing: &chooser)
    }
    #expect(images == [[1, 1], [2, 1], [2, 3]])
  }

  @Test func `A file that grew has its old or its new length, with zeros where nothing was kept`() throws {
    let file = CrashableFile(on: CrashableStorage(), bytes: [1])
    try file.write(bytes(2, count: 3).span.bytes, at: 1_000)
    #expect(file.possibleByteCounts == [1, 1_003])

    var grown = ChosenCrash(fates: [.old, .old], lengthChoice: 1)
    #expect(file.imageAfterCrash(choosing: &grown) == [1] + bytes(0, count: 1_002))
    var kept = ChosenCrash(fates: [.new, .new], lengthChoice: 0)
    #expect(file.imageAfterCrash(choosing: &kept) == [1])
  }

  @Test func `A cut that did not happen leaves the old content`() throws {
    let file = CrashableFile(on: CrashableStorage(), bytes: bytes(1, count: 1_024))
    try file.resize(to: 512)
    try file.resize(to: 1_024)
    #expect(file.bytes == bytes(1, count: 512) + bytes(0, count: 512))

    var chooser = UniformCrash.keepingNothing
    file.crash(choosing: &chooser)
    #expect(file.bytes == bytes(1, count: 1_024))
  }

  @Test func `Every change before the crash is accepted and none after`() throws {
    let storage = CrashableStorage()
    let file = CrashableFile(on: storage)
    storage.stop(afterChanges: 2)
    try file.write([UInt8]([1]).span.bytes, at: 0)
    try file.sync()
    #expect(throws: StorageFault.crashed) { try file.write([UInt8]([2]).span.bytes, at: 0) }
    #expect(throws: StorageFault.crashed) {
      var read: [UInt8] = []
      try file.read(0..<1, appendingTo: &read)
    }
    #expect(storage.isDown && storage.changeCount == 2)
    storage.restart()
    #expect(file.bytes == [1])
  }

  @Test func `A planned failure strikes once and keeps the beginning of a write`() throws {
    let storage = CrashableStorage()
    let file = CrashableFile(on: storage)
    storage.fail(change: 1, with: .deviceError, keptBytes: 2)
    try file.write([UInt8]([1, 1, 1]).span.bytes, at: 0)
    #expect(throws: StorageFault.deviceError) { try file.write([UInt8]([2, 2, 2]).span.bytes, at: 0) }
    #expect(file.bytes == [2, 2, 1])
    try file.write([UInt8]([3]).span.bytes, at: 0)
    #expect(file.bytes == [3, 2, 1])
  }

  @Test func `After a failed sync only writing again makes a sector durable`() throws {
    let storage = CrashableStorage()
    let file = CrashableFile(on: storage, bytes: bytes(0, count: 1_024))
    try file.write(bytes(1, count: 1_024).span.bytes, at: 0)
    storage.fail(change: 0, with: .deviceError)
    #expect(throws: StorageFault.deviceError) { try file.sync() }
    try file.write(bytes(1, count: 512).span.bytes, at: 0)
    try file.sync()

    #expect(file.bytes == bytes(1, count: 1_024))
    var chooser = UniformCrash.keepingNothing
    file.crash(choosing: &chooser)
    #expect(file.bytes == bytes(1, count: 512) + bytes(0, count: 512))
  }

  @Test func `A full storage takes no more bytes`() throws {
    let storage = CrashableStorage(capacity: 10)
    let (one, other) = (CrashableFile(on: storage), CrashableFile(on: storage))
    try one.write(bytes(1, count: 8).span.bytes, at: 0)
    #expect(throws: StorageFault.noSpace) {
      try other.write([UInt8](repeating: 1, count: 3).span.bytes, at: 0)
    }
    #expect(other.byteCount == 0)
    try other.write(bytes(1, count: 2).span.bytes, at: 0)
    try one.resize(to: 4)
    try other.resize(to: 6)
    #expect(storage.usedBytes == 10)
  }

  /// Replays random histories against a list of all contents that each sector had since the last sync.
  @Test(arguments: 0..<100 as Range<UInt64>)
  func `A crash leaves of every sector a content it had since the last sync`(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "crashable-file")
    let file = CrashableFile(on: CrashableStorage())
    let size = 4 * CrashableFile.sectorSize
    var content = bytes(0, count: size)
    try file.write(content.span.bytes, at: 0)
    try file.sync()
    var history = (0..<4).map { [Array(content[$0 * 512..<($0 + 1) * 512])] }
    for step in 1..<60 {
      switch random.next(below: 8) {
      case 0:
        try file.sync()
        history = history.map { [$0[$0.count - 1]] }
      case 1:
        var chooser = RandomCrash(random: RandomStream(seed: random.next(), name: "crash"))
        let image = file.imageAfterCrash(choosing: &chooser)
        for sector in 0..<4 {
          let found = Array(image[sector * 512..<(sector + 1) * 512])
          let versions = history[sector]
          let last = versions[versions.count - 1]
          let isTorn = (0...512).contains { found == Array(last[..<$0] + versions[0][$0...]) }
          #expect(versions.contains(found) || isTorn)
        }
      default:
        let start = Int(random.next(below: UInt64(size)))
        let count = 1 + Int(random.next(below: UInt64(min(900, size - start))))
        try file.write(bytes(UInt8(step), count: count).span.bytes, at: UInt64(start))
        content.replaceSubrange(start..<start + count, with: bytes(UInt8(step), count: count))
        for sector in start / 512...(start + count - 1) / 512 {
          history[sector].append(Array(content[sector * 512..<(sector + 1) * 512]))
        }
      }
      #expect(file.bytes == content)
    }
  }
}
