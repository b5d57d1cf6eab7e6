import Scenarios
import Swarm
import Testing

@Suite struct WorldDrawTests {
  @Test(arguments: 0..<120 as Range<UInt64>)
  func `Every drawn scenario is valid`(seed: UInt64) {
    let draft = WorldDraw(seed: seed).draft
    let (scenario, diagnostics) = ScenarioReader.read(text: draft.text, file: "swarm")
    #expect(scenario != nil, "\(diagnostics.map(\.message))")
  }

  @Test func `The same seed draws the same scenario`() {
    #expect(WorldDraw(seed: 7).draft == WorldDraw(seed: 7).draft)
    #expect(WorldDraw(seed: 7).draft != WorldDraw(seed: 8).draft)
  }

  /// Features that came later change no world without them.
  @Test(arguments: 0..<60 as Range<UInt64>)
  func `A world in which no storage copies by itself is drawn as if there were no such feature`(seed: UInt64)
  {
    let draft = WorldDraw(seed: seed).draft
    guard draft.storageSystems.isEmpty else { return }
    #expect(draft == WorldDraw(seed: seed, switches: .without(["storage-copies"])).draft)
  }

  @Test
  func `Arrays and virtual volumes of all kinds are drawn, and plans have them beside replicated machines`() {
    var kinds: Set<String> = []
    for seed in 0..<60 as Range<UInt64> {
      let draft = WorldDraw(seed: seed, switches: .with(["storage-copies", "plans"])).draft
      for system in draft.storageSystems {
        kinds.insert(system.settings.word("mode") ?? "virtual volumes")
        if system.units.contains(where: { $0.devices.count > 1 }) { kinds.insert("consistency group") }
        if Int(system.settings.word("pointsInTime") ?? "1") != 1 { kinds.insert("points in time") }
      }
      for plan in draft.plans {
        let groups = draft.groups.filter { plan.groups.contains($0.name) }
        let areStored = groups.map { !($0.datastores + $0.replicationGroups).isEmpty }
        if Set(areStored).count == 2 { kinds.insert("mixed plan") }
      }
    }
    #expect(
      kinds == [
        "synchronous", "periodic", "virtual volumes", "consistency group", "points in time", "mixed plan",
      ])
  }
}
