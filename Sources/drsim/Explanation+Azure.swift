import Scenarios

extension Explanation {
  /// The figures of Azure's network that a scenario can use by name.
  static var azure: String {
    """
    Round trips between regions, P50 in ms; a link has half of it one way. Where both directions were measured,
    the larger one counts. Private clouds add the way to their ExpressRoute edge: these are lower bounds.
        Source: \(AzureNetwork.latencySource)

    \(roundTrips)
    Sizes that a bandwidth can name.

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

  private static var sizes: String {
    AzureNetwork.sizes.map { "  \(padded($0.name, to: 18))\(padded("\($0.rate)", to: 10))\($0.source)\n" }
      .joined()
  }

  private static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
}
