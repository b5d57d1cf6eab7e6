import BlockStorage
import Quantities
import RandomStreams
import Testing

@Suite struct RedoLogTests {
  /// A log of runs that hold one tag each.
  private func log(_ runs: [(Range<Int>, UInt64)], geometry: ExtentGeometry, isSealed: Bool = true) -> RedoLog
  {
    var log = RedoLog(geometry: geometry)
    for (run, tag) in runs {
      var batch = ExtentBatch(geometry: geometry)
      batch.append(run, payloads: tagPayload(tag, width: run.count * geometry.payloadWidth).span.bytes)
      log.append(batch)
    }
    if isSealed { log.seal() }
    return log
  }

  @Test func `Merging a complete log writes its extents to the base`() {
    let base = ExtentStore(
      geometry: geometry(extentCount: 100), image: BaseImage(usedExtentCount: 100, tag: 1))
    let log = log([(10..<12, 2), (50..<51, 3)], geometry: base.geometry)

    let expected = base.digest + log.digestChange(over: base)
    log.merge(into: base)

    #expect([9, 10, 11, 12, 50, 51].map(base.tag(of:)) == [1, 2, 2, 1, 3, 1])
    #expect(base.digest == expected && base.fullDigest() == expected)
    #expect(log.digestChange(over: base) == .none, "merging again changes nothing")
  }

  @Test func `The last payload of an extent counts`() {
    let geometry = geometry(extentCount: 100)
    let log = log([(10..<20, 2), (15..<25, 3), (12..<13, 4)], geometry: geometry)

    #expect(log.extentCount == 15)
    #expect(log.appendedExtentCount == 21)
    #expect(log.nominalBytes == .kibibytes(120) && log.nominalBytesAppended == .kibibytes(168))
    let tags = [11, 12, 13, 14, 15, 24].map { log.payload(of: $0) }
    #expect(tags == [2, 4, 2, 2, 3, 3].map { tagPayload($0, width: 8) })
    #expect(log.payload(of: 25) == nil && !log.contains(extent: 9))
  }

  @Test func `The distinct extents are counted while the log fills`() {
    let geometry = geometry(extentCount: 100)
    #expect(log([(10..<20, 2), (30..<40, 2)], geometry: geometry, isSealed: false).extentCount == 20)
    #expect(log([(10..<20, 2), (15..<40, 2)], geometry: geometry, isSealed: false).extentCount == 30)
    #expect(log([(30..<40, 2), (10..<20, 2)], geometry: geometry, isSealed: false).extentCount == 20)
  }

  @Test func `An incomplete redo log is never merged, read through or digested`() async {
    await #expect(processExitsWith: .failure) {
      let base = ExtentStore(geometry: ExtentGeometry(diskSize: .mebibytes(1)))
      RedoLog(geometry: base.geometry).merge(into: base)
    }
    await #expect(processExitsWith: .failure) {
      let base = ExtentStore(geometry: ExtentGeometry(diskSize: .mebibytes(1)))
      _ = ReplicaImage(base: base, logs: [RedoLog(geometry: base.geometry)])
    }
    await #expect(processExitsWith: .failure) {
      let base = ExtentStore(geometry: ExtentGeometry(diskSize: .mebibytes(1)))
      _ = RedoLog(geometry: base.geometry).digestChange(over: base)
    }
    await #expect(processExitsWith: .failure) {
      let log = RedoLog(geometry: ExtentGeometry(diskSize: .mebibytes(1)))
      _ = log.payload(of: 0)
    }
    await #expect(processExitsWith: .failure) {
      var log = RedoLog(geometry: ExtentGeometry(diskSize: .mebibytes(1)))
      log.seal()
      log.append(ExtentBatch(geometry: log.geometry))
    }
  }

  @Test func `An overlay makes of a base what both logs make one after the other`() {
    let base = ExtentStore(geometry: geometry(extentCount: 100))
    var older = log([(10..<20, 2), (30..<40, 2)], geometry: base.geometry)
    let younger = log([(15..<35, 3)], geometry: base.geometry)

    older.formOverlay(younger)

    #expect(older.isComplete && older.extentCount == 30 && older.appendedExtentCount == 40)
    older.merge(into: base)
    let tags = [9, 10, 14, 15, 20, 34, 35, 39, 40].map(base.tag(of:))
    #expect(tags == [0, 2, 2, 3, 3, 3, 2, 2, 0])
  }

  /// Fills three logs with random batches, in and out of order and with repeats, and expects the replica to be
  /// what the writes make of a row of payloads, whichever way the logs are read, overlaid and merged.
  @Test(arguments: [8, 128, 8_192], 0..<12 as Range<UInt64>)
  func `Logs agree with a row of payloads`(width: Int, seed: UInt64) {
    var random = RandomStream(seed: seed, name: "redo-log-\(width)")
    let extentCount = 1 + Int(random.next(below: width == 8 ? 5_000 : 150))
    let geometry = geometry(extentCount: extentCount, payloadWidth: width)
    let image = BaseImage(usedExtentCount: extentCount / 2, tag: 5)
    let base = ExtentStore(geometry: geometry, image: image)
    var model = DiskModel(geometry: geometry, image: image)
    var logs: [RedoLog] = []

    for _ in 0..<3 {
      var log = RedoLog(geometry: geometry)
      var written: Set<Int> = []
      var received = 0
      let isAscending = random.next(below: 2) == 0
      var position = 0
      for _ in 0..<random.next(below: 8) {
        var batch = ExtentBatch(geometry: geometry)
        for _ in 0...random.next(below: 4) {
          var run = random.nextRun(extentCount: extentCount, limit: width == 8 ? 150 : 12)
          if isAscending { run = max(run.lowerBound, position)..<max(run.upperBound, position) }
          position = run.upperBound
          let payloads = random.nextPayloads(count: run.count, width: width)
          batch.append(run, payloads: payloads.span.bytes)
          model[run] = payloads
          written.formUnion(run)
          received += run.count
        }
        log.append(batch)
        #expect(log.extentCount == written.count && log.appendedExtentCount == received)
      }
      log.seal()
      #expect(log.extentCount == written.count && log.appendedExtentCount == received)
      #expect((0..<extentCount).allSatisfy { log.contains(extent: $0) == written.contains($0) })
      #expect(
        written.sorted().allSatisfy { log.payload(of: $0) == model.payloads[$0] })

      let below = ReplicaImage(base: base, logs: logs)
      let digest = below.digest(relativeTo: image) + log.digestChange(over: base, through: logs)
      logs.append(log)
      let top = ReplicaImage(base: base, logs: logs)
      #expect(digest == model.digest(geometry: geometry))
      #expect(top.digest(relativeTo: image) == digest)
      var content: [UInt8] = [9]
      let window = random.nextRun(extentCount: extentCount)
      top.read(window, appendingTo: &content)
      #expect(content == [9] + model[window])
    }

    let expected = ReplicaImage(base: base, logs: logs).digest(relativeTo: image)
    let merged = base.copy()
    for log in logs { log.merge(into: merged) }
    #expect(merged.digest == expected && merged.fullDigest() == expected)
    #expect((0..<extentCount).allSatisfy { merged.payload(of: $0) == model.payloads[$0] })

    var overlaid = logs[0]
    for log in logs.dropFirst() { overlaid.formOverlay(log) }
    #expect(base.digest + overlaid.digestChange(over: base) == expected)
    overlaid.merge(into: base)
    #expect(base.digest == expected)
    #expect((0..<extentCount).allSatisfy { base.payload(of: $0) == model.payloads[$0] })
  }

  @Test func `A rotten extent of the base shows when a delta replaces it`() {
    let geometry = geometry(extentCount: 100)
    let (source, base) = (ExtentStore(geometry: geometry), ExtentStore(geometry: geometry))
    source.fill(0..<10, tag: 1)
    base.fill(0..<10, tag: 1)
    base.flipBit(extent: 3, bit: 0)
    #expect(base.digest == source.digest && base.fullDigest() != source.digest)

    source.fill(3..<4, tag: 2)
    let log = log([(3..<4, 2)], geometry: geometry)
    #expect(base.digest + log.digestChange(over: base) != source.digest)
  }
}
