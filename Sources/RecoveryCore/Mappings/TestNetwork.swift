package import Inventory

/// The network of a card during a test.
package enum TestNetwork: Sendable, Hashable {
  /// One that somebody named for tests.
  case mapped(MappableObjectID)
  /// One made for the test in place of a network of the recovery site, without an uplink and on each host by itself.
  case isolated(insteadOf: MappableObjectID)
}

extension InventoryMappings {
  /// The network a test uses in place of a network of the recovery site.
  ///
  /// The plan's own entry comes first, then the site's; without either an isolated network is made.
  ///
  /// - Parameter planEntries: The plan's own test networks by the network they replace, each replaced network once.
  package func testNetwork(
    insteadOf network: MappableObjectID, at side: PairSide,
    planEntries: [(network: MappableObjectID, test: MappableObjectID)] = []
  ) -> TestNetwork {
    if let entry = planEntries.first(where: { $0.network == network }) { return .mapped(entry.test) }
    if let test = testNetwork(for: network, at: side) { return .mapped(test) }
    return .isolated(insteadOf: network)
  }
}

/// The isolated networks that a test has made so far.
///
/// Each is made on a host when the first machine there needs it, and all are removed at clean-up.
package struct IsolatedNetworks: Sendable, Hashable {
  /// One isolated network on one host.
  package struct Segment: Sendable, Hashable, Comparable {
    /// The network it replaces.
    package let network: MappableObjectID
    package let host: HostID

    package init(network: MappableObjectID, host: HostID) {
      self.network = network
      self.host = host
    }

    package static func < (left: Segment, right: Segment) -> Bool {
      (left.network, left.host) < (right.network, right.host)
    }
  }

  /// In ascending order.
  package private(set) var segments: [Segment] = []

  package init() {}

  /// Makes the network on the host unless it is there.
  ///
  /// - Returns: Whether it had to be made.
  package mutating func connect(_ network: MappableObjectID, on host: HostID) -> Bool {
    let segment = Segment(network: network, host: host)
    let index = segments.firstIndex { segment <= $0 } ?? segments.endIndex
    guard index == segments.endIndex || segments[index] != segment else { return false }
    segments.insert(segment, at: index)
    return true
  }

  /// Whether two test machines hear each other: on a network of the site always, on an isolated one on the same host only.
  package static func canTalk(
    _ one: (network: TestNetwork, host: HostID), _ other: (network: TestNetwork, host: HostID)
  ) -> Bool {
    guard one.network == other.network else { return false }
    switch one.network {
    case .mapped: return true
    case .isolated: return one.host == other.host
    }
  }

  /// Removes all, as clean-up does.
  ///
  /// - Returns: What was there, in ascending order.
  package mutating func removeAll() -> [Segment] {
    defer { segments = [] }
    return segments
  }
}
