import BlockStorage
import Quantities
import RandomStreams
import Testing

@Suite struct ExtentStoreTests {
  @Test func `A new disk holds its image and zeros beyond`() {
    let disk = ExtentStore(geometry: geometry(extentCount: 10), image: BaseImage(usedExtentCount: 3, tag: 7))

    #expect((0..<10).map(disk.tag(of:)) == [7, 7, 7, 0, 0, 0, 0, 0, 0, 0])
    #expect(disk.nextAllocatedRun(in: 0..<10) == 0..<3)
    #expect(disk.isAllocated(region: 2..<10) && !disk.isAllocated(region: 3..<10))
  }

  @Test func `A guest write of a generation gives all its extents one tag`() {
    let disk = ExtentStore(geometry: geometry(extentCount: 200))

    disk.fill(60..<150, tag: 5)

    #expect(
      disk.tag(of: 59) == 0 && disk.tag(of: 60) == 5 && disk.tag(of: 149) == 5 && disk.tag(of: 150) == 0)
  }

  /// Replays random writes, fills and reads against a row of payloads, over tags, pages of several wide payloads
  /// and pages of one.
  @Test(arguments: [8, 128, 8_192], 0..<12 as Range<UInt64>)
  func `Store agrees with a row of payloads`(width: Int, seed: UInt64) {
    var random = RandomStream(seed: seed, name: "extent-store-\(width)")
    let extentCount = 1 + Int(random.next(below: width == 8 ? 5_000 : 200))
    let geometry = geometry(extentCount: extentCount, payloadWidth: width)
    let image = BaseImage(
      usedExtentCount: random.nextRun(extentCount: extentCount).upperBound, tag: random.next(below: 3))
    let store = ExtentStore(geometry: geometry, image: image)
    var model = DiskModel(geometry: geometry, image: image)

    for _ in 0..<12 {
      let run = random.nextRun(extentCount: extentCount, limit: width == 8 ? 300 : 20)
      if random.next(below: 3) == 0 {
        let tag = random.next(below: 3)
        store.fill(run, tag: tag)
        model[run] = run.flatMap { _ in tagPayload(tag, width: width) }
      } else {
        let payloads = random.nextPayloads(count: run.count, width: width)
        store.write(run, payloads: payloads.span.bytes)
        model[run] = payloads
      }
      let window = random.nextRun(extentCount: extentCount, limit: 300)
      var read: [UInt8] = [1, 2, 3]
      store.read(window, appendingTo: &read)
      #expect(read == [1, 2, 3] + model[window])
      #expect(store.nextAllocatedRun(in: window) == expectedAllocatedRun(in: window, model))
      #expect(store.digest == store.fullDigest())
    }

    #expect(store.digest == model.digest(geometry: geometry))
    #expect((0..<extentCount).allSatisfy { store.payload(of: $0) == model.payloads[$0] })
    #expect(
      (0..<extentCount).allSatisfy { extent in
        store.tag(of: extent) == model.payloads[extent].withUnsafeBytes { $0.load(as: UInt64.self) }
      })
    #expect(store.nextAllocatedRun(in: 0..<extentCount) == expectedAllocatedRun(in: 0..<extentCount, model))
    let copy = store.copy()
    copy.fill(0..<extentCount, tag: 9)
    #expect((0..<extentCount).allSatisfy { store.payload(of: $0) == model.payloads[$0] })
    #expect(store.digest == store.fullDigest() && copy.digest == copy.fullDigest())
  }

  private func expectedAllocatedRun(in window: Range<Int>, _ model: DiskModel) -> Range<Int>? {
    func isAllocated(_ extent: Int) -> Bool { model.payloads[extent].contains { $0 != 0 } }
    guard let start = window.first(where: isAllocated) else { return nil }
    return start..<(window[start...].first { !isAllocated($0) } ?? window.upperBound)
  }

  @Test(arguments: [8, 128, 8_192], 0..<3 as Range<UInt64>)
  func `The digest does not depend on the order of writes`(width: Int, seed: UInt64) {
    var random = RandomStream(seed: seed, name: "digest-order")
    let geometry = geometry(extentCount: 200, payloadWidth: width)
    let image = BaseImage(usedExtentCount: 100, tag: 3)
    let (forward, backward) = (
      ExtentStore(geometry: geometry, image: image), ExtentStore(geometry: geometry, image: image)
    )
    let writes = (0..<20).map { ($0 * 10..<$0 * 10 + 8, random.nextPayloads(count: 8, width: width)) }

    for (run, payloads) in writes { forward.write(run, payloads: payloads.span.bytes) }
    for (run, payloads) in writes.reversed() {
      backward.fill(run, tag: 77)
      backward.write(run, payloads: payloads.span.bytes)
    }

    #expect(forward.digest == backward.digest)
  }

  @Test(arguments: [8, 128])
  func `Other content, or the same in another place, has another digest`(width: Int) {
    let geometry = geometry(extentCount: 100, payloadWidth: width)
    func digest(_ writes: [(Int, UInt64)]) -> ContentDigest {
      let disk = ExtentStore(geometry: geometry, image: BaseImage(usedExtentCount: 10, tag: 4))
      for (extent, tag) in writes { disk.fill(extent..<extent + 1, tag: tag) }
      return disk.digest
    }

    #expect(digest([(20, 1), (21, 2)]) == digest([(21, 2), (20, 1)]))
    #expect(digest([(20, 1), (21, 2)]) != digest([(20, 2), (21, 1)]), "swapped")
    #expect(digest([(20, 1)]) != digest([(21, 1)]), "moved")
    #expect(digest([(20, 1)]) != digest([(20, 2)]), "of another generation")
    #expect(digest([(20, 1)]) != digest([]), "lost")
    #expect(digest([(20, 1), (20, 0)]) == digest([]), "zeroed again")
    #expect(digest([(5, 0)]) != digest([]), "zeroed within the image")
    // The same tags in other places with the same sum of indices.
    #expect(digest([(21, 9), (24, 9)]) != digest([(22, 9), (23, 9)]))
  }

  @Test func `Disks of different images compare by what they hold`() {
    // The same content by two ways: an image of ten extents, and an empty disk with ten written.
    let geometry = geometry(extentCount: 100)
    let image = BaseImage(usedExtentCount: 10, tag: 4)
    let (imaged, written) = (ExtentStore(geometry: geometry, image: image), ExtentStore(geometry: geometry))
    written.fill(0..<10, tag: 4)

    #expect(imaged.digest == written.digest)
    #expect(imaged.digest.value == written.digest.value)
    #expect(written.digest(relativeTo: image).change == .none)
    #expect(imaged.digestSum(ofRegion: 0..<100) == written.digestSum(ofRegion: 0..<100))

    written.fill(9..<10, tag: 5)
    #expect(imaged.digest != written.digest)
    #expect(written.digest(relativeTo: image) != imaged.digest)
    #expect(written.digest(relativeTo: image) == written.digest)

    imaged.fill(9..<10, tag: 5)
    #expect(written.digest(relativeTo: image).change == imaged.digest.change)
  }

  @Test func `An untouched disk of any size has the digest 0`() {
    let disk = ExtentStore(geometry: ExtentGeometry(diskSize: .tebibytes(62)))
    #expect(disk.digest.value == 0)
    #expect(disk.digestSum(ofRegion: 1_000_000_000..<1_000_000_256) == 0)
  }

  @Test(arguments: [8, 128])
  func `A flipped bit escapes the kept digest and not the full one`(width: Int) {
    let geometry = geometry(extentCount: 100, payloadWidth: width)
    let disk = ExtentStore(geometry: geometry, image: BaseImage(usedExtentCount: 100, tag: 4))
    let kept = disk.digest
    let region = disk.digestSum(ofRegion: 64..<100)

    disk.flipBit(extent: 70, bit: 3)

    #expect(disk.tag(of: 70) == 4 ^ 8)
    #expect(disk.digest == kept && disk.fullDigest() != kept)
    #expect(disk.digestSum(ofRegion: 64..<100) != region)

    disk.flipBit(extent: 70, bit: 3)
    #expect(disk.fullDigest() == kept)
  }

  @Test func `A full copy of an image costs 4 bytes per 64 extents`() {
    let geometry = ExtentGeometry(diskSize: .gibibytes(100))
    let disk = ExtentStore(
      geometry: geometry, image: BaseImage(usedExtentCount: geometry.extentCount, tag: 7))
    #expect(disk.allocatedBytes < 1_024)

    let replica = ExtentStore(geometry: geometry)
    var batch = ExtentBatch(geometry: geometry)
    // 1 % of the disk, as a full sync ships it: 131,072 extents in messages of 256.
    for start in stride(from: 0, to: 131_072, by: 256) {
      batch.append(start..<start + 256, from: disk)
      batch.forEachRun { replica.write($0, payloads: $1) }
      batch.removeAll()
    }

    // 2,048 pages × 4 bytes and the directory: 3,200 leaves × 8 bytes.
    #expect(replica.allocatedBytes < 2_048 * 4 + 3_200 * 8 + 2_048)
    #expect(replica.digestSum(ofRegion: 0..<131_072) == disk.digestSum(ofRegion: 0..<131_072))
  }

  @Test(arguments: [8, 128], [0, 1, 2, 31, 63])
  func `A page in which one payload differs keeps them all`(width: Int, odd: Int) {
    // 64 extents are one page of tags and two pages of 128-byte payloads.
    let disk = ExtentStore(geometry: geometry(extentCount: 64, payloadWidth: width))
    let tags = (0..<64).map { $0 == odd ? 2 : 1 as UInt64 }

    let payloads = tags.flatMap { tagPayload($0, width: width) }
    disk.write(0..<64, payloads: payloads.span.bytes)

    #expect((0..<64).map(disk.tag(of:)) == tags)
  }

  @Test func `A store costs what is written to it`() {
    // 4,096 runs of 64 extents, each a page: 4,096 × 512 bytes, up to a chunk of 64 KiB more,
    // 64 leaves of 256 bytes and a directory of 3,200 × 8 bytes.
    let disk = ExtentStore(geometry: ExtentGeometry(diskSize: .gibibytes(100)))
    for index in 0..<16_384 { disk.fill(index * 16..<index * 16 + 16, tag: UInt64(index + 1)) }
    #expect(disk.allocatedBytes < 4_096 * 512 + 65_536 + 64 * 256 + 3_200 * 8 + 4_096)
  }

  @Test func `A write must bring a payload for each extent`() async {
    await #expect(processExitsWith: .failure) {
      let disk = ExtentStore(geometry: ExtentGeometry(diskSize: .mebibytes(1)))
      disk.write(0..<2, payloads: ([0, 0, 0, 0, 0, 0, 0, 1] as [UInt8]).span.bytes)
    }
  }

  /// Two ways to the same content must lead to the same larger extents, and other content to others.
  @Test(arguments: 0..<50 as Range<UInt64>)
  func `Extents that become larger hold what the smaller ones held`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "coarsened")
    let small = ExtentGeometry(diskSize: .kibibytes(8 * (20 + random.next(below: 500))))
    let shift = 1 + random.next(below: 3)
    let large = ExtentGeometry(diskSize: small.diskSize * 2, extentSize: .kibibytes(8 << shift))
    let image = BaseImage(usedExtentCount: 1 + Int(random.next(below: UInt64(small.extentCount))), tag: 5)
    let disk = ExtentStore(geometry: small, image: image)
    for _ in 0..<random.next(below: 12) {
      let first = Int(random.next(below: UInt64(small.extentCount)))
      let end = min(first + 1 + Int(random.next(below: 40)), small.extentCount)
      disk.fill(first..<end, tag: random.next(below: 3))
    }
    let rewritten = ExtentStore(geometry: small)
    for extent in 0..<small.extentCount { rewritten.fill(extent..<extent + 1, tag: disk.tag(of: extent)) }

    let (one, other) = (disk.coarsened(to: large), rewritten.coarsened(to: large))
    #expect(one.digest == other.digest && one.digest == one.fullDigest())
    var tagsByContent: [[UInt64]: UInt64] = [:]
    for extent in 0..<large.extentCount {
      let parts = (extent << Int(shift)..<(extent + 1) << Int(shift)).map {
        $0 < small.extentCount ? disk.tag(of: $0) : 0
      }
      let tag = one.tag(of: extent)
      #expect(tag == other.tag(of: extent) && (tag == 0) == parts.allSatisfy { $0 == 0 })
      if Set(parts).count == 1 { #expect(tag == parts[0]) }
      #expect(tagsByContent[parts] ?? tag == tag)
      tagsByContent[parts] = tag
    }
    #expect(Set(tagsByContent.values).count == tagsByContent.count)
  }
}
