/// What a full sync compares of a region: a keyed checksum of what its extents hold and of which holds what.
///
/// It means something only beside another one under the same ``ComparisonKey``. Those of parts add up to that of the whole.
package struct RegionChecksum: Sendable, Hashable {
  /// Below *2¹²⁷ − 1*; 0 if the region holds zeros only.
  package let value: UInt128

  package init(value: UInt128) { self.value = value }

  /// On the wire.
  package static let byteCount = 16
}
