import BlockStorage

/// A file in memory that never fails and is never torn: what a format costs without its storage.
///
/// Its room is there and touched before the measurement.
final class MemoryFile: StorageFile {
  typealias Failure = Never

  private var content: UnsafeMutableRawBufferPointer
  private var usedByteCount = 0

  init(capacity: Int) {
    content = .allocate(byteCount: capacity, alignment: 4_096)
    content.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit { content.deallocate() }

  var byteCount: UInt64 { UInt64(usedByteCount) }

  func read(_ range: Range<UInt64>, appendingTo bytes: inout [UInt8]) {
    precondition(range.upperBound <= byteCount, "a read ends within the file")
    bytes.append(
      contentsOf: UnsafeRawBufferPointer(
        rebasing: content[Int(range.lowerBound)..<Int(range.upperBound)]))
  }

  func write(_ bytes: RawSpan, at offset: UInt64) {
    let end = Int(offset) + bytes.byteCount
    if end > usedByteCount { resize(to: UInt64(end)) }
    bytes.withUnsafeBytes {
      UnsafeMutableRawBufferPointer(rebasing: content[Int(offset)...]).copyMemory(from: $0)
    }
  }

  /// What lies between the old and the new end is zero: it is cleared when the file is cut.
  func resize(to byteCount: UInt64) {
    precondition(byteCount <= content.count, "a memory file has room for what is written")
    if byteCount < usedByteCount {
      UnsafeMutableRawBufferPointer(rebasing: content[Int(byteCount)..<usedByteCount])
        .initializeMemory(as: UInt8.self, repeating: 0)
    }
    usedByteCount = Int(byteCount)
  }

  func sync() {}
}
