/// The content of one virtual disk, in memory.
///
/// Extents that were never written hold the ``image`` and cost nothing; the rest costs what
/// is written, in pages (64 tags each). A digest of the content is kept with every write.
///
///     let disk = ExtentStore(
///       geometry: ExtentGeometry(diskSize: .gibibytes(100)),
///       image: BaseImage(usedExtentCount: 13_107_200, tag: 0x5eed))
///     disk.fill(16..<32, tag: 1)  // a guest write of generation 1
///
/// A class, since a disk is a thing with an identity: whoever holds it sees the same content, and no copy of
/// its memory is ever made by accident. Not `Sendable`: a run and its disks stay on one thread.
///
/// - Invariant: ``digest`` is ``fullDigest()``, unless ``flipBit(extent:bit:)`` was used.
package final class ExtentStore: ExtentReading, ExtentWriting {
  package typealias ReadFailure = Never
  package typealias WriteFailure = Never

  package let geometry: ExtentGeometry
  /// What the extents hold that were never written.
  package let image: BaseImage

  let pages: PagedPayloads
  private var changeSum: UInt64 = 0
  /// The hash of an image payload, `nil` if the image is empty.
  let imageHash: UInt64?
  /// The latest answer of ``digest(relativeTo:)`` beside the own image: what to add to the change.
  private var rebase: (image: BaseImage, offset: UInt64)?

  /// - Precondition: The image ends within the disk.
  /// - Complexity: O(1).
  package init(geometry: ExtentGeometry, image: BaseImage = .empty) {
    precondition(image.usedExtentCount <= geometry.extentCount, "an image ends within its disk")
    self.geometry = geometry
    self.image = image
    imageHash = image.hash(payloadWidth: geometry.payloadWidth)
    pages = PagedPayloads(extentCount: geometry.extentCount, payloadWidth: geometry.payloadWidth)
  }

  private init(copying other: ExtentStore) {
    geometry = other.geometry
    image = other.image
    imageHash = other.imageHash
    changeSum = other.changeSum
    rebase = other.rebase
    pages = PagedPayloads(copying: other.pages)
  }

  /// A disk of its own with the same content.
  package func copy() -> ExtentStore { ExtentStore(copying: self) }

  /// Bytes of memory held for content, whether used or kept for reuse.
  package var allocatedBytes: Int { pages.allocatedBytes }

  /// What ``prefetch(_:)`` read last; kept so that the reads are not optimised away.
  private var prefetched: UInt64 = 0

  // MARK: Reading

  /// Brings what is stored of `runs` into the processor's cache: of each at most its first page, which is where
  /// the runs of a delta lie.
  package func prefetch(_ runs: Span<Range<Int>>) {
    var bits: UInt64 = 0
    // Two short loops, so that the processor has the misses of many runs in flight at once.
    withUnsafeTemporaryAllocation(of: (UnsafeRawPointer?, Int).self, capacity: runs.count) { pieces in
      for index in runs.indices {
        let extents = runs[index]
        geometry.validate(extents)
        let segment = pages.segment(from: extents.lowerBound, limit: extents.upperBound)
        if !extents.isEmpty, case .dense(let page) = pages.page(segment.lowerBound >> pages.pageShift) {
          pieces[index] = (
            UnsafeRawPointer(page + offset(inPage: segment.lowerBound)),
            segment.count * geometry.payloadWidth
          )
        } else {
          pieces[index] = (nil, 0)
        }
      }
      for index in runs.indices {
        guard let start = pieces[index].0 else { continue }
        for offset in stride(from: 0, to: pieces[index].1, by: PagedPayloads.alignment) {
          bits |= start.load(fromByteOffset: offset, as: UInt64.self)
        }
        bits |= start.load(fromByteOffset: pieces[index].1 - 8, as: UInt64.self)
      }
    }
    prefetched = bits
  }

  package func read(_ extents: Range<Int>, appendingTo payloads: inout [UInt8]) {
    let byteCount = extents.count * geometry.payloadWidth
    payloads.append(addingCapacity: byteCount) { output in
      output.withUnsafeMutableBufferPointer { buffer, initializedCount in
        let start = UnsafeMutableRawBufferPointer(buffer).baseAddress
        if let start { read(extents, into: start + initializedCount) }
        initializedCount += byteCount
      }
    }
  }

  /// The payload of one extent.
  package func payload(of extent: Int) -> [UInt8] {
    var result: [UInt8] = []
    read(extent..<extent + 1, appendingTo: &result)
    return result
  }

  /// The first 8 bytes of the extent's payload: its whole content in a simulation.
  package func tag(of extent: Int) -> UInt64 {
    geometry.validate(extent..<extent + 1)
    return switch pages.page(extent >> pages.pageShift) {
    case .dense(let memory): memory.load(fromByteOffset: offset(inPage: extent), as: UInt64.self)
    case .uniform(let payload): payload.load(as: UInt64.self)
    case .absent: extent < image.usedExtentCount ? image.tag : 0
    }
  }

  func read(_ extents: Range<Int>, into destination: UnsafeMutableRawPointer) {
    geometry.validate(extents)
    let width = geometry.payloadWidth
    var destination = destination
    var extent = extents.lowerBound
    while extent < extents.upperBound {
      let segment = pages.segment(from: extent, limit: extents.upperBound)
      let byteCount = segment.count * width
      switch pages.page(extent >> pages.pageShift) {
      case .dense(let page):
        destination.copyMemory(from: page + offset(inPage: extent), byteCount: byteCount)
      case .uniform(let payload):
        for index in 0..<segment.count {
          (destination + index * width).copyMemory(from: payload, byteCount: width)
        }
      case .absent:
        fillWithImage(destination, extents: segment)
      }
      destination += byteCount
      extent = segment.upperBound
    }
  }

  /// Writes what the image holds in `extents` to `destination`.
  private func fillWithImage(_ destination: UnsafeMutableRawPointer, extents: Range<Int>) {
    let used = extents.clamped(to: 0..<image.usedExtentCount).count
    fillWords(destination, with: image.tag, extentCount: used)
    fillWords(
      destination + used * geometry.payloadWidth, with: 0, extentCount: extents.count - used)
  }

  private func fillWords(_ destination: UnsafeMutableRawPointer, with word: UInt64, extentCount: Int) {
    destination.initializeMemory(
      as: UInt64.self, repeating: word, count: extentCount * geometry.payloadWidth / 8)
  }

  @inline(__always)
  func offset(inPage extent: Int) -> Int {
    (extent & (1 << pages.pageShift - 1)) * geometry.payloadWidth
  }

  // MARK: Writing

  package func write(_ extents: Range<Int>, payloads: RawSpan) {
    precondition(
      payloads.byteCount == extents.count * geometry.payloadWidth, "a write has a payload per extent")
    payloads.withUnsafeBytes { bytes in
      if let start = bytes.baseAddress { write(extents, from: start) }
    }
  }

  func write(_ extents: Range<Int>, from payloads: UnsafeRawPointer) {
    geometry.validate(extents)
    let width = geometry.payloadWidth
    var source = payloads
    var extent = extents.lowerBound
    var sum = changeSum
    while extent < extents.upperBound {
      let segment = pages.segment(from: extent, limit: extents.upperBound)
      let page = extent >> pages.pageShift
      let byteCount = segment.count * width
      sum &-= storedSum(page: page, segment)
      sum &+= ExtentContribution.sum(of: source, width: width, extents: segment)
      // A whole page of one payload is what a full copy of an image writes. Payloads equal to the one
      // before: the bytes from the second on equal those up to the last but one.
      if segment.count > 1, segment.count == 1 << pages.pageShift,
        areEqual(source, source + width, byteCount: byteCount - width)
      {
        pages.makeUniform(page, payload: source)
      } else {
        let memory = densePage(page) + offset(inPage: extent)
        memory.copyMemory(from: source, byteCount: byteCount)
      }
      source += byteCount
      extent = segment.upperBound
    }
    changeSum = sum
  }

  /// Records a guest write of one generation: every aligned 8 bytes of `extents` hold `tag` from now on.
  package func fill(_ extents: Range<Int>, tag: UInt64) {
    geometry.validate(extents)
    guard !extents.isEmpty else { return }
    let hash = tagPayloadHash(tag, payloadWidth: geometry.payloadWidth)
    var extent = extents.lowerBound
    var sum = changeSum
    while extent < extents.upperBound {
      let segment = pages.segment(from: extent, limit: extents.upperBound)
      let page = extent >> pages.pageShift
      sum &-= storedSum(page: page, segment)
      sum &+= ExtentContribution.sum(ofHash: hash, extents: segment)
      if segment.count == 1 << pages.pageShift {
        withTagPayload(tag) { pages.makeUniform(page, payload: $0) }
      } else {
        fillWords(densePage(page) + offset(inPage: extent), with: tag, extentCount: segment.count)
      }
      extent = segment.upperBound
    }
    changeSum = sum
  }

  /// Records guest writes of one generation to several runs, faster than one by one.
  package func fill(_ runs: [Range<Int>], tag: UInt64) {
    forEachPrefetched(runs) { fill($0, tag: tag) }
  }

  /// Calls `body` with every run, several runs at a time being prefetched.
  @inline(__always)
  private func forEachPrefetched(_ runs: [Range<Int>], _ body: (Range<Int>) -> Void) {
    for group in stride(from: 0, to: runs.count, by: prefetchedRunCount) {
      let indices = group..<min(group + prefetchedRunCount, runs.count)
      prefetch(runs.span.extracting(indices))
      for index in indices { body(runs[index]) }
    }
  }

  /// Flips one bit of a stored payload: the fault "bit rot in a stored extent".
  ///
  /// The content changes and ``digest`` does not, as when a medium loses a bit unseen: ``fullDigest()`` and
  /// ``checksum(ofRegion:key:)`` tell. Once a later write replaces the extent, the kept digest is wrong for good,
  /// since it takes off what it finds and not what was once written.
  ///
  /// - Parameter bit: From 0, the lowest bit of the first byte, to below 8 · `geometry.payloadWidth`.
  package func flipBit(extent: Int, bit: Int) {
    geometry.validate(extent..<extent + 1)
    precondition(bit >= 0 && bit < 8 * geometry.payloadWidth, "a flipped bit lies in its payload")
    let payload = densePage(extent >> pages.pageShift) + offset(inPage: extent)
    let byte = payload.load(fromByteOffset: bit / 8, as: UInt8.self)
    payload.storeBytes(of: byte ^ 1 << UInt8(bit % 8), toByteOffset: bit / 8, as: UInt8.self)
  }

  @inline(__always)
  private func densePage(_ page: Int) -> UnsafeMutableRawPointer {
    pages.makeDense(page) { memory in
      let start = page << pages.pageShift
      fillWithImage(memory, extents: start..<start + 1 << pages.pageShift)
    }
  }

  func withTagPayload<Result>(_ tag: UInt64, _ body: (UnsafeRawPointer) -> Result) -> Result {
    if geometry.payloadWidth == ExtentGeometry.tagWidth {
      withUnsafeBytes(of: tag) { body($0.baseAddress!) }
    } else {
      [UInt64](repeating: tag, count: geometry.payloadWidth / 8).withUnsafeBytes { body($0.baseAddress!) }
    }
  }

  // MARK: Digests

  /// The digest of the content, kept with every write, relative to the own image.
  package var digest: ContentDigest {
    ContentDigest(image: image, payloadWidth: geometry.payloadWidth, change: .init(sum: changeSum))
  }

  /// The digest of the content relative to another image, so that it compares in constant time with
  /// the digests of a disk that started from that one.
  ///
  /// - Complexity: O(extents used by both images) when the image is new, constant when asked again.
  package func digest(relativeTo other: BaseImage) -> ContentDigest {
    if other == image { return digest }
    let width = geometry.payloadWidth
    if rebase?.image != other {
      rebase = (other, image.digestSum(payloadWidth: width) &- other.digestSum(payloadWidth: width))
    }
    let offset = rebase?.offset ?? 0
    return ContentDigest(image: other, payloadWidth: width, change: .init(sum: changeSum &+ offset))
  }

  /// The sum of the digest terms of what `segment` of `page` really holds.
  @inline(__always)
  func storedSum(page: Int, _ segment: Range<Int>) -> UInt64 {
    switch pages.page(page) {
    case .dense(let memory):
      return ExtentContribution.sum(
        of: memory + offset(inPage: segment.lowerBound), width: geometry.payloadWidth, extents: segment)
    case .uniform(let payload):
      return ExtentContribution.sum(
        ofHash: ExtentContribution.hash(of: payload, width: geometry.payloadWidth), extents: segment)
    case .absent:
      return imageSum(segment)
    }
  }

  /// The sum of the digest terms of what the image holds in `extents`.
  func imageSum(_ extents: Range<Int>) -> UInt64 {
    ExtentContribution.sum(
      ofHash: imageHash, extents: extents.clamped(to: 0..<image.usedExtentCount))
  }
}
