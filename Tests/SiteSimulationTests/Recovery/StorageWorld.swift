import Inventory
import Measurements
import Quantities
import Scenarios

@testable import SiteSimulation

/// The text of a scenario in which the plan `RP` recovers machines of every kind of replication from `paris` to `lyon`.
///
/// `erp-1` and `erp-2` are on two devices of one consistency group, copied every 10 minutes; `pay` on a synchronous device; `mail`
/// on virtual volumes of which three copies are kept, one each 10 minutes; `web` is replicated by vSphere Replication. Each
/// rewrites 8 MiB at 30 s, 90 s and so on. The link carries 100 Mbit/s of payload.
struct StorageWorld {
  var seed = 1
  var workload = #""model": "periodic", "every": "1m", "first": "30s", "size": "8MiB", "offset": "16MiB""#
  var bandwidth = "100Mbps"
  var furtherLinks: [String] = []
  var groups = ["erp", "pay", "mail", "web"]
  /// Further keys of the plan.
  var plan = ""
  var timeline: [String] = []

  static let machineNames = ["erp-1", "erp-2", "pay", "mail", "web"]

  var text: String {
    let places = ["lun-1", "lun-2", "lun-pay", "vvols", "plain"]
    let vms = zip(Self.machineNames, places).map { name, place in
      """
      { "name": "\(name)", "site": "paris", "datastore": "\(place)", "network": "prod", "boot": "30s", "shutdown": "10s",
        "disks": [{ "name": "os", "size": "64MiB", "used": "64MiB", "workload": "app" }] }
      """
    }
    let allGroups = [
      "erp": #""type": "array-based", "datastores": ["lun-1", "lun-2"]"#,
      "pay": #""type": "array-based", "datastores": ["lun-pay"]"#,
      "mail": #""type": "virtual-volumes", "replicationGroups": ["rg-mail"]"#, "web": #""vms": ["web"]"#,
    ]
    let groupTexts = groups.map { #"{ "name": "\#($0)", \#(allGroups[$0] ?? "") }"# }
    let wan =
      #"{ "name": "wan", "between": ["paris", "lyon"], "bandwidth": "\#(bandwidth)", "usable": "100%", "latency": "0ms" }"#
    return """
      { "format": 1, "name": "storage", "seed": \(seed), "clock": { "duration": "48h" },
        "network": { "model": "bare", "framing": "none" },
        "sites": [
          { "name": "paris", "hosts": 2, "networks": ["prod"], "datastores": [
            { "name": "lun-1", "capacity": "1GiB" }, { "name": "lun-2" }, { "name": "lun-pay" },
            { "name": "vvols", "type": "vvol" }, { "name": "plain" }] },
          { "name": "lyon", "hosts": 2, "networks": ["dr"], "datastores": [
            { "name": "plain-lyon" }, { "name": "copy-1", "capacity": "1GiB" }, { "name": "copy-2" },
            { "name": "copy-pay" }, { "name": "vvols-lyon", "type": "vvol" }] }],
        "links": [\(([wan] + furtherLinks).joined(separator: ", "))],
        "workloads": { "app": { \(workload) } },
        "vms": [\(vms.joined(separator: ",\n"))],
        "replications": [{ "vm": "web", "to": "lyon", "datastore": "plain-lyon", "rpo": "10m", "initialSync": "done" }],
        "arrayPairs": [
          { "name": "regional", "from": "paris", "to": "lyon", "mode": "periodic", "every": "10m", "devices": [
            { "name": "d-1", "datastore": "lun-1", "copy": "copy-1", "consistencyGroup": "erp" },
            { "name": "d-2", "datastore": "lun-2", "copy": "copy-2", "consistencyGroup": "erp" }] },
          { "name": "metro", "from": "paris", "to": "lyon", "mode": "synchronous", "devices": [
            { "name": "d-pay", "datastore": "lun-pay", "copy": "copy-pay" }] }],
        "faultDomains": [
          { "name": "volumes", "from": "paris", "to": "lyon", "every": "10m", "pointsInTime": 3,
            "replicationGroups": [{ "name": "rg-mail", "vms": ["mail"], "datastore": "vvols-lyon" }] }],
        "mappings": { "from": "paris", "to": "lyon", "networks": { "prod": "dr" }, "reverse": true,
          "placeholders": ["plain", "plain-lyon"] },
        "protectionGroups": [\(groupTexts.joined(separator: ", "))],
        "recoveryPlans": [{ "name": "RP", "from": "paris", "to": "lyon",
          "groups": [\(groups.map { "\"\($0)\"" }.joined(separator: ", "))]\(plan.isEmpty ? "" : ", ")\(plan) }],
        "recovery": { "defaults": { "allowForced": true } },
        "timeline": [\(timeline.map { "{ \($0) }" }.joined(separator: ",\n"))] }
      """
  }

  func scenario() throws -> Scenario { try Scenario.read(text) }
  func world() throws -> World { try World(scenario()) }
}

extension World {
  /// The place of the copy of a machine that people use.
  func place(named name: String) -> Int? {
    machines.indices.first { index in
      machines[index].role == .current && scenario.inventory[machines[index].id].name == name
    }
  }

  /// What the disks of a machine hold now, by name.
  mutating func contents(named name: String) -> [[UInt8]]? {
    guard let place = place(named: name) else { return nil }
    return contents(ofCopy: place)
  }
}
