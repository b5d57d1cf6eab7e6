/// A scenario in parts that can be changed and left out, before it is written as an ordinary scenario file.
package struct WorldDraft: Sendable, Hashable {
  package struct Site: Sendable, Hashable {
    package let name: String
    package var hostCount = 1
    package var serverCount = 1
    /// How many of the hosts, the last ones, begin in standby.
    package var standbyCount = 0
    /// Further members of the site.
    package var settings = ScenarioObject()
    package var datastores: [ScenarioObject] = []
    /// What is said of its one cluster; `nil` where nothing is.
    package var cluster: ScenarioObject?
    /// What is said of each of its appliances; `nil` where none is a machine.
    package var appliances: ScenarioObject?
    /// The kinds of its appliances beside the replication servers, as `vrms`.
    package var managers: [String] = []

    /// The disk groups of each host; `nil` where its datastore is no vSAN one.
    package var diskGroups: Int?

    /// How many machines each of its hosts has room for, where that is limited.
    package var roomPerHost: Int?

    /// Whether its hosts are looked at in detail.
    package var isModelled: Bool { cluster != nil || appliances != nil }

    package var applianceNames: [String] {
      guard appliances != nil else { return [] }
      return (0..<serverCount).map { server($0) } + managers.map { "\(name)-\($0)" }
    }

    package func host(_ number: Int) -> String { "\(name)-esx-0\(number + 1)" }
    package func server(_ number: Int) -> String { "\(name)-vrs-0\(number + 1)" }

    private var hosts: String {
      guard standbyCount > 0 else { return "\(hostCount)" }
      let list = (0..<hostCount).map { number in
        var host = ScenarioObject(["name": quoted(self.host(number))])
        if number >= hostCount - standbyCount { host["standby"] = "true" }
        return host.text
      }
      return "[" + list.joined(separator: ", ") + "]"
    }

    fileprivate var object: ScenarioObject {
      var object = ScenarioObject(["name": quoted(name)])
      if let cluster {
        // Named as the site, so that its hosts are called as those of a site without clusters.
        var described = ScenarioObject(["name": quoted(name), "hosts": hosts])
        for member in cluster.members { described[member.key] = member.text }
        object["clusters"] = "[\(described.text)]"
      } else {
        object["hosts"] = hosts
      }
      if let appliances {
        var list = ScenarioObject()
        for kind in managers { list[kind] = appliances.text }
        list["servers"] =
          "[" + [String](repeating: appliances.text, count: serverCount).joined(separator: ", ") + "]"
        object["appliances"] = list.text
      } else {
        object["replicationServers"] = "\(serverCount)"
      }
      for member in settings.members { object[member.key] = member.text }
      object["datastores"] = WorldDraft.list(datastores.map(\.text), indent: "      ")
      return object
    }
  }

  /// A virtual machine, with its replication if it has one.
  package struct Machine: Sendable, Hashable {
    package var settings: ScenarioObject
    package var disks: [ScenarioObject]
    package var replication: ScenarioObject?

    package var name: String { settings.word("name") ?? "" }
  }

  /// A protection group.
  package struct Group: Sendable, Hashable {
    package let name: String
    /// The names of its machines.
    package var machines: [String]
    /// The datastores on devices of arrays, or the replication groups of virtual volumes, with those machines; none of either
    /// where vSphere Replication replicates.
    package var datastores: [String] = []
    package var replicationGroups: [String] = []

    fileprivate var object: ScenarioObject {
      var object = ScenarioObject(["name": quoted(name)])
      if !datastores.isEmpty {
        object["type"] = quoted("array-based")
        object["datastores"] = WorldDraft.names(datastores)
      } else if !replicationGroups.isEmpty {
        object["type"] = quoted("virtual-volumes")
        object["replicationGroups"] = WorldDraft.names(replicationGroups)
      } else {
        object["vms"] = WorldDraft.names(machines)
      }
      return object
    }
  }

  /// A recovery plan.
  package struct Plan: Sendable, Hashable {
    package let name: String
    /// The names of its groups.
    package var groups: [String]
    /// What it says of its machines, and its own prompts and commands.
    package var machines: [ScenarioObject] = []
    package var steps: [ScenarioObject] = []
    /// The machines that give way.
    package var suspended: [String] = []

    fileprivate var object: ScenarioObject {
      var object = ScenarioObject(["name": quoted(name), "groups": WorldDraft.names(groups)])
      if !machines.isEmpty { object["vms"] = WorldDraft.list(machines.map(\.text), indent: "      ") }
      if !steps.isEmpty { object["steps"] = WorldDraft.list(steps.map(\.text), indent: "      ") }
      if !suspended.isEmpty { object["suspend"] = WorldDraft.names(suspended) }
      return object
    }
  }

  package var name: String
  package var seed: UInt64
  /// What the draw had switched on, by name; in the file as its tags.
  package var features: [String] = []
  package var durationSeconds = 600
  package var settings = ScenarioObject()
  package var sites: [Site] = []
  package var links: [ScenarioObject] = []
  package var network = ScenarioObject()
  package var workloads: [(name: String, settings: ScenarioObject)] {
    get { zip(workloadNames, workloadSettings).map { ($0, $1) } }
    set { (workloadNames, workloadSettings) = (newValue.map(\.name), newValue.map(\.settings)) }
  }
  private var workloadNames: [String] = []
  private var workloadSettings: [ScenarioObject] = []
  package var machines: [Machine] = []
  /// The arrays and fault domains between two sites.
  package var storageSystems: [StorageSystem] = []
  package var mappings: [ScenarioObject] = []
  package var groups: [Group] = []
  package var plans: [Plan] = []
  /// How recoveries go at every site.
  package var recovery = ScenarioObject()
  package var timeline: [ScenarioObject] = []
  package var profile = ScenarioObject()

  package init(name: String, seed: UInt64) {
    self.name = name
    self.seed = seed
  }

  /// The scenario file.
  package var text: String {
    let workloads = workloads.map { "\(quoted($0.name)): \($0.settings.text)" }
    let machines = machines.map { machine in
      var object = machine.settings
      object["disks"] = Self.list(machine.disks.map(\.text), indent: "      ")
      return object.text
    }
    let sites = sites.map(\.object.text)
    var file = ScenarioObject(["format": "1", "name": quoted(name)])
    file["tags"] = "[" + features.map { quoted($0) }.joined(separator: ", ") + "]"
    file["seed"] = "\(seed)"
    for member in settings.members { file[member.key] = member.text }
    file["clock"] = ScenarioObject(["duration": quoted("\(durationSeconds)s")]).text
    file["sites"] = Self.list(sites)
    file["links"] = Self.list(links.map(\.text))
    file["network"] = network.text
    file["workloads"] =
      workloads.isEmpty ? "{}" : "{\n    " + workloads.joined(separator: ",\n    ") + "\n  }"
    file["vms"] = Self.list(machines)
    file["replications"] = Self.list(self.machines.compactMap(\.replication?.text))
    for (key, isOfArrays) in [("arrayPairs", true), ("faultDomains", false)] {
      let systems = storageSystems.filter { $0.isOfArrays == isOfArrays }
      if !systems.isEmpty { file[key] = Self.list(systems.map(\.object.text)) }
    }
    if !plans.isEmpty {
      if !mappings.isEmpty { file["mappings"] = Self.list(mappings.map(\.text)) }
      file["protectionGroups"] = Self.list(groups.map(\.object.text))
      file["recoveryPlans"] = Self.list(plans.map(\.object.text))
      file["recovery"] = recovery.text
    }
    file["timeline"] = Self.list(timeline.map(\.text))
    file["profile"] = profile.text
    return "{\n  " + file.members.map { "\(quoted($0.key)): \($0.text)" }.joined(separator: ",\n  ") + "\n}\n"
  }

  static func names(_ names: [String]) -> String {
    "[" + names.map { quoted($0) }.joined(separator: ", ") + "]"
  }

  fileprivate static func list(_ elements: [String], indent: String = "    ") -> String {
    guard !elements.isEmpty else { return "[]" }
    let outer = String(indent.dropLast(2))
    return "[\n\(indent)" + elements.joined(separator: ",\n\(indent)") + "\n\(outer)]"
  }
}
