package import Quantities

/// One write of a recording, in 24 bytes.
package struct WriteRecord: Sendable, Hashable {
  /// Since the start of the recording.
  package let time: Instant
  /// From the start of the disk.
  package let byteOffset: UInt64
  package let byteLength: UInt32

  /// - Precondition: The write ends below 2⁶³ bytes.
  @inlinable
  package init(time: Instant, byteOffset: UInt64, byteLength: UInt32) {
    precondition(
      byteOffset <= UInt64(Int64.max) - UInt64(byteLength), "a write ends below 2^63 bytes")
    self.time = time
    self.byteOffset = byteOffset
    self.byteLength = byteLength
  }

  /// The first byte behind the write.
  @inlinable
  package var byteEnd: UInt64 { byteOffset + UInt64(byteLength) }
}
