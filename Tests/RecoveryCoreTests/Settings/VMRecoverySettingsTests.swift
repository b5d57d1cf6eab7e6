import Inventory
import Quantities
import RecoveryCore
import Testing

@Suite struct VMRecoverySettingsTests {
  @Test func `A machine nobody has configured starts third, powered on, with five minutes to shut down`() {
    let settings = VMRecoverySettings()
    #expect(settings.priority == .p3)
    #expect(settings.startupAction == .powerOn)
    #expect(settings.guestShutdownTimeout == .minutes(5))
    #expect(settings.ipCustomization == .auto)
    #expect(settings.problems.isEmpty)
  }

  @Test func `P1 starts before P5`() {
    #expect(RecoveryPriority.p1 < .p5)
    #expect(RecoveryPriority.allCases.sorted().map(\.rawValue) == ["P1", "P2", "P3", "P4", "P5"])
  }

  @Test func `Timeouts beyond 3599 seconds are refused`() {
    var settings = VMRecoverySettings()
    settings.toolsTimeout = .seconds(3_599)
    #expect(settings.problems.isEmpty)
    settings.toolsTimeout = .hours(1)
    settings.delayAfterPowerOn = .hours(2)
    #expect(
      settings.problems == [.tooLong(.toolsTimeout, .hours(1)), .tooLong(.delayAfterPowerOn, .hours(2))])
  }

  @Test func `A command in a machine cannot run before its power-on`() {
    var settings = VMRecoverySettings()
    let step = Callout(.runOnVM, name: "dns", content: "/opt/update-dns")
    settings.postPowerOnSteps = [step]
    #expect(settings.problems.isEmpty)
    settings.prePowerOnSteps = [step]
    #expect(settings.problems == [.callout(name: "dns", .machineIsOff)])
  }

  @Test func `A callout has a name, a content and an accepted timeout`() {
    let long = String(repeating: "x", count: 4_097)
    #expect(Callout(.prompt, name: "", content: "").problems(at: .recoveryStep) == [.unnamed, .empty])
    #expect(
      Callout(.runOnServer, name: "a", content: long, timeout: .seconds(60_000)).problems(at: .prePowerOn)
        == [.contentTooLong(count: 4_097), .timeoutTooLong(.seconds(60_000))])
    // A prompt waits as long as it takes.
    #expect(
      Callout(.prompt, name: "a", content: "Go on?", timeout: .seconds(60_000)).problems(at: .recoveryStep)
        .isEmpty)
  }

  @Test func `A machine cannot wait for itself, directly or through others`() {
    func id(_ index: Int) -> VirtualMachineID { VirtualMachineID(index) }
    // 0 needs 1 and 2, both need 3.
    var dependencies = [[id(1), id(2)], [id(3)], [id(3)], []]
    func problem(_ index: Int) -> DependencyProblem? {
      VMRecoverySettings.dependencyProblem(of: id(index), dependencies: dependencies)
    }
    #expect((0..<4).allSatisfy { problem($0) == nil })
    dependencies[3] = [id(0)]
    #expect((0..<4).allSatisfy { problem($0) == .cycle })
    dependencies[3] = [id(3)]
    #expect(problem(3) == .cycle)
    // 0 waits for 3, whose cycle is not its own.
    #expect(problem(0) == nil)
    #expect(VMRecoverySettings.dependencyProblem(of: id(9), dependencies: dependencies) == nil)
  }
}
