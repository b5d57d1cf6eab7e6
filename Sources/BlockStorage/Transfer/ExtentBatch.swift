package import Quantities

/// Extents with their payloads, as they travel in one message.
///
///     var batch = ExtentBatch(geometry: disk.geometry)
///     batch.append(16..<32, from: disk)
///     redoLog.append(batch)
///     batch.removeAll()  // its memory serves the next message
///
/// Runs keep the order in which they were appended; a run that continues the one before joins it. Later
/// payloads of an extent replace earlier ones where the batch is stored.
package struct ExtentBatch: Sendable, Equatable {
  package let geometry: ExtentGeometry
  /// The extents, in the order of their payloads.
  package private(set) var runs: [Range<Int>] = []
  /// `geometry.payloadWidth` bytes per extent, run after run.
  package private(set) var payloads: [UInt8] = []

  package init(geometry: ExtentGeometry) { self.geometry = geometry }

  /// The number of payloads.
  package var extentCount: Int { payloads.count / geometry.payloadWidth }
  package var isEmpty: Bool { payloads.isEmpty }

  /// What the extents weigh on the wire before compression and framing.
  package var nominalBytes: ByteCount { geometry.nominalBytes(ofExtents: extentCount) }

  /// How many of the payloads are all zeros.
  ///
  /// - Complexity: O(payload bytes).
  package var zeroExtentCount: Int {
    payloads.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return 0 }
      return stride(from: 0, to: bytes.count, by: geometry.payloadWidth).count {
        ExtentContribution.isZero(start + $0, byteCount: geometry.payloadWidth)
      }
    }
  }

  /// Adds what `source` holds in `extents` now.
  ///
  /// - Throws: What reading throws; the batch is unchanged then.
  /// - Precondition: `source` is a disk of the batch's geometry.
  package mutating func append<Source: ExtentReading & ~Copyable>(
    _ extents: Range<Int>, from source: borrowing Source
  ) throws(Source.ReadFailure) {
    precondition(source.geometry == geometry, "a batch is read from a disk of its geometry")
    try source.read(extents, appendingTo: &payloads)
    appendRun(extents)
  }

  /// Adds what `source` holds in `runs` now, faster than one by one.
  ///
  /// - Throws: What reading throws; the runs before are added then.
  /// - Precondition: `source` is a disk of the batch's geometry.
  package mutating func append<Source: ExtentReading & ~Copyable>(
    _ runs: [Range<Int>], from source: borrowing Source
  ) throws(Source.ReadFailure) {
    self.runs.reserveCapacity(self.runs.count + runs.count)
    payloads.reserveCapacity(payloads.count + runs.reduce(0) { $0 + $1.count } * geometry.payloadWidth)
    for group in stride(from: 0, to: runs.count, by: prefetchedRunCount) {
      let indices = group..<min(group + prefetchedRunCount, runs.count)
      source.prefetch(runs.span.extracting(indices))
      for index in indices { try append(runs[index], from: source) }
    }
  }

  /// Adds `extents` with payloads from elsewhere, such as a frame that was received.
  ///
  /// - Precondition: `payloads` holds `geometry.payloadWidth` bytes for each of `extents`.
  package mutating func append(_ extents: Range<Int>, payloads added: RawSpan) {
    geometry.validate(extents)
    precondition(
      added.byteCount == extents.count * geometry.payloadWidth, "a run has a payload per extent")
    added.withUnsafeBytes { payloads.append(contentsOf: $0) }
    appendRun(extents)
  }

  /// Empties the batch and keeps its memory.
  package mutating func removeAll() {
    runs.removeAll(keepingCapacity: true)
    payloads.removeAll(keepingCapacity: true)
  }

  /// Calls `body` with every run and its payloads, in order.
  package func forEachRun<Failure: Error>(
    _ body: (_ extents: Range<Int>, _ payloads: RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    let bytes = payloads.span.bytes
    var offset = 0
    for run in runs {
      let byteCount = run.count * geometry.payloadWidth
      try body(run, bytes.extracting(offset..<offset + byteCount))
      offset += byteCount
    }
  }

  private mutating func appendRun(_ extents: Range<Int>) {
    if let last = runs.indices.last, runs[last].upperBound == extents.lowerBound {
      runs[last] = runs[last].lowerBound..<extents.upperBound
    } else if !extents.isEmpty {
      runs.append(extents)
    }
  }
}
