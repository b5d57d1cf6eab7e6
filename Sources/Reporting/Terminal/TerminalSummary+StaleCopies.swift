import Measurements
import Quantities

/// Machines that ran on where a recovery had left them.
extension TerminalSummary {
  static let staleCopiesShown = 4

  /// A line for each time, the longest first where there are too many to show.
  ///
  ///     stale copy  db01 at madrid was on after its recovery from 16h40m to 17h20m: the 1.87 GB it wrote are given up
  var staleCopyLines: [String] {
    let all = record.staleCopies
    let told =
      all.count <= Self.staleCopiesShown
      ? all
      : all.enumerated().sorted { left, right in
        let (one, other) = (left.element.to - left.element.from, right.element.to - right.element.from)
        return (other, left.offset) < (one, right.offset)
      }.prefix(Self.staleCopiesShown).map(\.element)
    let lines = told.map { stale in
      let span = "from \(Readable.instant(stale.from)) to \(Readable.instant(stale.to))"
      let end = stale.isOpen ? " (not over)" : ""
      return "  "
        + style.paint(
          "stale copy  \(shortened(stale.name, to: 24)) at \(shortened(stale.site, to: 20)) was on after its "
            + "recovery \(span)\(end): the \(Readable.size(stale.writtenSize)) it wrote are given up", .bad)
    }
    let rest = all.count - told.count
    return lines + (rest > 0 ? ["  " + Self.more(rest, in: "events")] : [])
  }
}
