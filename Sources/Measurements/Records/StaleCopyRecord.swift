package import Quantities

/// A time in which the copy of a machine that a recovery left behind was on: what it wrote meanwhile is given up.
///
/// The loss that the recovery tells ends when the replica was taken into use; this is what comes after it.
package struct StaleCopyRecord: Sendable, Hashable {
  package let name: String
  /// Where the copy is.
  package let site: String
  /// From the recovery, or from when the copy was started after it.
  package let from: Instant
  /// When it stopped; the end of the run if it had not.
  package let to: Instant
  /// Whether it was still on at the end of the run.
  package let isOpen: Bool
  /// What its guest wrote in that time.
  package let writtenSize: ByteCount

  package init(name: String, site: String, from: Instant, to: Instant, isOpen: Bool, writtenSize: ByteCount) {
    self.name = name
    self.site = site
    self.from = from
    self.to = to
    self.isOpen = isOpen
    self.writtenSize = writtenSize
  }
}
