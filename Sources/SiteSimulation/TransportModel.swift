import Inventory
import Quantities
import ReplicationCore
import ResourceModels
import Scenarios

/// How the scenario's links carry data, and the product's constants that the scenario may override.
struct TransportModel {
  let network: NetworkModel
  let replicationParameters: ReplicationParameters
  /// The release with what the scenario says otherwise.
  let product: ProductProfile

  init(_ scenario: Scenario) {
    let profile = scenario.profile
    network = Self.network(scenario.network)
    guard let release = ProductRelease(rawValue: profile.product.rawValue) else {
      preconditionFailure("a scenario names releases as the product profile does")
    }
    var product = ProductProfile(release)
    if let blocks = profile.blocksInFlight { product.transfer.blocksInFlight = blocks }
    product.transfer.blockUnit = profile.windowBlock == .extent ? .extent : .update
    if let contexts = profile.hostContexts { product.transfer.hostContexts = contexts }
    if let requests = profile.regionRequestsInFlight {
      product.fullSync.regionRequestsInFlight = requests
    }
    product.connection.noConnectionAfter = profile.connectionTimeout
    product.connection.reconnectDelayStep = profile.reconnectDelayStep
    product.connection.reconnectDelayMaximum = profile.reconnectDelayMaximum
    self.product = product
    var parameters = product.parameters()
    parameters.chunkSize = profile.transferChunk
    parameters.configurationFiles = ConfigurationFiles(size: profile.configurationSize, overhead: .zero)
    parameters.demandLog.capacity = profile.demandLogCapacity
    parameters.collidingUnmaps =
      switch profile.collidingUnmap {
      case .preserve: .preserve
      case .refuse: .refuse
      case .ignore: .ignore
      case .freeTheRest: .freeTheRest
      }
    parameters.optimizesUnmap = profile.unmapOptimization && product.demandLog.hasUnmapOptimization
    replicationParameters = parameters
  }

  /// Whether replication servers stand between source and target hosts.
  var hasServers: Bool { !product.dataPath.goesStraightToHosts }

  /// What the disks of a replication may have in flight together.
  ///
  /// Where a block is a network update, runs are taken to be as long as one update holds.
  func window(extentSizes: some Sequence<ByteCount>) -> ByteCount {
    extentSizes.reduce(.zero) {
      $0 + product.windowSize(extentSize: $1, runExtents: product.transfer.coalescedExtents)
    }
  }

  private static func network(_ settings: Scenario.NetworkSettings) -> NetworkModel {
    switch settings.model {
    case .bare: return .bare
    case .CM02: return .CM02
    case .LV08: return .LV08
    case .fluid:
      var transmission = TransmissionSettings()
      transmission.framing =
        switch settings.framing {
        case .ethernet: .ethernet
        case .pointToPoint: .pointToPoint
        case .none: Framing(segmentPayload: 1448, segmentOnWire: 1448)
        }
      return .explicitSlowStart(transmission)
    }
  }

  /// A link as a transfer in one direction meets it.
  ///
  /// The usable share of a link is what arrives as data: VMware's 70 % holds for the whole, headers
  /// included. So the headers of the model come out of the rest, and only a share above what
  /// they leave is cut to that.
  func hop(_ link: Link, _ direction: Link.Direction, _ condition: LinkCondition) -> NetworkHop {
    NetworkHop(
      bandwidth: condition.bandwidth[direction.rawValue], latency: condition.meanLatency,
      usable: usable(link.usable), loss: condition.loss)
  }

  /// A circuit as transfers meet it, which are counted as having no way of their own to it.
  func hop(_ circuit: Circuit, bandwidth: DataRate) -> NetworkHop {
    NetworkHop(bandwidth: bandwidth, latency: .zero, usable: usable(circuit.usable))
  }

  /// What a transfer in one direction of a link crosses: the link, and the circuits it goes over.
  func hops(
    of link: Link, _ direction: Link.Direction, _ resources: [ResourceID], _ circuits: [CircuitState]
  ) -> [ResourceID] {
    [resources[direction.rawValue]]
      + link.circuits.enumerated().compactMap { end, circuit in
        // The first end is where the forward direction leaves, and where the other one arrives.
        let leaves = (end == 0) == (direction == .forward)
        return circuit.map { circuits[$0.index].resources[leaves ? 0 : 1] }
      }
  }

  /// What a transfer in one direction of a link uses of it.
  func uses(
    of link: Link, _ direction: Link.Direction, _ state: LinkState, _ circuits: [CircuitState]
  ) -> [ResourceUse] {
    network.uses(
      forward: hops(of: link, direction, state.resources, circuits),
      backward: hops(of: link, direction.reversed, state.resources, circuits))
  }

  private func usable(_ share: Ratio) -> Ratio {
    guard case .explicitSlowStart(let settings) = network else { return share }
    let withHeaders = share.value / settings.framing.goodput
    return min(.one, Ratio(partsPerBillion: Int64((withHeaders * 1e9).rounded())))
  }

  /// Bytes/s as the sharing system takes them: what is above 10¹³ limits nothing.
  static func capacity(_ bytesPerSecond: Double) -> Double { min(bytesPerSecond, 1e13) }

  /// Whole bits per second, for the record.
  static func rate(bytesPerSecond: Double) -> DataRate {
    DataRate(bitsPerSecond: UInt64((bytesPerSecond * 8).rounded()))
  }
}

/// One direction of a replication's TCP connection: how open its window is.
///
/// It is kept between transfers. After a silence longer than the retransmission time-out, and after it
/// was lost, its window starts anew.
struct Connection {
  let windowMaximum: ByteCount
  /// When it last carried data; `nil` before the first time and after a loss.
  private var lastUse: Instant?
  private(set) var weight = 1.0
  private(set) var slowStart = SlowStart(steadyBound: .infinity)
  /// Tells the round trips of one transfer from those of others.
  private(set) var round: UInt64 = 0

  init(windowMaximum: ByteCount) { self.windowMaximum = windowMaximum }

  /// A transfer begins.
  ///
  /// - Returns: The time until its first byte arrives.
  mutating func open(over path: NetworkPath, model: NetworkModel, at now: Instant) -> TimeSpan {
    let state = lastUse.map { ConnectionState.idle(now - $0, window: slowStart.openWindow) } ?? .new
    let start = model.begin(on: path, windowMaximum: windowMaximum, state: state)
    weight = start.weight
    slowStart = start.slowStart
    round += 1
    lastUse = now
    return start.delay
  }

  mutating func transferEnded(at now: Instant) {
    lastUse = now
    round += 1
  }

  mutating func lost() {
    lastUse = nil
    round += 1
  }

  /// The path has another latency or loss from now on.
  mutating func pathChanged(to path: NetworkPath, model: NetworkModel) {
    slowStart.pathChanged(to: model.begin(on: path, windowMaximum: windowMaximum).slowStart)
  }

  mutating func windowSent() { slowStart.windowSent() }

  mutating func roundEnded(served: Double) {
    slowStart.roundEnded(served: served)
    round += 1
  }
}
