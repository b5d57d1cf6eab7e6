import BlockStorage
import Quantities
import Testing

@Suite struct ExtentBatchTests {
  @Test func `A batch holds what the disk held when it was read`() {
    let disk = ExtentStore(geometry: geometry(extentCount: 100))
    disk.fill(0..<100, tag: 1)
    var batch = ExtentBatch(geometry: disk.geometry)

    batch.append(10..<12, from: disk)
    disk.fill(0..<100, tag: 2)
    batch.append(50..<51, from: disk)

    #expect(batch.extentCount == 3)
    #expect(batch.nominalBytes == .kibibytes(24))
    #expect(batch.runs == [10..<12, 50..<51])
    #expect(batch.payloads == tagPayload(1, width: 16) + tagPayload(2, width: 8))
  }

  @Test func `Runs that follow each other join`() {
    let disk = ExtentStore(geometry: geometry(extentCount: 100))
    var batch = ExtentBatch(geometry: disk.geometry)

    batch.append(10..<12, from: disk)
    batch.append(12..<20, from: disk)
    batch.append(20..<20, from: disk)
    batch.append(19..<21, payloads: tagPayload(3, width: 16).span.bytes)

    #expect(batch.runs == [10..<20, 19..<21])
  }

  @Test func `Many runs at once give what they give one by one`() {
    // 100 runs, more than are fetched together, over dense, uniform and absent pages.
    let disk = ExtentStore(
      geometry: geometry(extentCount: 1_000), image: BaseImage(usedExtentCount: 700, tag: 9))
    disk.fill(64..<128, tag: 8)
    disk.fill([130..<140, 300..<320, 690..<710, 5..<5], tag: 7)
    let runs = (0..<100).map { $0 * 10..<$0 * 10 + $0 % 10 }
    var (one, all) = (ExtentBatch(geometry: disk.geometry), ExtentBatch(geometry: disk.geometry))

    for run in runs { one.append(run, from: disk) }
    all.append(runs, from: disk)

    #expect(all == one)
    #expect(disk.tag(of: 135) == 7 && disk.tag(of: 319) == 7 && disk.tag(of: 5) == 9)
  }

  @Test func `An emptied batch serves again`() {
    let disk = ExtentStore(geometry: geometry(extentCount: 100))
    var batch = ExtentBatch(geometry: disk.geometry)
    batch.append(10..<12, from: disk)

    batch.removeAll()
    #expect(batch.isEmpty && batch.runs.isEmpty)
    batch.append(1..<2, from: disk)
    #expect(batch.runs == [1..<2] && batch.extentCount == 1)
  }
}
