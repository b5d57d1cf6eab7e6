import Measurements
import Quantities

/// The lag of one machine as a bar on a scale from nothing to twice its RPO.
///
///     ████▒▒▒▒│░░     mean, 95th percentile, maximum; the RPO is the line in the middle
struct LagBar {
  /// The cells of one RPO.
  static let cellsOfRPO = 8

  /// - Returns: Always as many characters as any other bar: two RPOs, their line and one for what is beyond.
  static func text(lag: LagStatistics, rpo: TimeSpan, style: TerminalStyle) -> String {
    let (meanMark, percentileMark, maximumMark, line, beyond):
      (Character, Character, Character, Character, Character) =
        style.unicode ? ("█", "▒", "░", "│", "▶") : ("#", "=", "-", "|", ">")
    guard let mean = lag.lagMean, let percentile = lag.lagPercentile95, let maximum = lag.lagMaximum else {
      return String(repeating: " ", count: cellsOfRPO) + String(line)
    }
    /// Cells touched by a bar of this length: a lag just above the RPO reaches past the line.
    func cells(_ span: TimeSpan) -> Int {
      let scaled = UInt128(span.nanoseconds) * UInt128(cellsOfRPO)
      let unit = UInt128(max(1, rpo.nanoseconds))
      return Int(min((scaled + unit - 1) / unit, UInt128(2 * cellsOfRPO + 1)))
    }
    var text: [Character] = (0..<2 * cellsOfRPO).map { cell in
      if cell < cells(mean) { return meanMark }
      if cell < cells(percentile) { return percentileMark }
      return cell < cells(maximum) ? maximumMark : " "
    }
    text.insert(line, at: cellsOfRPO)
    if cells(maximum) > 2 * cellsOfRPO { text.append(beyond) }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
