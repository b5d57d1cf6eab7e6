import BlockStorage

/// The plainest file: a row of bytes that never fails.
final class MemoryFile: StorageFile {
  typealias Failure = Never

  var bytes: [UInt8] = []

  init(_ bytes: [UInt8] = []) { self.bytes = bytes }

  var byteCount: UInt64 { UInt64(bytes.count) }

  func read(_ range: Range<UInt64>, appendingTo result: inout [UInt8]) {
    result.append(contentsOf: bytes[Int(range.lowerBound)..<Int(range.upperBound)])
  }

  func write(_ added: RawSpan, at offset: UInt64) { bytes.overwrite(added, at: Int(offset)) }

  func resize(to byteCount: UInt64) { bytes.resize(to: Int(byteCount)) }

  func sync() {}
}

extension [UInt8] {
  mutating func resize(to newCount: Int) {
    if newCount < count {
      removeLast(count - newCount)
    } else {
      self += [UInt8](repeating: 0, count: newCount - count)
    }
  }

  mutating func overwrite(_ added: RawSpan, at offset: Int) {
    if count < offset + added.byteCount { resize(to: offset + added.byteCount) }
    withUnsafeMutableBytes { bytes in
      added.withUnsafeBytes { bytes.baseAddress?.advanced(by: offset).copyMemory(from: $0) }
    }
  }
}

extension UnsafeMutableRawPointer {
  fileprivate func copyMemory(from bytes: UnsafeRawBufferPointer) {
    if let start = bytes.baseAddress { copyMemory(from: start, byteCount: bytes.count) }
  }
}
