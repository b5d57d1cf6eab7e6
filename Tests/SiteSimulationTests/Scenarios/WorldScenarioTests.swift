import Foundation
import Inventory
import Measurements
import Quantities
import Scenarios
import Testing

@testable import SiteSimulation

/// The shipped scenarios about hosts, sites, guests and what befalls them.
@Suite struct WorldScenarioTests {
  static let names = [
    "both-lines-cut", "campus-fire", "datastore-full-during-merge", "five-minutes-for-everyone",
    "host-crash-during-delta", "initial-sync-122tib", "monday-login-storm", "partition-43s",
    "primary-cut-poor-backup", "ransomware-24-points", "server-loss-200", "site-loss-with-warning",
    "unmap-storm", "vsan-host-loss", "vsan-resync-storm",
  ]

  @Test(arguments: names)
  func `Every scenario is valid without a warning and says what it teaches`(name: String) throws {
    let path = "\(Scenario.shippedFolder)/world/\(name).json"
    let (scenario, diagnostics) = try ScenarioReader.read(
      text: String(contentsOfFile: path, encoding: .utf8), file: "\(name).json")

    #expect(diagnostics.isEmpty, "\(diagnostics)")
    #expect(scenario?.name == name)
    #expect(try #require(scenario?.description).contains("What it teaches:"))
  }

  @Test func `With a warning the shutdown itself is recoverable, without it the last cycle is`() throws {
    let record = try run(.shipped("world/site-loss-with-warning.json"), until: .minutes(150))

    for vm in record.vms {
      let newest = try #require(vm.lag.completions.last?.pointInTime)
      if vm.name == "forgotten" {
        #expect(newest < .minutes(150))
      } else {
        // Shut down from 2 h 15 min on, which takes 40 s; synchronised at rest at 2 h 16 min.
        #expect(newest >= .seconds(135 * 60 + 40), "\(vm.name): \(newest)")
      }
    }
  }

  @Test func `A fire on the campus stops original and near replica at one instant`() throws {
    let record = try run(.shipped("world/campus-fire.json"), until: .minutes(320))

    let failed = record.events.filter { $0.kind == "vm.fail" }
    #expect(failed.count == 5 && Set(failed.map(\.at)) == [.minutes(310)])
    #expect(record.faults.first?.subject == "north and south")
    // What is left is what went far away, within four hours.
    let far = try #require(record.vm("far").lag.completions.last?.pointInTime)
    #expect(.minutes(310) - far <= .hours(4))
  }
}
