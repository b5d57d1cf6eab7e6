import BlockStorage

/// Reads the fields of one payload, whatever its bytes are.
///
/// A count in the bytes is compared with the bytes that remain before anything is kept for it, and every number is
/// within the bounds of the disks when it leaves here.
struct PayloadReader {
  private let bytes: [UInt8]
  private var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var remainingByteCount: Int { bytes.count - offset }

  mutating func take<Value: FixedWidthInteger>(
    _ type: Value.Type = Value.self
  ) throws(MessageDecodingError) -> Value {
    let size = MemoryLayout<Value>.size
    try expect(UInt64(size))
    defer { offset += size }
    return bytes.span.bytes.littleEndian(at: offset)
  }

  /// Throws unless `byteCount` more bytes follow.
  func expect(_ byteCount: UInt64) throws(MessageDecodingError) {
    let remaining = UInt64(remainingByteCount)
    guard byteCount <= remaining else { throw .truncated(missing: byteCount - remaining) }
  }

  /// Throws unless everything was read.
  func expectEnd() throws(MessageDecodingError) {
    guard remainingByteCount == 0 else { throw .trailingBytes(count: remainingByteCount) }
  }

  /// A count of entries of at least `entrySize` bytes each that all follow.
  mutating func takeCount(entrySize: UInt64) throws(MessageDecodingError) -> Int {
    let count = try take(UInt32.self)
    try expect(UInt64(count) * entrySize)
    return Int(count)
  }

  /// The index of one of `disks`.
  mutating func takeDisk(of disks: [ExtentGeometry]) throws(MessageDecodingError) -> Int {
    let index = try take(UInt32.self)
    guard index < disks.count else { throw .noSuchDisk(UInt64(index), diskCount: disks.count) }
    return Int(index)
  }

  /// The number of disks that follow, which is that of `disks`.
  mutating func takeDiskCount(of disks: [ExtentGeometry]) throws(MessageDecodingError) {
    let count = try take(UInt32.self)
    guard count == disks.count else { throw .wrongDiskCount(UInt64(count), expected: disks.count) }
  }

  /// A run of at least one extent that lies on the disk.
  mutating func takeRun(on disk: ExtentGeometry) throws(MessageDecodingError) -> Range<Int> {
    let lowerBound = try take(UInt64.self)
    let upperBound = try take(UInt64.self)
    guard lowerBound < upperBound, upperBound <= disk.extentCount else {
      throw .badExtents(lowerBound: lowerBound, upperBound: upperBound, extentCount: disk.extentCount)
    }
    return Int(lowerBound)..<Int(upperBound)
  }

  /// A list of runs on the disk, each behind the one before, so that they cover it once at most.
  mutating func takeAscendingRuns(on disk: ExtentGeometry) throws(MessageDecodingError) -> [Range<Int>] {
    let count = try takeCount(entrySize: 16)
    var runs: [Range<Int>] = []
    runs.reserveCapacity(count)
    var end = 0
    for _ in 0..<count {
      let run = try takeRun(on: disk)
      guard run.lowerBound >= end else {
        throw .misplacedRun(lowerBound: UInt64(run.lowerBound), previousUpperBound: UInt64(end))
      }
      end = run.upperBound
      runs.append(run)
    }
    return runs
  }

  mutating func takeChecksums(count: UInt64) throws(MessageDecodingError) -> [RegionChecksum] {
    let size = RegionChecksum.byteCount
    let (needed, overflow) = count.multipliedReportingOverflow(by: UInt64(size))
    try expect(overflow ? .max : needed)
    var checksums: [RegionChecksum] = []
    checksums.reserveCapacity(Int(count))
    for index in 0..<Int(count) {
      checksums.append(RegionChecksum(value: bytes.span.bytes.littleEndian(at: offset + size * index)))
    }
    offset += size * Int(count)
    return checksums
  }

  /// Runs in any order, then what their extents hold, to the end of the payload.
  mutating func takeBatch(geometry: ExtentGeometry) throws(MessageDecodingError) -> ExtentBatch {
    let runCount = try takeCount(entrySize: 16)
    var runs: [Range<Int>] = []
    runs.reserveCapacity(runCount)
    var extentCount: UInt64 = 0
    for _ in 0..<runCount {
      let run = try takeRun(on: geometry)
      // A batch joins such runs: two forms of one message would be one too many.
      if let last = runs.last, last.upperBound == run.lowerBound {
        throw .misplacedRun(
          lowerBound: UInt64(run.lowerBound), previousUpperBound: UInt64(last.upperBound))
      }
      runs.append(run)
      let (sum, overflow) = extentCount.addingReportingOverflow(UInt64(run.count))
      extentCount = overflow ? .max : sum
    }
    // All of it before the batch keeps any: many runs may name the same extents.
    let (needed, overflow) = extentCount.multipliedReportingOverflow(by: UInt64(geometry.payloadWidth))
    try expect(overflow ? .max : needed)
    var batch = ExtentBatch(geometry: geometry)
    for run in runs {
      let byteCount = run.count * geometry.payloadWidth
      batch.append(run, payloads: bytes.span.bytes.extracting(offset..<offset + byteCount))
      offset += byteCount
    }
    return batch
  }
}
