import Foundation
import Inventory
import Measurements
import Quantities
import Scenarios
import Testing

@testable import SiteSimulation

/// Runs a scenario from beginning to end.
///
/// Every instance of the run was compared with its source, or the run would have failed; that the comparison
/// took place is checked here.
///
/// - Parameter end: Where to stop, if before the end of the scenario.
func run(
  _ scenario: Scenario, seed: UInt64? = nil, until end: Instant? = nil,
  traceFolder: String = Scenario.shippedFolder
) throws -> RunRecord {
  var world = try World(scenario, seed: seed, traceFolder: traceFolder)
  try world.run(until: end ?? scenario.clock.end)
  let record = try world.finish(version: "test")
  for vm in record.vms {
    let deltas = record.cycles(of: vm.name).count { $0.kind == .delta && $0.isCompleted }
    #expect(vm.verifiedInstanceCount >= deltas, "every completed delta of \(vm.name) is verified")
  }
  return record
}

func run(_ world: SmallWorld, seed: UInt64? = nil, until end: Instant? = nil) throws -> RunRecord {
  try run(world.scenario(), seed: seed, until: end)
}

extension RunRecord {
  func vm(_ name: String) throws -> VMRecord { try #require(vms.first { $0.name == name }) }

  func cycles(of name: String) -> [CycleRecord] {
    let id = vms.first { $0.name == name }?.id
    return cycles.filter { $0.vm == id }
  }

  /// The deltas of the only machine.
  var deltas: [CycleRecord] { cycles.filter { $0.kind == .delta } }
  var fullSyncs: [CycleRecord] { cycles.filter { $0.kind == .fullSync } }

  var payloadSize: ByteCount { cycles.reduce(.zero) { $0 + $1.payloadSize } }

  /// What the first link carried from its first site to its second, and back.
  var carried: ByteCount { links[0].use.bytes }
  var carriedBack: ByteCount { links[1].use.bytes }
}

extension Instant {
  static func seconds(_ count: Int64) -> Instant { .zero + .seconds(count) }
  static func minutes(_ count: Int64) -> Instant { .zero + .minutes(count) }

  /// Whether it is within a microsecond of `other`: transfers end at the whole nanosecond after their last byte.
  func isClose(to other: Instant) -> Bool { abs(nanoseconds - other.nanoseconds) <= 1_000 }
}

extension TimeSpan {
  func isClose(to other: TimeSpan) -> Bool { abs(nanoseconds - other.nanoseconds) <= 1_000 }
}

extension ByteCount {
  static func extents(_ count: UInt64) -> ByteCount { .kibibytes(8) * count }
}

/// The folder of the reference data, or `nil` where it is not set.
let referenceData = ProcessInfo.processInfo.environment["DRSIM_REFERENCE_DATA"]
