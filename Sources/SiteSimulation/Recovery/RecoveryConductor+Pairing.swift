import Inventory
import Quantities
import RecoveryCore
import Scenarios

/// How sites are paired and parted, and what their add-ons do.
extension RecoveryConductor {
  mutating func pair() throws(RecoveryFailure) {
    do {
      try servers.pair(services: AddOn.allCases, acceptsCertificates: true)
    } catch {
      throw RecoveryFailure(text(error))
    }
    for side in PairSide.allCases { _ = openSession(at: .siteRecoveryManager, of: side) }
    hasNews = true
  }

  /// Pairs the sites from the first one, which logs nobody in at the other.
  mutating func pairFromFirst() throws(RecoveryFailure) {
    let wasLoggedOut = isLoggedOut.first
    isLoggedOut.first = true
    do throws(RecoveryFailure) {
      try pair()
    } catch {
      isLoggedOut.first = wasLoggedOut
      throw error
    }
  }

  /// What is normal to be warned of when sites are paired.
  ///
  /// On Azure VMware Solution the vSphere Replication server inside the management appliance does not run, as the
  /// replication servers beside it do its work.
  ///
  /// - Source: Microsoft, "Deploy disaster recovery with VMware Site Recovery Manager" on Azure VMware Solution.
  var pairingWarnings: [String] {
    guard description.offering == .azureVMwareSolution else { return [] }
    return PairSide.allCases.map { side in
      "the embedded vSphere Replication server of site \(siteNames[side]) is not running"
    }
  }

  /// Accepts the certificates that the servers show now.
  mutating func reconnect() throws(RecoveryFailure) {
    do {
      try servers.reconnect(acceptsCertificates: true)
    } catch {
      throw RecoveryFailure(text(error))
    }
    hasNews = true
  }

  /// Ends the pairing.
  ///
  /// - Parameter hasReplications: Whether something is replicated between the sites.
  mutating func unpair(hasReplications: Bool) throws(RecoveryFailure) {
    let isInUse = hasReplications || groupIDs.contains { $0 != nil } || planIDs.contains { $0 != nil }
    do {
      try servers.deletePairing(isInUse: isInUse)
    } catch {
      throw RecoveryFailure(text(error))
    }
    hasNews = true
  }

  mutating func install(
    _ addOn: AddOn, replicationServers: Int, at side: PairSide, now: Instant
  ) throws(RecoveryFailure) {
    do {
      try servers.install(
        addOn, replicationServers: addOn == .vSphereReplication ? replicationServers : 0, at: side, now: now)
    } catch {
      throw RecoveryFailure(text(error))
    }
  }

  mutating func remove(_ addOn: AddOn, at side: PairSide, now: Instant) throws(RecoveryFailure) {
    do {
      try servers.remove(addOn, at: side, now: now)
    } catch {
      throw RecoveryFailure(text(error))
    }
  }
}
