import BlockStorage
import Quantities
import RandomStreams
import Testing

@Suite struct DirtyBitmapTests {
  @Test func `A write that straddles two extents dirties both`() {
    var dirty = DirtyBitmap(diskSize: .mebibytes(1), extentSize: .kibibytes(8))

    dirty.mark(byteRange: 60_000..<70_000)

    #expect(dirty.count == 2)
    #expect(dirty.contains(extent: 7) && dirty.contains(extent: 8))
  }

  @Test func `Marking and clearing tell how many extents changed`() {
    var dirty = DirtyBitmap(geometry: geometry(extentCount: 10_000))

    #expect(dirty.mark(4_000..<4_200) == 200)
    #expect(dirty.mark(4_100..<4_300) == 100)
    #expect(dirty.clear(4_290..<5_000) == 10)
    #expect(dirty.count == 290)
    #expect(dirty.mark(7..<7) == 0)
  }

  @Test func `A run is cut to the limit and goes on where it was cut`() {
    var dirty = DirtyBitmap(geometry: geometry(extentCount: 100))
    dirty.mark(10..<30)

    #expect(dirty.nextRun(from: 0, limit: 16) == 10..<26)
    #expect(dirty.nextRun(from: 26, limit: 16) == 26..<30)
    #expect(dirty.nextRun(from: 30, limit: 16) == nil)
    #expect(dirty.nextRun(in: 0..<10) == nil)
    #expect(dirty.nextRun(in: 20..<22) == 20..<22)
  }

  @Test func `The runs of a chunk are cut to its size and to the size of an update`() {
    var dirty = DirtyBitmap(geometry: geometry(extentCount: 100))
    dirty.mark(10..<30)
    dirty.mark(40..<90)

    // 20 extents as 16 + 4, then 12 of the next run make 32.
    #expect(dirty.nextRuns(from: 0, extentLimit: 32, runLimit: 16) == [10..<26, 26..<30, 40..<52])
    #expect(dirty.nextRuns(from: 52, extentLimit: 100) == [52..<90])
    #expect(dirty.nextRuns(from: 90, extentLimit: 100) == [])
  }

  @Test func `A run goes on across words and pieces`() {
    var dirty = DirtyBitmap(geometry: geometry(extentCount: 20_000))
    dirty.mark(4_095..<12_289)

    #expect(dirty.nextRun(from: 0) == 4_095..<12_289)
    #expect(dirty.nextClearRun(in: 0..<20_000) == 0..<4_095)
    #expect(dirty.nextClearRun(in: 5_000..<20_000) == 12_289..<20_000)
  }

  @Test func `Taking moves the marks out and leaves none`() {
    var active = DirtyBitmap(geometry: geometry(extentCount: 100))
    active.mark(3..<5)

    let transfer = active.take()
    active.mark(9..<10)

    #expect(transfer.count == 2 && transfer.contains(extent: 3))
    #expect(active.count == 1 && !active.contains(extent: 3))
  }

  @Test func `A bitmap refuses extents beyond its disk`() async {
    await #expect(processExitsWith: .failure) {
      var dirty = DirtyBitmap(diskSize: .kibibytes(80), extentSize: .kibibytes(8))
      dirty.mark(9..<11)
    }
  }

  /// Replays random marks and clears against a set of extent numbers, the plainest model there is.
  @Test(arguments: 0..<30 as Range<UInt64>)
  func `Bitmap agrees with a set of extents`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "dirty-bitmap")
    // Up to three pieces, the last one partial; every third disk within one piece.
    let extentCount = 1 + Int(random.next(below: seed % 3 == 0 ? 300 : 10_000))
    var dirty = DirtyBitmap(geometry: geometry(extentCount: extentCount))
    var model: Set<Int> = []

    for _ in 0..<30 {
      let run = random.nextRun(extentCount: extentCount)
      if random.next(below: 2) == 0 {
        #expect(dirty.mark(run) == run.count { !model.contains($0) })
        model.formUnion(run)
      } else {
        #expect(dirty.clear(run) == run.count { model.contains($0) })
        model.subtract(run)
      }
      #expect(dirty.count == model.count)
      let window = random.nextRun(extentCount: extentCount)
      #expect(dirty.count(in: window) == window.count { model.contains($0) })
      let limit = 1 + Int(random.next(below: 200))
      #expect(
        dirty.nextRun(in: window, limit: limit)
          == expectedRun(in: window, limit: limit) { model.contains($0) })
      #expect(dirty.nextClearRun(in: window) == expectedRun(in: window) { !model.contains($0) })
    }

    var scanned: [Int] = []
    dirty.forEachRun { scanned.append(contentsOf: $0) }
    #expect(scanned == model.sorted())
    #expect((0..<extentCount).allSatisfy { dirty.contains(extent: $0) == model.contains($0) })
  }

  private func expectedRun(
    in window: Range<Int>, limit: Int = .max, _ isWanted: (Int) -> Bool
  ) -> Range<Int>? {
    guard let start = window.first(where: isWanted) else { return nil }
    let end = window[start...].first { !isWanted($0) } ?? window.upperBound
    return start..<(limit < end - start ? start + limit : end)
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `Union, difference and equality are those of sets`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "bitmap-sets")
    let extentCount = 1 + Int(random.next(below: 10_000))
    var bitmaps = [DirtyBitmap](
      repeating: DirtyBitmap(geometry: geometry(extentCount: extentCount)), count: 2)
    var models: [Set<Int>] = [[], []]
    for index in [0, 1] {
      for _ in 0..<random.next(below: 6) {
        let run = random.nextRun(extentCount: extentCount, limit: 500)
        bitmaps[index].mark(run)
        models[index].formUnion(run)
      }
    }
    #expect((bitmaps[0] == bitmaps[1]) == (models[0] == models[1]))

    var union = bitmaps[0]
    union.formUnion(bitmaps[1])
    #expect(extents(of: union) == models[0].union(models[1]).sorted())
    #expect(union.count == models[0].union(models[1]).count)

    var difference = bitmaps[0]
    difference.subtract(bitmaps[1])
    #expect(extents(of: difference) == models[0].subtracting(models[1]).sorted())

    difference.formUnion(bitmaps[1])
    #expect(difference == union)
    #expect(extents(of: bitmaps[0]) == models[0].sorted(), "the operands' copies are values of their own")
  }

  private func extents(of bitmap: DirtyBitmap) -> [Int] {
    var result: [Int] = []
    bitmap.forEachRun { result.append(contentsOf: $0) }
    return result
  }

  @Test func `The largest disk costs only what it dirties`() {
    // 62 TiB in 64 KiB extents: 1,015,808 MiB × 16 = 1,040,187,392 bits would be 124 MiB.
    var dirty = DirtyBitmap(geometry: ExtentGeometry(diskSize: .tebibytes(62)))
    #expect(dirty.geometry.extentCount == 1_040_187_392)
    #expect(dirty.allocatedBytes == 0)

    // 1,000 single extents, each in a piece of its own: 512 bytes each, doubled at worst as arrays grow,
    // over a directory of 253,952 × 4 bytes and a summary of 31,744.
    for index in 0..<1_000 { dirty.mark(index * 1_000_000..<index * 1_000_000 + 1) }
    #expect(dirty.count == 1_000)
    #expect(dirty.allocatedBytes < 2 * 1_000 * 520 + 253_952 * 4 + 31_744 + 4_096)
  }

  @Test func `A scan cleared behind it frees what the next marks use`() {
    var dirty = DirtyBitmap(geometry: ExtentGeometry(diskSize: .gibibytes(100)))
    var allocated: [Int] = []
    for round in 0..<5 {
      for index in 0..<200 { dirty.mark((index + 200 * round) * 8_192..<(index + 200 * round) * 8_192 + 16) }
      var extent = 0
      while let run = dirty.nextRun(from: extent, limit: 16) {
        dirty.clear(run)
        extent = run.upperBound
      }
      #expect(dirty.isEmpty)
      allocated.append(dirty.allocatedBytes)
    }
    #expect(allocated.allSatisfy { $0 == allocated[0] })
  }
}
