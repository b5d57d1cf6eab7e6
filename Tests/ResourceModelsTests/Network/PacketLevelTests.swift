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

  /// ln(model / packets) of the end of each scenario, and the mean |ln| of its single transfers.
  static func errors(
    tcp: String, ofLoneTransfers isLone: Bool
  ) throws -> [(name: String, end: Double, transfers: Double)] {
    struct File: Decodable { var runs: [Run] }
    guard let folder = referenceData else { return [] }
    let data = try Data(contentsOf: folder.appendingPathComponent("validation/wan-packets.json"))
    let runs = try JSONDecoder().decode(File.self, from: data).runs
    let scenarios = try FlowScenario.all()
    var settings = TransmissionSettings()
    settings.framing = .pointToPoint
    return try runs.filter { $0.tcp == tcp && $0.scenario.hasPrefix("G1") == isLone }.map { run in
      let scenario = try #require(scenarios.first { $0.name == run.scenario })
      let times = FlowScenarioRunner.run(scenario, model: .explicitSlowStart(settings))
      let end = try #require(times.values.map(\.seconds).max())
      let packets = try #require(run.completion_s.values.max())
      var sum = 0.0
      for flow in scenario.flows {
        let model = try #require(times[flow.name]).seconds
        let other = try #require(run.completion_s[flow.name])
        sum += abs(log((model - flow.start) / (other - flow.start)))
      }
      return (scenario.name, log(end / packets), sum / Double(scenario.flows.count))
    }
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  private func text(_ errors: [(name: String, end: Double, transfers: Double)]) -> String {
    errors.map { "\($0.name) \($0.end) \($0.transfers)" }.joined(separator: "\n")
  }

  @Test func `Lone transfers end when packets do`() throws {
    let errors = try Self.errors(tcp: "TcpCubic", ofLoneTransfers: true)
    #expect(errors.count == 17)
    #expect(mean(errors.map { abs($0.end) }) <= 0.035, "\(text(errors))")
    // All but the one where CUBIC loses a burst at the end of slow start and waits for it.
    let outside = errors.filter { abs($0.end) > 0.03 }.map(\.name)
    #expect(outside == ["G1-solo-1000mbit-1ms-10000000B"], "\(text(errors))")
  }

  @Test func `Scenarios of several transfers end when packets do`() throws {
    let errors = try Self.errors(tcp: "TcpCubic", ofLoneTransfers: false)
    #expect(errors.count == 5)
    #expect(mean(errors.map { abs($0.end) }) <= 0.05, "\(text(errors))")
    let outside = errors.filter { abs($0.end) > 0.05 }.map(\.name)
    #expect(outside == ["G2-four-100mbit-50ms-full"], "\(text(errors))")
  }

  @Test func `Reno is farther off, where it loses a burst late`() throws {
    let errors = try Self.errors(tcp: "TcpLinuxReno", ofLoneTransfers: false)
    let outside = errors.filter { abs($0.end) > 0.1 }.map(\.name)
    #expect(
      outside == ["G3-sixteen-two-rtt-100mbit-full", "G4-degrade-100mbit-50ms-full"], "\(text(errors))")
  }
}

/// The bound under random loss against the goodput of bulk transfers packet by packet.
@Suite(.enabled(if: referenceData != nil, "set DRSIM_REFERENCE_DATA to the reference data"))
struct PacketLossTests {
  struct Row: Decodable {
    var rtt_s: Double
    var loss: Double
    var bandwidth: Double
    var TcpCubic: Double
    var TcpLinuxReno: Double
  }

  static func errors(_ kind: CongestionControl) throws -> [(loss: Double, error: Double)] {
    struct File: Decodable { var rows: [Row] }
    guard let folder = referenceData else { return [] }
    let data = try Data(contentsOf: folder.appendingPathComponent("validation/wan-loss.json"))
    return try JSONDecoder().decode(File.self, from: data).rows.map { row in
      let bound = kind.lossBound(
        roundTripSeconds: row.rtt_s, loss: row.loss, timeout: 1, segment: 1448)
      let rate = min(bound, row.bandwidth * Framing.pointToPoint.goodput)
      return (row.loss, log(rate / (kind == .cubic ? row.TcpCubic : row.TcpLinuxReno)))
    }
  }

  @Test(arguments: [(CongestionControl.cubic, 2.0, 0.42), (.reno, 1.4, 0.19)])
  func `A transfer that sees many losses is within a factor`(
    kind: CongestionControl, factor: Double, meanError: Double
  ) throws {
    let errors = try Self.errors(kind).filter { $0.loss >= 1e-3 }.map { abs($0.error) }
    #expect(errors.count == 4)
    #expect(errors.allSatisfy { $0 <= log(factor) }, "\(errors)")
    #expect(errors.reduce(0, +) / 4 <= meanError, "\(errors)")
  }

  @Test func `A transfer that sees few losses is faster than its bound`() throws {
    let errors = try Self.errors(.cubic).filter { $0.loss < 1e-3 }.map(\.error)
    #expect(errors.count == 4)
    // From 30 % too fast, which is the link itself, to 3.5 times too slow.
    #expect(errors.allSatisfy { $0 <= log(1.3) && $0 >= -log(3.5) }, "\(errors)")
  }
}
