import Foundation
import Quantities
import Testing

@testable import ResourceModels

/// The model with explicit slow start against the same scenarios packet by packet (ns-3.37).
@Suite(.enabled(if: referenceData != nil, "set DRSIM_REFERENCE_DATA to the reference data"))
struct PacketLevelTests {
  struct Run: Decodable {
    var scenario: String
    var tcp: String
    var completion_s: [String: Double]
  }

  /// |ln(model / packets)| of the end of each scenario.
  static func errors(tcp: String) throws -> [(name: String, error: Double, flows: [Double])] {
    struct File: Decodable { var runs: [Run] }
    guard let folder = referenceData else { return [] }
    let data = try Data(contentsOf: folder.appendingPathComponent("validation/wan-packets.json"))
    let runs = try JSONDecoder().decode(File.self, from: data).runs
    let scenarios = try FlowScenario.all()
    var settings = TransmissionSettings()
    settings.framing = .pointToPoint
    if let text = ProcessInfo.processInfo.environment["ETA"], let value = Double(text) { settings.competitionEfficiency = value }
    return try runs.filter { $0.tcp == tcp }.map { run in
      let scenario = try #require(scenarios.first { $0.name == run.scenario })
      let times = FlowScenarioRunner.run(scenario, model: .explicitSlowStart(settings))
      let end = try #require(times.values.map(\.seconds).max())
      let packets = try #require(run.completion_s.values.max())
      var flows: [Double] = []
      for flow in scenario.flows {
        let model = try #require(times[flow.name]).seconds
        let other = try #require(run.completion_s[flow.name])
        flows.append(log((model - flow.start) / (other - flow.start)))
      }
      print(scenario.name, tcp, end, packets, log(end / packets), flows.map(abs).reduce(0, +) / Double(flows.count))
      return (scenario.name, abs(log(end / packets)), flows)
    }
  }

  @Test func `Lone transfers end when packets do`() throws {
    let errors = try Self.errors(tcp: "TcpCubic").filter { $0.name.hasPrefix("G1") }
    let mean = errors.map(\.error).reduce(0, +) / Double(errors.count)
    print("lone", mean)
    #expect(errors.count == 17)
    #expect(mean <= 0.035)
  }

  @Test func `Scenarios of several transfers end when packets do`() throws {
    let errors = try Self.errors(tcp: "TcpCubic").filter { !$0.name.hasPrefix("G1") }
    let mean = errors.map(\.error).reduce(0, +) / Double(errors.count)
    print("several", mean)
    #expect(errors.count == 5)
    #expect(mean <= 0.05)
  }
}
