import Measurements
import Quantities

/// Which directions of the links are worth a place in a drawing.
///
/// Acknowledgements, and the checksums of a full sync, would give a direction a panel that seems empty.
enum LinkSelection {
  /// The least share of its capacity over the whole run that is worth seeing.
  private static let leastUse = Ratio.percent(1)
  /// The least share of its capacity in one bin that is worth seeing in a figure.
  private static let leastBurst = Ratio.percent(5)

  /// The directions that used 1 % of their capacity over the whole run or 5 % in some bin, or where none did, those
  /// that carried anything; in the order of the record.
  static func worthDrawing(_ links: [LinkRecord]) -> [LinkRecord] {
    let used = links.filter { isUsed($0.use) || $0.use.reaches(leastBurst) }
    return used.isEmpty ? links.filter { $0.use.bytes > .zero } : used
  }

  /// The directions that used 1 % of their capacity over the whole run, or where none did, those worth drawing.
  ///
  /// A line of text tells eighths of the capacity: a short burst would leave it all but blank.
  static func worthLine(_ links: [LinkRecord]) -> [LinkRecord] {
    let used = links.filter { isUsed($0.use) }
    return used.isEmpty ? worthDrawing(links) : used
  }

  private static func isUsed(_ use: LinkUse) -> Bool {
    let capacity = use.bins.reduce(UInt128(0)) { $0 + UInt128($1.capacityBytes) }
    return use.bytes > .zero
      && UInt128(use.bytes.bytes) * 1_000_000_000 >= capacity * UInt128(leastUse.partsPerBillion)
  }
}
