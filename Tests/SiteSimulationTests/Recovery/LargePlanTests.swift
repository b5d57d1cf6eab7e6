import Glibc
import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import Testing

@testable import SiteSimulation

/// Plans as large as is supported: 2,000 virtual machines in 250 protection groups.
@Suite struct LargePlanTests {
  private func world(machines: Int) throws -> World {
    var text = PlannedWorld(machines: machines, machinesPerGroup: 8, hosts: 20)
    text.disk = "1MiB"
    text.write = "1kB/s"
    text.rpo = "24h"
    return try text.world()
  }

  private func secondsOfThread() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// With eight times the machines, linear work takes eight times as long, quadratic work 64 times.
  ///
  /// What counts is the time of the test's own thread.
  @Test func `A plan of 2,000 machines in 250 groups is run, and its work does not grow with their square`()
    throws
  {
    func seconds(_ machines: Int) throws -> Double {
      var world = try world(machines: machines)
      let start = secondsOfThread()
      let run = try #require(try world.complete(.plannedMigration))
      #expect(run.result == "SUCCESS", "\(run.errors.prefix(3)) \(run.warnings.prefix(3))")
      #expect(run.machines.count == machines)
      let seconds = secondsOfThread() - start
      let groupCount = world.conductors[0].groups.identifiers.count
      #expect(groupCount == machines / 8 && world.planStatus == .recoveryComplete)
      return seconds
    }
    let (small, large) = (try seconds(256), try seconds(2_000))
    #expect(large / small < 25, "\(small) s for 256 machines and \(large) s for 2,000")
  }

  /// Of 2,000 machines in an optimised build, of a quarter of them in one for debugging.
  @Test
  func
    `Test, clean-up, migration and reprotect of a large plan succeed, none much dearer than the migration`()
    throws
  {
    #if DEBUG
      let machines = 504
    #else
      let machines = 2_000
    #endif
    var world = try world(machines: machines)
    var seconds: [String: Double] = [:]
    for workflow in [
      PlanWorkflow.test(synchronizesData: true), .cleanup(isForced: false), .plannedMigration,
      .reprotect(isForced: false),
    ] {
      let start = secondsOfThread()
      let run = try #require(try world.complete(workflow))
      seconds[run.workflow] = secondsOfThread() - start
      #expect(run.result == "SUCCESS", "\(run.errors.prefix(3)) \(run.warnings.prefix(3))")
      #expect(run.machines.count == machines)
      try world.run(for: .minutes(10))
    }
    let (status, groupCount) = (world.planStatus, world.conductors[0].groups.identifiers.count)
    #expect(status == .ready && groupCount == machines / 8)
    let migration = try #require(seconds["planned-migration"])
    #expect(seconds.values.allSatisfy { $0 < 5 * migration }, "\(seconds)")
  }
}
