/// Collects entries and their payloads into the bytes of one bundle.
struct RedoLogBundleWriter {
  let geometry: ExtentGeometry
  private var entries: [RedoLogBundle.Entry] = []
  /// Room for the descriptor, then the payloads.
  private var bytes: [UInt8]

  init(geometry: ExtentGeometry) {
    self.geometry = geometry
    bytes = [UInt8](repeating: 0, count: RedoLogBundle.blockSize)
  }

  var isEmpty: Bool { entries.isEmpty }
  var isFull: Bool { entries.count == RedoLogBundle.entryCountMaximum }

  /// The longest entry that `extents` begin with, and the checksum of its payloads.
  ///
  /// - Parameter offset: Where their payloads begin in `payloads`.
  func nextEntry(of extents: Range<Int>, payloads: [UInt8], at offset: Int) -> RedoLogBundle.Entry {
    let width = geometry.payloadWidth
    return payloads.withUnsafeBytes { all in
      guard let start = all.baseAddress.map({ $0 + offset }) else {
        preconditionFailure("a run has payloads")
      }
      let isZero = ExtentContribution.isZero(start, byteCount: width)
      let limit = isZero ? Int(UInt32.max) : max(1, RedoLogBundle.entryByteCountMaximum / width)
      var count = 1
      while count < min(limit, extents.count),
        ExtentContribution.isZero(start + count * width, byteCount: width) == isZero
      {
        count += 1
      }
      let run = extents.lowerBound..<extents.lowerBound + count
      if isZero { return RedoLogBundle.Entry(extents: run, kind: .zero) }
      let stored = UnsafeRawBufferPointer(start: start, count: count * width)
      return RedoLogBundle.Entry(extents: run, kind: .data, checksum: RedoLogChecksum(of: stored))
    }
  }

  mutating func add(_ entry: RedoLogBundle.Entry, payloads: [UInt8], at offset: Int) {
    entries.append(entry)
    let byteCount = entry.byteCount(payloadWidth: geometry.payloadWidth)
    if byteCount > 0 { bytes.append(contentsOf: payloads[offset..<offset + byteCount]) }
  }

  /// The bundle and its bytes, padded; the writer is empty again.
  mutating func finish(
    at byteOffset: UInt64, index: UInt64, salt: UInt64, after previous: RedoLogChecksum
  ) -> (RedoLogBundle, [UInt8]) {
    var bundle = RedoLogBundle(byteOffset: byteOffset, index: index, salt: salt)
    bundle.entries = entries
    let descriptor = bundle.encode(after: previous)
    bytes.withUnsafeMutableBytes { target in
      descriptor.withUnsafeBytes { target.copyMemory(from: $0) }
    }
    let padding = Int(bundle.endOffset(width: geometry.payloadWidth) - byteOffset) - bytes.count
    bytes.append(contentsOf: repeatElement(0, count: padding))
    let finished = bytes
    self = RedoLogBundleWriter(geometry: geometry)
    return (bundle, finished)
  }
}
