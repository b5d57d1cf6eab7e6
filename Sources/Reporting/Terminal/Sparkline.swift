import Measurements
import Quantities

/// The use of a link over time in one line of characters.
struct Sparkline {
  /// The rate of each of `columns` equal stretches of the run, from its lowest mark for anything above zero to its
  /// highest for the highest usable capacity.
  static func text(_ use: LinkUse, columns: Int, style: TerminalStyle) -> String {
    let marks: [Character] =
      style.unicode ? ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] : [".", ":", "-", "=", "+", "*", "#", "@"]
    let columns = min(columns, use.bins.count)
    let ceiling = max(1, use.bins.indices.map { use.capacity(ofBin: $0).bitsPerSecond }.max() ?? 1)
    let characters: [Character] = (0..<columns).map { column in
      let bins = (column * use.bins.count / columns)..<((column + 1) * use.bins.count / columns)
      let bytes = bins.reduce(UInt64(0)) { $0 + use.bins[$1].bytes }
      guard bytes > 0 else { return " " }
      let length =
        use.interval(ofBin: bins.upperBound - 1).upperBound - use.interval(ofBin: bins.lowerBound).lowerBound
      let rate = DataRate(rounding: bytes, over: length).bitsPerSecond
      let level = Int(UInt128(rate) * UInt128(marks.count) / UInt128(ceiling))
      return marks[min(level, marks.count - 1)]
    }
    return String(characters)
  }
}
