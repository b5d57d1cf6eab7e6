package import Inventory
package import Quantities

/// One datastore and the space that machines and replicas took on it.
///
/// Demand logs are not counted here; see ``CycleRecord/demandLogPeak``.
package struct DatastoreRecord: Sendable, Hashable {
  package let id: DatastoreID
  package let name: String
  /// The name of its site.
  package let site: String
  /// `nil` where room is no limit.
  ///
  /// What replicas take is then counted as if their disks were thick.
  package let capacity: ByteCount?
  /// What was taken at the end of the run.
  package let usedSize: ByteCount
  /// The most that was taken at a time.
  package let usedPeak: ByteCount
  /// The highest share of the capacity that was taken at a time, rounded down; `nil` without a capacity.
  ///
  /// Above one where a scenario puts more on the datastore than it holds. Of vSAN it is the share of what the devices held that could be
  /// used then, without those of a failed host.
  package let peakShare: Ratio?
  /// `nil` for a plain datastore; for vSAN all sizes here are raw, with copies and parity.
  package let vsan: VSANRecord?

  /// - Parameter peakShare: That of `usedPeak` in `capacity` unless given.
  /// - Precondition: The peak is no less than the end.
  package init(
    id: DatastoreID, name: String, site: String, capacity: ByteCount?, usedSize: ByteCount,
    usedPeak: ByteCount, peakShare: Ratio? = nil, vsan: VSANRecord? = nil
  ) {
    precondition(usedSize <= usedPeak, "the end is not above the peak")
    self.id = id
    self.name = name
    self.site = site
    self.capacity = capacity
    self.usedSize = usedSize
    self.usedPeak = usedPeak
    self.peakShare = peakShare ?? capacity.flatMap { Self.share(usedPeak, of: $0) }
    self.vsan = vsan
  }

  /// The share `used / capacity`, rounded down; `nil` of no capacity.
  package static func share(_ used: ByteCount, of capacity: ByteCount) -> Ratio? {
    guard capacity > .zero else { return nil }
    let parts = UInt128(used.bytes) * 1_000_000_000 / UInt128(capacity.bytes)
    return Ratio(partsPerBillion: Int64(clamping: parts))
  }
}
