import Inventory
import Quantities
import Testing

@testable import Scenarios

@Suite struct ScenarioReaderTests {
  private func read(
    _ text: String, _ overrides: [(path: String, value: String)] = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Scenario {
    let (scenario, diagnostics) = ScenarioReader.read(text: text, file: "test.json", overrides: overrides)
    return try #require(
      scenario, "\(Diagnostic.render(diagnostics, file: "test.json"))", sourceLocation: sourceLocation)
  }

  @Test func `The smallest scenario has every default`() throws {
    let scenario = try read(Examples.minimal)

    #expect(scenario.name == "empty" && scenario.title == nil && scenario.tags == [])
    #expect(scenario.seed == 1)
    #expect(scenario.clock.start.description == "2025-03-03T00:00:00Z")
    #expect(scenario.clock.duration == .hours(1) && scenario.clock.warmup == .zero)
    #expect(scenario.clock.end == Instant(nanoseconds: 3_600_000_000_000))
    #expect(scenario.inventory.sites.map(\.name) == ["paris"])
    #expect(scenario.inventory.hosts == [Host(name: "paris-esx-01", site: SiteID(0))])
    #expect(scenario.sites == [Scenario.SiteSettings(networks: [])])
    #expect(scenario.network == Scenario.NetworkSettings(model: .fluid, framing: .ethernet))
    #expect(scenario.profile == Profile())
    #expect(scenario.workloads.isEmpty && scenario.replications.isEmpty && scenario.timeline.isEmpty)
  }

  @Test func `The full example has no problems`() {
    let (scenario, diagnostics) = ScenarioReader.read(text: Examples.full, file: "full.json")
    #expect(scenario != nil)
    #expect(Diagnostic.render(diagnostics, file: "full.json") == "")
  }

  @Test func `Sites, hosts, datastores and links are numbered in the order of the file`() throws {
    let scenario = try read(Examples.full)
    let (madrid, lisbon) = (SiteID(0), SiteID(1))

    #expect(scenario.tags == ["ci", "wan"] && scenario.seed == 42)
    #expect(scenario.clock.start.description == "2025-03-03T06:00:00Z" && scenario.clock.warmup == .hours(6))
    #expect(
      scenario.inventory.hosts.map(\.name) == [
        "madrid-esx-01", "madrid-esx-02", "madrid-esx-03", "lis-a", "lis-b",
      ])
    #expect(scenario.inventory.hosts.map(\.site) == [madrid, madrid, madrid, lisbon, lisbon])
    #expect(
      scenario.inventory.datastores == [
        Datastore(
          name: "vsan-mad", site: madrid, capacity: .tebibytes(40), readRate: .megabytesPerSecond(900),
          writeRate: .megabytesPerSecond(400)),
        Datastore(name: "vsan-lis", site: lisbon),
      ])
    #expect(
      scenario.inventory.links == [
        Link(
          name: "wan", ends: [madrid, lisbon], bandwidth: [.megabitsPerSecond(100), .megabitsPerSecond(50)],
          latency: .milliseconds(18), usable: .percent(90), loss: Ratio(partsPerBillion: 100_000),
          windowMaximum: .mebibytes(1)),
        Link(
          name: "backup", ends: [lisbon, madrid],
          bandwidth: [.megabitsPerSecond(10), .megabitsPerSecond(10)],
          latency: .milliseconds(30), usable: .percent(70), loss: .zero, windowMaximum: .gibibytes(1)),
      ])
    #expect(scenario.inventory.replicationServers.map(\.site.index) == [0, 1, 1])
    #expect(scenario.sites[0].networks == ["prod-100", "prod-200"])
    #expect(scenario.network == Scenario.NetworkSettings(model: .LV08, framing: .none))
  }

  @Test func `Workloads are numbered by name and carry the values of their model`() throws {
    let scenario = try read(Examples.full)
    typealias Workload = Scenario.Workload

    #expect(
      scenario.workloads == [
        Workload(
          name: "dump",
          model: .periodic(
            every: .hours(1), first: .minutes(30), region: .init(offset: .zero, size: .mebibytes(1))),
          compressedShare: .percent(49)),
        Workload(
          name: "mail",
          model: .trace(.init(file: "traces/mail01.csv", format: .csv, device: 2, isRepeated: true)),
          compressedShare: .percent(49)),
        Workload(
          name: "oltp",
          model: .hotspot(
            rate: DataRate(bitsPerSecond: 5_600_000), blockSize: .kibibytes(8),
            region: .init(offset: .gibibytes(1), size: .gibibytes(20)),
            skew: .init(writes: .percent(90), space: .percent(10))), compressedShare: .percent(30)),
        Workload(
          name: "scratch",
          model: .sequential(
            rate: .megabytesPerSecond(4), blockSize: .kibibytes(256), region: .init(offset: .zero, size: nil)),
          compressedShare: .percent(49)),
        Workload(
          name: "web",
          model: .uniform(
            rate: DataRate(bitsPerSecond: 240_000), blockSize: .kibibytes(4),
            region: .init(offset: .zero, size: .gibibytes(2))), compressedShare: .percent(49)),
      ])
    // 1 MiB per hour: 8 388 608 bit / 3600 s = 2330.2 bit/s, rounded down.
    #expect(scenario.workloads[0].meanRate == DataRate(bitsPerSecond: 2_330))
    #expect(scenario.workloads[3].region?.byteRange(onDiskOf: .gibibytes(60)) == 0..<(60 << 30))
  }

  @Test func `Patterns create virtual machines, which take the hosts of their site in turn`() throws {
    let scenario = try read(Examples.full)

    #expect(
      scenario.inventory.virtualMachines.map(\.name) == [
        "db01", "mail01", "web-09", "web-10", "web-11", "web-12",
      ])
    // db01 chose the third host; the others start with the first.
    #expect(scenario.inventory.virtualMachines.map(\.host.index) == [2, 0, 1, 2, 0, 1])
    #expect(
      scenario.inventory.virtualMachines[0].disks == [
        VirtualDisk(name: "data", size: .gibibytes(300), used: .gibibytes(180)),
        VirtualDisk(name: "tempdb", size: .gibibytes(60), used: .gibibytes(60)),
        VirtualDisk(name: "logs", size: .gibibytes(10), used: .gibibytes(10)),
      ])
    #expect(scenario.virtualMachines[0].workloads.map(\.?.index) == [2, 3, 0])
    #expect(scenario.virtualMachines.map(\.networks) == [[1], [], [0], [0], [0], [0]])
  }

  @Test func `Selectors make one replication for each virtual machine`() throws {
    let scenario = try read(Examples.full)

    #expect(scenario.replications.map(\.virtualMachine.index) == [0, 1, 2, 3, 4, 5])
    #expect(
      scenario.replications[0]
        == Scenario.Replication(
          virtualMachine: VirtualMachineID(0), target: SiteID(1), datastore: DatastoreID(1),
          rpo: .minutes(15),
          policy: .vsphere, safetyFactor: .percent(120), firstSync: nil, disks: [0, 2], initialSync: .done,
          isCompressed: false, isEncrypted: false, quiescing: .none, pointsInTime: nil, links: [LinkID(0)],
          direction: .forward, storagePolicy: nil))
    #expect(
      scenario.replications[1]
        == Scenario.Replication(
          virtualMachine: VirtualMachineID(1), target: SiteID(1), datastore: DatastoreID(1), rpo: .hours(1),
          policy: .fixed, safetyFactor: .percent(150), firstSync: .zero + .minutes(10), disks: [0],
          initialSync: .seeded(differing: Ratio(partsPerBillion: 25_000_000)), isCompressed: true,
          isEncrypted: true, quiescing: .application, pointsInTime: .init(perDay: 3, days: 5),
          links: [LinkID(0)],
          direction: .forward, storagePolicy: nil))
    // "backup" is written from lisbon to madrid.
    #expect(scenario.replications[5].direction == .backward && scenario.replications[5].initialSync == .full)
    #expect(scenario.replication(of: VirtualMachineID(4)) == ReplicationID(4))
  }

  @Test func `The timeline is in the order of time, then of the file`() throws {
    let scenario = try read(Examples.full)
    typealias Entry = Scenario.TimelineEntry

    #expect(
      Array(scenario.timeline.prefix(6)) == [
        Entry(
          id: nil, at: .zero + .hours(1), duration: .hours(1),
          action: .linkLimit(LinkID(0), bandwidth: [.megabitsPerSecond(20), .megabitsPerSecond(20)]), why: nil
        ),
        Entry(
          id: "outage", at: .zero + .hours(9), duration: .minutes(45), action: .linkDown(LinkID(0)),
          why: "the digger"),
        Entry(
          id: nil, at: .zero + .hours(9), duration: nil, action: .powerOff([VirtualMachineID(0)]), why: nil),
        Entry(
          id: "rush", at: .zero + .minutes(550), duration: .hours(1),
          action: .scaleWorkload([VirtualMachineID(2), VirtualMachineID(3)], factor: .percent(200)), why: nil),
        // 9h + 45m + 5m; *1* is db01, mail01 and web-10 to web-12.
        Entry(
          id: nil, at: .zero + .minutes(590), duration: nil,
          action: .syncReplication([0, 1, 3, 4, 5].map { ReplicationID($0) }), why: nil),
        Entry(
          id: nil, at: .zero + .hours(20), duration: .hours(2), action: .hostFail(HostID(2)), why: nil),
      ])
    let (database, mail) = (VirtualMachineID(0), ReplicationID(1))
    let later: [Entry.Action] = [
      .migrate([VirtualMachineID(2)], HostID(1)),
      .trim([database], disk: "logs", offset: .gibibytes(1), size: .gibibytes(2)),
      .snapshot([VirtualMachineID(3)]), .revert([VirtualMachineID(3)]),
      .addDisk([database], name: "more", size: .gibibytes(5)),
      .resizeDisk([database], disk: "logs", size: .gibibytes(20)),
      .reconfigureReplication([ReplicationID(0)]), .testImage([mail], notAfter: nil),
      .moveReplication([mail], ReplicationServerID(2)), .serverFail(ReplicationServerID(1)),
      .datastoreFull(DatastoreID(1)), .datastoreSlow(DatastoreID(0), factor: .percent(25)),
    ]
    #expect(scenario.timeline.dropFirst(6).map(\.action) == later)
    #expect(scenario.timeline[1].end == .zero + .minutes(585))
    #expect(scenario.timeline[4].verb.rawValue == "replication.sync")
  }

  @Test func `Constants of the profile are overridden one by one`() throws {
    var expected = Profile()
    expected.product = .v7
    expected.windowBlock = .update
    expected.hostContexts = 4
    expected.serverRate = .megabytesPerSecond(300)
    expected.haRestartDelay = .minutes(2)
    expected.estimateHistory = 10
    expected.transferChunk = .mebibytes(1)
    expected.mergeRate = .megabytesPerSecond(200)
    #expect(try read(Examples.full).profile == expected)
  }

  @Test(arguments: [("5.0", "14m", "15m to 24h"), ("7.0", "4m", "5m to 24h"), ("enhanced", "30s", nil)])
  func `A release has a range of RPOs`(product: String, rpo: String, range: String?) {
    let text = Examples.full.replacing("\"product\": \"7.0\"", with: "\"product\": \"\(product)\"")
    let (scenario, diagnostics) = ScenarioReader.read(
      text: text, file: "test.json", overrides: [(path: "/replications/db01/rpo", value: rpo)])
    #expect(scenario == nil)
    let message = diagnostics.first { $0.code.rawValue == "E0301" }?.message ?? ""
    // 30 s is no whole number of minutes, for any release.
    #expect(message.contains(range ?? "whole number of minutes"))
  }

  @Test func `Relaxed limits allow any RPO`() throws {
    let overrides = [(path: "/replications/db01/rpo", value: "90s"), (path: "/limits", value: "relaxed")]
    #expect(try read(Examples.full, overrides).replications[0].rpo == .seconds(90))
  }

  /// Two machines of one site, each limit reached and none passed.
  private static let tight = #"""
    {
      "format": 1, "name": "tight", "clock": { "duration": "1h", "warmup": "59m" },
      "sites": [
        { "name": "a", "datastores": [{ "name": "da", "capacity": "80GiB" }] },
        { "name": "b", "datastores": [{ "name": "db", "capacity": "80GiB" }] }
      ],
      "links": [{ "name": "wan", "between": ["b", "a"], "latency": "0s", "loss": "0%", "usable": "50%",
                  "bandwidth": { "forward": "1bps", "backward": "32Mbps" } }],
      "workloads": { "w": { "model": "uniform", "write": "1MB/s", "blockSize": "1GiB", "workingSet": "1GiB",
                            "offset": "39GiB" } },
      "vms": [{ "name": "v{1..2}", "site": "a", "datastore": "da",
                "disks": [{ "name": "d", "size": "40GiB", "used": "40GiB", "workload": "w" }] }],
      "replications": [{ "vm": "v1", "to": "b", "datastore": "db", "rpo": "5m" },
                       { "vm": "v2", "to": "b", "datastore": "db", "rpo": "24h" }],
      "timeline": [{ "at": "3599s", "do": "replication.pause", "vm": "v1", "for": "1h" }]
    }
    """#

  @Test func `Bounds belong to what is allowed`() {
    let (scenario, diagnostics) = ScenarioReader.read(text: Self.tight, file: "tight.json")
    #expect(scenario?.replications.map(\.direction) == [.backward, .backward])
    #expect(Diagnostic.render(diagnostics, file: "tight.json") == "")
  }

  /// Both workloads change min(8 Mbit/s, 1 GiB per RPO): 8 Mbit/s at 5 minutes, where 1 GiB would be
  /// 28.6 Mbit/s, and 8 589 934 592 bit / 86 400 s = 99 420 bit/s at 24 hours.
  @Test(arguments: [
    ("/sites/a/datastores/da/capacity", "81919MiB", "W0305"),
    ("/sites/b/datastores/db/capacity", "81919MiB", "W0305"),
    ("/links/wan/bandwidth/backward", "16198838bps", "W0301"),
    ("/timeline", #"[{"at":"1h","do":"link.restore","link":"wan"}]"#, "W0304"),
    ("/clock/warmup", "1h", "E0307"), ("/workloads/w/offset", "39.5GiB", "E0306"),
    ("/workloads/w/blockSize", "1025MiB", "E0306"),
    ("/vms/v{1..2}/disks/d/used", "40961MiB", "E0305"), ("/replications/v1/rpo", "4m", "E0301"),
    ("/replications/v2/rpo", "1441m", "E0301"), ("/links/wan/usable", "0%", "E0104"),
    ("/links/wan/usable", "100.1%", "E0104"),
    ("/links/wan/loss", "100%", "E0104"), ("/clock/duration", "0s", "E0307 E0104"),
  ])
  func `A step beyond a bound is a problem`(path: String, value: String, codes: String) {
    let (_, diagnostics) = ScenarioReader.read(
      text: Self.tight, file: "tight.json", overrides: [(path: path, value: value)])
    #expect(diagnostics.allSatisfy { codes.contains($0.code.rawValue) } && !diagnostics.isEmpty)
  }

  @Test func `The link carries what the replications change on average, and no bit less`() {
    // 8 000 000 + 99 420 bit/s are 50 % of 16 198 840; several replications get no less of that.
    func codes(_ bandwidth: String) -> [DiagnosticCode] {
      ScenarioReader.read(
        text: Self.tight, file: "tight.json",
        overrides: [(path: "/links/wan/bandwidth/backward", value: bandwidth)]
      ).diagnostics.map(\.code)
    }
    #expect(codes("16198840bps") == [])
    #expect(codes("16198838bps") == [.churnAboveLink])
  }

  /// One machine that writes 1 MB/s = 8 Mbit/s in blocks of 4 KiB over 1 GiB, or as `workload` says.
  private func churnCodes(_ workload: String, rpo: String, link: String, network: String = "")
    -> [DiagnosticCode]
  {
    let text = #"""
      { "format": 1, "name": "churn", "clock": { "duration": "1h" }, \#(network)
        "sites": [{ "name": "a", "datastores": [{ "name": "da" }] }, { "name": "b", "datastores": [{ "name": "db" }] }],
        "links": [{ "name": "wan", "between": ["a", "b"], "latency": "1ms", \#(link) }],
        "workloads": { "w": { "write": "1MB/s", \#(workload) } },
        "vms": [{ "name": "v", "site": "a", "datastore": "da", "disks": [{ "name": "d", "size": "9GiB", "workload": "w" }] }],
        "replications": [{ "vm": "v", "to": "b", "datastore": "db", "rpo": "\#(rpo)" }] }
      """#
    return ScenarioReader.read(text: text, file: "churn.json").diagnostics.map(\.code)
  }

  @Test func `A small block at random counts as a whole extent, up to the working set`() {
    func codes(_ workload: String, rpo: String = "5m", raw: String) -> [DiagnosticCode] {
      churnCodes(workload, rpo: rpo, link: #""bandwidth": "\#(raw)", "usable": "50%""#)
    }
    for model in ["uniform", "hotspot"] {
      let small = #""model": "\#(model)", "blockSize": "4KiB", "workingSet": "1GiB""#
      // 8 Mbit/s count as 16, which are 50 % of 32.
      #expect(codes(small, raw: "32Mbps") == [])
      #expect(codes(small, raw: "31999998bps") == [.churnAboveLink])
      // 8 589 934 592 bit of the working set in 1 h are 2 386 092.9 bit/s.
      #expect(codes(small, rpo: "1h", raw: "4772184bps") == [])
      #expect(codes(small, rpo: "1h", raw: "4772182bps") == [.churnAboveLink])
    }
    // Larger blocks, and those that follow each other, count as they are.
    for exact in [
      #""model": "uniform", "blockSize": "64KiB""#, #""model": "sequential", "blockSize": "4KiB""#,
    ] {
      #expect(codes(exact, raw: "16Mbps") == [])
      #expect(codes(exact, raw: "15999998bps") == [.churnAboveLink])
    }
  }

  @Test(arguments: [
    // 8 Mbit/s of 1448 bytes data in 1538, or 1502, or without headers.
    ("", "8497238bps", "8497237bps"),
    (#""network": { "framing": "point-to-point" },"#, "8298343bps", "8298342bps"),
    (#""network": { "framing": "none" },"#, "8Mbps", "7999999bps"),
    (#""network": { "model": "bare" },"#, "8Mbps", "7999999bps"),
  ])
  func `The link carries no more than its framing leaves`(network: String, enough: String, tooLittle: String)
  {
    func codes(_ raw: String) -> [DiagnosticCode] {
      churnCodes(
        #""model": "uniform", "blockSize": "64KiB""#, rpo: "5m",
        link: #""bandwidth": "\#(raw)", "usable": "100%""#, network: network)
    }
    #expect(codes(enough) == [])
    #expect(codes(tooLittle) == [.churnAboveLink])
  }

  // MARK: Overrides

  /// Each override, and the edit of the file that means the same.
  @Test(arguments: [
    ("/seed", "7", #""seed": 42"#, #""seed": 7"#),
    ("/name", "other", #""two-site-dr""#, #""other""#),
    ("/tags", "[]", #"["ci", "wan"]"#, "[]"),
    ("/clock/duration", "40h", #""30h""#, #""40h""#),
    ("/links/wan/bandwidth/backward", "60Mbps", #""50Mbps""#, #""60Mbps""#),
    (
      "/links/backup/bandwidth", #"{"forward":"1Mbps","backward":"2Mbps"}"#, #""10Mbps""#,
      #"{ "forward": "1Mbps", "backward": "2Mbps" }"#
    ),
    ("/workloads/web/write", "60kB/s", #""30kB/s""#, #""60kB/s""#),
    ("/vms/web-{09..12}/disks/os/used", "1GiB", #""12GiB""#, #""1GiB""#),
    ("/replications/web-*/rpo", "30m", #""4h""#, #""30m""#),
    ("/replications/db01/exclude", #"["logs"]"#, #"["tempdb"]"#, #"["logs"]"#),
    ("/timeline/outage/for", "50m", #""45m""#, #""50m""#),
    ("/sites/madrid/datastores/vsan-mad/write", "1GB/s", #""400MB/s""#, #""1GB/s""#),
    ("/sites/madrid/hosts", "4", #""hosts": 3"#, #""hosts": 4"#),
    // The entry of minute 60 and that of hour 9 have no id, though one has a machine.
    ("/timeline/3/for", "50m", #""20Mbps", "for": "1h""#, #""20Mbps", "for": "50m""#),
    ("/timeline/5/at", "10h", #""at": "9h", "do": "vm.power-off""#, #""at": "10h", "do": "vm.power-off""#),
    ("/tags/1", "lan", #"["ci", "wan"]"#, #"["ci", "lan"]"#),
    ("/workloads/mail/repeat", "false", #""repeat": true"#, #""repeat": false"#),
  ])
  func `An override means the same as an edit`(path: String, value: String, old: String, new: String) throws {
    let edited = Examples.full.replacing(old, with: new)
    #expect(edited != Examples.full)
    #expect(try read(Examples.full, [(path: path, value: value)]) == read(edited))
  }

  @Test func `An override adds what was left out`() throws {
    let scenario = try read(
      Examples.minimal, [(path: "/clock/warmup", value: "10m"), (path: "/profile/mergeRate", value: "1MB/s")])
    #expect(scenario.clock.warmup == .minutes(10))
    #expect(scenario.profile.mergeRate == .megabytesPerSecond(1))
  }

  @Test func `A mistake in an override stands at its own text`() {
    let (scenario, diagnostics) = ScenarioReader.read(
      text: Examples.minimal, file: "a.json", overrides: [(path: "/clock/duration", value: "2")])
    #expect(scenario == nil && diagnostics.map(\.code) == [.missingUnit])
    #expect(diagnostics[0].place.file == "--set" && diagnostics[0].place.column == 17)
  }

  // MARK: Hash

  @Test func `The canonical text reads back to an equal scenario`() throws {
    let scenario = try read(Examples.full)
    #expect(try read(scenario.canonicalText) == scenario)
  }

  @Test func `The hash knows what is simulated, not how it is written down`() throws {
    let hash = try read(Examples.minimal).hash
    let rearranged = """
      { "sites": [{ "why": "home", "name": "paris" }], "title": "Nothing", "tags": ["a"], "seed": 9,
        "$schema": "x", "clock": {"duration": "1h"}, "name": "empty", "format": 1, "description": "?" }
      """
    #expect(try read(rearranged).hash == hash)
    #expect(try read(Examples.minimal, [(path: "/clock/duration", value: "2h")]).hash != hash)
    // FNV-1a of {"clock":{"duration":"1h"},"format":1,"name":"empty","sites":[{"name":"paris"}]}, computed elsewhere.
    #expect(hash == 0x06d468243642aaa8)
  }

  // MARK: Description

  @Test func `Every default is a value that its key takes`() throws {
    for object in FormatDescription.current.objects {
      #expect(Set(object.keys.map(\.name)).count == object.keys.count, "\(object.noun) has a key twice")
      for key in object.keys {
        #expect(key.summary.hasSuffix("."), "\(object.noun): \(key.name)")
        #expect(!key.isRequired || key.defaultText == nil)
      }
    }
    // Spelling out the defaults of the outermost objects changes nothing.
    let written = try read(Examples.minimal)
    let overrides = FormatDescription.current.objects.flatMap { object -> [(path: String, value: String)] in
      let prefix = ["scenario": "", "clock": "/clock", "network": "/network", "site": "/sites/paris"][
        object.noun]
      guard let prefix else { return [] }
      return object.keys.compactMap { key in
        key.defaultText.map { (path: "\(prefix)/\(key.name)", value: $0) }
      }
    }
    #expect(overrides.count > 10)
    // The outermost "clock" and "network" come before their keys.
    let spelt = try read(Examples.minimal, overrides)
    #expect(
      spelt.clock == written.clock && spelt.inventory == written.inventory && spelt.network == written.network
    )
  }
}
