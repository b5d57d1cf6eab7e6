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
}
