import Quantities
import RandomStreams
import Scenarios

/// Draws a whole scenario from a seed.
///
/// The same seed and switches give the same text. Disks have a few hundred extents, so that a run takes
/// milliseconds; all faults end; and the run goes on for as long as ``RecoveryExpectation`` gives the world to come
/// back to order.
package struct WorldDraw: Sendable {
  /// Which features may be on; others are off in every world.
  package enum Switches: Sendable, Hashable {
    case any
    /// These are on in every world, the others as drawn.
    case with([String])
    case without([String])
  }

  package let draft: WorldDraft

  package init(seed: UInt64, switches: Switches = .any) {
    var sketch = WorldSketch(draft: WorldDraft(name: "swarm-\(seed)", seed: seed))
    var random = RandomStream(seed: seed, name: "swarm")
    Self.drawBasics(&sketch, &random)
    for feature in Feature.all {
      var coin = RandomStream(seed: seed, name: "swarm/switch/\(feature.name)")
      var isOn = coin.next(below: 100) < feature.share
      switch switches {
      case .any: break
      case .with(let names): isOn = isOn || names.contains(feature.name)
      case .without(let names): isOn = isOn && !names.contains(feature.name)
      }
      guard isOn else { continue }
      var stream = RandomStream(seed: seed, name: "swarm/feature/\(feature.name)")
      let before = sketch.draft
      feature.apply(&sketch, &stream)
      // A feature that finds nothing to change is not in this world.
      if sketch.draft != before { sketch.draft.features.append(feature.name) }
    }
    Self.leaveOutWhatTheReleaseLacks(&sketch)
    Self.putInOrder(&sketch)
    draft = sketch.draft
  }

  /// Two sites with a link and one to three machines that write and are replicated.
  private static func drawBasics(_ sketch: inout WorldSketch, _ random: inout RandomStream) {
    sketch.draft.settings["limits"] = quoted("relaxed")
    for name in ["madrid", "lisbon"] {
      var site = WorldDraft.Site(name: name)
      site.datastores = [ScenarioObject(["name": quoted("ds-\(name)")])]
      sketch.draft.sites.append(site)
    }
    sketch.draft.links = [
      ScenarioObject([
        "name": quoted("wan"), "between": #"["madrid", "lisbon"]"#,
        "bandwidth": quoted("\(128 << random.pick(7))KiB/s"), "latency": quoted("1ms"),
        "usable": quoted("100%"),
      ])
    ]
    for number in 1...1 + random.pick(3) {
      sketch.addMachine(
        "vm-\(number)", at: "madrid", to: "lisbon", via: nil, rpo: 15 + random.pick(60), &random)
    }
    sketch.draft.profile["transferChunk"] = quoted("\(64 << random.pick(5))KiB")
    sketch.draft.profile["haRestartDelay"] = quoted("\(1 + random.pick(40))s")
    sketch.draft.profile["mergeRate"] = quoted("\(1 + random.pick(4))MiB/s")
  }

  /// A scenario that asks for more than its release can do is none.
  private static func leaveOutWhatTheReleaseLacks(_ sketch: inout WorldSketch) {
    let lacking =
      switch sketch.draft.profile["product"] {
      case quoted("5.0"): ["pointsInTime", "compression", "encryption"]
      case quoted("6.x"): ["encryption"]
      default: [String]()
      }
    if lacking.contains("encryption") || sketch.draft.profile["product"] == quoted("7.0") {
      sketch.draft.profile["unmapOptimization"] = nil
    }
    for index in sketch.draft.machines.indices {
      for key in lacking { sketch.draft.machines[index].replication?[key] = nil }
    }
  }

  /// Ends what nothing else ends, and gives the world the time it needs.
  private static func putInOrder(_ sketch: inout WorldSketch) {
    let verbs = Set(sketch.draft.timeline.compactMap { $0.word("do") })
    if sketch.draft.sites.contains(where: \.isModelled) {
      // What was refused for want of room is done when all hosts run.
      sketch.schedule("vm.power-on", at: sketch.faultsEnd + 60, ["vm": quoted("*")])
      for name in sketch.draft.sites.flatMap(\.applianceNames) {
        sketch.schedule("appliance.restore", at: sketch.faultsEnd + 60, ["appliance": quoted(name)])
      }
    }
    if verbs.contains("vm.add-disk") || verbs.contains("vm.remove-disk") {
      sketch.schedule(
        "replication.reconfigure", at: sketch.faultsEnd + 300, ["vm": quoted("*")])
    }
    sketch.spareWhatStorageCopies()
    sketch.draft.durationSeconds = 100_000 * sketch.unitSeconds
    let (read, diagnostics) = ScenarioReader.read(text: sketch.draft.text, file: sketch.draft.name)
    guard let scenario = read else {
      preconditionFailure(
        "every drawn scenario is valid: \(sketch.draft.name): \(diagnostics.first { $0.severity == .error }?.message ?? "")"
      )
    }
    let needed = RecoveryExpectation(scenario).deadline
    sketch.draft.durationSeconds = Int(needed.nanoseconds / 1_000_000_000) + 1
  }
}

extension WorldSketch {
  mutating func schedule(_ verb: String, at time: Int, _ settings: KeyValuePairs<String, String>) {
    schedule(verb, at: time, ScenarioObject(settings))
  }

  /// A line of 1 to 4 MiB/s between two sites, all of it usable.
  mutating func addLink(
    _ name: String, from site: String, to other: String, latency: String, _ random: inout RandomStream
  ) {
    draft.links.append(
      ScenarioObject([
        "name": quoted(name), "between": "[\(quoted(site)), \(quoted(other))]",
        "bandwidth": quoted("\(1 << random.pick(3))MiB/s"), "latency": quoted(latency),
        "usable": quoted("100%"),
      ]))
  }

  /// A replicated machine with one small disk.
  mutating func addMachine(
    _ name: String, at site: String, to target: String, via link: String?, rpo: Int,
    _ random: inout RandomStream
  ) {
    let settings = ScenarioObject([
      "name": quoted(name), "site": quoted(site), "datastore": quoted("ds-\(site)"),
    ])
    var replication = ScenarioObject([
      "vm": quoted(name), "to": quoted(target), "datastore": quoted("ds-\(target)"), "rpo": seconds(rpo),
      "initialSync": quoted("done"),
    ])
    if let link { replication["via"] = quoted(link) }
    let disk = addDisk("disk-1", of: name, &random)
    draft.machines.append(.init(settings: settings, disks: [disk], replication: replication))
  }

  /// A small disk with a steady workload of its own.
  mutating func addDisk(_ disk: String, of machine: String, _ random: inout RandomStream) -> ScenarioObject {
    let workload = "\(machine)-\(disk)"
    draft.workloads.append(
      (
        workload,
        ScenarioObject([
          "model": quoted("uniform"), "write": rate(1 + random.pick(2 << random.pick(5))),
          "blockSize": quoted("4KiB"),
        ])
      ))
    return ScenarioObject([
      "name": quoted(disk), "size": quoted("\(3 + random.pick(4))MiB"),
      "used": quoted("\(random.pick(4))MiB"),
      "workload": quoted(workload),
    ])
  }

  /// So many KiB per unit of time.
  func rate(_ kibibytes: Int) -> String { quoted("\(max(1, kibibytes * 1024 / unitSeconds))B/s") }
}
