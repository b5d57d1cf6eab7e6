import Foundation
import Quantities
import Testing

@testable import ResourceModels

/// The completion times of SimGrid 4.1.
@Suite struct GoldenTimesTests {
  @Test(
    .enabled(if: referenceData != nil, "set DRSIM_REFERENCE_DATA to the reference data"),
    arguments: [
      ("bare", NetworkModel.bare), ("CM02", .CM02), ("LV08", .LV08),
      ("LV08-noxt", .LV08WithoutAcknowledgements),
    ])
  func `Every golden time is met to a billionth`(name: String, model: NetworkModel) throws {
    let scenarios = try FlowScenario.all()
    #expect(scenarios.count == 30)
    for scenario in scenarios {
      let times = FlowScenarioRunner.run(scenario, model: model)
      let golden = try #require(scenario.completion_s[name])
      #expect(times.count == golden.count)
      for (flow, expected) in golden {
        let time = try #require(times[flow])
        #expect(
          abs(time.seconds - expected) <= 1e-9 * expected, "\(scenario.name) \(flow): \(time.seconds)")
        let ceiling = Int64((expected * 1e9).rounded(.up))
        #expect(abs(time.instant.nanoseconds - ceiling) <= 1, "\(scenario.name) \(flow)")
      }
    }
  }
}
