/// Reads a trace of ``VSCSIRecord``s.
struct VSCSIDecoder: TraceDecoder {
  private(set) var collection = TraceCollection()
  private var recordCount = 0
  /// The beginning of a record whose rest is in the next chunk.
  private var carried: [UInt8] = []

  mutating func decode(_ chunk: [UInt8]) throws(TraceProblem) {
    let bytes = carried.isEmpty ? chunk : carried + chunk
    let wholeByteCount = bytes.count / VSCSIRecord.byteCount * VSCSIRecord.byteCount
    var failure: TraceProblem?
    bytes.withUnsafeBytes { bytes in
      do throws(TraceProblem) {
        for offset in stride(from: 0, to: wholeByteCount, by: VSCSIRecord.byteCount) {
          try add(VSCSIRecord(decoding: bytes, at: offset))
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    carried = Array(bytes[wholeByteCount...])
  }

  func finish() throws(TraceProblem) {
    guard carried.isEmpty else { throw .truncatedRecord(place, byteCount: carried.count) }
  }

  /// The place of the record that comes next.
  private var place: TracePlace {
    .record(recordCount + 1, byteOffset: UInt64(recordCount) * UInt64(VSCSIRecord.byteCount))
  }

  private mutating func add(_ record: VSCSIRecord) throws(TraceProblem) {
    guard record.version == VSCSIRecord.supportedVersion else {
      throw .unsupportedVersion(place, version: record.version)
    }
    let place = place
    guard let byteOffset = record.byteOffset else { throw .addressOutOfRange(place) }
    try collection.add(
      record.operation, microseconds: record.microseconds, device: 0, byteOffset: byteOffset,
      byteLength: record.byteLength, at: place)
    recordCount += 1
  }
}
