import Inventory
import Quantities

/// What goes through the ExpressRoute port of a private cloud: circuits and links, as they are and as they become.
extension Resolver {
  mutating func checkPort(of index: Int, _ site: SiteDraft, named name: String) {
    if let circuit = site.circuit.known, let rate = rate(of: circuit) {
      checkPort(circuitOf: rate, at: circuit.bandwidth.located?.span)
    }
    for (link, ends) in zip(draft.links.known ?? [], linkEnds) where ends?.contains(index) == true {
      checkPort(linkOf: link.value.bandwidth.located, named: name)
      for rule in link.value.schedule.known ?? [] {
        checkPort(linkOf: rule.value.bandwidth.located, named: name)
      }
    }
    for entry in entries {
      switch entry.action {
      case .linkLimit(let link, _)? where linkEnds[link.index]?.contains(index) == true:
        checkPort(linkOf: entry.draft.bandwidth.located, named: name)
      case .circuitLimit(let circuit, let rates)? where circuits[circuit.index].site == index:
        if let rate = rates.max() { checkPort(circuitOf: rate, at: entry.draft.bandwidth.located?.span) }
      default: break
      }
    }
  }

  private mutating func checkPort(circuitOf rate: DataRate, at span: SourceSpan?) {
    guard rate > PrivateCloud.port, let span else { return }
    log.report(
      .platformLimit, "a circuit of \(rate) is more than the \(PrivateCloud.port) of an ExpressRoute port",
      at: span, notes: [Source.privateCloud], help: relaxation)
  }

  private mutating func checkPort(linkOf bandwidth: Located<BandwidthDraft>?, named name: String) {
    guard let bandwidth, let rate = bandwidth.value.directions?.max(), rate > PrivateCloud.port else {
      return
    }
    log.report(
      .platformLimit,
      "a link of \(rate) is more than the \(PrivateCloud.port) of the ExpressRoute port of \(quoted(name))",
      at: bandwidth.span, notes: [Source.privateCloud], help: relaxation)
  }
}
