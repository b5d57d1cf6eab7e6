import BlockStorage
import Quantities
import RandomStreams
import Testing

@Suite struct PersistentStateFileTests {
  @Test(arguments: [
    // 10 GiB / 8 KiB = 1,310,720 extents / 8 = 163,840 bytes a bitmap; 512 + 2 × 163,840.
    (10, 328_192 as UInt64),
    // 262,144 bytes a bitmap.
    (16, 524_800),
    // 655,360 bytes a bitmap.
    (40, 1_311_232),
    // 1,638,400 bytes a bitmap.
    (100, 3_277_312),
    // 268,435,456 extents of 8 KiB, 33,554,432 bytes a bitmap.
    (2_048, 67_109_376),
    // As many extents of 16 KiB.
    (4_096, 67_109_376),
  ])
  func `An idle file has the size that is observed`(gibibytes: Int, byteCount: UInt64) {
    let geometry = ExtentGeometry(diskSize: .gibibytes(UInt64(gibibytes)))
    #expect(PersistentStateSize(geometry).idle.bytes == byteCount)
    #expect(PersistentStateSize(geometry).byteCount(preservedCount: 0).bytes == byteCount)

    guard gibibytes <= 100 else { return }
    let memory = MemoryFile()
    let file = PersistentStateFile.create(in: memory, diskIdentity: 7, geometry: geometry)
    #expect(memory.byteCount == byteCount && file.nominalSize.bytes == byteCount)
  }

  @Test func `A demand log takes 512 bytes, and 512 and the extent for each preserved one`() {
    let size = PersistentStateSize(ExtentGeometry(diskSize: .gibibytes(10)))
    // 328,192 + 512 + 3 × (512 + 8,192); of tags 3 × (512 + 8).
    #expect(size.byteCount(preservedCount: 3).bytes == 354_816)
    #expect(size.stored(preservedCount: 3).bytes == 330_264)
    // 328,192 + 512 + 1,310,720 × 8,704 = 11,408,835,584, to 10,737,418,240 as 1.0625.
    #expect(size.thickProvisioned.bytes == 11_408_835_584)
    // 4 TiB in extents of 16 KiB: 67,109,376 + 512 + 16,896.
    let large = PersistentStateSize(ExtentGeometry(diskSize: .tebibytes(4)))
    #expect(large.byteCount(preservedCount: 1).bytes == 67_126_784)
  }

  @Test func `With whole extents as payloads a file has its nominal size to the byte`() {
    let geometry = geometry(extentCount: 100, payloadWidth: 8_192)
    let disk = ExtentStore(geometry: geometry)
    disk.fill(0..<100, tag: 5)
    var transfer = DirtyBitmap(geometry: geometry)
    transfer.mark(10..<50)
    var preserved = PreservedExtents(geometry: geometry)
    preserved.preserve(20..<31, from: disk)
    let memory = MemoryFile()
    let file = PersistentStateFile.create(in: memory, diskIdentity: 7, geometry: geometry)
    file.save(
      PersistentState(
        dirty: DirtyBitmap(geometry: geometry),
        instance: .init(sequence: 3, transfer: transfer, cursor: 12, preserved: preserved)))
    // 512 + 2 × 2,048 + 512 + 11 × (512 + 8,192)
    #expect(memory.byteCount == 100_864 && file.nominalSize.bytes == 100_864)

    file.save(PersistentState(dirty: transfer))
    #expect(memory.byteCount == 4_608 && file.nominalSize.bytes == 4_608)
  }

  @Test func `A machine that was powered off cleanly goes on with its delta`() {
    let geometry = geometry(extentCount: 1_000)
    var (dirty, transfer) = (DirtyBitmap(geometry: geometry), DirtyBitmap(geometry: geometry))
    dirty.mark(990..<1_000)
    transfer.mark(0..<20)
    let disk = ExtentStore(geometry: geometry)
    disk.fill(0..<1_000, tag: 9)
    var preserved = PreservedExtents(geometry: geometry)
    preserved.preserve(15..<17, from: disk)

    let memory = MemoryFile()
    let file = PersistentStateFile.create(in: memory, diskIdentity: 7, geometry: geometry)
    #expect(PlainOpening(memory.bytes, geometry: geometry) == .clean(PlainState()))
    file.markInUse()
    #expect(file.isInUse)
    #expect(PlainOpening(memory.bytes, geometry: geometry) == .unclean)
    file.save(
      PersistentState(
        dirty: dirty, instance: .init(sequence: 42, transfer: transfer, cursor: 10, preserved: preserved)))
    #expect(!file.isInUse)

    #expect(
      PlainOpening(memory.bytes, geometry: geometry)
        == .clean(
          PlainState(
            dirty: Set(990..<1_000),
            instance: .init(
              sequence: 42, transfer: Set(0..<20), cursor: 10,
              preserved: [15: tagPayload(9, width: 8), 16: tagPayload(9, width: 8)]))))
  }

  @Test func `The file of another disk, or of the disk before it grew, is refused`() {
    let memory = MemoryFile()
    let small = geometry(extentCount: 100)
    _ = PersistentStateFile.create(in: memory, diskIdentity: 7, geometry: small)
    #expect(
      PlainOpening(memory.bytes, diskIdentity: 8, geometry: small) == .damaged(.foreignDisk(7)))
    #expect(
      PlainOpening(memory.bytes, geometry: geometry(extentCount: 101))
        == .damaged(
          .wrongGeometry(diskSize: .kibibytes(800), extentSize: .kibibytes(8), payloadWidth: 8)))
    #expect(
      PlainOpening(memory.bytes, geometry: geometry(extentCount: 100, payloadWidth: 16)).isDamaged)
  }

  @Test func `A file that was cut, lengthened, emptied or replaced is refused with the reason`() {
    let memory = MemoryFile()
    let geometry = geometry(extentCount: 100)
    _ = PersistentStateFile.create(in: memory, diskIdentity: 7, geometry: geometry)
    func opening(_ bytes: [UInt8]) -> PlainOpening { PlainOpening(bytes, geometry: geometry) }

    // 512 + 2 × 2,048
    #expect(
      opening(memory.bytes.dropLast()) == .damaged(.truncated(byteCount: 4_607, expected: 4_608)))
    #expect(opening(memory.bytes + [0]) == .damaged(.oversized(byteCount: 4_609, expected: 4_608)))
    #expect(opening([]) == .damaged(.truncated(byteCount: 0, expected: 512)))
    #expect(opening([UInt8](repeating: 0, count: 4_608)) == .damaged(.unfinished))
    let text = [UInt8](repeating: 0x20, count: 4_608)
    #expect(opening(text) == .damaged(.wrongMagic(.header, 0x2020_2020_2020_2020)))
  }

  /// Saves states one over the other, opening now and then, and compares with sets.
  @Test(arguments: 0..<60 as Range<UInt64>)
  func `What is saved is what is opened`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "persistent-state")
    // A bit, a word, a piece and 2 KiB of bits (16,384), and one more or less.
    let edges = [1, 63, 64, 65, 4_095, 4_096, 4_097, 16_383, 16_384, 16_385]
    let extentCount =
      seed % 2 == 0 ? edges[Int(seed / 2) % edges.count] : 1 + Int(random.next(below: 30_000))
    let width = [8, 8, 24, 8_192][Int(random.next(below: 4))]
    let geometry = geometry(extentCount: extentCount, payloadWidth: width)
    let memory = MemoryFile((0..<random.next(below: 9_000)).map { UInt8(truncatingIfNeeded: $0) })
    var file = PersistentStateFile.create(in: memory, diskIdentity: 7, geometry: geometry)
    for _ in 0..<8 {
      if random.next(below: 2) == 0 { file.markInUse() }
      let (state, plain) = random.nextState(geometry)
      file.save(state)
      #expect(PlainOpening(memory.bytes, geometry: geometry) == .clean(plain))
      #expect(
        memory.byteCount
          == PersistentStateSize(geometry).stored(preservedCount: plain.instance?.preserved.count ?? 0).bytes)
      if random.next(below: 2) == 0 { file.markInUse() }
      if random.next(below: 2) == 0,
        let opened = try? PersistentStateFile.open(memory, diskIdentity: 7, geometry: geometry)
      {
        file = opened.file
      }
    }
  }

  @Test func `A disk above 2 TiB is saved in extents of 16 KiB`() throws {
    let geometry = ExtentGeometry(diskSize: .tebibytes(2) + .kibibytes(1))
    // 2 TiB / 16 KiB = 134,217,728, and one extent for the last KiB.
    #expect(geometry.extentCount == 134_217_729)
    var dirty = DirtyBitmap(geometry: geometry)
    dirty.mark(134_217_728..<134_217_729)
    dirty.mark(524_287..<524_289)
    let memory = MemoryFile()
    let file = PersistentStateFile.create(in: memory, diskIdentity: 7, geometry: geometry)
    file.save(PersistentState(dirty: dirty))
    // 134,217,729 / 8 rounded up to 2 KiB is 16,779,264; 512 + 2 × that.
    #expect(memory.byteCount == 33_559_040)
    let (_, opening) = try PersistentStateFile.open(memory, diskIdentity: 7, geometry: geometry)
    guard case .clean(let state) = opening else {
      Issue.record("the file is clean")
      return
    }
    #expect(state.dirty == dirty && state.instance == nil)
  }

  @Test func `Saving a sparse bitmap writes only the chunks that change`() {
    let geometry = ExtentGeometry(diskSize: .gibibytes(100))
    var dirty = DirtyBitmap(geometry: geometry)
    dirty.mark(byteRange: 50 << 30..<50 << 30 + 1)
    let storage = WriteCounter()
    let file = PersistentStateFile.create(in: storage, diskIdentity: 7, geometry: geometry)
    // Two copies of the header.
    #expect(storage.writtenBytes == 512)
    storage.writtenBytes = 0
    file.markInUse()
    file.save(PersistentState(dirty: dirty))
    // One chunk of 64 KiB, and the header twice in two copies.
    #expect(storage.writtenBytes == 66_560)
    storage.writtenBytes = 0
    file.save(PersistentState(dirty: DirtyBitmap(geometry: geometry)))
    // Zeros over the chunk.
    #expect(storage.writtenBytes == 66_560)
    storage.writtenBytes = 0
    file.save(PersistentState(dirty: DirtyBitmap(geometry: geometry)))
    #expect(storage.writtenBytes == 1_024)
  }

  @Test func `A file left in use is overwritten whole, whatever a crash left in its bitmaps`() {
    let geometry = geometry(extentCount: 100)
    let memory = MemoryFile()
    let file = PersistentStateFile.create(in: memory, diskIdentity: 7, geometry: geometry)
    file.markInUse()
    for offset in 512..<4_608 { memory.bytes[offset] = 0xff }
    guard let opened = try? PersistentStateFile.open(memory, diskIdentity: 7, geometry: geometry) else {
      Issue.record("the file is unclean")
      return
    }
    opened.file.save(PersistentState(dirty: DirtyBitmap(geometry: geometry)))
    #expect(PlainOpening(memory.bytes, geometry: geometry) == .clean(PlainState()))
  }
}

/// Counts what is written.
private final class WriteCounter: StorageFile {
  typealias Failure = Never
  private(set) var byteCount: UInt64 = 0
  var writtenBytes = 0

  func read(_ range: Range<UInt64>, appendingTo bytes: inout [UInt8]) {
    bytes.append(contentsOf: repeatElement(0, count: range.count))
  }
  func write(_ bytes: RawSpan, at offset: UInt64) {
    byteCount = max(byteCount, offset + UInt64(bytes.byteCount))
    writtenBytes += bytes.byteCount
  }
  func resize(to newCount: UInt64) { byteCount = newCount }
  func sync() {}
}
