import Measurements
import Quantities

extension LagFigure.Painter {
  /// Where the name of a fault stands above the panels.
  struct FaultLabel {
    let text: String
    let x: Int
    let anchor: SVGDrawing.Anchor
    /// Counted from the panels upwards.
    let row: Int
  }

  /// The most rows of fault names; names that find no room are left to the tooltip of their band.
  private static var rowsOfLabels: Int { 3 }

  /// Names of faults in rows, so that none covers another.
  func faultLabels() -> [FaultLabel] {
    var freeFrom = Array(repeating: 0, count: Self.rowsOfLabels)
    var labels: [FaultLabel] = []
    for fault in record.faults {
      // A letter of this size is at most this wide on average.
      let width = fault.name.count * 62 + 80
      let center = (time.position(fault.from.nanoseconds) + time.position(fault.to.nanoseconds)) / 2
      let from = min(max(center - width / 2, Self.left), Self.right - width)
      guard let row = freeFrom.firstIndex(where: { $0 <= from }) else { continue }
      freeFrom[row] = from + width
      labels.append(FaultLabel(text: fault.name, x: from + width / 2, anchor: .middle, row: row))
    }
    return labels
  }

  mutating func paintFaults(_ labels: [FaultLabel], top: Int, bottom: Int) {
    for fault in record.faults {
      let from = time.position(max(0, fault.from.nanoseconds))
      let to = time.position(min(fault.to.nanoseconds, record.duration.nanoseconds))
      drawing.rectangle(
        x: from, y: top - 40, width: max(12, to - from), height: bottom - top + 40, fill: Palette.purple,
        opacityPercent: 28,
        title: (fault.isNamed ? "\(fault.name): " : "")
          + "\(fault.kind) \(fault.subject), \(fault.from) to \(fault.to)")
    }
    for label in labels {
      drawing.text(
        label.text, x: label.x, y: top - 90 - 150 * label.row, size: 115, color: Palette.purpleText,
        anchor: label.anchor, isBold: true)
    }
  }
}
