import Inventory
import Quantities
import RandomStreams
import RecoveryCore
import Testing

/// Plans over shared groups, started, cancelled and broken in any order.
@Suite struct RandomHistoryTests {
  private static let workflows: [PlanWorkflow] = [
    .test(synchronizesData: true), .test(synchronizesData: false), .cleanup(isForced: false),
    .cleanup(isForced: false),
    .plannedMigration, .plannedMigration, .disasterRecovery(synchronizesData: false), .forcedRecovery,
    .reprotect(isForced: false), .reprotect(isForced: true),
  ]

  private func world(_ random: inout RandomStream) -> (PlanWorld, [RecoveryPlanID]) {
    var number = 0
    let groups = (0..<4).map { group in
      let machines = (0..<Int(random.next(below: 4))).map { number + $0 }
      number += machines.count
      return planGroup(group, machines) { _, member in
        member.settings.priority = RecoveryPriority.allCases[Int(random.next(below: 5))]
        member.hasTools = random.next(below: 3) > 0
        member.settings.delayAfterPowerOn = .seconds(Int64(random.next(below: 2)) * 7)
        if let first = machines.first, first != member.vm.index {
          member.settings.dependencies = [VirtualMachineID(first)]
        }
      }
    }
    var world = PlanWorld(groups)
    world.suspendList = [.init(vm: VirtualMachineID(99), name: "dev", side: .second)]
    // One plan for each group, and three that share them.
    var plans = (0..<4).map { world.addPlan("RP-\($0)", [$0]) }
    for name in 4..<7 {
      let shared = (0..<4).filter { _ in random.next(below: 2) == 0 }
      let prompt = PlanCallout(
        Callout(.prompt, name: "ask", content: "go on?"), at: .beforeRecovering(.p3))
      plans.append(world.addPlan("RP-\(name)", shared, callouts: name == 4 ? [prompt] : []))
    }
    return (world, plans)
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `One plan works on a group at a time, every run ends, and everything can be brought in order`(
    seed: UInt64
  ) throws {
    var random = RandomStream(seed: seed, name: "plan-histories")
    var (world, plans) = world(&random)
    for _ in 0..<60 {
      try act(&world, plans, &random)
      check(world, plans)
    }
    // Calm: everything is up, nothing fails, and what runs comes to its end.
    bringUp(&world)
    world.failing = nil
    world.finish()
    for plan in plans { #expect(!world.book.isRunning(plan)) }
    try bringInOrder(&world, plans)
    check(world, plans)
    #expect(world.objections.isEmpty)
    for group in world.groups {
      #expect(world.book.phase(of: group.id) == .ready)
      let side = try #require(world.book.protectedSide(of: group.id))
      for vm in group.members.map(\.vm) {
        #expect(world.machines[vm]?.presence[side] == .protected)
        #expect(world.machines[vm]?.presence[side.other] == .placeholder)
        #expect(world.machines[vm]?.isOn[side.other] == false)
      }
    }
  }

  private func bringUp(_ world: inout PlanWorld) {
    world.isUp = BothSides(true)
    world.book.sitesReconnected()
    for side in PairSide.allCases { world.book.serverRestarted(side) }
  }

  private func act(
    _ world: inout PlanWorld, _ plans: [RecoveryPlanID], _ random: inout RandomStream
  ) throws {
    let plan = plans[Int(random.next(below: UInt64(plans.count)))]
    let side = random.next(below: 2) == 0 ? PairSide.first : .second
    switch random.next(below: 26) {
    case 0..<9:
      let workflow = Self.workflows[Int(random.next(below: UInt64(Self.workflows.count)))]
      let status = world.book.status(of: plan)
      let isAllowed = status.allowedOperations.contains(workflow.operation)
      do {
        try world.start(workflow, plan)
        #expect(isAllowed)
      } catch let refusal as PlanRefusal {
        if case .notAllowed(_, let shown) = refusal { #expect(!isAllowed && shown == status) }
      }
    case 9: try? world.book.cancel(plan, at: world.now)
    case 10:
      world.crash(side, withEffect: random.next(below: 2) == 0)
    case 11:
      world.isUp.first = false
      world.book.sitesDisconnected()
    case 12...13:
      bringUp(&world)
    case 14:
      world.failing = (Int(random.next(below: 12)), random.next(below: 2) == 0 ? .withEffect : .withoutEffect)
    case 15: world.failing = nil
    case 16...17: world.finish()
    case 20: try? world.book.edit(plan, from: side) { $0.text += "." }
    case 21:
      // Each group keeps a plan of its own.
      if plan.index >= 4 { try? world.book.delete(plan, from: side) }
    case 22:
      world.isUp[side] = false
      world.crash(side, withEffect: random.next(below: 2) == 0, restarts: false)
    case 23: change(&world, &random)
    case 24: powerOn(&world, &random)
    default: world.proceed(to: world.now + .seconds(Int64(random.next(below: 6))))
    }
    world.take()
  }

  /// Somebody changes how a machine is recovered.
  private func change(_ world: inout PlanWorld, _ random: inout RandomStream) {
    let group = Int(random.next(below: UInt64(world.groups.count)))
    guard !world.groups[group].members.isEmpty else { return }
    let index = Int(random.next(below: UInt64(world.groups[group].members.count)))
    var member = world.groups[group].members[index]
    member.needsCustomization.toggle()
    member.settings.priority = RecoveryPriority.allCases[Int(random.next(below: 5))]
    member.settings.postPowerOnSteps = [
      Callout(.runOnServer, name: "tell", content: "\(random.next(below: 3))")
    ]
    world.groups[group].members[index] = member
  }

  /// Somebody powers a machine on at the protected site, in the middle of a recovery that waits to be run again.
  private func powerOn(_ world: inout PlanWorld, _ random: inout RandomStream) {
    let group = world.groups[Int(random.next(below: UInt64(world.groups.count)))]
    guard case .partiallyRecovered = world.book.phase(of: group.id), let member = group.members.last else {
      return
    }
    world.operatorPowersOn(member.vm)
  }

  private func check(_ world: PlanWorld, _ plans: [RecoveryPlanID]) {
    for plan in plans {
      let status = world.book.status(of: plan)
      let ids = world.book.plan(plan, seenFrom: .first).groups
      #expect(status != .unknown)
      if status == .ready || status == .recoveryComplete {
        for vm in world.onAtBothSites {
          #expect(
            !ids.contains { id in world.groups.contains { $0.id == id && $0.members.contains { $0.vm == vm } }
            })
        }
      }
      let inUse = ids.contains { id in
        world.book.phase(of: id)?.lockHolder.map { $0 != plan } ?? false
      }
      #expect(
        !inUse || !world.book.isRunning(plan)
          || world.book.run(of: plan)?.workflow.operationType == .reprotect)
    }
  }

  /// Cleans up, recovers and reprotects until every group is ready.
  private func bringInOrder(_ world: inout PlanWorld, _ plans: [RecoveryPlanID]) throws {
    for _ in 0..<6 {
      for plan in plans.reversed() where world.book.status(of: plan) != .ready {
        let allowed = world.book.status(of: plan).allowedOperations
        if allowed.contains(.cleanup) {
          try world.run(.cleanup(isForced: false), plan)
        } else if allowed.contains(.runPlannedMigration) {
          try world.run(.plannedMigration, plan)
        } else if allowed.contains(.reprotect) {
          try world.run(.reprotect(isForced: false), plan)
        }
      }
    }
  }
}
