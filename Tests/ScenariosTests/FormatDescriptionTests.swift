import Testing

@testable import Scenarios

extension Draft {
  /// The objects that its values may be or hold.
  fileprivate static var inner: [any Draft.Type] { keys.flatMap { $0.shape.objects.map(\.draft) } }

  /// Reads the example of each key.
  fileprivate static func checkExamples() throws {
    for key in keys {
      let text = key.shape.example
      var log = DiagnosticLog(sources: [SourceText(file: "example.json", bytes: Array(text.utf8))])
      let node = try #require(JSONParser.parse(source: 0, log: &log), "\(noun): \(key.name) \(text)")
      var owner = Self()
      key.decode(node, key.name, &owner, &log)
      #expect(log.diagnostics.map(\.message) == [], "\(noun): \(key.name) \(text)")
    }
  }
}

@Suite struct FormatDescriptionTests {
  private let description = FormatDescription.current

  private func addresses(_ text: String) -> [String] {
    description.entries(calledBy: text).map { $0.places[0].text }
  }

  @Test func `Whatever an object may hold is described, each with the ways to it`() throws {
    let nouns = description.objects.map(\.noun)
    #expect(Set(nouns).count == nouns.count)
    for object in description.objects {
      for key in object.keys { #expect(key.nouns.allSatisfy(nouns.contains), "\(object.noun): \(key.name)") }
      #expect(object.noun == "scenario" || !object.places.contains([]))
    }
    for noun in ["array pair", "device", "fault domain", "replication group", "points in time"] {
      #expect(nouns.contains(noun))
    }
    let disk = try #require(description.objects.first { $0.noun == "disk" })
    #expect(disk.places.map(\.text) == ["vms[].disks[]"])
    let background = try #require(description.objects.first { $0.noun == "background" })
    #expect(background.places.map(\.text) == ["links[].background", "timeline[].background"])
    let workload = try #require(description.objects.first { $0.noun == "workload" })
    #expect(workload.places.map(\.text) == ["workloads.NAME"])
  }

  @Test func `Every example is taken by its reader`() throws {
    var drafts: [any Draft.Type] = [ScenarioDraft.self]
    var index = 0
    while index < drafts.count {
      for draft in drafts[index].inner where !drafts.contains(where: { $0 == draft }) {
        drafts.append(draft)
      }
      index += 1
    }
    #expect(drafts.count == description.objects.count)
    for draft in drafts { try draft.checkExamples() }
  }

  @Test func `A key is called by its name or by the way to it`() {
    for text in [
      "rpo", "RPO", "replications.rpo", "replication.rpo", "/replications/rpo", "/replications/web-*/rpo",
      "replications[].rpo",
    ] {
      #expect(addresses(text) == ["replications[].rpo"], "\(text)")
    }
    #expect(addresses("workloads/oltp/write") == ["workloads.NAME.write"])
    #expect(addresses("disk.used") == ["vms[].disks[].used"])
    #expect(addresses("profile.checksumRate") == ["profile.checksumRate"])
  }

  @Test func `A short name that several objects have stands for all of them`() {
    #expect(
      addresses("capacity") == ["sites[].datastores[].capacity"]
        && addresses("datastore") == [
          "vms[].datastore", "replications[].datastore", "timeline[].datastore",
          "arrayPairs[].devices[].datastore", "faultDomains[].replicationGroups[].datastore",
        ])
    #expect(addresses("vms.datastore") == ["vms[].datastore"])
    // A machine's own name lies closer than that of its disks.
    #expect(addresses("vms.name") == ["vms[].name"])
    #expect(addresses("vms.disks.name") == ["vms[].disks[].name"])
    #expect(addresses("clock.name") == [] && addresses("foo.rpo") == [] && addresses("") == [])
  }

  @Test func `Objects go by their noun or the last word of it, one or many`() {
    #expect(description.objects(called: "virtual machines").map(\.noun) == ["virtual machine"])
    #expect(description.objects(called: "array-pair").map(\.noun) == ["array pair"])
    #expect(
      description.objects(called: "machines").map(\.noun) == [
        "virtual machine", "recovery of virtual machines", "step of a virtual machine",
      ])
    #expect(description.objects(called: "nonsense").isEmpty)
  }

  @Test func `A form tells its bounds and its parts`() throws {
    func form(_ text: String) throws -> String {
      try #require(description.entries(calledBy: text).first).key.fullForm
    }
    #expect(try form("replications.rpo") == "a duration above zero, such as \"15m\", \"1h30m\", \"250ms\"")
    #expect(try form("vms.cpu") == "a whole number from 1 to 768")
    #expect(try form("links.between") == "a list of 2, each element a name")
    #expect(try form("links.loss") == "a share below 100%, such as \"70%\", \"0.01%\"")
    #expect(try form("format") == "the number 1")
    #expect(
      try form("mappings.folders")
        == "one of \"same-names\"; or an object whose keys are names, each value a name")
    #expect(try form("ip") == "an object that describes an IP customization")
    #expect(try form("vrms") == "an object that describes an appliance")
    #expect(try form("recovery.times") == "an object that describes recovery times")
  }
}
