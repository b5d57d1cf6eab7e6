/// Something that holds the extents of one disk and can be written.
///
/// A write does not need exclusive access to the value: a disk is a thing with an identity, and the
/// driver decides who may write it when.
package protocol ExtentWriting: ~Copyable {
  /// Why a write can fail; `Never` for memory.
  associatedtype WriteFailure: Error

  var geometry: ExtentGeometry { get }

  /// Stores `payloads`, one after the other, as the content of `extents`.
  ///
  /// - Precondition: `extents` lie on the disk and `payloads` holds `geometry.payloadWidth` bytes for
  ///   each of them.
  func write(_ extents: Range<Int>, payloads: RawSpan) throws(WriteFailure)

  /// As ``ExtentReading/prefetch(_:)``.
  func prefetch(_ runs: Span<Range<Int>>)
}

extension ExtentWriting where Self: ~Copyable {
  package func prefetch(_ runs: Span<Range<Int>>) {}
}
