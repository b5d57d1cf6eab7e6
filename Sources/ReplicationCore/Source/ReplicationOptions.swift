package import Quantities

/// What an administrator chooses for one replication, as far as its source acts on it.
package struct ReplicationOptions: Sendable, Hashable {
  package var quiescing = Quiescing.none
  /// Whether a disk added to the virtual machine is replicated without asking.
  ///
  /// - Source: vSphere Replication REST API, a field of newer releases; off in older ones.
  package var replicatesAddedDisks = false

  /// What compression leaves of each disk's content, zeros aside; nothing is compressed if `nil`.
  ///
  /// - Source: No vendor's figure is known. FastLZ, which the product uses, leaves 49 % of 8 KiB pieces of binaries and
  ///   text.
  package var compressedShares: [Ratio]?

  /// Extents whose payload has this bit hold what compression cannot shrink, such as encrypted files; `nil` where all are alike.
  ///
  /// For simulations, in which a payload is a tag of eight bytes that stands for content.
  package var incompressibleTagBit: UInt64?

  /// What the keys are drawn from under which full syncs compare, one for each; see ``ComparisonKey``.
  ///
  /// The driver draws it at random for each replication and each start of its process, and tells nobody.
  package var comparisonSecret: UInt128 = 0

  package init() {}
}
