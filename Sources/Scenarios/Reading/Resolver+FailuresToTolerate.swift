import Inventory
import Quantities

extension Resolver {
  /// Up to how many hosts of a vSAN cluster Azure VMware Solution leaves it at a policy that tolerates one failure.
  ///
  /// - Source: Microsoft, Azure VMware Solution storage concepts: FTT2 is expected above six hosts.
  private static let hostCountOfOneFailure = 6

  /// Warns about storage policies of private clouds that tolerate fewer failures than their clusters are to.
  mutating func warnAboutFailures() {
    guard !log.hasErrors, draft.platform.known == .avs, draft.limits.known == .product else { return }
    for (index, vsan) in vsans.enumerated() {
      guard let vsan, vsan.hosts.count > Self.hostCountOfOneFailure,
        draft.sites.known?[datastores[index].site].value.region.isGiven == true
      else { continue }
      // A draft stands for many machines, and is reported once.
      var reported: Set<SourceSpan> = []
      func warn(_ name: PolicyName?, at span: SourceSpan?) {
        guard vsan.policy(name).failures < 2, let span, reported.insert(span).inserted else { return }
        log.report(
          .fewFailuresTolerated,
          "the policy tolerates one failure, and the vSAN cluster has \(vsan.hosts.count) hosts", at: span,
          notes: ["Azure VMware Solution expects two failures above \(Self.hostCountOfOneFailure) hosts"],
          help: "choose \"RAID-1 FTT2\" or \"RAID-6\"")
      }
      warn(nil, at: vsan.draft.policy.located?.span ?? vsan.draft.span)
      for machine in machines where machine.datastore == index {
        guard let policy = machine.draft.storagePolicy.located else { continue }
        warn(policy.value, at: policy.span)
      }
      for replication in replications where replication.datastore == index {
        guard let policy = replication.draft.storagePolicy.located else { continue }
        warn(policy.value, at: policy.span)
      }
    }
  }
}
