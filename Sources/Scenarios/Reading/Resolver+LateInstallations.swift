import Inventory
import RecoveryCore

extension Resolver {
  /// Warns about replications that are there before vSphere Replication is installed at one of their sites.
  ///
  /// Those that the timeline configures are not there before that, and storage needs no add-on to copy.
  mutating func warnAboutLateInstallations() {
    guard !log.hasErrors else { return }
    let configured = Scenario.awaitedReplications(
      in: entries.compactMap { entry in entry.action.map { (entry.instant, $0) } })
    var reported: Set<Int> = []
    for entry in entries {
      guard case .recovery(.installAddOn(.vSphereReplication, let site))? = entry.action,
        let addOn = entry.draft.addOn.located, reported.insert(site.index).inserted
      else { continue }
      let early = replications.indices.filter { index in
        let (source, target) = (machines[replications[index].machine].site, replications[index].target)
        return !configured.contains(ReplicationID(index)) && (source == site.index || target == site.index)
      }
      guard let first = early.first else { continue }
      let others = early.count > 1 ? " and \(early.count - 1) more are" : " is"
      log.report(
        .replicatedBeforeInstallation,
        "virtual machine \(quoted(machines[replications[first].machine].name))\(others) replicated before site \(quoted(siteName(site.index))) has vSphere Replication",
        at: addOn.span,
        help:
          "let the timeline configure the replication once the sites are paired, by \"replication.configure\""
      )
    }
  }
}
