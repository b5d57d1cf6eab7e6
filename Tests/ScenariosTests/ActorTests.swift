import Inventory
import Quantities
import RecoveryCore
import Testing

@testable import Scenarios

/// Who does what an entry says, and the addresses of networks.
@Suite struct ActorTests {
  @Test func `Every privilege has one word`() {
    #expect(PrivilegeWord.allCases.count == Privilege.allCases.count)
    #expect(Set(PrivilegeWord.allCases.map(\.privilege)).count == Privilege.allCases.count)
  }

  @Test func `An entry is done in a role, at a site, or by an administrator`() throws {
    let scenario = try RecoveryKeyTests.read([
      ("/recovery", #"{ "roles": { "tester": ["plan.failover", "plan.run", "plan.run"] } }"#),
      (
        "/timeline",
        #"""
        [{ "at": "1h", "do": "plan.test", "plan": "RP-Prod", "as": "tester" },
         { "at": "2h", "do": "replication.pause", "vm": "db01", "from": "lisbon" },
         { "at": "3h", "do": "plan.cleanup", "plan": "RP-Prod", "as": "tester", "user": "ann" }]
        """#
      ),
    ])
    let role = Scenario.Role(name: "tester", privileges: [.planRun, .planFailover])
    #expect(scenario.timeline[0].actor == Scenario.Actor(role: role))
    #expect(scenario.timeline[1].actor == Scenario.Actor(site: SiteID(1)))
    func user(_ entry: Int) -> String? {
      guard case .recovery(.run(_, _, let options)) = scenario.timeline[entry].action else { return nil }
      return options.user
    }
    #expect(user(0) == "tester" && user(2) == "ann")
  }
}
