import RandomStreams

/// A world while it is drawn: the scenario so far, and the phases of its time.
struct WorldSketch {
  var draft: WorldDraft
  /// The length of the unit that times are drawn in.
  var unitSeconds = 1
  /// When everything that has an end has ended, in units.
  let faultsEnd = 240
  /// How many prompts and commands have a name.
  var stepCount = 0
  /// The lasting entries so far, to nest others in, in units.
  private var spans: [Range<Int>] = []

  init(draft: WorldDraft) { self.draft = draft }

  func seconds(_ units: Int) -> String { quoted("\(units * unitSeconds)s") }

  // MARK: - Names to pick from

  func site(_ random: inout RandomStream) -> WorldDraft.Site { random.pick(from: draft.sites) }

  func host(_ random: inout RandomStream) -> String {
    let site = site(&random)
    return site.host(random.pick(site.hostCount))
  }

  func server(_ random: inout RandomStream) -> String {
    let site = site(&random)
    return site.server(random.pick(site.serverCount))
  }

  func link(_ random: inout RandomStream) -> String {
    random.pick(from: draft.links).word("name") ?? ""
  }

  /// A host whose cluster is looked at in detail; `nil` where there is none.
  func modelledHost(_ random: inout RandomStream) -> String? {
    let sites = draft.sites.filter(\.isModelled)
    guard !sites.isEmpty else { return nil }
    let site = random.pick(from: sites)
    return site.host(random.pick(site.hostCount))
  }

  /// A host of a vSAN datastore, with the number of its disk groups.
  func vsanHost(_ random: inout RandomStream) -> (name: String, groups: Int)? {
    let sites = draft.sites.filter { $0.diskGroups != nil }
    guard !sites.isEmpty else { return nil }
    let site = random.pick(from: sites)
    return (site.host(random.pick(site.hostCount)), site.diskGroups ?? 1)
  }

  /// An appliance with its site; `nil` where none is a machine.
  func appliance(_ random: inout RandomStream) -> (name: String, site: WorldDraft.Site)? {
    let all = draft.sites.flatMap { site in site.applianceNames.map { ($0, site) } }
    return all.isEmpty ? nil : random.pick(from: all)
  }

  func circuit(_ random: inout RandomStream) -> String? {
    let names = draft.sites.filter { $0.settings["circuit"] != nil }.map { "circuit-\($0.name)" }
    return names.isEmpty ? nil : random.pick(from: names)
  }

  func datastore(_ random: inout RandomStream) -> ScenarioObject {
    random.pick(from: draft.sites.flatMap(\.datastores))
  }

  /// A machine's name or, in one of four cases, all of them.
  func selector(_ random: inout RandomStream) -> String {
    random.pick(4) == 0 ? "*" : random.pick(from: draft.machines).name
  }

  /// As ``selector(_:)``, where something must be replicated.
  func replicated(_ random: inout RandomStream) -> String {
    random.pick(4) == 0 ? "*" : random.pick(from: draft.machines.filter { $0.replication != nil }).name
  }

  func site(named name: String?) -> WorldDraft.Site? { draft.sites.first { $0.name == name } }

  // MARK: - The timeline

  private static let syncVerbs = ["replication.sync", "replication.full-sync", "vm.trim"]

  /// Puts an entry on the timeline, all over by ``faultsEnd``.
  ///
  /// Where earlier entries last, four of ten begin within one of those, or at the very instant of its beginning or end.
  mutating func schedule(
    _ verb: String, _ settings: ScenarioObject, lasts: Bool, _ random: inout RandomStream
  ) {
    var begin = random.pick(faultsEnd)
    if let span = spans.isEmpty ? nil : random.pick(from: spans), random.pick(10) < 4 {
      begin =
        switch random.pick(4) {
        case 0: span.lowerBound
        case 1: min(span.upperBound, faultsEnd - 1)
        default: min(span.lowerBound + random.pick(span.count), faultsEnd - 1)
        }
    }
    var entry = ScenarioObject(["at": seconds(begin), "do": quoted(verb)])
    for member in settings.members { entry[member.key] = member.text }
    if lasts {
      let longest = faultsEnd - begin
      let length = 1 + random.pick(random.pick(3) == 0 ? longest : max(1, longest / 4))
      entry["for"] = seconds(length)
      spans.append(begin..<begin + length)
    } else if Self.syncVerbs.contains(verb) {
      // Others begin while the sync is under way.
      spans.append(begin..<begin + 20)
    }
    draft.timeline.append(entry)
  }

  /// Puts an entry on the timeline at a given time, in units.
  mutating func schedule(_ verb: String, at time: Int, _ settings: ScenarioObject) {
    var entry = ScenarioObject(["at": seconds(time), "do": quoted(verb)])
    for member in settings.members { entry[member.key] = member.text }
    draft.timeline.append(entry)
  }
}
