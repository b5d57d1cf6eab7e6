import Measurements
import Quantities
import Scenarios
import Testing

@testable import SiteSimulation

/// What the product refuses and `"limits": "relaxed"` lets be explored.
@Suite struct RelaxedLimitTests {
  @Test func `Guests are quiesced below 15 minutes and 48 points in time are kept if limits are relaxed`()
    throws
  {
    var world = SmallWorld()
    world.duration = "30h3m"
    world.workloads = ["app": #""model": "periodic", "every": "5m", "first": "30s", "size": "1MiB""#]
    world.machines = [
      #""name": "app", "disks": [{ "name": "data", "size": "16MiB", "used": "16MiB", "workload": "app" }]"#
    ]
    world.replications = [
      #"""
      "vm": "app", "rpo": "5m", "policy": "fixed", "initialSync": "done", "quiescing": "file-system",
      "pointsInTime": { "perDay": 24, "days": 2 }
      """#
    ]
    let scenario = try world.scenario()
    var run = try World(scenario)
    try run.run(until: scenario.clock.end)
    // One an hour is kept for two days, 30 by then; of 24 points in time no more than 25 would be left with the latest.
    let count = run.instances(of: 0).count
    #expect(count > 26)
    _ = try run.finish(version: "test")
  }
}
