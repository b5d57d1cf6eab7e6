package import Quantities

/// The content of a demand log: extents of the image being sent that the guest is about to overwrite.
///
/// A write that hits an extent not yet sent first preserves what the disk holds; the sender later takes the
/// preserved payload in place of the disk's. Only the first overwrite preserves: what is on the
/// disk after it is no longer part of the image.
///
///     var preserved = PreservedExtents(geometry: disk.geometry)
///     preserved.preserve(16..<32, from: disk)  // then the guest's write goes through
///     preserved.take(16..<32, into: &batch)
///
/// A value; it costs what it holds, in the pages of ``ExtentStore``.
package struct PreservedExtents {
  package let geometry: ExtentGeometry
  /// The most extents ever held at once.
  package private(set) var peakCount = 0
  /// The extents held.
  package private(set) var extents: DirtyBitmap
  private var pages: PagedPayloads

  package init(geometry: ExtentGeometry) {
    self.geometry = geometry
    extents = DirtyBitmap(geometry: geometry)
    pages = PagedPayloads(extentCount: geometry.extentCount, payloadWidth: geometry.payloadWidth)
  }

  /// The number of extents held.
  package var count: Int { extents.count }
  package var isEmpty: Bool { extents.isEmpty }

  /// The preserved bytes, without the log's metadata.
  package var nominalBytes: ByteCount { geometry.nominalBytes(ofExtents: count) }

  /// Bytes of memory held, whether used or kept for reuse.
  package var allocatedBytes: Int { extents.allocatedBytes + pages.allocatedBytes }

  package func contains(extent: Int) -> Bool { extents.contains(extent: extent) }

  /// Copies what `source` holds in those of `run` that are not yet preserved.
  ///
  /// - Returns: The number of extents copied.
  /// - Throws: What reading throws; the extents from there on are not preserved.
  @discardableResult
  package mutating func preserve<Source: ExtentReading & ~Copyable>(
    _ run: Range<Int>, from source: borrowing Source
  ) throws(Source.ReadFailure) -> Int {
    precondition(source.geometry == geometry, "extents are preserved from a disk of their geometry")
    makeUnique()
    let countBefore = count
    var payloads: [UInt8] = []
    var rest = run
    while let missing = extents.nextClearRun(in: rest) {
      payloads.removeAll(keepingCapacity: true)
      try source.read(missing, appendingTo: &payloads)
      payloads.withUnsafeBytes { store(missing, $0) }
      extents.mark(missing)
      rest = missing.upperBound..<rest.upperBound
    }
    peakCount = max(peakCount, count)
    return count - countBefore
  }

  /// Moves the payloads of `run` into `batch`, as the sender ships them.
  ///
  /// - Precondition: Every extent of `run` is preserved; the batch is of this geometry.
  package mutating func take(_ run: Range<Int>, into batch: inout ExtentBatch) {
    precondition(extents.nextClearRun(in: run) == nil, "only preserved extents are taken")
    precondition(batch.geometry == geometry, "extents are taken into a batch of their geometry")
    makeUnique()
    extents.clear(run)
    var extent = run.lowerBound
    while extent < run.upperBound {
      let segment = pages.segment(from: extent, limit: run.upperBound)
      let page = extent >> pages.pageShift
      guard case .dense(let memory) = pages.page(page) else {
        preconditionFailure("a preserved extent lies in a dense page")
      }
      let bytes = UnsafeRawBufferPointer(
        start: memory + offset(inPage: extent), count: segment.count * geometry.payloadWidth)
      batch.append(segment, payloads: bytes.bytes)
      let pageStart = page << pages.pageShift
      let pageEnd = min(pageStart + 1 << pages.pageShift, geometry.extentCount)
      if extents.nextRun(in: pageStart..<pageEnd) == nil { pages.discard(page) }
      extent = segment.upperBound
    }
  }

  /// Appends the payloads of `run` to `payloads` and keeps them, as a state file saves them.
  ///
  /// - Precondition: Every extent of `run` is preserved.
  package func read(_ run: Range<Int>, appendingTo payloads: inout [UInt8]) {
    precondition(extents.nextClearRun(in: run) == nil, "only preserved extents are read")
    var extent = run.lowerBound
    while extent < run.upperBound {
      let segment = pages.segment(from: extent, limit: run.upperBound)
      guard case .dense(let memory) = pages.page(extent >> pages.pageShift) else {
        preconditionFailure("a preserved extent lies in a dense page")
      }
      payloads.append(
        contentsOf: UnsafeRawBufferPointer(
          start: memory + offset(inPage: extent), count: segment.count * geometry.payloadWidth))
      extent = segment.upperBound
    }
  }

  /// Preserves `run` with payloads from elsewhere, such as a state file.
  ///
  /// - Precondition: `payloads` holds `geometry.payloadWidth` bytes for each of `run`; none of `run` is preserved yet.
  package mutating func restore(_ run: Range<Int>, payloads: RawSpan) {
    precondition(extents.nextRun(in: run) == nil, "an extent is restored once")
    precondition(
      payloads.byteCount == run.count * geometry.payloadWidth, "a run has a payload per extent")
    makeUnique()
    payloads.withUnsafeBytes { store(run, $0) }
    extents.mark(run)
    peakCount = max(peakCount, count)
  }

  /// Drops everything, as when the delta is abandoned; ``peakCount`` stays.
  package mutating func removeAll() {
    extents.removeAll()
    pages = PagedPayloads(extentCount: geometry.extentCount, payloadWidth: geometry.payloadWidth)
  }

  private mutating func store(_ run: Range<Int>, _ payloads: UnsafeRawBufferPointer) {
    guard var source = payloads.baseAddress else { return }
    var extent = run.lowerBound
    while extent < run.upperBound {
      let segment = pages.segment(from: extent, limit: run.upperBound)
      // What else lies in a new page is never read before it is stored.
      let memory = pages.makeDense(extent >> pages.pageShift) { _ in }
      let byteCount = segment.count * geometry.payloadWidth
      (memory + offset(inPage: extent)).copyMemory(from: source, byteCount: byteCount)
      source += byteCount
      extent = segment.upperBound
    }
  }

  private func offset(inPage extent: Int) -> Int {
    (extent & (1 << pages.pageShift - 1)) * geometry.payloadWidth
  }

  private mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&pages) { pages = PagedPayloads(copying: pages) }
  }
}

/// Its pages are changed only while no copy shares them, and reading them changes nothing.
extension PreservedExtents: @unchecked Sendable {}
