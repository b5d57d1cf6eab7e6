import Quantities
import RecoveryCore
import Testing

@Suite struct ConnectivityContractTests {
  private func pair() throws -> (pair: SitePair, session: SessionID) {
    var pair = SitePair(sites: BothSides(.installed()))
    try pair.pair(services: [.siteRecoveryManager, .vSphereReplication], acceptsCertificates: true)
    let session = try pair.logIn("anna", at: .second)
    return (pair, session)
  }

  @Test func `The table has a row for every operation of both interfaces`() {
    #expect(RecoveryOperation.allCases.count == 150)
    #expect(ReplicationOperation.allCases.count == 46)
    func count(_ first: ConnectivityContract.Promise?, _ second: ConnectivityContract.Promise?) -> Int {
      RecoveryOperation.allCases.count {
        $0.contract == ConnectivityContract(notAuthenticated: first, serverDown: second)
      }
    }
    #expect(count(.fullData, .fullData) == 31)
    #expect(count(.partialData, .partialData) == 7)
    #expect(count(.error, .error) == 37)
    #expect(count(.depends, .depends) == 41)
    #expect(count(.depends, .error) == 13)
    #expect(count(.error, .depends) == 4)
    #expect(count(.ok, .ok) == 3)
    #expect(count(.ok, .depends) == 2)
    #expect(count(.ok, .error) == 1)
    #expect(count(nil, nil) == 11)
  }

  @Test func `While connected everything goes on`() throws {
    var (pair, session) = try pair()
    try pair.logInRemotely("anna", session: session)
    for operation in RecoveryOperation.allCases {
      #expect(pair.verdict(on: operation, session: session, needsRemoteSite: true) == .complete)
    }
  }

  @Test func `Without remote login plans can be read but not run`() throws {
    let (pair, session) = try pair()
    func verdict(_ operation: RecoveryOperation, needs: Bool = false) -> OperationVerdict {
      pair.verdict(on: operation, session: session, needsRemoteSite: needs)
    }
    let refused = OperationVerdict.refused(.notAuthenticatedAtRemoteSite)
    #expect(verdict(.getAllRecoveryPlans) == .complete)
    #expect(verdict(.getGroupVms) == .partial)
    #expect(verdict(.runRecovery) == refused)
    #expect(verdict(.runReprotect) == refused)
    #expect(verdict(.createNetworkMapping) == refused)
    #expect(verdict(.deleteRecoveryPlan) == .complete)
    #expect(verdict(.getVcenter, needs: false) == .complete)
    #expect(verdict(.getVcenter, needs: true) == refused)
  }

  @Test func `With the protected site down a plan runs if it needs nothing there`() throws {
    var (pair, session) = try pair()
    pair.connectionLost()
    func verdict(_ operation: RecoveryOperation, needs: Bool) -> OperationVerdict {
      pair.verdict(on: operation, session: session, needsRemoteSite: needs)
    }
    #expect(verdict(.runRecovery, needs: false) == .complete)
    #expect(verdict(.runRecovery, needs: true) == .refused(.remoteServerDown))
    #expect(verdict(.runReprotect, needs: false) == .refused(.remoteServerDown))
  }

  @Test func `A switch lets a disaster recovery run after the remote login was cancelled`() throws {
    var (pair, session) = try pair()
    pair.rules.recoversWithoutRemoteLogin = true
    func verdict(_ operation: RecoveryOperation, needs: Bool) -> OperationVerdict {
      pair.verdict(on: operation, session: session, needsRemoteSite: needs)
    }
    #expect(verdict(.runRecovery, needs: false) == .complete)
    #expect(verdict(.runRecovery, needs: true) == .refused(.notAuthenticatedAtRemoteSite))
    #expect(verdict(.runReprotect, needs: false) == .refused(.notAuthenticatedAtRemoteSite))
    #expect(verdict(.createGroup, needs: false) == .refused(.notAuthenticatedAtRemoteSite))
  }

  @Test func `Testing, recovering and reprotecting are different privileges`() throws {
    var (pair, _) = try pair()
    let tester = try pair.logIn("tom", privileges: [.planRun], at: .second)
    try pair.logInRemotely("tom", session: tester)
    func verdict(_ operation: RecoveryOperation) -> OperationVerdict {
      pair.verdict(on: operation, session: tester, needsRemoteSite: true)
    }
    #expect(verdict(.runTestRecovery) == .complete)
    #expect(verdict(.runCleanupTestRecovery) == .complete)
    #expect(verdict(.cancelRecoveryPlan) == .complete)
    #expect(verdict(.runRecovery) == .refused(.privilegesMissing([.planFailover])))
    #expect(verdict(.runReprotect) == .refused(.privilegesMissing([.planReprotect])))
    #expect(verdict(.getAllRecoveryPlans) == .complete)
  }

  @Test func `A replication can be synchronised without remote login but not changed`() throws {
    var (pair, _) = try pair()
    let session = try pair.logIn("anna", at: .first, role: .replicationManagement)
    func verdict(_ operation: ReplicationOperation) -> OperationVerdict {
      pair.verdict(on: operation, session: session, needsRemoteSite: true)
    }
    #expect(verdict(.syncReplication) == .complete)
    #expect(verdict(.destroyReplication) == .complete)
    #expect(verdict(.pauseReplication) == .refused(.notAuthenticatedAtRemoteSite))
    pair.serverStopped(.replicationManagement, at: .second)
    #expect(verdict(.syncReplication) == .refused(.remoteServerDown))
    #expect(verdict(.getReplicationsCount) == .complete)
  }

  @Test func `Before pairing one can read and pair, nothing else`() throws {
    var pair = SitePair(sites: BothSides(.installed()))
    let session = try pair.logIn("anna", at: .first)
    #expect(pair.verdict(on: .getPairings, session: session, needsRemoteSite: false) == .complete)
    #expect(pair.verdict(on: .createPairing, session: session, needsRemoteSite: false) == .complete)
    #expect(pair.verdict(on: .createGroup, session: session, needsRemoteSite: false) == .refused(.notPaired))
    #expect(pair.verdict(on: .createGroup, session: 99, needsRemoteSite: false) == .refused(.notLoggedIn))
    pair.serverStopped(.vCenter, at: .first)
    #expect(
      pair.verdict(on: .getPairings, session: session, needsRemoteSite: false) == .refused(.notLoggedIn))
  }
}
