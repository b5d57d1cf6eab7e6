import BlockStorage
import Quantities
import RandomStreams
import StorageTesting
import Testing

/// Crashes at every operation, with whatever a crash can leave of each sector in flight.
@Suite struct PersistentStateCrashTests {
  /// 100 extents, so 4,608 bytes when idle: header, two bitmaps of 4 sectors each.
  private let geometry = ExtentGeometry(diskSize: .kibibytes(800), extentSize: .kibibytes(8))
  private func create(in file: CrashRecorder) throws -> PersistentStateFile<CrashRecorder> {
    try PersistentStateFile.create(in: file, diskIdentity: 7, geometry: geometry)
  }

  /// Runs `body`; every crash on the way and right after it must leave one of `allowed`.
  ///
  /// - Parameter limit: The most crash images of one moment: a save of 12 sectors would have 3¹².
  /// - Returns: The number of crashes.
  @discardableResult
  private func crashing(
    _ file: CrashRecorder, seed: UInt64 = 0, limit: Int = 40, allowed: @escaping (PlainOpening) -> Bool,
    _ body: () throws -> Void
  ) rethrows -> Int {
    var random = RandomStream(seed: seed, name: "crashes")
    var crashCount = 0
    var wrong: [PlainOpening] = []
    file.observer = { file in
      file.forEachCrash(limit: limit, random: &random) { image in
        crashCount += 1
        let opening = PlainOpening(image, geometry: geometry)
        if !allowed(opening) { wrong.append(opening) }
      }
    }
    defer {
      file.observer = nil
      #expect(
        wrong.isEmpty, "\(wrong.count) of \(crashCount) crashes, such as \(String(describing: wrong.first))")
    }
    try body()
    file.observer?(file)
    return crashCount
  }

  @Test func `A crash while the file is made leaves an empty state or a damage that is found`() throws {
    let file = CrashRecorder()
    try crashing(file, allowed: { $0 == .clean(PlainState()) || $0.isDamaged }) { _ = try create(in: file) }
    crashing(file, allowed: { $0 == .clean(PlainState()) }) {}
  }

  @Test(arguments: 0..<5 as Range<UInt64>)
  func `A crash while the file is made anew leaves nothing of the old state but the whole`(seed: UInt64)
    throws
  {
    var random = RandomStream(seed: seed, name: "anew")
    let (state, plain) = random.nextState(geometry)
    let file = CrashRecorder()
    try create(in: file).save(state)
    try crashing(
      file, seed: seed, allowed: { $0 == .clean(plain) || $0 == .clean(PlainState()) || $0.isDamaged }
    ) { _ = try create(in: file) }
    crashing(file, allowed: { $0 == .clean(PlainState()) }) {}
  }

  /// A life of four power-ons: each crash leaves the old state only until the disk is marked in use, the new state
  /// from the moment it is acknowledged, and otherwise says that it does not know.
  @Test(arguments: 0..<(isExhaustive ? 2_000 : 8) as Range<UInt64>)
  func `A crash leaves the old state, the new one, or unclean, each in its time`(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "life")
    let file = CrashRecorder()
    let stateFile = try create(in: file)
    var old = PlainState()
    for _ in 0..<4 {
      let saved = old
      try crashing(file, seed: seed, allowed: { $0 == .clean(saved) || $0 == .unclean }) {
        try stateFile.markInUse()
      }
      crashing(file, seed: seed, allowed: { $0 == .unclean }) {}
      let (state, plain) = random.nextState(geometry, runLimit: 30)
      try crashing(file, seed: seed, allowed: { $0 == .clean(plain) || $0 == .unclean }) {
        try stateFile.save(state)
      }
      crashing(file, seed: seed, allowed: { $0 == .clean(plain) }) {}
      old = plain
    }
  }

  /// Without an instance and with one dirty extent four sectors are in flight: all 81 combinations.
  @Test func `A small save is right in every combination of kept, lost and torn sectors`() throws {
    let file = CrashRecorder()
    let stateFile = try create(in: file)
    try stateFile.markInUse()
    var dirty = DirtyBitmap(geometry: geometry)
    dirty.mark(3..<9)
    let plain = PlainState(dirty: Set(3..<9))
    let count = try crashing(file, limit: 1_000, allowed: { $0 == .clean(plain) || $0 == .unclean }) {
      try stateFile.save(PersistentState(dirty: dirty))
    }
    // After the write 3⁴, after the length is set 3⁵, after the sync 1; then twice, after a copy of the header is written
    // lost, kept and 3 tears at each of 255 bytes, and 1 after the
    // sync; and 1 at the end.
    #expect(count == 81 + 243 + 1 + 2 * (2 + 3 * 255 + 1) + 1)
  }

  @Test func `A mark is right wherever its header is torn`() throws {
    let file = CrashRecorder()
    let stateFile = try create(in: file)
    for round in 0..<2 {
      let count = try crashing(
        file, limit: 1_000, allowed: { $0 == .clean(PlainState()) || $0 == .unclean }
      ) {
        try stateFile.markInUse()
      }
      #expect(count == 2 * (2 + 3 * 255 + 1) + 1)
      if round == 0 { try stateFile.save(PersistentState(dirty: DirtyBitmap(geometry: geometry))) }
    }
  }

  @Test(arguments: [0, 256])
  func `With one copy of the header torn, a second crash does not lose the other`(copyOffset: Int) throws {
    let memory = MemoryFile()
    _ = PersistentStateFile.create(in: memory, diskIdentity: 7, geometry: geometry)
    for offset in copyOffset + 100..<copyOffset + 256 { memory.bytes[offset] ^= 0x55 }
    let file = CrashRecorder(memory.bytes)
    let opened = try PersistentStateFile.open(file, diskIdentity: 7, geometry: geometry)
    try crashing(file, limit: 1_000, allowed: { $0 == .clean(PlainState()) || $0 == .unclean }) {
      try opened.file.markInUse()
    }
  }

  @Test(arguments: 0..<3 as Range<UInt64>)
  func `A crash after a crash is no worse`(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "twice")
    let (state, plain) = random.nextState(geometry, runLimit: 30)
    let (other, otherPlain) = random.nextState(geometry, runLimit: 30)

    // Every image that a crash within markInUse or save can leave; one of 16 is taken on.
    var images: [[UInt8]] = []
    let file = CrashRecorder()
    let stateFile = try create(in: file)
    try stateFile.save(state)
    var chooser = RandomStream(seed: seed, name: "choice")
    file.observer = { file in
      file.forEachCrash(limit: 60, random: &random) { image in
        if chooser.next(below: 24) == 0 { images.append(image) }
      }
    }
    try stateFile.markInUse()
    try stateFile.save(other)

    for image in images {
      let file = CrashRecorder(image)
      let opened = try PersistentStateFile.open(file, diskIdentity: 7, geometry: geometry)
      let found = PlainOpening(image, geometry: geometry)
      #expect([.unclean, .clean(plain), .clean(otherPlain)].contains(found))
      try crashing(file, seed: seed, allowed: { $0 == found || $0 == .unclean }) {
        try opened.file.markInUse()
      }
      crashing(file, seed: seed, allowed: { $0 == .unclean }) {}
      try crashing(file, seed: seed, allowed: { $0 == .unclean || $0 == .clean(plain) }) {
        try opened.file.save(state)
      }
      crashing(file, seed: seed, allowed: { $0 == .clean(plain) }) {}
    }
    #expect(images.count > 10)
  }

  /// Fails every operation of a life in turn.
  ///
  /// Whatever it did, the next try works, writes are
  /// tracked only after a mark that no crash takes back, and no crash reveals a state that is not allowed.
  @Test(arguments: CrashRecorder.FailureMode.allCases)
  func `A failure of any operation loses no state silently`(mode: CrashRecorder.FailureMode) throws {
    var random = RandomStream(seed: 1, name: "failures")
    let (state, plain) = random.nextState(geometry, runLimit: 30)
    let (other, otherPlain) = random.nextState(geometry, runLimit: 30)

    /// Tries until it works, with one failure at most.
    func insisting(_ body: () throws -> Void) throws {
      do { try body() } catch CrashRecorder.Failure.noSpace { try body() }
    }

    var failing = 0
    while true {
      let file = CrashRecorder()
      file.failingOperation = failing
      file.failureMode = mode
      var created: PersistentStateFile<CrashRecorder>?
      try crashing(file, limit: 9, allowed: { $0 == .clean(PlainState()) || $0.isDamaged }) {
        try insisting { created = try create(in: file) }
      }
      let stateFile = try #require(created)
      try insisting { try stateFile.markInUse() }
      // Without marking it in use between: the second save marks it by itself.
      try crashing(file, limit: 9, allowed: { $0 == .unclean || $0 == .clean(plain) }) {
        try insisting { try stateFile.save(state) }
      }
      try crashing(
        file, limit: 9, allowed: { $0 == .unclean || $0 == .clean(plain) || $0 == .clean(otherPlain) }
      ) {
        var hasFailed = false
        do { try stateFile.save(other) } catch CrashRecorder.Failure.noSpace { hasFailed = true }
        if hasFailed {
          // Its owner gives up and lets the machine go on.
          try stateFile.markInUse()
          crashing(file, limit: 9, allowed: { $0 == .unclean }) {}
          try stateFile.save(other)
        }
      }
      crashing(file, limit: 9, allowed: { $0 == .clean(otherPlain) }) {}
      if failing >= file.operationCount { break }
      failing += 1
    }
    // create 6, markInUse 4, save 4 bitmap and log writes, a length, a sync and the header 4, and the second save.
    #expect(failing > 25)
  }

  @Test func `Marking in use is safe before it returns`() throws {
    let file = CrashRecorder()
    let stateFile = try create(in: file)
    try stateFile.markInUse()
    #expect(file.pending.isEmpty)
    #expect(PlainOpening(file.durable, geometry: geometry) == .unclean)
  }

  // MARK: Rot

  /// A state with a demand log of one record: 512 + 2 × 2,048 + 512 + 512 + 8 = 5,640 bytes.
  private func smallFile(isInUse: Bool) -> (bytes: [UInt8], plain: PlainState) {
    var (dirty, transfer) = (DirtyBitmap(geometry: geometry), DirtyBitmap(geometry: geometry))
    dirty.mark(5..<7)
    transfer.mark(90..<100)
    let disk = ExtentStore(geometry: geometry)
    disk.fill(95..<96, tag: 0x77)
    var preserved = PreservedExtents(geometry: geometry)
    preserved.preserve(95..<96, from: disk)
    let memory = MemoryFile()
    let file = PersistentStateFile.create(in: memory, diskIdentity: 7, geometry: geometry)
    file.save(
      PersistentState(
        dirty: dirty, instance: .init(sequence: 2, transfer: transfer, cursor: 91, preserved: preserved)))
    if isInUse { file.markInUse() }
    return (
      memory.bytes,
      PlainState(
        dirty: [5, 6],
        instance: .init(
          sequence: 2, transfer: Set(90..<100), cursor: 91, preserved: [95: tagPayload(0x77, width: 8)]))
    )
  }

  @Test(arguments: 0..<8)
  func `A flipped bit of a clean file is found, or lies in one copy of the header and changes nothing`(
    bit: UInt8
  ) {
    var (bytes, plain) = smallFile(isInUse: false)
    #expect(bytes.count == 5_640)
    // Of a byte of the bitmaps one bit, of all others each: a bitmap is one checksum, wherever the bit.
    for offset in bytes.indices where !(512..<4_608 ~= offset) || offset % 8 == Int(bit) {
      bytes[offset] ^= 1 << bit
      let opening = PlainOpening(bytes, geometry: geometry)
      let expected: PlainOpening =
        switch offset {
        case ..<512: .clean(plain)
        case ..<2_560: .damaged(.wrongChecksum(.dirtyBitmap))
        case ..<4_608: .damaged(.wrongChecksum(.transferBitmap))
        case ..<5_120: .damaged(.wrongChecksum(.demandLogHeader))
        case ..<5_632: .damaged(.wrongChecksum(.metadata(record: 0)))
        default: .damaged(.wrongChecksum(.payload(record: 0)))
        }
      if opening != expected { Issue.record("bit \(bit) of byte \(offset): \(opening)") }
      bytes[offset] ^= 1 << bit
    }
  }

  @Test(arguments: 0..<8)
  func `No flipped bit makes a file in use look clean`(bit: UInt8) {
    var (bytes, _) = smallFile(isInUse: true)
    for offset in 0..<512 {
      bytes[offset] ^= 1 << bit
      if PlainOpening(bytes, geometry: geometry) != .unclean { Issue.record("bit \(bit) of byte \(offset)") }
      bytes[offset] ^= 1 << bit
    }
  }

  @Test func `A header both of whose copies are damaged is refused`() {
    var (bytes, _) = smallFile(isInUse: true)
    bytes[60] ^= 1
    bytes[300] ^= 1
    #expect(PlainOpening(bytes, geometry: geometry) == .damaged(.wrongChecksum(.header)))
  }

  @Test func `Parts of an earlier save are not taken for those of the last one`() {
    let memory = MemoryFile()
    let file = PersistentStateFile.create(in: memory, diskIdentity: 7, geometry: geometry)
    var random = RandomStream(seed: 11, name: "splice")
    var parts: [[UInt8]] = []
    for _ in 0..<2 {
      var transfer = DirtyBitmap(geometry: geometry)
      transfer.mark(0..<100)
      let disk = ExtentStore(geometry: geometry)
      disk.fill(40..<43, tag: random.next())
      var preserved = PreservedExtents(geometry: geometry)
      preserved.preserve(40..<43, from: disk)
      file.save(
        PersistentState(
          dirty: transfer, instance: .init(sequence: 1, transfer: transfer, cursor: 0, preserved: preserved)))
      parts.append(memory.bytes)
    }
    // The log's header, each record, each payload, all metadata: 520 bytes a record from byte 5,120 on.
    for (range, part) in [
      (4_608..<5_120, PersistentStatePart.demandLogHeader), (5_120..<5_640, .metadata(record: 0)),
      (5_640..<6_160, .metadata(record: 1)), (5_632..<5_640, .payload(record: 0)),
    ] {
      var bytes = parts[1]
      bytes.replaceSubrange(range, with: parts[0][range])
      let opening = PlainOpening(bytes, geometry: geometry)
      #expect(
        opening == .damaged(.wrongChecksum(part)) || opening == .damaged(.contradiction(part)), "\(range)")
    }
    // Two records of one save, swapped.
    var bytes = parts[1]
    bytes.replaceSubrange(5_120..<5_640, with: parts[1][5_640..<6_160])
    bytes.replaceSubrange(5_640..<6_160, with: parts[1][5_120..<5_640])
    #expect(PlainOpening(bytes, geometry: geometry).isDamaged)
  }
}
