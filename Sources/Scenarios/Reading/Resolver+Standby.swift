import Inventory

/// Hosts that begin in standby: what may be on them, and how many there may be.
extension Resolver {
  /// Notes which of the hosts that were just numbered begin in standby; not all of them may.
  mutating func noteStandby(of hosts: HostsDraft?, count: Int) {
    var spans = [SourceSpan?](repeating: nil, count: count)
    if case .second(let drafts) = hosts {
      for (index, draft) in drafts.enumerated() where draft.value.standby.known == true {
        spans[index] = draft.value.standby.located?.span
      }
    }
    standbySpans += spans
    guard count > 0, spans.allSatisfy({ $0 != nil }), let span = spans.last ?? nil else { return }
    log.report(
      .unfitStandby, "all hosts here are in standby", at: span,
      help: "vCenter Server runs on one that is not, and so does whatever wakes the others")
  }

  /// Reports a machine or appliance that is to begin on a host in standby.
  mutating func checkStandby(of host: Int?, at span: SourceSpan?) {
    guard let host, standbySpans[host] != nil, let span else { return }
    log.report(
      .unfitStandby, "a host in standby takes no machines", at: span,
      help: "choose a host that runs, or leave the host out")
  }

  /// Reports hosts in standby among those whose devices make up vSAN datastores.
  mutating func checkStandby(ofVSAN hosts: Range<Int>) {
    for host in hosts {
      guard let span = standbySpans[host] else { continue }
      log.report(
        .unfitStandby, "the devices of a host in standby would be missing from its vSAN datastore", at: span,
        help: "vSphere DPM leaves hosts of a vSAN datastore on; remove \"standby\"")
    }
  }
}
