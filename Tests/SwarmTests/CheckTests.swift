import Inventory
import Quantities
import RecoveryCore
import ResourceModels
import Scenarios
import SiteSimulation
import Testing

@testable import Swarm

private func second(_ count: Int64) -> Instant { .zero + .seconds(count) }

@Suite struct ImageHistoryTests {
  private let disk: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]

  @Test func `An instance that holds what the disks held at its moment is sound`() {
    var history = ImageHistory()
    history.began(at: second(5), disks: [disk])
    #expect(history.defect(ofInstanceAt: second(5), disks: [disk]) == nil)
  }

  @Test func `One extent of another moment is found`() {
    var history = ImageHistory()
    history.began(at: second(5), disks: [disk])
    var later = disk
    later[8] = 3
    #expect(
      history.defect(ofInstanceAt: second(5), disks: [later])
        == "the instance of 5s: disk 0 differs from its past image in extent 1")
  }

  @Test func `A disk that went is in no past image any more`() {
    var history = ImageHistory()
    history.began(at: second(5), disks: [[9, 0, 0, 0, 0, 0, 0, 0], disk])
    history.began(at: second(6), disks: [disk])
    history.removeDisk(0)
    #expect(history.defect(ofInstanceAt: second(5), disks: [disk]) == nil)
    #expect(history.defect(ofInstanceAt: second(6), disks: []) == nil)
  }

  @Test func `An instance of a moment at which none began is found`() {
    var history = ImageHistory()
    history.began(at: second(5), disks: [disk])
    #expect(history.defect(ofInstanceAt: second(6), disks: [disk]) == "shows 6s, when no instance began")
  }

  @Test func `What a disk grew by holds zeros`() {
    var history = ImageHistory()
    history.began(at: second(5), disks: [disk])
    let zeros = [UInt8](repeating: 0, count: 8)
    #expect(history.defect(ofInstanceAt: second(5), disks: [disk + zeros]) == nil)
    #expect(history.defect(ofInstanceAt: second(5), disks: [disk, zeros]) == nil)
    #expect(history.defect(ofInstanceAt: second(5), disks: [disk + [9] + zeros]) != nil)
  }
}

@Suite struct LagOracleTests {
  /// Unprotected until 10 s; then the instance of 4 s until the recovery at 30 s: 6 s beyond the RPO of 20 s; then nothing is
  /// counted until another replication begins at 42 s, which has no instance until that of 45 s comes at 50 s; it is 15 s old at 60 s.
  @Test func `A recovered machine is unprotected from its next replication to the first instance`() {
    var oracle = LagOracle(rpo: .seconds(20))
    #expect(oracle.saw(second(4), at: second(10)) == nil)
    oracle.ended(at: second(30))
    oracle.account(until: second(35))
    oracle.begun(at: second(42))
    #expect(oracle.lag(at: second(44)) == nil)
    #expect(oracle.saw(second(45), at: second(50)) == nil)
    oracle.account(until: second(60))

    #expect(oracle.unprotectedTime == .seconds(10 + 8))
    #expect(oracle.violationTime == .seconds(6))
    #expect(oracle.lagMaximum == .seconds(26))
  }

  /// Unprotected until 10 s; then the instance of 4 s until 30 s, which is 26 s old then: 6 s beyond the RPO of 20 s;
  /// then the instance of 25 s until 50 s: 5 s beyond it.
  @Test func `Violation, unprotected time and worst lag add up`() {
    var oracle = LagOracle(rpo: .seconds(20))
    #expect(oracle.saw(nil, at: second(2)) == nil)
    #expect(oracle.saw(second(4), at: second(10)) == nil)
    #expect(oracle.saw(second(25), at: second(30)) == nil)
    oracle.account(until: second(50))

    #expect(oracle.unprotectedTime == .seconds(10))
    #expect(oracle.violationTime == .seconds(6 + 5))
    #expect(oracle.lagMaximum == .seconds(26))
    #expect(oracle.lag(at: second(50)) == .seconds(25))
  }

  /// The lag grows from 6 s to 26 s, and from 5 s to 25 s, with an objective of 20 s: two violations, from 24 s and from 45 s on.
  ///
  /// It is between 6 s and 25 s twice as long as below and above; its mean is 15.5 s. Of the 40 s it is at most 15.5 s in
  /// 1 + 2 · 9.5 = 20 s, and at most 24.5 s in 1 + 2 · 18.5 = 38 s.
  @Test func `Mean, quantiles and violations come of the stretches between two instances`() {
    var oracle = LagOracle(rpo: .seconds(20))
    #expect(oracle.mean == nil)
    #expect(oracle.quantile(percent: 50) == nil)
    #expect(oracle.saw(second(4), at: second(10)) == nil)
    #expect(oracle.saw(second(25), at: second(30)) == nil)
    oracle.account(until: second(50))

    #expect(oracle.mean == .milliseconds(15_500))
    #expect(oracle.quantile(percent: 50) == .milliseconds(15_500))
    #expect(oracle.quantile(percent: 95) == .milliseconds(24_500))
    #expect(oracle.violations == [second(24)..<second(30), second(45)..<second(50)])
  }

  /// The instance that comes at 40 s shows 10 s and is 30 s old: the violation goes on from 20 s until the end at 60 s.
  @Test func `A violation that an old instance does not end is one`() {
    var oracle = LagOracle(rpo: .seconds(20))
    #expect(oracle.saw(second(0), at: second(0)) == nil)
    #expect(oracle.saw(second(10), at: second(40)) == nil)
    oracle.account(until: second(60))
    #expect(oracle.violations == [second(20)..<second(60)])
    #expect(oracle.violationTime == .seconds(40))
  }

  @Test func `An instance that is older than the one before is found`() {
    var oracle = LagOracle(rpo: .seconds(20))
    #expect(oracle.saw(second(4), at: second(10)) == nil)
    #expect(oracle.saw(second(3), at: second(12)) == "the newest instance shows 3s, after one of 4s")
    #expect(
      oracle.saw(nil, at: second(12)) == "nothing can be recovered any more, after the instance of 4s")
  }

  /// Bit rot takes the instance of 4 s, which counts on until the replica is whole again.
  @Test func `A replica that may be damaged loses its instance, and not its lag`() {
    var oracle = LagOracle(rpo: .seconds(20))
    #expect(oracle.saw(second(4), at: second(10)) == nil)
    #expect(oracle.saw(nil, mayBeLost: true, at: second(12)) == nil)
    #expect(oracle.lag(at: second(20)) == .seconds(16))
    #expect(oracle.saw(second(15), at: second(20)) == nil)
    #expect(oracle.lag(at: second(20)) == .seconds(5))
  }

  @Test func `An instance of the future is found`() {
    var oracle = LagOracle(rpo: .seconds(20))
    #expect(oracle.saw(second(11), at: second(10)) == "the newest instance shows 11s, which is yet to come")
  }
}

@Suite struct SharingCheckTests {
  /// Two flows on a resource of 100 B/s, the second also on one of 30 B/s.
  private func defect(rates: (Double, Double), bound: Double = .infinity) -> Invariant? {
    var snapshot = SharingSnapshot()
    snapshot.capacities = [100, 30]
    snapshot.uses = [
      .init(resource: 0, factor: 1), .init(resource: 0, factor: 1), .init(resource: 1, factor: 1),
    ]
    snapshot.flows = [
      .init(tag: 0, weight: 1, bound: bound, rate: rates.0, uses: 0..<1),
      .init(tag: 1, weight: 1, bound: .infinity, rate: rates.1, uses: 1..<3),
    ]
    var check = SharingCheck()
    return check.defect(in: snapshot)?.invariant
  }

  @Test func `Max-min fair rates are sound`() {
    #expect(defect(rates: (70, 30)) == nil)
    #expect(defect(rates: (40, 30), bound: 40) == nil)
  }

  @Test func `A capacity that is exceeded is found`() {
    #expect(defect(rates: (71, 30)) == .capacity)
    #expect(defect(rates: (60, 40)) == .capacity)
    #expect(defect(rates: (41, 30), bound: 40) == .capacity)
  }

  @Test func `A capacity left idle is found`() {
    #expect(defect(rates: (69, 30)) == .maxMin)
    #expect(defect(rates: (70, 29)) == .maxMin)
    // All is used, but the second flow has less than the first, which could give.
    #expect(defect(rates: (75, 25)) == .maxMin)
  }
}

@Suite struct ByteLedgerTests {
  @Test func `Bytes are the rates that held, over the time they held`() {
    var snapshot = SharingSnapshot()
    snapshot.capacities = [100]
    snapshot.uses = [.init(resource: 0, factor: 2)]
    snapshot.flows = [.init(tag: 1 << 3, weight: 1, bound: .infinity, rate: 10, uses: 0..<1)]
    var ledger = ByteLedger(replicationCount: 2)

    ledger.stepped(to: second(3), snapshot: snapshot)
    ledger.stepped(to: second(7), snapshot: SharingSnapshot())
    ledger.stepped(to: second(9), snapshot: SharingSnapshot())

    // 4 s at 10 B/s, and twice that on the resource.
    #expect(ledger.sent(by: 1) == 40)
    #expect(ledger.sent(by: 0) == 0)
    #expect(ledger.carried(by: 0) == 80)
  }
}

@Suite struct ResyncBooksTests {
  /// A component of 1,000 B is copied, one of 2,000 B given up after 700 B, and one of 3,000 B is still under way.
  private func books() -> ResyncBooks {
    var books = ResyncBooks()
    let sizes: [(index: Int, size: ByteCount)] = [
      (1, ByteCount(bytes: 1_000)), (2, ByteCount(bytes: 2_000)), (3, ByteCount(bytes: 3_000)),
    ]
    books.saw(sizes, tolerance: 2) { _ in 0 }
    books.saw([sizes[2]], tolerance: 2) { $0 == 1 ? 999 : 700 }
    return books
  }

  @Test func `What copies have brought that ended whole is resynced`() {
    #expect(books().defect(counted: ByteCount(bytes: 1_000)) == nil)
  }

  @Test func `What is counted twice, for nothing or not at all is found`() {
    #expect(books().defect(counted: ByteCount(bytes: 2_000)) != nil)
    #expect(books().defect(counted: ByteCount(bytes: 1_700)) != nil)
    #expect(books().defect(counted: .zero) == "0B are counted as resynced, and 1kB were copied")
  }
}

@Suite struct ActorCheckTests {
  @Test func `A run that somebody began without the privilege for it is found`() {
    let role = Scenario.Role(name: "tester", privileges: [.planRun])
    #expect(WorldChecker.actorDefect(of: "test", operation: "TEST", in: role) == nil)
    #expect(WorldChecker.actorDefect(of: "cleanup", operation: "CLEANUP", in: role) == nil)
    #expect(WorldChecker.actorDefect(of: "reprotect", operation: "REPROTECT", in: role) != nil)
    #expect(
      WorldChecker.actorDefect(of: "planned-migration", operation: "FAILOVER", in: role)?
        .hasPrefix("tester began its planned-migration without") == true)
  }
}

@Suite struct PlacementCheckTests {
  private let hosts = [Host(name: "a", site: SiteID(0)), Host(name: "b", site: SiteID(1))]

  private func defect(
    host: Int, isUp: Bool = true, isRunning: Bool = true, plannedBy: [Int]
  ) -> String? {
    PlacementCheck.defect(
      of: MachineSight(
        machine: VirtualMachineID(0), site: SiteID(0), isRunning: isRunning, host: HostID(host),
        isHostUp: isUp,
        plannedBy: plannedBy.map { HostID($0) }, hasCycles: true), hosts: hosts)
  }

  @Test func `A machine on one running host of its site is sound`() {
    #expect(defect(host: 0, plannedBy: [0]) == nil)
    #expect(defect(host: 0, isUp: false, isRunning: false, plannedBy: [0]) == nil)
  }

  /// A host of 2 cores, which are 8 virtual processors, and 24 GiB; machines of 2 and 8 GiB each; an appliance of 4 and 1 GiB.
  private func overfilled(
    machines: Int, appliances: Int = 0, areMoving: Bool = false, isReserved: Bool = false,
    recoverable: Set<VirtualMachineID> = []
  ) -> String? {
    var inventory = Inventory()
    inventory.hosts = [Host(name: "a", site: SiteID(0)), Host(name: "b", site: SiteID(0))]
    var settings = HighAvailability()
    settings.memoryOvercommitment = isReserved ? nil : .one
    inventory.clusters = [
      Cluster(
        name: "a", site: SiteID(0), hosts: [HostID(0), HostID(1)],
        hostCapacity: HostCapacity(cores: 2, memory: .gibibytes(24)), availability: settings)
    ]
    inventory.virtualMachines = (0..<4).map {
      VirtualMachine(
        name: "\($0)", site: SiteID(0), datastore: DatastoreID(0), host: HostID(0), disks: [],
        memoryReservation: isReserved ? .gibibytes(8) : .zero)
    }
    inventory.appliances = (0..<2).map {
      Appliance(
        name: "appliance-\($0)", role: .management, site: SiteID(0), host: HostID(0), cpuCount: 4,
        memory: .gibibytes(1), boot: .zero)
    }
    let hosts = areMoving ? [HostID(1), HostID(0)] : [HostID(0)]
    let tenants =
      (0..<machines).map { HostTenant(.virtualMachine(VirtualMachineID($0)), hosts: hosts) }
      + (0..<appliances).map { HostTenant(.appliance(ApplianceID($0)), hosts: [HostID(0)]) }
    return PlacementCheck.overfilledHost(tenants, in: inventory, recoverable: recoverable)?.detail
  }

  /// Three times 8 GiB are the 24 GiB of the host, without the overhead.
  @Test func `A host that has promised more memory than it can set aside is found`() {
    #expect(overfilled(machines: 2, isReserved: true) == nil)
    #expect(overfilled(machines: 3, isReserved: true)?.contains("reservations and overhead") == true)
    #expect(overfilled(machines: 3, isReserved: true, recoverable: [VirtualMachineID(0)]) == nil)
  }

  @Test func `A host on which more runs than it has memory for is found`() {
    #expect(overfilled(machines: 3) == nil)
    #expect(overfilled(machines: 4)?.contains("run on") == true)
    #expect(overfilled(machines: 4, areMoving: true) != nil)
  }

  /// 2 · 2 + 4 are the 8 that there are; an appliance has less memory than would be too much.
  @Test
  func `A host on which more virtual processors run than it has, those of appliances included, is found`() {
    #expect(overfilled(machines: 2, appliances: 1) == nil)
    #expect(overfilled(machines: 1, appliances: 2) == "10 virtual processors run on 8")
    #expect(overfilled(machines: 3, appliances: 1)?.contains("run on") == true)
  }

  @Test func `A machine that runs on a host where it takes no room is found`() {
    var inventory = Inventory()
    inventory.hosts = hosts
    inventory.clusters = [
      Cluster(name: "a", site: SiteID(0), hosts: [HostID(0)], availability: HighAvailability())
    ]
    inventory.virtualMachines = [
      VirtualMachine(name: "vm", site: SiteID(0), datastore: DatastoreID(0), host: HostID(0), disks: [])
    ]
    func found(isRunning: Bool, on host: Int, _ tenants: [HostTenant]) -> String? {
      let sight = MachineSight(
        machine: VirtualMachineID(0), site: SiteID(0), isRunning: isRunning, host: HostID(host),
        isHostUp: true, plannedBy: [], hasCycles: false)
      return PlacementCheck.homeless([sight], among: tenants, in: inventory)?.detail
    }
    let tenant = HostTenant(.virtualMachine(VirtualMachineID(0)), hosts: [HostID(0)])
    #expect(found(isRunning: true, on: 0, [tenant]) == nil)
    #expect(found(isRunning: false, on: 0, []) == nil)
    // Nobody counts what runs on hosts that are not looked at in detail.
    #expect(found(isRunning: true, on: 1, []) == nil)
    #expect(found(isRunning: true, on: 0, []) == "it runs on a, and takes no room there")
  }

  @Test func `A machine in two places, or in a wrong one, is found`() {
    #expect(defect(host: 0, plannedBy: [0, 1]) == "2 hosts plan its syncs")
    #expect(defect(host: 0, isUp: false, plannedBy: [0]) == "it runs on a, which is down")
    #expect(defect(host: 1, plannedBy: [1]) == "it runs on b, which is at another site")
    #expect(defect(host: 0, plannedBy: [1]) == "it runs on a, and b plans its syncs")
  }
}

@Suite struct FaultCalendarTests {
  private func scenario(
    _ timeline: String, _ change: (inout WorldDraft) -> Void = { _ in }
  ) throws -> Scenario {
    var draft = WorldDraw(seed: 1, switches: .without(Feature.all.map(\.name))).draft
    draft.links[0]["bandwidth"] = quoted("1000kB/s")
    draft.durationSeconds = 1_000
    change(&draft)
    let text = draft.text.replacing(#""timeline": []"#, with: #""timeline": [\#(timeline)]"#)
    return try #require(ScenarioReader.read(text: text, file: "test").scenario)
  }

  @Test func `Of overlapping limits the latest holds, an outage beats both, and a restore ends all`() throws {
    var calendar = FaultCalendar(
      try scenario(
        """
        { "at": "10s", "do": "link.limit", "link": "wan", "bandwidth": "100kB/s", "for": "50s" },
        { "at": "20s", "do": "link.limit", "link": "wan", "bandwidth": "200kB/s", "for": "10s" },
        { "at": "40s", "do": "link.down", "link": "wan", "for": "100s" },
        { "at": "70s", "do": "link.restore", "link": "wan" }
        """))
    #expect(calendar.bandwidths(at: second(5)) == [[1e6, 1e6]])
    // Both may be at the very instant of a change.
    #expect(calendar.bandwidths(at: second(10)) == nil)
    #expect(calendar.bandwidths(at: second(15)) == [[1e5, 1e5]])
    #expect(calendar.bandwidths(at: second(25)) == [[2e5, 2e5]])
    #expect(calendar.bandwidths(at: second(35)) == [[1e5, 1e5]])
    #expect(calendar.bandwidths(at: second(45)) == [[0, 0]])
    #expect(calendar.bandwidths(at: second(75)) == [[1e6, 1e6]])
  }

  @Test func `A link that flaps is down and up in turn, and a brownout leaves a share`() throws {
    var calendar = FaultCalendar(
      try scenario(
        """
        { "at": "10s", "do": "link.flap", "link": "wan", "down": "4s", "up": "6s", "for": "30s" },
        { "at": "12s", "do": "link.brownout", "link": "wan", "share": "50%", "for": "100s" }
        """))
    #expect(calendar.bandwidths(at: second(11)) == [[0, 0]])
    #expect(calendar.bandwidths(at: second(14)) == nil)
    #expect(calendar.bandwidths(at: second(15)) == [[5e5, 5e5]])
    #expect(calendar.bandwidths(at: second(22)) == [[0, 0]])
    #expect(calendar.bandwidths(at: second(41)) == [[5e5, 5e5]])
    #expect(calendar.bandwidths(at: second(115)) == [[1e6, 1e6]])
  }

  @Test func `A link over a circuit has no more than that, and a rule of the week holds in its time`() throws
  {
    var calendar = FaultCalendar(
      try scenario(
        """
        { "at": "100s", "do": "circuit.limit", "circuit": "c", "bandwidth": { "forward": "300kB/s", "backward": "200kB/s" },
          "for": "10s" },
        { "at": "120s", "do": "circuit.down", "circuit": "c", "for": "10s" }
        """
      ) {
        $0.sites[0].settings["circuit"] = #"{ "name": "c", "bandwidth": "800kB/s" }"#
        $0.links[0]["over"] = quoted("circuit")
        $0.links[0]["schedule"] = #"[{ "from": "00:03", "to": "00:04", "bandwidth": "400kB/s" }]"#
      })
    #expect(calendar.bandwidths(at: second(5)) == [[8e5, 8e5]])
    // From the first site of the link on, which is the circuit's.
    #expect(calendar.bandwidths(at: second(105)) == [[3e5, 2e5]])
    #expect(calendar.circuitBandwidths(at: second(106)) == [[3e5, 2e5]])
    #expect(calendar.bandwidths(at: second(125)) == [[0, 0]])
    #expect(calendar.bandwidths(at: second(200)) == [[4e5, 4e5]])
    #expect(calendar.bandwidths(at: second(241)) == [[8e5, 8e5]])
  }

  @Test func `A fault without an end promises nothing`() throws {
    let expectation = RecoveryExpectation(
      try scenario(#"{ "at": "10s", "do": "link.down", "link": "wan" }"#))
    #expect(expectation.promises.allSatisfy { $0 == .none(reason: "link.down never ends") })
  }

  @Test func `Guests that fall silent are promised a replica that equals its source`() throws {
    let expectation = RecoveryExpectation(
      try scenario(#"{ "at": "10s", "do": "workload.scale", "vm": "*", "factor": "0%" }"#))
    #expect(expectation.lastChange == second(10))
    #expect(expectation.promises.allSatisfy { $0 == .equal })
  }
}
