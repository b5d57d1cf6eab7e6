import Measurements
import Quantities

/// Which directions of the links are worth a place in a drawing.
enum LinkSelection {
  /// The least share of its capacity that a direction must have used in some bin, if another one did.
  ///
  /// Acknowledgements and control traffic stay below it.
  private static let leastUse = Ratio.percent(1)

  /// The directions that used some share of their capacity worth seeing, or where none did, those that carried
  /// anything; in the order of the record.
  static func worthDrawing(_ links: [LinkRecord]) -> [LinkRecord] {
    let used = links.filter { $0.use.reaches(leastUse) }
    return used.isEmpty ? links.filter { $0.use.bytes > .zero } : used
  }
}
