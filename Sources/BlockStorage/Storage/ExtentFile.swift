/// Something that holds the extents of one disk and can make durable what was written.
package protocol DurableExtentWriting: ExtentWriting, ~Copyable {
  /// Returns when everything written before is safe from a crash.
  func sync() throws(WriteFailure)
}

/// A disk in a file: the payloads of all extents in a row, extent *i* at byte *i* · `payloadWidth`.
///
/// Where the payload is the whole extent, this is a flat disk image. Bytes beyond the end of the file are
/// zeros, so an empty file is an empty disk.
package struct ExtentFile<File: StorageFile>: ExtentReading, DurableExtentWriting {
  package typealias ReadFailure = File.Failure
  package typealias WriteFailure = File.Failure

  package let file: File
  package let geometry: ExtentGeometry

  package init(_ file: File, geometry: ExtentGeometry) {
    self.file = file
    self.geometry = geometry
  }

  package func read(_ extents: Range<Int>, appendingTo payloads: inout [UInt8]) throws(File.Failure) {
    let range = bytes(of: extents)
    let end = min(range.upperBound, max(range.lowerBound, file.byteCount))
    if end > range.lowerBound { try file.read(range.lowerBound..<end, appendingTo: &payloads) }
    payloads.append(contentsOf: repeatElement(0, count: Int(range.upperBound - end)))
  }

  package func write(_ extents: Range<Int>, payloads: RawSpan) throws(File.Failure) {
    let range = bytes(of: extents)
    precondition(payloads.byteCount == range.count, "a write has a payload per extent")
    if !range.isEmpty { try file.write(payloads, at: range.lowerBound) }
  }

  package func sync() throws(File.Failure) { try file.sync() }

  package func prefetch(_ runs: Span<Range<Int>>) {}

  private func bytes(of extents: Range<Int>) -> Range<UInt64> {
    geometry.validate(extents)
    let width = UInt64(geometry.payloadWidth)
    return UInt64(extents.lowerBound) * width..<UInt64(extents.upperBound) * width
  }
}
