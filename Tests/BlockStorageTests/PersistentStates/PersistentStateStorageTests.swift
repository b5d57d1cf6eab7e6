import BlockStorage
import Quantities
import RandomStreams
import StorageTesting
import Testing

/// The state file on the storage that simulations crash.
@Suite struct PersistentStateStorageTests {
  private let geometry = ExtentGeometry(diskSize: .kibibytes(800), extentSize: .kibibytes(8))

  /// What a crash may leave at the moment.
  private struct Allowed {
    var openings: [PlainOpening]
    var isDamageAllowed: Bool

    func contains(_ opening: PlainOpening) -> Bool {
      openings.contains(opening) || isDamageAllowed && opening.isDamaged
    }
  }

  /// Makes the file, saves two states and makes it anew, noting in `allowed` what holds from there on.
  private func live(
    in file: CrashableFile, _ states: [(state: PersistentState, plain: PlainState)], allowed: inout Allowed
  ) throws(StorageFault) {
    allowed = Allowed(openings: [.clean(PlainState())], isDamageAllowed: true)
    let stateFile = try PersistentStateFile.create(in: file, diskIdentity: 7, geometry: geometry)
    var old = PlainState()
    for index in states.indices {
      allowed = Allowed(openings: [.clean(old), .unclean], isDamageAllowed: false)
      try stateFile.markInUse()
      old = states[index].plain
      allowed = Allowed(openings: [.clean(old), .unclean], isDamageAllowed: false)
      try stateFile.save(states[index].state)
    }
    allowed = Allowed(openings: [.clean(old), .clean(PlainState())], isDamageAllowed: true)
    _ = try PersistentStateFile.create(in: file, diskIdentity: 7, geometry: geometry)
    allowed = Allowed(openings: [.clean(PlainState())], isDamageAllowed: false)
  }

  @Test func `Wherever the machine stops, the file tells what it knows`() {
    var random = RandomStream(seed: 3, name: "stops")
    let states = (0..<2).map { _ in random.nextState(geometry, runLimit: 30) }
    var cover = CrashCover()
    cover.stride = 1
    cover.exhaustiveSectorCount = 3
    cover.randomCount = 6
    cover.cuts = [64, 300]

    var stop = 0
    var imageCount = 0
    var hasEnded = false
    while !hasEnded {
      let storage = CrashableStorage()
      let file = CrashableFile(on: storage)
      storage.stop(afterChanges: stop)
      var allowed = Allowed(openings: [], isDamageAllowed: false)
      do {
        try live(in: file, states, allowed: &allowed)
        hasEnded = true
      } catch {
        #expect(error == .crashed)
        stop += 1
      }
      cover.forEachImage(of: file, seed: UInt64(stop)) { image in
        imageCount += 1
        let opening = PlainOpening(image, geometry: geometry)
        if !allowed.contains(opening) { Issue.record("stopped after \(stop) changes: \(opening)") }
      }
    }
    #expect(stop > 30 && imageCount > 300)
  }

  @Test func `Where the demand log finds no space, the instance folded back does`() throws {
    var transfer = DirtyBitmap(geometry: geometry)
    transfer.mark(0..<50)
    let disk = ExtentStore(geometry: geometry)
    var preserved = PreservedExtents(geometry: geometry)
    preserved.preserve(10..<20, from: disk)
    // The idle file fits: 512 + 2 × 2,048.
    let storage = CrashableStorage(capacity: 4_608)
    let file = CrashableFile(on: storage)
    let stateFile = try PersistentStateFile.create(in: file, diskIdentity: 7, geometry: geometry)
    try stateFile.markInUse()

    #expect(throws: StorageFault.noSpace) {
      try stateFile.save(
        PersistentState(
          dirty: DirtyBitmap(geometry: geometry),
          instance: .init(sequence: 1, transfer: transfer, cursor: 0, preserved: preserved)))
    }
    #expect(stateFile.isInUse && PlainOpening(file.bytes, geometry: geometry) == .unclean)

    try stateFile.save(PersistentState(dirty: transfer))
    var crash = UniformCrash.keepingNothing
    #expect(
      PlainOpening(file.imageAfterCrash(choosing: &crash), geometry: geometry)
        == .clean(PlainState(dirty: Set(0..<50))))
  }

  @Test func `A file that cannot be read is not called damaged`() throws {
    let storage = CrashableStorage()
    let file = CrashableFile(on: storage)
    _ = try PersistentStateFile.create(in: file, diskIdentity: 7, geometry: geometry)
    func failure() -> PersistentStateOpeningError<StorageFault>? {
      do {
        _ = try PersistentStateFile.open(file, diskIdentity: 7, geometry: geometry).opening
        return nil
      } catch {
        return error
      }
    }
    // The header, the dirty bitmap, the transfer bitmap.
    for index in 0..<3 {
      storage.fail(read: index, with: .deviceError)
      #expect(failure() == .file(.deviceError))
    }
    #expect(failure() == nil)
  }
}
