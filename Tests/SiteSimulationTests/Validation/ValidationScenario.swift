import Foundation
import Inventory
import Measurements
import Quantities
import Scenarios
import Testing

@testable import SiteSimulation

extension Scenario {
  /// One of the twelve shipped scenarios that show a mechanism each, by its name.
  static func validation(_ name: String, overrides: [(path: String, value: String)] = []) throws -> Scenario {
    try shipped("validation/\(name).json", overrides: overrides)
  }

  static let validationNames = [
    "01-distinct-extents", "02-instance-time", "03-windows-and-contexts", "04-spread-over-the-host",
    "05-full-sync", "06-merge-at-the-target", "07-interruptions", "08-copy-before-write",
    "09-unmap-quiescing-compression", "10-servers-and-hosts", "11-vsan", "12-instance-overheads",
  ]
}

extension RunRecord {
  /// The completed deltas of a machine.
  func deltas(of name: String) -> [CycleRecord] {
    cycles(of: name).filter { $0.kind == .delta && $0.isCompleted }
  }

  func violations(of name: String) throws -> [Range<Instant>] { try vm(name).lag.violations(in: measured) }

  /// How long the replica of a machine was older than its RPO.
  func violatedSeconds(of name: String) throws -> Double {
    try violations(of: name).reduce(0) { $0 + ($1.upperBound - $1.lowerBound).inSeconds }
  }

  /// What the completed deltas of a machine shipped.
  func shippedSize(of name: String) -> ByteCount {
    deltas(of: name).reduce(.zero) { $0 + $1.payloadSize }
  }
}

extension ByteCount {
  /// Whether it is within a share of `other`.
  func isWithin(percent: Double, of other: ByteCount) -> Bool {
    abs(Double(bytes) - Double(other.bytes)) <= Double(other.bytes) * percent / 100
  }
}

extension Double {
  func isWithin(percent: Double, of other: Double) -> Bool { abs(self - other) <= other * percent / 100 }
}

@Suite struct ValidationScenarioTests {
  @Test(arguments: Scenario.validationNames)
  func `Every scenario is valid without a warning and says what a formula misses`(name: String) throws {
    let path = "\(Scenario.shippedFolder)/validation/\(name).json"
    let (scenario, diagnostics) = try ScenarioReader.read(
      text: String(contentsOfFile: path, encoding: .utf8), file: "\(name).json")

    #expect(diagnostics.isEmpty)
    let description = try #require(scenario?.description)
    #expect(scenario?.name == name && scenario?.title?.isEmpty == false)
    #expect(description.contains("A sizing formula"))
  }
}
