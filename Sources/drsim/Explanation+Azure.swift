import Quantities
import Scenarios

extension Explanation {
  /// The figures of Azure's network that a scenario can use by name.
  static var azure: String {
    """
    Round trips between regions, P50 in ms; a link has half of it one way. Where both directions were measured,
    the larger one counts. Private clouds add the way to their ExpressRoute edge: these are lower bounds.
        Source: \(AzureNetwork.latencySource)
    Within a region \(AzureNetwork.roundTripWithinRegion) are taken, as Microsoft gives them between availability zones (inferred).

    \(roundTrips)
    Sizes that a bandwidth can name, each under its source.

    \(sizes)
    """
  }

  private static var roundTrips: String {
    AzureNetwork.roundTrips.map { pair in
      let milliseconds = "\(pair.milliseconds)"
      return "  \(padded("\(pair.from) to \(pair.to)", to: 44))"
        + String(repeating: " ", count: max(0, 4 - milliseconds.count)) + "\(milliseconds)\n"
    }.joined()
  }

  /// The sizes of one source under its name; a row of names that go on counting, with rates that do too, in one line.
  private static var sizes: String {
    var text = ""
    var index = 0
    let sizes = AzureNetwork.sizes
    while index < sizes.count {
      let group = sizes[index...].prefix { $0.source == sizes[index].source }
      text += "  \(sizes[index].source)\n"
      for row in rows(of: Array(group)) { text += "    \(padded(row.name, to: 22))\(row.rates)\n" }
      index = group.endIndex
    }
    return text
  }

  private static func rows(of sizes: [AzureNetwork.Size]) -> [(name: String, rates: String)] {
    var rows: [(name: String, rates: String)] = []
    var index = 0
    while index < sizes.count {
      let run = countingRun(sizes[index...])
      if run.count > 2, let first = run.first, let last = run.last {
        rows.append(
          ("\(first.name) to \(last.name.split(separator: "-").last ?? "")", "\(first.rate) to \(last.rate)"))
        index = run.endIndex
      } else {
        rows.append((sizes[index].name, "\(sizes[index].rate)"))
        index += 1
      }
    }
    return rows
  }

  /// The longest row from the front whose names end in -1, -2, … and whose rates are that many times the first.
  private static func countingRun(_ sizes: ArraySlice<AzureNetwork.Size>) -> ArraySlice<AzureNetwork.Size> {
    guard let first = sizes.first, first.name.hasSuffix("-1") else { return sizes.prefix(0) }
    let stem = first.name.dropLast()
    let count = sizes.enumerated().prefix { position, size in
      size.name == "\(stem)\(position + 1)"
        && size.rate.bitsPerSecond == first.rate.bitsPerSecond * UInt64(position + 1)
    }.count
    return sizes.prefix(count)
  }

  private static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
}
