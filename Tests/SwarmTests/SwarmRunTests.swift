import Quantities
import ReplicationCore
import Testing

@testable import Swarm

@Suite struct SwarmRunTests {
  @Test(arguments: 0..<12 as Range<UInt64>)
  func `Every invariant holds in a drawn world`(seed: UInt64) {
    let run = SwarmRun(seed: seed)
    #expect(run.violation == nil)
    #expect(run.counts.steps > 0)
  }

  @Test func `A run that is cut off is checked up to there`() {
    let run = SwarmRun(seed: 0, until: .zero + .seconds(20))
    #expect(run.violation == nil)
    #expect(run.counts.simulatedSeconds == 20)
  }

  @Test func `An invalid scenario is a violation of its own`() {
    #expect(SwarmRun(text: "{}").violation?.invariant == .validity)
  }

  @Test func `Counts of parts add up to those of the whole`() {
    let (one, other) = (SwarmRun(seed: 1).counts, SwarmRun(seed: 2).counts)
    var sum = one
    sum.add(other)
    #expect(sum.schedules == 2)
    #expect(sum.steps == one.steps + other.steps)
    #expect(sum.statuses["OK"] == (one.statuses["OK"] ?? 0) + (other.statuses["OK"] ?? 0))
    #expect(sum.markdown.contains("| schedules | 2 |"))
  }

  @Test func `Each planted defect has a seed that shows it`() {
    #expect(Set(PlantedDefectTests.findings.map(\.name)) == Set(PlantedDefects.all.map(\.name)))
  }
}

/// Each defect with the first seed from 0 on that shows it, and the invariant that it breaks there.
@Suite struct PlantedDefectTests {
  static let findings: [(name: String, seed: UInt64, invariant: Invariant)] = [
    ("dirty bit dropped", 1, .certificate),
    ("copy before write missed", 3, .certificate),
    ("fold-back lost", 3, .certificate),
    ("instance dated by its end", 0, .lag),
    ("wrong extent merged", 1, .pastImage),
    ("delivered after its session", 11, .certificate),
    ("unsent bytes counted", 3, .bytes),
    ("space not returned", 6, .space),
    ("lag not reset", 0, .lag),
    ("limit ignored", 0, .capacity),
    ("capacity left idle", 0, .maxMin),
    ("runs on failed host", 1, .placement),
    ("planned by two hosts", 9, .placement),
    ("pause never ends", 9, .recovery),
    ("last merge skipped", 9, .recoveredImage),
    ("image kept", 5, .cleanup),
    ("lock not taken", 1, .planLock),
    ("copy dated by its end", 7, .pastImage),
    ("acknowledged write lost", 11, .acknowledgedWrite),
    ("stray writes kept", 161, .certificate),
    ("placeholder not restored", 5, .cleanup),
    ("loss ends with run start", 23, .lag),
    ("incomplete redo merged", 38, .pastImage),
    ("final sync skipped", 125, .migration),
    ("double not reported", 71, .onePlace),
  ]

  @Test(arguments: findings.map(\.name))
  func `A planted defect is caught`(name: String) throws {
    let finding = try #require(Self.findings.first { $0.name == name })
    let defect = try #require(PlantedDefects.all.first { $0.name == name }).defect

    let run = SwarmRun(seed: finding.seed, planted: defect)

    #expect(run.violation?.invariant == finding.invariant)
    #expect(run.counts.violations == [finding.invariant.rawValue: 1])
  }

  /// The machine that was left behind writes on from 70 s to 220 s at its isolated site, and the recovered one from 97 s on: the
  /// way back must bring what either wrote.
  private static let strayWorld = """
    { "format": 1, "name": "stray", "limits": "relaxed", "clock": { "duration": "900s" },
      "sites": [
        { "name": "madrid", "datastores": [{ "name": "lun" }, { "name": "ds-madrid" }], "networks": ["net-madrid"] },
        { "name": "lisbon", "datastores": [{ "name": "copy" }, { "name": "ds-lisbon" }], "networks": ["net-lisbon"] }],
      "links": [{ "name": "wan", "between": ["madrid", "lisbon"], "bandwidth": "1MiB/s", "latency": "5ms" }],
      "workloads": { "writes": { "model": "uniform", "write": "8KiB/s", "blockSize": "4KiB" } },
      "vms": [{ "name": "vm-1", "site": "madrid", "datastore": "lun", "network": "net-madrid", "disks": [
        { "name": "disk-1", "size": "6MiB", "used": "2MiB", "workload": "writes" }] }],
      "replications": [],
      "arrayPairs": [{ "name": "arrays", "from": "madrid", "to": "lisbon", "mode": "periodic", "every": "10s",
        "devices": [{ "name": "device", "datastore": "lun", "copy": "copy" }] }],
      "protectionGroups": [{ "name": "group-1", "type": "array-based", "datastores": ["lun"] }],
      "recoveryPlans": [{ "name": "plan-1", "groups": ["group-1"] }],
      "recovery": { "defaults": { "shutdownTimeout": "30s", "toolsTimeout": "60s", "allowForced": true } },
      "timeline": [
        { "at": "60s", "do": "site.isolate", "site": "madrid", "for": "100s" },
        { "at": "70s", "do": "plan.recover", "plan": "plan-1", "mode": "disaster-recovery" },
        { "at": "220s", "do": "plan.recover", "id": "again", "plan": "plan-1", "mode": "disaster-recovery" },
        { "after": "again", "delay": "5s", "do": "plan.reprotect", "plan": "plan-1" }] }
    """

  @Test func `What only the machine wrote that was left behind is found to be left alone`() {
    let sound = SwarmRun(text: Self.strayWorld)
    #expect(sound.violation == nil)
    #expect(sound.counts.planRuns["reprotect SUCCESS"] == 1)
    #expect(SwarmRun(text: Self.strayWorld, planted: .strayWritesKept).violation?.invariant == .certificate)
  }
}

@Suite struct MinimizerTests {
  /// What is broken is that a machine `vm-1` exists at its site, and a link that exists goes down.
  @Test func `What does not matter is left out`() throws {
    let seed = try #require(
      (0..<100 as Range<UInt64>).first { seed in
        let draft = WorldDraw(seed: seed).draft
        return draft.timeline.contains { $0.word("do") == "link.down" } && draft.machines.count > 2
      })
    let draft = WorldDraw(seed: seed).draft
    var minimizer = Minimizer(draft, breaking: .bytes) { draft in
      let isBroken =
        draft.timeline.contains { entry in
          entry.word("do") == "link.down" && draft.links.contains { $0.word("name") == entry.word("link") }
        }
        && draft.machines.contains { machine in
          machine.name == "vm-1" && draft.sites.contains { $0.name == machine.settings.word("site") }
        }
      return isBroken ? .bytes : nil
    }

    minimizer.run()

    #expect(minimizer.draft.timeline.map { $0.word("do") } == ["link.down"])
    #expect(minimizer.draft.machines.map(\.name) == ["vm-1"])
    #expect(minimizer.draft.machines[0].disks.count == 1)
    #expect(minimizer.draft.profile.members.isEmpty)
    #expect(minimizer.draft.sites.allSatisfy { $0.hostCount == 1 && $0.serverCount == 1 })
    #expect(minimizer.draft.workloads.isEmpty)
    #expect(minimizer.draft.links.count == 1)
    #expect(minimizer.draft.sites.map(\.name) == ["madrid"])
  }

  /// A smaller world must not break another invariant instead.
  @Test func `A world that breaks another invariant is no smaller one`() {
    let draft = WorldDraw(seed: 3).draft
    var minimizer = Minimizer(draft, breaking: .bytes) { $0 == draft ? .bytes : .lag }
    minimizer.run()
    var unchanged = draft
    unchanged.features = []
    #expect(minimizer.draft == unchanged)
  }
}
