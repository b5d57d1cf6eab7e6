import BlockStorage
import Quantities
import RandomStreams
import Testing

@Suite struct PreservedExtentsTests {
  @Test func `Only what is not yet preserved is copied`() {
    let disk = ExtentStore(geometry: geometry(extentCount: 100))
    var preserved = PreservedExtents(geometry: disk.geometry)
    disk.fill(0..<100, tag: 1)
    #expect(preserved.preserve(10..<20, from: disk) == 10)

    disk.fill(10..<20, tag: 2)
    #expect(preserved.preserve(15..<25, from: disk) == 5)

    var batch = ExtentBatch(geometry: disk.geometry)
    preserved.take(15..<25, into: &batch)
    // 15..<20 were preserved before the second generation, 20..<25 never got it.
    #expect(batch.payloads == tagPayload(1, width: 80))
    #expect(preserved.count == 5 && preserved.peakCount == 15)
    #expect(preserved.contains(extent: 14) && !preserved.contains(extent: 15))
    #expect(preserved.nominalBytes == .kibibytes(40))
  }

  @Test func `A preserved extent is taken once`() async {
    await #expect(processExitsWith: .failure) {
      let disk = ExtentStore(geometry: ExtentGeometry(diskSize: .mebibytes(1)))
      var preserved = PreservedExtents(geometry: disk.geometry)
      var batch = ExtentBatch(geometry: disk.geometry)
      preserved.preserve(10..<20, from: disk)
      preserved.take(10..<12, into: &batch)
      preserved.take(11..<13, into: &batch)
    }
  }

  @Test func `Dropping everything keeps the peak`() {
    let disk = ExtentStore(geometry: geometry(extentCount: 100))
    var preserved = PreservedExtents(geometry: disk.geometry)
    preserved.preserve(10..<20, from: disk)
    preserved.removeAll()
    #expect(preserved.isEmpty && preserved.peakCount == 10)
    #expect(preserved.preserve(10..<11, from: disk) == 1)
  }

  /// Replays random preservations, guest writes and takes against a dictionary of payloads.
  @Test(arguments: [8, 128, 8_192], 0..<12 as Range<UInt64>)
  func `Preserved extents agree with a dictionary`(width: Int, seed: UInt64) {
    var random = RandomStream(seed: seed, name: "preserved-\(width)")
    let extentCount = 1 + Int(random.next(below: width == 8 ? 5_000 : 150))
    let geometry = geometry(extentCount: extentCount, payloadWidth: width)
    let disk = ExtentStore(geometry: geometry, image: BaseImage(usedExtentCount: extentCount / 3, tag: 6))
    var preserved = PreservedExtents(geometry: geometry)
    var model: [Int: [UInt8]] = [:]
    var peak = 0

    for _ in 0..<30 {
      let run = random.nextRun(extentCount: extentCount, limit: width == 8 ? 150 : 12)
      if random.next(below: 3) == 0 {
        var rest = run
        while let part = preserved.extents.nextRun(in: rest) {
          var batch = ExtentBatch(geometry: geometry)
          preserved.take(part, into: &batch)
          #expect(batch.runs == [part])
          #expect(batch.payloads == part.flatMap { model.removeValue(forKey: $0) ?? [] })
          rest = part.upperBound..<rest.upperBound
        }
      } else {
        let snapshot = preserved
        let countBefore = model.count
        #expect(preserved.preserve(run, from: disk) == run.count { model[$0] == nil })
        for extent in run where model[extent] == nil { model[extent] = disk.payload(of: extent) }
        peak = max(peak, model.count)
        #expect(snapshot.count == countBefore, "a copy is a value of its own")
        let payloads = random.nextPayloads(count: run.count, width: width)
        disk.write(run, payloads: payloads.span.bytes)
      }
      #expect(preserved.count == model.count && preserved.peakCount == peak)
    }

    // A copy stays what it was while the original is emptied.
    var copy = preserved
    for original in [true, false] {
      for extent in model.keys.sorted() {
        var batch = ExtentBatch(geometry: geometry)
        if original {
          preserved.take(extent..<extent + 1, into: &batch)
        } else {
          copy.take(extent..<extent + 1, into: &batch)
        }
        #expect(batch.payloads == model[extent])
      }
    }
    #expect(preserved.isEmpty && copy.isEmpty)
  }

  @Test func `Emptied pages serve again`() {
    let disk = ExtentStore(geometry: ExtentGeometry(diskSize: .gibibytes(100)))
    var preserved = PreservedExtents(geometry: disk.geometry)
    var batch = ExtentBatch(geometry: disk.geometry)
    var allocated: [Int] = []
    for round in 0..<4 {
      for index in 0..<500 {
        let start = (round * 500 + index) * 64 + 8
        preserved.preserve(start..<start + 16, from: disk)
      }
      for index in 0..<500 {
        let start = (round * 500 + index) * 64 + 8
        preserved.take(start..<start + 16, into: &batch)
      }
      allocated.append(preserved.allocatedBytes)
    }
    // Pages are used again; leaves (256 bytes per 4,096 extents) stay where they were once needed,
    // and the arrays of the bitmap may have grown.
    #expect(allocated[3] - allocated[0] <= 3 * 9 * 256 + 4_096)
  }
}
