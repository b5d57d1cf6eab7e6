package import Quantities

/// How far a sync is, in the product's figures.
package struct SyncProgress: Sendable, Hashable {
  /// Bytes whose comparison is done, those that needed none included; zero for a delta.
  package let checksummed: ByteCount
  /// Bytes to compare: the size of the disks compared; zero for a delta.
  package let total: ByteCount
  package let transferred: ByteCount
  /// Bytes known to differ so far, what was transferred included.
  package let toTransfer: ByteCount

  package init(checksummed: ByteCount, total: ByteCount, transferred: ByteCount, toTransfer: ByteCount) {
    (self.checksummed, self.total) = (checksummed, total)
    (self.transferred, self.toTransfer) = (transferred, toTransfer)
  }

  /// *⌊100 · (checksummed + transferred) / (total + toTransfer)⌋*; 100 if there is nothing to do.
  ///
  /// - Source: Inferred from six samples of a trace (virtuallyhyper.com, 2012), which it fits within their rounding.
  package var percent: Int {
    let whole = total + toTransfer
    guard whole > .zero else { return 100 }
    return Int((checksummed + transferred).bytes * 100 / whole.bytes)
  }
}
