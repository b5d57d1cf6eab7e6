import Inventory
import Measurements
import Quantities
import RandomStreams
import Scenarios
import Testing

@testable import RecoveryCore
@testable import SiteSimulation

/// Every operation of every workflow fails once: the run ends as its mode says, and when the cause is gone, the plan is
/// brought to its end and leaves nothing behind.
@Suite struct GeneratedFailureTests {
  /// What the commands of a run asked for, each kind for all machines and, where it is about one, for the first one alone.
  private func faults(_ commands: [(action: RecoveryAction, id: CommandID)]) -> [Scenario.OperationFault] {
    var faults: [Scenario.OperationFault] = []
    for (action, _) in commands {
      var found = [Scenario.OperationFault(kind: action.kind, text: "out of order")]
      if let vm = action.machine, action.kind != .customizeGuest {
        found.append(Scenario.OperationFault(kind: action.kind, virtualMachine: vm, text: "out of order"))
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

  /// Two groups of two machines.
  @Test(arguments: FailureWorld.Stage.first)
  func `Whatever fails, the plan is brought to its end later and nothing is left behind`(
    stage: FailureWorld.Stage
  ) throws {
    let worlds = FailureWorld(carrier: .vSphereReplication, machines: 4)
    let faults = faults(try worlds.commands(of: stage))
    #expect(faults.count >= 2)
    for fault in faults {
      let whose = fault.virtualMachine.map { "machine \($0.index)" } ?? "all"
      try worlds.check(fault.kind, "\(fault.kind) of \(whose) in \(stage)", stage) { world in
        try world.perform(.failOperation(.only, fault))
      }
    }
  }

  /// Of one group of two machines, every command of every workflow fails once, by itself.
  @Test(arguments: FailureWorld.Stage.allCases)
  func `Whichever single command fails, the plan is brought to its end later`(stage: FailureWorld.Stage)
    throws
  {
    try checkEachCommand(FailureWorld(carrier: .vSphereReplication), stage)
  }

  @Test(arguments: FailureWorld.Carrier.storage, FailureWorld.Stage.allCases)
  func `Whichever command to storage fails, the plan is brought to its end later`(
    carrier: FailureWorld.Carrier, stage: FailureWorld.Stage
  ) throws {
    try checkEachCommand(FailureWorld(carrier: carrier), stage)
  }

  private func checkEachCommand(_ worlds: FailureWorld, _ stage: FailureWorld.Stage) throws {
    let commands = try worlds.commands(of: stage)
    #expect(commands.count >= 2)
    for (action, id) in commands {
      let comment = "command \(id.step), \(action.kind), of \(worlds.carrier) in \(stage)"
      try worlds.check(action.kind, comment, stage) { $0.conductors[0].failingSteps = [id] }
    }
  }

  /// A planned migration that stops before the storage steps powers its machines on again; each of these fails once.
  @Test(arguments: FailureWorld.Carrier.allCases)
  func `Whichever power-on of an undo fails, the plan is brought to its end later`(
    carrier: FailureWorld.Carrier
  ) throws {
    let worlds = FailureWorld(carrier: carrier)
    let commands = try worlds.commands(of: .plannedMigration)
    var undoCount = 0
    for (action, id) in commands {
      // How many steps the undo adds is known when it was done.
      var sample = try worlds.world()
      sample.conductors[0].failingSteps = [id]
      _ = try #require(try sample.complete(.plannedMigration))
      let steps = sample.conductors[0].book.run(of: .first)?.steps ?? []
      guard let undo = steps.firstIndex(where: { $0.title == "Restore VMs at protected site" }) else {
        continue
      }
      for step in steps[undo].children {
        undoCount += 1
        let comment = "\(action.kind) and then the undo's step \(step) of \(carrier)"
        var world = try worlds.world()
        world.conductors[0].failingSteps = [id, CommandID(run: id.run, step: step)]
        let failed = try #require(try world.complete(.plannedMigration), "\(comment)")
        #expect(failed.errors.count >= 2, "\(comment): \(failed.errors)")
        let status = world.planStatus
        #expect(status == .ready || status == .incompleteRecovery, "\(comment): \(status as Any)")
        world.conductors[0].failingSteps.removeAll()
        // A machine that did not come back is found off by the next run, which leaves it so.
        let again = try #require(try world.complete(.plannedMigration), "\(comment)")
        #expect(again.errors.isEmpty, "\(comment): \(again.errors)")
        try FailureWorld.finish(&world, comment)
        let problems = FailureWorld.leftBehind(world, mayHoldSuspended: true)
        #expect(problems.isEmpty, "\(comment): \(problems)")
      }
    }
    #expect(undoCount >= 1)
  }

  /// Two failures, one in each of two runs that follow each other, drawn at random.
  @Test(arguments: 0..<40 as Range<UInt64>)
  func `Whatever fails in two runs one after the other, the plan is brought to its end later`(seed: UInt64)
    throws
  {
    var random = RandomStream(seed: seed, name: "two-failures")
    let carriers = FailureWorld.Carrier.allCases
    let worlds = FailureWorld(carrier: carriers[Int(random.next(below: UInt64(carriers.count)))])
    let stages = FailureWorld.Stage.allCases
    let stage = stages[Int(random.next(below: UInt64(stages.count)))]
    let commands = try worlds.commands(of: stage)
    let first = commands[Int(random.next(below: UInt64(commands.count)))]
    var world = try worlds.world(at: stage)
    world.conductors[0].failingSteps = [first.id]
    var comment = "seed \(seed): \(worlds.carrier), \(stage), command \(first.id.step) (\(first.action.kind))"
    _ = try #require(try world.complete(stage.workflow), "\(comment)")
    let foundStatus = world.planStatus
    let status = try #require(foundStatus)
    if let next = FailureWorld.next(after: status) {
      // Any step of the next run: what is done already asks for nothing, and then nothing fails.
      let count = world.conductors[0].book.run(of: .first)?.steps.count ?? 1
      let second = CommandID(run: first.id.run + 1, step: Int(random.next(below: UInt64(count))))
      comment += ", then step \(second.step) of \(next)"
      world.conductors[0].failingSteps = [second]
      _ = try #require(try world.complete(next), "\(comment)")
    }
    world.conductors[0].failingSteps.removeAll()
    try FailureWorld.finish(&world, comment)
    let claims = FailureWorld.falseClaims(world)
    #expect(claims.isEmpty, "\(comment): \(claims)")
    if stage == .forcedCleanup {
      // What it left is found by a test, once the placeholders are there again.
      try FailureWorld.restorePlaceholders(&world)
      _ = try #require(try world.complete(.test(synchronizesData: false)), "\(comment)")
      try FailureWorld.finish(&world, comment)
    }
    let isTest = stage.workflow.isTest || stage.workflow.operationType == .cleanup
    let problems = FailureWorld.leftBehind(world, mayHoldSuspended: !isTest)
    #expect(problems.isEmpty, "\(comment): \(problems)")
  }
}

extension RecoveryAction {
  /// The machine that it is about alone.
  fileprivate var machine: VirtualMachineID? {
    switch self {
    case .configureStorage(let vm, _), .configureTestNetwork(let vm), .customizeGuest(let vm),
      .powerOn(let vm, _), .waitForTools(let vm), .shutDownGuest(let vm), .powerOff(let vm, _),
      .prepareForMigration(let vm), .resetStorage(let vm), .configureReverseReplication(let vm),
      .configureReverseProtection(let vm), .runOnVM(let vm, _):
      vm
    default: nil
    }
  }
}
