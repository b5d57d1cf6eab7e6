import Inventory
import Quantities

/// Ways over circuits, and figures that follow from the regions of sites.
extension Resolver {
  /// Reports a region that is not known.
  mutating func checkCloud(of site: SiteDraft) {
    guard let region = site.region.located, !AzureNetwork.regions.contains(region.value) else { return }
    // "West Europe" is what portals call "westeurope".
    let word = region.value.lowercased().filter { $0 != " " }
    let suggestion =
      AzureNetwork.regions.contains(word) ? word : closest(to: word, among: AzureNetwork.regions)
    log.report(
      .unknownName, "no region of Azure is known as \(quoted(region.value))", at: region.span,
      suggestion: suggestion.map { quoted($0) },
      help: suggestion == nil ? "known: \(abridged(AzureNetwork.regions))" : nil)
  }

  /// Checks what carries a link, and finds its latency.
  ///
  /// - Returns: The latency, one way; `nil` if it is not known.
  mutating func checkWay(of link: LinkDraft, ends: [Int]?) -> TimeSpan? {
    if let over = link.over.located, let ends, !draftsOfCircuits(at: ends).contains(where: { $0 != nil }) {
      log.report(
        .noCircuit, "neither site of the link has a circuit", at: over.span,
        help: "give one of them a \"circuit\", or leave \"over\" out")
    }
    if !link.bandwidth.isGiven, !link.over.isGiven {
      reportMissing("bandwidth", LinkDraft.bandwidthSummary, of: link)
    }
    switch link.latency.known {
    case .span(let span): return span
    case .azure: return publishedLatency(of: link, ends: ends)
    case nil:
      guard !link.latency.isGiven, let ends else { return nil }
      guard ends.allSatisfy({ draft.sites.known?[$0].value.region.isGiven == true }) else {
        reportMissing("latency", LinkDraft.latencySummary, of: link)
        return nil
      }
      return publishedLatency(of: link, ends: ends)
    }
  }

  private mutating func reportMissing(_ key: String, _ summary: String, of link: LinkDraft) {
    guard let span = link.span else { return }
    let name = link.name.known.map { "link \(quoted($0))" } ?? "link"
    log.report(.missingKey, "\(name) lacks the key \(quoted(key))", at: span, help: "\(key): \(summary)")
  }

  /// Half of the published round trip between the regions of the two sites.
  private mutating func publishedLatency(of link: LinkDraft, ends: [Int]?) -> TimeSpan? {
    guard let ends, let span = link.latency.located?.span ?? link.name.located?.span else { return nil }
    var regions: [String] = []
    for end in ends {
      guard let site = draft.sites.known?[end].value else { return nil }
      guard let region = site.region.known else {
        if !site.region.isGiven {
          log.report(
            .unknownLatency, "site \(quoted(site.name.known ?? "?")) has no region of Azure", at: span,
            help: "give it a \"region\" such as \"westeurope\", or the link a latency such as \"9ms\"")
        }
        return nil
      }
      guard AzureNetwork.regions.contains(region) else { return nil }
      regions.append(region)
    }
    guard let roundTrip = AzureNetwork.roundTrip(between: regions[0], and: regions[1]) else {
      log.report(
        .unknownLatency, "no round trip is known between \(quoted(regions[0])) and \(quoted(regions[1]))",
        at: span, help: "give the link a latency such as \"9ms\", half of the round trip")
      return nil
    }
    return roundTrip / 2
  }

  /// The circuits of sites, `nil` where a site has none.
  private func draftsOfCircuits(at sites: [Int]) -> [CircuitDraft?] {
    sites.map { site in circuits.first { $0.site == site }?.draft }
  }

  /// The circuits that a link goes over, by its ends; empty if it has a way of its own.
  func circuits(ofLink index: Int) -> [Int?] {
    guard draft.links.known?[index].value.over.known == .circuit, let ends = linkEnds[index] else {
      return []
    }
    return ends.map { end in circuits.firstIndex { $0.site == end } }
  }

  /// The raw bandwidth of a link by direction: its own, or the least of the circuits it goes over.
  func bandwidth(of index: Int) -> [DataRate]? {
    let link = draft.links.known?[index].value
    if let own = link?.bandwidth.known?.directions { return own }
    let rates = circuits(ofLink: index).compactMap { $0 }.compactMap { rate(of: circuits[$0].draft) }
    return rates.min().map { [$0, $0] }
  }

  /// What a circuit carries with the gateway behind it.
  func rate(of circuit: CircuitDraft) -> DataRate? {
    circuit.bandwidth.known.map { rate in circuit.gateway.known.map { min($0, rate) } ?? rate }
  }

  func buildCircuit(_ draft: CircuitDraft, site: Int) -> Circuit {
    Circuit(
      name: draft.name.value, site: SiteID(site), bandwidth: checked(rate(of: draft)),
      usable: draft.usable.value)
  }

  mutating func circuit(of entry: TimelineEntryDraft) -> CircuitID? {
    circuitNames.resolve(entry.circuit.located, log: &log).map { CircuitID($0) }
  }
}
