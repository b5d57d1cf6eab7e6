import Inventory
import Measurements
import Quantities
import Scenarios
import Testing

@testable import RecoveryCore
@testable import SiteSimulation

/// Every operation of every workflow fails once: the run ends as its mode says, and when the cause is gone, the plan is
/// brought to its end and leaves nothing behind.
@Suite struct GeneratedFailureTests {
  enum Workflow: String, CaseIterable {
    case test, cleanup, plannedMigration, disasterRecovery, forcedRecovery, reprotect

    var workflow: PlanWorkflow {
      switch self {
      case .test: .test(synchronizesData: true)
      case .cleanup: .cleanup(isForced: false)
      case .plannedMigration: .plannedMigration
      case .disasterRecovery: .disasterRecovery(synchronizesData: true)
      case .forcedRecovery: .forcedRecovery
      case .reprotect: .reprotect(isForced: false)
      }
    }
  }

  /// Two groups of two machines, one of which is customised, with all kinds of custom steps and a machine that gives way.
  private func world(machines: Int) throws -> World {
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

  /// Brings a world to where a workflow can begin.
  private func prepared(for workflow: Workflow, machines: Int = 4) throws -> World {
    var world = try world(machines: machines)
    switch workflow {
    case .cleanup:
      #expect(try world.complete(.test(synchronizesData: true))?.result == "SUCCESS")
    case .reprotect:
      let run = try #require(try world.complete(.plannedMigration))
      #expect(run.result == "SUCCESS", "\(run.errors) \(run.warnings)")
    case .test, .plannedMigration, .disasterRecovery, .forcedRecovery: break
    }
    return world
  }

  /// What the steps of a run asked for, each kind for all machines and, where it is about one, for the first one alone.
  private func faults(of world: borrowing World) -> [Scenario.OperationFault] {
    var faults: [Scenario.OperationFault] = []
    for step in world.conductors[0].book.run(of: .first)?.steps ?? [] where step.status == .success {
      guard case .operation(let action) = step.work, action.kind != .showPrompt else { continue }
      var found = [Scenario.OperationFault(kind: action.kind, text: "out of order")]
      if let vm = step.vm, action.kind != .customizeGuest {
        let id = world.conductors[0].book.run(of: .first)?.machines[vm].member.vm
        found.append(Scenario.OperationFault(kind: action.kind, virtualMachine: id, text: "out of order"))
      }
      for fault in found
      where !faults.contains(where: {
        $0.kind == fault.kind && ($0.virtualMachine == nil) == (fault.virtualMachine == nil)
      }) {
        faults.append(fault)
      }
    }
    return faults
  }

  @Test(arguments: Workflow.allCases)
  func `Whatever fails, the plan is brought to its end later and nothing is left behind`(workflow: Workflow)
    throws
  {
    var example = try prepared(for: workflow)
    let sample = try #require(try example.complete(workflow.workflow))
    #expect(sample.result == "SUCCESS", "\(sample.errors) \(sample.warnings)")
    let faults = faults(of: example)
    #expect(faults.count >= 4)
    for fault in faults {
      try check(fault, in: workflow)
    }
  }

  /// Of one group of two machines, every command of every workflow fails once, by itself.
  @Test(arguments: Workflow.allCases)
  func `Whichever single command fails, the plan is brought to its end later`(workflow: Workflow) throws {
    var example = try prepared(for: workflow, machines: 2)
    let sample = try #require(try example.complete(workflow.workflow))
    #expect(sample.result == "SUCCESS", "\(sample.errors) \(sample.warnings)")
    var commands: [(kind: RecoveryAction.Kind, id: CommandID)] = []
    for (index, step) in (example.conductors[0].book.run(of: .first)?.steps ?? []).enumerated() {
      guard case .operation(let action) = step.work, step.status == .success else { continue }
      commands.append((action.kind, CommandID(run: sample.key, step: index)))
    }
    #expect(commands.count >= 6)
    for command in commands {
      var world = try prepared(for: workflow, machines: 2)
      world.conductors[0].failingSteps = [command.id]
      try check(&world, command.kind, "command \(command.id.step), \(command.kind), in \(workflow)", workflow)
    }
  }

  private func check(_ fault: Scenario.OperationFault, in workflow: Workflow) throws {
    let comment =
      "\(fault.kind) of \(fault.virtualMachine.map { "machine \($0.index)" } ?? "all") in \(workflow)"
    var world = try prepared(for: workflow)
    try world.perform(.failOperation(.only, fault))
    try check(&world, fault.kind, comment, workflow)
  }

  private func check(
    _ world: inout World, _ kind: RecoveryAction.Kind, _ comment: String, _ workflow: Workflow
  ) throws {
    let failed = try #require(try world.complete(workflow.workflow), "\(comment)")
    #expect(failed.hasProblems, "\(comment): the failure is reported")
    let foundStatus = world.planStatus
    let status = try #require(foundStatus)
    switch workflow {
    case .test: #expect(status == .testComplete, "\(comment): \(status)")
    case .cleanup: #expect(status == .cleanupIncomplete || status == .ready, "\(comment): \(status)")
    case .plannedMigration:
      #expect(
        [.recoveryComplete, .incompleteRecovery, .ready].contains(status), "\(comment): \(status)")
      // Every operation at the protected site stops it.
      if [.synchronize, .shutDownGuest, .prepareForMigration, .deactivateStorage].contains(kind),
        failed.result == "ERRORS"
      {
        #expect(!failed.machines.contains { $0.status == "RECOVERY_SUCCEEDED" }, "\(comment)")
      }
    case .disasterRecovery, .forcedRecovery:
      #expect(
        [.recoveryComplete, .incompleteRecovery, .recoverySplitBrain].contains(status),
        "\(comment): \(status)")
      if [.synchronize, .shutDownGuest, .prepareForMigration, .deactivateStorage].contains(kind) {
        #expect(failed.errors.isEmpty, "\(comment): what fails at the protected site is ignored")
      }
    case .reprotect:
      #expect([.ready, .incompleteReprotect].contains(status), "\(comment): \(status)")
    }

    world.conductors[0].faults.removeAll()
    world.conductors[0].failingSteps.removeAll()
    try finish(&world, comment)
    let problems = leftBehind(world, mayHoldSuspended: workflow != .test && workflow != .cleanup)
    #expect(problems.isEmpty, "\(comment): \(problems)")
  }

  /// Asks for what the plan's status allows until it is ready.
  private func finish(_ world: inout World, _ comment: String) throws {
    for _ in 0..<4 {
      let foundStatus = world.planStatus
      let status = try #require(foundStatus)
      let next: PlanWorkflow
      switch status {
      case .ready: return
      case .testComplete, .cleanupIncomplete: next = .cleanup(isForced: false)
      case .incompleteRecovery, .recoverySplitBrain: next = .plannedMigration
      case .recoveryComplete, .incompleteReprotect: next = .reprotect(isForced: false)
      default:
        Issue.record("\(comment): \(status)")
        return
      }
      let run = try #require(try world.complete(next), "\(comment): \(next) is refused in \(status)")
      #expect(run.errors.isEmpty, "\(comment): \(next) after it: \(run.errors)")
    }
    #expect(world.planStatus == .ready, "\(comment)")
  }

  /// - Parameter mayHoldSuspended: Machines that gave way to a recovery are resumed by the next one in the other direction.
  private func leftBehind(_ world: borrowing World, mayHoldSuspended: Bool) -> [String] {
    var problems: [String] = []
    for index in world.replications.indices {
      let name = world.scenario.inventory[world.replications[index].machine].name
      if world.replications[index].testCopy != nil { problems.append("a test machine of \(name)") }
      if world.replications[index].formerCopy != nil { problems.append("a former machine of \(name)") }
      if !world.replications[index].isActive { problems.append("\(name) is not replicated") }
      let machine = world.machines[world.replications[index].machineIndex]
      if !machine.isOn || !machine.isRegistered { problems.append("\(name) is not on") }
      if world.placeholder(of: world.replications[index].machine)?.state != .present {
        problems.append("\(name) has no placeholder")
      }
      if world.protectionStatus(of: world.replications[index].machine) != .ok {
        problems.append("\(name) is not protected")
      }
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
