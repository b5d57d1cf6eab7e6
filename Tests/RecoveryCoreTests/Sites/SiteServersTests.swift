import Quantities
import RecoveryCore
import Testing

@Suite struct SiteServersTests {
  let start = Instant.zero

  @Test func `An add-on is installed after its time, and its server runs then`() throws {
    var site = SiteServers()
    try site.install(.siteRecoveryManager, at: start)
    #expect(site.nextDeadline == start + .minutes(15))

    site.advance(to: start + .minutes(14))
    #expect(!site.answers(.siteRecoveryManager))
    site.advance(to: start + .minutes(15))

    #expect(site[.siteRecoveryManager as AddOn] == .installed(replicationServers: 0))
    #expect(site.answers(.siteRecoveryManager))
    #expect(site.nextDeadline == nil)
  }

  @Test func `Only one person installs an add-on`() throws {
    var site = SiteServers()
    try site.install(.vSphereReplication, replicationServers: 2, at: start)
    #expect(throws: AddOnRefusal.alreadyBegun) {
      try site.install(.vSphereReplication, replicationServers: 1, at: start + .minutes(1))
    }
    #expect(site.replicationServerCount == 0)
    site.advance(to: start + .minutes(15))
    #expect(site.replicationServerCount == 2)
    #expect(throws: AddOnRefusal.alreadyInstalled) {
      try site.install(.vSphereReplication, replicationServers: 1, at: start + .hours(1))
    }
  }

  @Test func `vSphere Replication has from one to ten servers`() {
    var site = SiteServers()
    #expect(throws: AddOnRefusal.replicationServerCount(0, maximum: 10)) {
      try site.install(.vSphereReplication, replicationServers: 0, at: start)
    }
    #expect(throws: AddOnRefusal.replicationServerCount(11, maximum: 10)) {
      try site.install(.vSphereReplication, replicationServers: 11, at: start)
    }
    #expect(throws: Never.self) { try site.install(.vSphereReplication, replicationServers: 10, at: start) }
  }

  @Test func `A server answers only while its vCenter Server runs`() {
    var site = SiteServers.installed()
    #expect(site.answers(.siteRecoveryManager))
    site.stopped(.vCenter)
    #expect(!site.answers(.siteRecoveryManager) && !site.answers(.replicationManagement))
    site.started(.vCenter)
    #expect(site.answers(.replicationManagement))
  }

  @Test func `A server that was never deployed cannot be started`() {
    var site = SiteServers()
    site.started(.siteRecoveryManager)
    #expect(!site.answers(.siteRecoveryManager))
    #expect(site.answers(.vCenter))
  }
}
