import Quantities
import RecoveryCore
import Testing

@Suite struct RecoveryLimitsTests {
  @Test func `What is published is enforced`() {
    let limits = RecoveryLimits()
    #expect(throws: Never.self) { try limits.check(.vmsPerPlan, 2_000) }
    #expect(throws: LimitExceeded(limit: .vmsPerPlan, count: 2_001, maximum: 2_000)) {
      try limits.check(.vmsPerPlan, 2_001)
    }
    #expect(RecoveryLimit.allCases.allSatisfy { limits[$0] > 0 })
  }

  @Test func `A switch lets a run try what nobody supports`() {
    var limits = RecoveryLimits()
    limits.isEnforced = false
    #expect(limits.exceeded(.protectedVMs, by: 100_000) == nil)
    limits.isEnforced = true
    limits[.protectedVMs] = 5
    #expect(limits.exceeded(.protectedVMs, by: 6)?.maximum == 5)
  }

  @Test func `Azure VMware Solution has vSphere Replication only, and two sites to a pair`() {
    let azure = Offering.azureVMwareSolution
    #expect(azure.supports(.vSphereReplication))
    #expect(!azure.supports(.arrayBased) && !azure.supports(.virtualVolumes))
    #expect(!azure.hasIPCustomizationTool && !azure.allowsCustomExtension)
    #expect(azure.sharedRecoverySitesMaximum(RecoveryLimits()) == 1)
    #expect(Offering.onPremises.sharedRecoverySitesMaximum(RecoveryLimits()) == 10)
    #expect(Offering.onPremises.supports(.arrayBased) && !Offering.onPremises.supports(.unknown))
  }

  @Test func `A recovery point objective is between five minutes and a day`() {
    #expect(recoveryPointObjectives.contains(.minutes(5)) && recoveryPointObjectives.contains(.days(1)))
    #expect(
      !recoveryPointObjectives.contains(.seconds(299)) && !recoveryPointObjectives.contains(.minutes(1_441)))
  }
}
