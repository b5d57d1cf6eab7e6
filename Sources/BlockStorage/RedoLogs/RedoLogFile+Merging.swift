extension RedoLogFile {
  /// The complete log in memory.
  ///
  /// - Throws: `damaged` if a payload is not what was written.
  /// - Precondition: The log is complete.
  package func load() throws(Failure) -> RedoLog {
    var log = RedoLog(geometry: geometry)
    try forEachBundle { bundle, payloads throws(Failure) in
      var batch = ExtentBatch(geometry: geometry)
      bundle.forEachRun(of: payloads, width: geometry.payloadWidth) { batch.append($0, payloads: $1) }
      log.append(batch)
    }
    log.seal()
    return log
  }

  /// Writes the log's extents to `base`, durably; then the log is empty and says so.
  ///
  /// Doing it again, as after a crash in its midst, gives the same: until the log is empty it holds all
  /// that the merge writes. Every payload is verified before the first is written, and again when it is read
  /// to be written.
  ///
  /// - Precondition: The log is complete and of the geometry of `base`.
  package func merge<Base: DurableExtentWriting & ~Copyable>(
    into base: borrowing Base
  ) throws(RedoLogMergeError<File.Failure, Base.WriteFailure>) {
    precondition(base.geometry == geometry, "a redo log is merged into a disk of its geometry")
    let instance = completeInstance
    do {
      try forEachBundle { _, _ throws(Failure) in }
      if case .complete = phase { try beginMerge(of: instance) }
    } catch { throw .log(error) }
    for bundle in bundles {
      let payloads: [UInt8]
      do { payloads = try verifiedPayloads(of: bundle) } catch { throw .log(error) }
      do {
        try bundle.forEachRun(of: payloads, width: geometry.payloadWidth) {
          extents, payloads throws(Base.WriteFailure) in
          try base.write(extents, payloads: payloads)
        }
      } catch { throw .base(error) }
    }
    do { try base.sync() } catch { throw .base(error) }
    do {
      try empty(state: .merged, salt: superblock.followingSalt, baseInstance: instance)
    } catch { throw .log(error) }
  }

  /// The instance of a complete log.
  private var completeInstance: LoggedInstance {
    switch phase {
    case .complete(let instance), .merging(let instance): instance
    case .receiving, .merged: preconditionFailure("an incomplete redo log is never read through or merged")
    }
  }

  /// Calls `body` with every bundle of the complete log and its payloads, verified.
  private func forEachBundle(
    _ body: (_ bundle: RedoLogBundle, _ payloads: [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    _ = completeInstance
    for bundle in bundles { try body(bundle, try verifiedPayloads(of: bundle)) }
  }

  private func verifiedPayloads(of bundle: RedoLogBundle) throws(Failure) -> [UInt8] {
    try checkIsUsable()
    var payloads: [UInt8] = []
    let end = bundle.payloadOffset + UInt64(bundle.payloadByteCount(width: geometry.payloadWidth))
    if end > file.byteCount {
      let defect = RedoLogDefect.truncated(neededBytes: end, byteCount: file.byteCount)
      throw .damaged(RedoLogDamage(byteOffset: bundle.byteOffset, defect: defect))
    }
    do { try file.read(bundle.payloadOffset..<end, appendingTo: &payloads) } catch {
      throw .storage(error)
    }
    if safeguards.payloadChecksums, let damage = bundle.damage(in: payloads, width: geometry.payloadWidth) {
      throw .damaged(damage)
    }
    return payloads
  }
}

extension RedoLogBundle {
  /// The most zeros given at once for a run that stores no payload.
  private static let zeroByteCountMaximum = 1 << 20

  /// Calls `body` with every run of extents and its payloads, in order; zeros are spelt out.
  func forEachRun<Failure: Error>(
    of payloads: [UInt8], width: Int,
    _ body: (_ extents: Range<Int>, _ payloads: RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    let bytes = payloads.span.bytes
    var offset = 0
    for entry in entries {
      switch entry.kind {
      case .data:
        let byteCount = entry.byteCount(payloadWidth: width)
        try body(entry.extents, bytes.extracting(offset..<offset + byteCount))
        offset += byteCount
      case .zero:
        let step = min(entry.extents.count, max(1, Self.zeroByteCountMaximum / width))
        let zeros = [UInt8](repeating: 0, count: step * width)
        for first in stride(from: entry.extents.lowerBound, to: entry.extents.upperBound, by: step) {
          let extents = first..<min(first + step, entry.extents.upperBound)
          try body(extents, zeros.span.bytes.extracting(0..<extents.count * width))
        }
      }
    }
  }
}
