import Inventory
import Measurements
import Quantities
import Scenarios
import Testing

@testable import RecoveryCore
@testable import SiteSimulation

/// A world in which one plan is brought to where a workflow can begin, and to its end after something failed.
struct FailureWorld {
  /// What carries the data of the plan's machines.
  enum Carrier: String, CaseIterable {
    /// Groups of two machines each, one of which is customised, with all kinds of custom steps and a machine that gives way.
    case vSphereReplication
    /// Two machines on two devices of a consistency group.
    case periodicArrays
    case synchronousArrays, virtualVolumes
    /// Groups of three kinds.
    case mixed

    static let storage: [Carrier] = [.periodicArrays, .synchronousArrays, .virtualVolumes]

    fileprivate var groups: [String] {
      switch self {
      case .vSphereReplication: []
      case .periodicArrays: ["erp"]
      case .synchronousArrays: ["pay"]
      case .virtualVolumes: ["mail"]
      case .mixed: ["pay", "mail", "web"]
      }
    }
  }

  /// What a plan is asked for, in the state in which it is asked for it.
  enum Stage: String, CaseIterable {
    case test, testWithoutSync, cleanup, forcedCleanup
    case plannedMigration, disasterRecovery, disasterRecoveryWithoutSync, forcedRecovery
    case reprotect, forcedReprotect
    /// Once more after no machine could be powered on.
    case rerunOfMigration
    /// After the sites met again, of which one recovered without the other.
    case settlement
    case rerunOfCleanup, rerunOfReprotect

    /// Of a plan of which nothing has failed before.
    static let first: [Stage] = [
      .test, .cleanup, .forcedCleanup, .plannedMigration, .disasterRecovery, .forcedRecovery, .reprotect,
      .forcedReprotect,
    ]

    var workflow: PlanWorkflow {
      switch self {
      case .test: .test(synchronizesData: true)
      case .testWithoutSync: .test(synchronizesData: false)
      case .cleanup, .rerunOfCleanup: .cleanup(isForced: false)
      case .forcedCleanup: .cleanup(isForced: true)
      case .plannedMigration, .rerunOfMigration, .settlement: .plannedMigration
      case .disasterRecovery: .disasterRecovery(synchronizesData: true)
      case .disasterRecoveryWithoutSync: .disasterRecovery(synchronizesData: false)
      case .forcedRecovery: .forcedRecovery
      case .reprotect, .rerunOfReprotect: .reprotect(isForced: false)
      case .forcedReprotect: .reprotect(isForced: true)
      }
    }

    /// The run before it: what it is, and which operation fails in it.
    fileprivate var before: [(workflow: PlanWorkflow, failing: RecoveryAction.Kind?)] {
      switch self {
      case .test, .testWithoutSync, .plannedMigration, .disasterRecovery, .disasterRecoveryWithoutSync,
        .forcedRecovery:
        []
      case .cleanup, .forcedCleanup: [(.test(synchronizesData: true), nil)]
      case .reprotect, .forcedReprotect: [(.plannedMigration, nil)]
      case .rerunOfMigration: [(.plannedMigration, .powerOn)]
      case .settlement: [(.forcedRecovery, nil)]
      case .rerunOfCleanup:
        [(.test(synchronizesData: true), nil), (.cleanup(isForced: false), .resetStorage)]
      case .rerunOfReprotect:
        [(.plannedMigration, nil), (.reprotect(isForced: false), .configureReverseProtection)]
      }
    }
  }

  /// What is asked of a plan after a forced clean-up.
  enum Aftermath: String, CaseIterable {
    /// What it left is repaired, and then.
    case test, plannedMigration, disasterRecovery
    /// Nothing is repaired before the machines are moved.
    case unrepairedMigration

    fileprivate var workflow: PlanWorkflow {
      switch self {
      case .test: .test(synchronizesData: false)
      case .plannedMigration, .unrepairedMigration: .plannedMigration
      case .disasterRecovery: .disasterRecovery(synchronizesData: true)
      }
    }
  }

  var carrier: Carrier
  /// Of vSphere Replication; two of each group.
  var machines = 2

  func world() throws -> World {
    guard carrier == .vSphereReplication else {
      var world = try StorageWorld(groups: carrier.groups).world()
      try world.run(until: .minutes(12))
      return world
    }
    var text = PlannedWorld(machines: machines, machinesPerGroup: 2)
    text.disk = "1MiB"
    text.write = "1kB/s"
    text.furtherMachines = [
      #"{ "name": "batch", "site": "lyon", "datastore": "ds-lyon", "disks": [{ "name": "os", "size": "1MiB" }] }"#
    ]
    text.recovery = #""defaults": { "allowForced": true }"#
    text.plan = """
      "suspend": ["batch"],
      "vms": [
        { "match": "vm-01", "priority": 1, "postPowerOn": [{ "type": "RUN_ON_VM", "name": "check", "command": "check" }] },
        { "match": "vm-02", "ip": { "mode": "manual", "nics": [{ "nic": 0, "site": "lyon", "address": "dhcp" }] } }],
      "steps": [{ "before": "power-on:P1", "type": "RUN_ON_SRM_SERVER", "name": "tell", "command": "tell" }]
      """
    var world = try text.world()
    try world.run(until: .minutes(2))
    return world
  }

  /// Brings a world to where a stage can begin.
  func world(at stage: Stage) throws -> World {
    var world = try world()
    for (workflow, failing) in stage.before {
      if let failing {
        try world.perform(.failOperation(.only, Scenario.OperationFault(kind: failing, text: "out of order")))
      }
      let run = try #require(try world.complete(workflow), "\(stage)")
      if failing == nil, workflow != .forcedRecovery {
        #expect(run.result == "SUCCESS", "\(stage): \(run.errors) \(run.warnings)")
      }
      world.conductors[0].faults.removeAll()
    }
    return world
  }

  /// The operations that a stage asks for if nothing fails, each with its command.
  func commands(of stage: Stage) throws -> [(action: RecoveryAction, id: CommandID)] {
    var world = try world(at: stage)
    let sample = try #require(try world.complete(stage.workflow), "\(stage)")
    // After a forced recovery nobody cares for what the protected machines did meanwhile.
    #expect(sample.errors.isEmpty, "\(carrier), \(stage): \(sample.errors) \(sample.warnings)")
    let steps = world.conductors[0].book.run(of: .first)?.steps ?? []
    return steps.enumerated().compactMap { index, step in
      guard case .operation(let action) = step.work, step.status == .success, action.kind != .showPrompt
      else { return nil }
      return (action, CommandID(run: sample.key, step: index))
    }
  }

  // MARK: - What must be so

  /// Runs a stage in which something fails, and brings the plan to its end when the cause is gone; a forced clean-up once for
  /// each of what may come after it.
  ///
  /// - Parameter fail: Says what fails in the world of the stage.
  func check(
    _ kind: RecoveryAction.Kind, _ comment: String, _ stage: Stage, fail: (inout World) throws -> Void
  ) throws {
    let aftermaths: [Aftermath?] = stage == .forcedCleanup ? Aftermath.allCases : [nil]
    for aftermath in aftermaths {
      var world = try world(at: stage)
      try fail(&world)
      try Self.check(
        &world, kind, aftermath.map { "\(comment), then \($0)" } ?? comment, stage, then: aftermath)
    }
  }

  private static func check(
    _ world: inout World, _ kind: RecoveryAction.Kind, _ comment: String, _ stage: Stage,
    then aftermath: Aftermath?
  ) throws {
    let failed = try #require(try world.complete(stage.workflow), "\(comment)")
    #expect(failed.hasProblems, "\(comment): the failure is reported")
    let foundStatus = world.planStatus
    let status = try #require(foundStatus)
    let isAtProtectedSite = [.synchronize, .shutDownGuest, .prepareForMigration, .deactivateStorage]
      .contains(kind)
    switch stage {
    case .test, .testWithoutSync: #expect(status == .testComplete, "\(comment): \(status)")
    case .cleanup, .rerunOfCleanup:
      #expect(status == .cleanupIncomplete || status == .ready, "\(comment): \(status)")
    case .forcedCleanup:
      #expect(status == .ready && failed.errors.isEmpty, "\(comment): \(status) \(failed.errors)")
    case .plannedMigration, .rerunOfMigration, .settlement:
      let allowed: [RecoveryPlanStatus] =
        stage == .plannedMigration
        ? [.recoveryComplete, .incompleteRecovery, .ready]
        : [.recoveryComplete, .incompleteRecovery, .recoverySplitBrain]
      #expect(allowed.contains(status), "\(comment): \(status)")
      // Every operation at the protected site stops it.
      if isAtProtectedSite, failed.result == "ERRORS", stage == .plannedMigration {
        #expect(!failed.machines.contains { $0.status == "RECOVERY_SUCCEEDED" }, "\(comment)")
      }
    case .disasterRecovery, .disasterRecoveryWithoutSync, .forcedRecovery:
      #expect(
        [.recoveryComplete, .incompleteRecovery, .recoverySplitBrain].contains(status),
        "\(comment): \(status)")
      if isAtProtectedSite {
        #expect(failed.errors.isEmpty, "\(comment): what fails at the protected site is ignored")
      }
    case .reprotect, .rerunOfReprotect:
      #expect([.ready, .incompleteReprotect].contains(status), "\(comment): \(status)")
    case .forcedReprotect:
      // Only errors of cleaning up are ignored.
      #expect(
        status == (kind == .cleanUpStorage ? .ready : status), "\(comment): \(status) \(failed.errors)")
      #expect([.ready, .incompleteReprotect].contains(status), "\(comment): \(status)")
    }

    world.conductors[0].faults.removeAll()
    world.conductors[0].failingSteps.removeAll()
    let claims = falseClaims(world)
    #expect(claims.isEmpty, "\(comment): \(claims)")
    if let aftermath {
      if aftermath == .unrepairedMigration { return try migrateUnrepaired(&world, comment) }
      try restorePlaceholders(&world)
      // What was left behind is in nobody's way, and the next clean-up finds it.
      let next = try #require(try world.complete(aftermath.workflow), "\(comment)")
      #expect(next.errors.isEmpty, "\(comment): \(next.errors)")
    }
    try finish(&world, comment)
    let isTest =
      (stage.workflow.isTest || stage.workflow.operationType == .cleanup)
      && aftermath?.workflow.isRecovery != true
    let problems = leftBehind(world, mayHoldSuspended: !isTest)
    #expect(problems.isEmpty, "\(comment): \(problems)")
  }

  /// Makes the placeholders again that a forced clean-up did not bring back.
  static func restorePlaceholders(_ world: inout World) throws {
    let groups = world.conductors[0].groupIDs.indices
    for group in groups {
      try world.perform(.change(.only, .restorePlaceholders(ProtectionGroupID(group))))
    }
    try world.run(for: .minutes(5))
    let problems = world.conductors[0].description.virtualMachines.map(\.id).filter {
      world.placeholder(of: $0)?.state != .present
    }
    #expect(problems.isEmpty)
  }

  /// Moves the machines while some have no placeholder: those are not moved, and run on.
  ///
  /// Others on the same storage fail with them, since it is not recovered while one machine runs on it (VMware, "Site Recovery
  /// Manager Administration" 5.5: machines without protection on a protected datastore).
  private static func migrateUnrepaired(_ world: inout World, _ comment: String) throws {
    let vms = world.conductors[0].description.virtualMachines.map(\.id)
    let lost = vms.filter { world.placeholder(of: $0)?.state != .present }
    let run = try #require(try world.complete(.plannedMigration), "\(comment)")
    #expect(run.errors.isEmpty == lost.isEmpty, "\(comment): \(run.errors)")
    for vm in world.storageUnits.isEmpty ? vms : lost {
      let name = world.scenario.inventory[vm].name
      let isOn = world.scenario.inventory.sites.indices.contains {
        world.power(of: vm, atSite: SiteID($0)) == "ON"
      }
      #expect(isOn, "\(comment): \(name) is on nowhere: \(run.errors)")
    }
  }

  /// The machines that are said to be protected, while no plan works on their groups, and have no placeholder.
  static func falseClaims(_ world: borrowing World) -> [String] {
    let conductor = world.conductors[0]
    return conductor.description.virtualMachines.map(\.id).filter { vm in
      guard let member = conductor.groups.protectedVM(vm), conductor.groups.status(of: vm) == .ok else {
        return false
      }
      return conductor.groups.group(member.group)?.phase == .ready && member.placeholder?.state != .present
    }.map { world.scenario.inventory[$0].name }
  }

  /// What a plan in this status is asked for next; `nil` if it is ready, or nothing helps.
  static func next(after status: RecoveryPlanStatus) -> PlanWorkflow? {
    switch status {
    case .testComplete, .cleanupIncomplete: .cleanup(isForced: false)
    case .incompleteRecovery, .recoverySplitBrain: .plannedMigration
    case .recoveryComplete, .incompleteReprotect: .reprotect(isForced: false)
    default: nil
    }
  }

  /// Asks for what the plan's status allows until it is ready.
  static func finish(_ world: inout World, _ comment: String) throws {
    for _ in 0..<5 {
      let foundStatus = world.planStatus
      let status = try #require(foundStatus)
      guard let next = next(after: status) else {
        #expect(status == .ready, "\(comment)")
        return
      }
      let run = try #require(try world.complete(next), "\(comment): \(next) is refused in \(status)")
      #expect(run.errors.isEmpty, "\(comment): \(next) after it: \(run.errors)")
    }
    #expect(world.planStatus == .ready, "\(comment)")
  }

  /// What is not as it should be when the plan is ready.
  ///
  /// - Parameter mayHoldSuspended: Machines that gave way to a recovery are resumed by the next one in the other direction.
  static func leftBehind(_ world: borrowing World, mayHoldSuspended: Bool) -> [String] {
    var problems: [String] = []
    for index in world.replications.indices {
      let vm = world.replications[index].machine
      guard world.conductors[0].groups.protectedVM(vm) != nil else { continue }
      let name = world.scenario.inventory[vm].name
      if world.replications[index].testCopy != nil { problems.append("a test machine of \(name)") }
      if world.replications[index].formerCopy != nil { problems.append("a former machine of \(name)") }
      if ![.replicating, .byStorage].contains(world.replications[index].life) {
        problems.append("\(name) is not replicated")
      }
      let machine = world.machines[world.replications[index].machineIndex]
      if !machine.isOn || !machine.isRegistered { problems.append("\(name) is not on") }
      if world.placeholder(of: vm)?.state != .present { problems.append("\(name) has no placeholder") }
      if world.protectionStatus(of: vm) != .ok { problems.append("\(name) is not protected") }
    }
    for unit in world.storageUnits.indices where world.storageUnits[unit].isFailedOver {
      problems.append("\(world.storageUnits[unit].description.name) is not copied")
    }
    if !mayHoldSuspended, world.unreplicatedPowers.contains(.suspended) {
      problems.append("a suspended machine")
    }
    if !world.isolatedNetworks(of: .only).isEmpty { problems.append("isolated networks") }
    if !world.conductors[0].jobs.isEmpty || !world.conductors[0].pending.isEmpty {
      problems.append("operations under way")
    }
    return problems
  }
}
