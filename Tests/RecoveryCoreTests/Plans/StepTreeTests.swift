import Inventory
import Quantities
import RecoveryCore
import Testing

@Suite struct StepTreeTests {
  /// Two groups: vm0 of priority 1 with custom steps and vm1 of priority 3; vm2 of priority 3 stays off.
  private static let groups = [
    planGroup(0, [0, 1]) { number, member in
      guard number == 0 else { return }
      member.settings.priority = .p1
      member.settings.prePowerOnSteps = [
        Callout(.runOnServer, name: "Register address", content: "dns add vm0")
      ]
      member.settings.postPowerOnSteps = [Callout(.runOnVM, name: "Start service", content: "start")]
      member.settings.delayAfterPowerOn = .seconds(30)
      member.needsCustomization = true
    },
    planGroup(1, [2]) { _, member in
      member.settings.startupAction = .doNotPowerOn
      member.hasTools = false
    },
  ]

  private func world(callouts: [PlanCallout] = []) -> (PlanWorld, RecoveryPlanID) {
    var world = PlanWorld(Self.groups)
    world.suspendList = [
      .init(vm: VirtualMachineID(8), name: "dev8", side: .second),
      .init(vm: VirtualMachineID(9), name: "dev9", side: .first),
    ]
    let plan = world.addPlan("RP", [0, 1], callouts: callouts)
    return (world, plan)
  }

  private let powerOn = """
    1 Power on priority 1 VMs
    1.1 vm0
    1.1.1 Register address (vm0)
    1.1.2 Guest customization (vm0)
    1.1.3 Power on (vm0)
    1.1.4 Wait for VMware Tools (vm0)
    1.1.5 Wait before further steps (vm0)
    1.1.6 Start service (vm0)
    2 Power on priority 2 VMs
    3 Power on priority 3 VMs
    3.1 vm1
    3.1.1 Power on (vm1)
    3.1.2 Wait for VMware Tools (vm1)
    3.2 vm2
    4 Power on priority 4 VMs
    5 Power on priority 5 VMs
    """

  /// The same lines with their first numbers raised.
  private func renumbered(_ text: String, by offset: Int) -> String {
    text.split(separator: "\n").map { line in
      let number = line.prefix { $0.isNumber }
      return "\((Int(number) ?? 0) + offset)\(line.dropFirst(number.count))"
    }.joined(separator: "\n")
  }

  @Test func `A test synchronises, suspends, makes images, isolates networks and powers on`() {
    let (world, plan) = world()
    let run = world.book.preview(.test(synchronizesData: true), of: plan, groups: Self.groups)
    #expect(
      outline(run) == """
        1 Synchronize storage
        1.1 Synchronize storage (PG-0)
        1.2 Synchronize storage (PG-1)
        2 Restore recovery site hosts from standby
        3 Suspend non-critical VMs at recovery site
        3.1 Suspend (dev8)
        4 Create writable storage snapshot
        4.1 PG-0
        4.1.1 Create image (PG-0)
        4.1.2 Configure storage (vm0)
        4.1.3 Configure storage (vm1)
        4.2 PG-1
        4.2.1 Create image (PG-1)
        4.2.2 Configure storage (vm2)
        5 Configure test networks
        5.1 Configure test networks (vm0)
        5.2 Configure test networks (vm1)
        5.3 Configure test networks (vm2)

        """ + renumbered(powerOn, by: 5))
  }

  @Test func `A test without recent changes has no step that synchronises`() {
    let (world, plan) = world()
    let run = world.book.preview(.test(synchronizesData: false), of: plan, groups: Self.groups)
    #expect(outline(run).hasPrefix("1 Restore recovery site hosts from standby\n2 Suspend"))
  }

  @Test(arguments: [
    PlanWorkflow.plannedMigration, .disasterRecovery(synchronizesData: true), .forcedRecovery,
  ])
  func `Recoveries of all kinds have the same steps and shut down the lowest priority first`(
    workflow: PlanWorkflow
  ) {
    let (world, plan) = world()
    let run = world.book.preview(workflow, of: plan, groups: Self.groups)
    #expect(
      outline(run) == """
        1 Pre-synchronize storage
        1.1 Pre-synchronize storage (PG-0)
        1.2 Pre-synchronize storage (PG-1)
        2 Shut down VMs at protected site
        2.1 Shut down priority 3 VMs
        2.1.1 vm1
        2.1.1.1 Shut down guest (vm1)
        2.1.1.2 Power off (vm1)
        2.1.2 vm2
        2.1.2.1 Power off (vm2)
        2.2 Shut down priority 1 VMs
        2.2.1 vm0
        2.2.1.1 Shut down guest (vm0)
        2.2.1.2 Power off (vm0)
        3 Resume VMs suspended by previous recovery
        4 Restore recovery site hosts from standby
        5 Restore protected site hosts from standby
        6 Prepare protected site VMs for migration
        6.1 PG-0
        6.1.1 Prepare for migration (vm0)
        6.1.2 Prepare for migration (vm1)
        6.1.3 Make storage read-only (PG-0)
        6.2 PG-1
        6.2.1 Prepare for migration (vm2)
        6.2.2 Make storage read-only (PG-1)
        7 Synchronize storage
        7.1 Synchronize storage (PG-0)
        7.2 Synchronize storage (PG-1)
        8 Suspend non-critical VMs at recovery site
        8.1 Suspend (dev8)
        9 Change recovery site storage to writable
        9.1 PG-0
        9.1.1 Make storage writable (PG-0)
        9.1.2 Configure storage (vm0)
        9.1.3 Configure storage (vm1)
        9.2 PG-1
        9.2.1 Make storage writable (PG-1)
        9.2.2 Configure storage (vm2)

        """ + renumbered(powerOn, by: 9))
  }

  @Test func `A forced recovery skips every step at the protected site and does the others`() throws {
    var (world, plan) = world()
    world.isUp.first = false
    try world.run(.forcedRecovery, plan)
    let run = world.book.run(of: plan)
    for number in ["1", "2", "2.1.1.1", "5", "6", "6.1.3", "7"] {
      #expect(stepStatus(run, number) == .skipped)
    }
    for number in ["4", "8", "9", "10", "12"] { #expect(stepStatus(run, number) == .success) }
    #expect(run?.result == .success)
  }

  @Test func `A clean-up powers off, resets, resumes and discards`() throws {
    var (world, plan) = world()
    try world.run(.test(synchronizesData: false), plan)
    let run = world.book.preview(.cleanup(isForced: false), of: plan, groups: Self.groups)
    #expect(
      outline(run) == """
        1 Restore recovery site hosts from standby
        2 Power off test VMs
        2.1 vm0
        2.1.1 Power off (vm0)
        2.1.2 Reset storage (vm0)
        2.2 vm1
        2.2.1 Power off (vm1)
        2.2.2 Reset storage (vm1)
        2.3 vm2
        2.3.1 Power off (vm2)
        2.3.2 Reset storage (vm2)
        3 Resume non-critical VMs
        3.1 Resume (dev8)
        4 Discard test data and reset storage
        4.1 Discard test data and reset storage (PG-0)
        4.2 Discard test data and reset storage (PG-1)
        """)
  }

  @Test func `Reprotect turns storage, then protection, cleans up and synchronises`() {
    let (world, plan) = world()
    let run = world.book.preview(.reprotect(isForced: false), of: plan, groups: Self.groups)
    #expect(
      outline(run) == """
        1 Restore protected site hosts from standby
        2 Configure storage to reverse direction
        2.1 PG-0
        2.1.1 Reverse replication (PG-0)
        2.1.2 Configure reverse replication (vm0)
        2.1.3 Configure reverse replication (vm1)
        2.2 PG-1
        2.2.1 Reverse replication (PG-1)
        2.2.2 Configure reverse replication (vm2)
        3 Configure protection to reverse direction
        3.1 PG-0
        3.1.1 Configure protection (vm0)
        3.1.2 Configure protection (vm1)
        3.2 PG-1
        3.2.1 Configure protection (vm2)
        4 Clean up storage
        4.1 Clean up storage (PG-0)
        4.2 Clean up storage (PG-1)
        5 Synchronize storage
        5.1 Synchronize storage (PG-0)
        5.2 Synchronize storage (PG-1)
        """)
  }

  @Test func `Custom steps stand where their position says, in their order, in the workflows that have it`() {
    let callouts = PlanCalloutPosition.allCases.flatMap { position in
      ["a", "b"].map {
        PlanCallout(Callout(.runOnServer, name: "\(position.rawValue) \($0)", content: "true"), at: position)
      }
    }
    let (world, plan) = world(callouts: callouts)
    func customSteps(_ workflow: PlanWorkflow) -> [String] {
      world.book.preview(workflow, of: plan, groups: Self.groups).allSteps.map(\.title)
        .filter { $0.hasSuffix(" a") || $0.hasSuffix(" b") }
    }
    let test = customSteps(.test(synchronizesData: false))
    #expect(
      test.prefix(3) == [
        "BEFORE_PRESYNC_STORAGE a", "BEFORE_PRESYNC_STORAGE b", "BEFORE_BEGIN_PREPARE_STORAGE a",
      ])
    #expect(test.last == "AT_END b")
    // Before: presync, prepare storage twice, hosts, suspension, configuration; five priorities; the end.
    #expect(test.count == 2 * 12)
    // Also: shutdown, resumption, protected hosts, synchronisation.
    #expect(customSteps(.plannedMigration).count == 2 * 16)
    #expect(customSteps(.cleanup(isForced: false)).count == 2 * 3)
    #expect(customSteps(.reprotect(isForced: false)).count == 2 * 3)
  }
}
