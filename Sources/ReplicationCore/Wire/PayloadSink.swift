import BlockStorage
import Quantities

/// Something that is written on the wire as the payload of one frame.
protocol WirePayload {
  /// Writes the payload, field by field.
  func encode(into sink: inout some PayloadSink)
}

/// Where the fields of a payload go: into bytes, or into a count of them.
protocol PayloadSink {
  mutating func append<Value: FixedWidthInteger>(_ value: Value)
  mutating func append(bytes: [UInt8])
  /// Per run its first extent and the one behind its last, 8 bytes each.
  mutating func append(runs: [Range<Int>])
  /// 16 bytes each.
  mutating func append(checksums: [RegionChecksum])
  /// What the extents of `batch` hold.
  mutating func append(payloadsOf batch: ExtentBatch)
}

extension PayloadSink {
  /// Writes an index or a count in 4 bytes.
  mutating func append(count: Int) { append(UInt32(count)) }
}

/// Writes the bytes.
struct ByteSink: PayloadSink {
  var bytes: [UInt8]

  @inline(__always)
  mutating func append<Value: FixedWidthInteger>(_ value: Value) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func append(bytes added: [UInt8]) { bytes.append(contentsOf: added) }

  mutating func append(runs: [Range<Int>]) {
    for run in runs {
      append(UInt64(run.lowerBound))
      append(UInt64(run.upperBound))
    }
  }

  mutating func append(checksums: [RegionChecksum]) {
    for checksum in checksums { append(checksum.value) }
  }

  mutating func append(payloadsOf batch: ExtentBatch) { bytes.append(contentsOf: batch.payloads) }
}

/// Counts the bytes; a list costs the same at any length.
struct SizeSink: PayloadSink {
  /// How lists of checksums and extents weigh.
  enum Weight {
    /// As ``ByteSink`` writes them.
    case written
    /// As the product's would: extents in full, whatever stands for them here, and checksums of the given size.
    case nominal(checksumSize: ByteCount)
  }

  var weight = Weight.written
  private(set) var byteCount: UInt64 = 0

  init(weight: Weight = .written) { self.weight = weight }

  mutating func append<Value: FixedWidthInteger>(_ value: Value) {
    byteCount += UInt64(MemoryLayout<Value>.size)
  }

  mutating func append(bytes: [UInt8]) { byteCount += UInt64(bytes.count) }

  mutating func append(runs: [Range<Int>]) { byteCount += 16 * UInt64(runs.count) }

  mutating func append(checksums: [RegionChecksum]) {
    switch weight {
    case .written: byteCount += UInt64(RegionChecksum.byteCount) * UInt64(checksums.count)
    case .nominal(let checksumSize): byteCount += checksumSize.bytes * UInt64(checksums.count)
    }
  }

  mutating func append(payloadsOf batch: ExtentBatch) {
    switch weight {
    case .written: byteCount += UInt64(batch.payloads.count)
    case .nominal: byteCount += batch.nominalBytes.bytes
    }
  }
}
