import Foundation
import Measurements
import Quantities
import Scenarios
import Testing

extension Scenario {
  /// A shipped scenario with parts of its text replaced: made small, or without the cause of what it shows.
  static func thinned(
    _ name: String, in folder: String = "world", _ changes: [(String, String)]
  ) throws -> Scenario {
    let path = "\(Scenario.shippedFolder)/\(folder)/\(name).json"
    var text = try String(contentsOfFile: path, encoding: .utf8)
    for (old, new) in changes {
      #expect(text.contains(old), "\(name) has no \(old)")
      text = text.replacing(old, with: new)
    }
    let (scenario, diagnostics) = ScenarioReader.read(text: text, file: "\(name).json")
    return try #require(scenario, "\(diagnostics)")
  }
}

extension RunRecord {
  /// For how long all machines together were without an instance as new as their RPO.
  func violatedTime(in window: Range<Instant>) -> TimeSpan {
    vms.reduce(.zero) { sum, vm in
      vm.lag.violations(in: window).reduce(sum) { $0 + ($1.upperBound - $1.lowerBound) }
    }
  }
}
