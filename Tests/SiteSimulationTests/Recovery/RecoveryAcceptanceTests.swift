import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import Testing

@testable import SiteSimulation

/// The tasks of module 3 of the Azure VMware Solution workshop, each with what a student is to see.
@Suite struct RecoveryAcceptanceTests {
  private let vm = VirtualMachineID(0)
  private let one = SiteID(0)
  private let two = SiteID(1)
  private let plan = RecoveryPlanID.first
  private let group = ProtectionGroupID(0)

  @Test func `Module 3 of the workshop goes as its tasks say`() throws {
    let scenario = try Scenario.shipped("recovery/avs-workshop.json")
    let pair = try #require(scenario.recoveryPairs.first)
    var world = try World(scenario)
    func servers(_ world: borrowing World, _ side: PairSide) -> SiteServers {
      world.servers(of: .only).sites[side]
    }
    func object(_ side: PairSide, _ kind: MappingKind, _ name: String) throws -> MappableObjectID {
      try #require(
        pair.objects[side].identifiers(of: kind).first { pair.objects[side][$0].name == name })
    }

    // A1, A2, A3: each takes 10 to 20 minutes.
    try world.run(until: .minutes(9))
    for side in PairSide.allCases {
      #expect(!servers(world, side).answers(.siteRecoveryManager))
      #expect(!servers(world, side).answers(.replicationManagement))
    }
    try world.run(until: .minutes(21))
    for side in PairSide.allCases {
      #expect(servers(world, side)[.siteRecoveryManager] == .installed(replicationServers: 0))
      #expect(servers(world, side)[.vSphereReplication] == .installed(replicationServers: 2))
    }
    // A4, A6: the segments are listed, and not before.
    #expect(world.details(of: "network.create").count == 1)
    #expect(world.power(of: vm, atSite: one) == nil && world.address(of: vm) == nil)
    let awaited = Array(world.awaitedNetworks)
    #expect(awaited == [SiteNetwork(site: two, network: 0)])
    // Nothing is replicated before the sites are paired.
    try world.perform(.configureReplication([ReplicationID(0)]))
    #expect(world.details(of: "replication.configure-refused") == ["the sites are not paired"])
    // A5: the machine is there, with the first address of the segment.
    try world.run(until: .minutes(24))
    #expect(world.power(of: vm, atSite: one) == "ON")
    #expect(world.address(of: vm)?.description == "10.11.60.100")
    try world.run(until: .minutes(25))
    #expect(world.details(of: "network.create").count == 2)
    // A7: the pair is there; A8: whoever has not logged in at the other site cannot map anything.
    #expect(world.servers(of: .only).pairing == nil)
    try world.run(until: .minutes(26))
    #expect(world.servers(of: .only).pairing?.services == AddOn.allCases)
    // That the embedded replication servers do not run is normal on Azure VMware Solution.
    #expect(world.details(of: "site.pair-warning").count == 2)
    let session = try #require(world.servers(of: .only).sessions.first { $0.side == .first })
    #expect(session.remoteUser == nil)
    try world.perform(.map(.only, .network, from: .first))
    #expect(world.details(of: "mapping.add-refused") == ["nobody is logged in at site sddc-2"])
    try world.run(until: .minutes(27))
    #expect(world.servers(of: .only).sessions.first { $0.side == .first }?.remoteUser != nil)
    // A9 to A12: mappings with their reverse.
    try world.run(until: .minutes(31))
    let segment = try object(.first, .network, "SRM-SEGMENT-11")
    let recovery = try object(.second, .network, "SRM-RECOVERY-11")
    let mappings = world.mappings(of: .only)
    #expect(mappings.target(of: segment, from: .first) == recovery)
    #expect(mappings.reverse(of: segment, from: .first) == .yes)
    #expect(mappings.testNetwork(for: recovery, at: .second) == nil)
    #expect(mappings.mappings(.folder, from: .first).count == 3)
    for kind in [MappingKind.folder, .resource, .storagePolicy] {
      let rows = mappings.mappings(kind, from: .first)
      #expect(!rows.isEmpty && rows.allSatisfy { mappings.reverse(of: $0.source, from: .first) == .yes })
    }
    // A13: placeholder datastores at both sites.
    try world.run(until: .minutes(32))
    for side in PairSide.allCases {
      #expect(world.mappings(of: .only).placeholderDatastores[side].count == 1)
    }
    // A14: an empty group is OK.
    #expect(world.status(of: group, in: .only) == nil)
    try world.run(until: .minutes(33))
    #expect(world.status(of: group, in: .only) == .ok)
    #expect(world.protectionStatus(of: vm) == nil)
    // A15, A16, A17: the initial full sync, then OK.
    try world.run(until: .minutes(34) + .seconds(2))
    #expect(world.protectionStatus(of: vm) == .configuringProtection)
    #expect(world.status(of: group, in: .only) == .configuringProtection)
    #expect(["INITIAL_FULL_SYNC", "FULL_SYNC"].contains(world.sight(of: 0).status))
    try world.run(until: .minutes(40))
    #expect(world.sight(of: 0).status == "OK")
    #expect(world.protectionStatus(of: vm) == .ok)
    // A18: Ready. A19: the placeholder.
    #expect(world.planStatus == .ready)
    #expect(world.power(of: vm, atSite: two) == "PLACEHOLDER")
    #expect(world.placeholder(of: vm)?.location.networks == [recovery])

    // A20: the test, with recent changes.
    let test = try world.run(untilEndOf: "A20")
    #expect(test.result == "SUCCESS" && !test.hasProblems)
    #expect(test.steps.contains { $0.title.hasPrefix("Synchronize storage") && $0.status == "SUCCESS" })
    #expect(world.planStatus == .testComplete)
    #expect(world.status(of: group, in: .only) == .testComplete)
    // A21: on, on an isolated network, and the protected machine still runs.
    #expect(world.power(of: vm, atSite: two) == "ON")
    #expect(world.power(of: vm, atSite: one) == "ON")
    #expect(world.isolatedNetworks(of: .only).map(\.network) == ["SRM-RECOVERY-11"])
    #expect(world.address(of: vm, isTest: true) == nil)
    // A22: gone again.
    let cleanup = try world.run(untilEndOf: "A22")
    #expect(cleanup.result == "SUCCESS" && !cleanup.hasProblems)
    #expect(world.power(of: vm, atSite: two) == "PLACEHOLDER")
    #expect(world.isolatedNetworks(of: .only).isEmpty)
    #expect(world.planStatus == .ready && world.status(of: group, in: .only) == .ok)

    // A23: without a login at the protected site nothing is planned, but a disaster is recovered.
    try world.run(for: .minutes(10) + .seconds(30))
    #expect(world.servers(of: .only).sessions.first { $0.side == .second }?.remoteUser == nil)
    try world.perform(.run(.only, plan, .init(workflow: .plannedMigration)))
    #expect(world.details(of: "plan.recover-refused") == ["nobody is logged in at site sddc-1"])
    let recover = try world.run(untilEndOf: "A23")
    // A24: Recovery complete, to be reprotected, as the protected site was there in truth.
    #expect(recover.workflow == "disaster-recovery" && recover.result == "SUCCESS")
    #expect(world.planStatus == .recoveryComplete)
    #expect(world.planStatus?.allowedOperations == [.reprotect])
    #expect(world.status(of: group, in: .only) == .recovered)
    // A25: on, on the recovery segment; the other one is off.
    #expect(world.power(of: vm, atSite: two) == "ON")
    #expect(world.power(of: vm, atSite: one) == "OFF")
    #expect(world.network(of: vm) == "SRM-RECOVERY-11")
    #expect(world.address(of: vm)?.description == "10.11.160.100")
    // A26: logged in again, the roles are reversed.
    let reprotect = try world.run(untilEndOf: "A26")
    #expect(reprotect.result == "SUCCESS" && !reprotect.hasProblems)
    #expect(world.planStatus == .ready)
    #expect(world.protectedSite(of: group, in: .only) == two)
    // A27: the placeholder is where the machine was.
    #expect(world.power(of: vm, atSite: one) == "PLACEHOLDER")
    #expect(world.placeholder(of: vm)?.side == .first)

    // A28: failback from either console; nothing is lost.
    let failback = try world.run(untilEndOf: "A28")
    #expect(failback.workflow == "planned-migration" && failback.result == "SUCCESS")
    #expect(failback.machines.map(\.dataLoss) == [.zero])
    #expect(world.planStatus == .recoveryComplete)
    #expect(world.power(of: vm, atSite: one) == "ON")
    #expect(world.network(of: vm) == "SRM-SEGMENT-11")
    #expect(world.address(of: vm)?.description == "10.11.60.100")
    // A29: the original direction, Ready.
    let last = try world.run(untilEndOf: "A29")
    #expect(last.result == "SUCCESS")
    #expect(world.planStatus == .ready && world.status(of: group, in: .only) == .ok)
    #expect(world.protectedSite(of: group, in: .only) == one)
    #expect(world.power(of: vm, atSite: two) == "PLACEHOLDER")

    try world.run(until: scenario.clock.end)
    let record = try world.finish(version: "test")
    #expect(record.planRuns.map(\.id) == ["A20", "A22", "A23", "A26", "A28", "A29"])
    #expect(!record.events.contains { $0.kind == "vm.runs-at-both-sites" })
  }

  @Test func `A30: with mappings one way a test works, and a machine without a mapping stays out of it`()
    throws
  {
    let scenario = try Scenario.shipped("recovery/one-way-mappings.json")
    var world = try World(scenario)
    let tape = VirtualMachineID(1)
    try world.run(until: .minutes(50))
    #expect(world.mappings(of: .only).reverse(of: MappableObjectID(0), from: .first) == .no)
    #expect(world.protectionStatus(of: vm) == .ok)
    #expect(world.protectionStatus(of: tape) == .missingMapping)
    #expect(world.placeholder(of: tape) == nil)
    #expect(world.status(of: group, in: .only) == .notConfigured)

    let test = try world.run(untilEndOf: "A30")

    #expect(test.machines.map(\.status) == ["TEST_SUCCEEDED", "TEST_ERROR"])
    #expect(test.errors.count == 1 && test.errors[0].hasSuffix("Mapping Missing: backup"))
    #expect(world.planStatus == .testComplete)
    // Replication is not interrupted.
    let before = world.instances(of: 0).last
    try world.run(for: .minutes(25))
    #expect(world.instances(of: 0).last != before)
    let cleanup = try world.run(untilEndOf: "A30-cleanup")
    #expect(cleanup.result == "SUCCESS")
    #expect(world.planStatus == .ready)
    #expect(world.power(of: vm, atSite: two) == "PLACEHOLDER")
  }
}
