import Foundation
import Quantities
import Scenarios
import Testing

@testable import SiteSimulation

/// The text of a scenario with two sites, `paris` and `lyon`, joined by the link `wan`.
///
/// Unless a test says otherwise the link has no latency and no overhead and carries 1 MiB/s, so that a
/// mebibyte takes a second; its hosts are `paris-esx-01` and so on. RPOs below the product's 5 minutes are
/// allowed, so that runs stay short.
struct SmallWorld {
  var duration = "10m"
  var seed = 1
  var start = "2025-03-03T00:00:00Z"
  var hosts = 1
  var targetHosts = 1
  var targetServers = 1
  /// Limits of the datastores at both sites, such as `, "write": "1MiB/s"`.
  var datastore = ""
  var link = #""bandwidth": "1MiB/s", "latency": "0ms""#
  var network = #""model": "bare", "framing": "none""#
  /// By name, as JSON.
  var workloads: [String: String] = [:]
  /// As JSON, without site and datastore.
  var machines: [String] = []
  /// As JSON, without target and datastore.
  var replications: [String] = []
  var timeline: [String] = []
  var profile = ""
  /// Where replicas are kept.
  var storage = "memory"
  /// What each instance sends beside its extents; nothing, so that times are whole seconds.
  var configurationSize = "0B"

  var text: String {
    """
    { "format": 1, "name": "small", "seed": \(seed), "limits": "relaxed", "storage": "\(storage)",
      "clock": { "start": "\(start)", "duration": "\(duration)" },
      "sites": [
        { "name": "paris", "hosts": \(hosts), "datastores": [{ "name": "ds-paris"\(datastore) }] },
        { "name": "lyon", "hosts": \(targetHosts), "replicationServers": \(targetServers),
          "datastores": [{ "name": "ds-lyon"\(datastore) }] }],
      "links": [{ "name": "wan", "between": ["paris", "lyon"], "usable": "100%", \(link) }],
      "network": { \(network) },
      "workloads": { \(workloads.sorted { $0.key < $1.key }.map { "\"\($0)\": { \($1) }" }.joined(separator: ", ")) },
      "vms": [\(machines.map { #"{ "site": "paris", "datastore": "ds-paris", \#($0) }"# }.joined(separator: ",\n"))],
      "replications": [\(replications.map { #"{ "to": "lyon", "datastore": "ds-lyon", \#($0) }"# }
        .joined(separator: ",\n"))],
      "timeline": [\(timeline.map { "{ \($0) }" }.joined(separator: ",\n"))],
      "profile": { "configurationSize": "\(configurationSize)"\(profile.isEmpty ? "" : ", ")\(profile) } }
    """
  }

  func scenario() throws -> Scenario { try Scenario.read(text) }

  func world() throws -> World { try World(scenario()) }
}

/// Why a scenario of a test is none.
struct InvalidScenario: Error, CustomStringConvertible {
  let description: String
}

extension Scenario {
  /// The scenario of a text without errors.
  static func read(_ text: String, overrides: [(path: String, value: String)] = []) throws -> Scenario {
    let (scenario, diagnostics) = ScenarioReader.read(text: text, file: "test.json", overrides: overrides)
    guard let scenario else {
      throw InvalidScenario(description: Diagnostic.render(diagnostics, file: "test.json", style: .init()))
    }
    return scenario
  }

  /// A scenario that is shipped, by its path below the folder `scenarios`.
  static func shipped(_ path: String, overrides: [(path: String, value: String)] = []) throws -> Scenario {
    try read(String(contentsOfFile: "\(shippedFolder)/\(path)", encoding: .utf8), overrides: overrides)
  }

  /// The folder of the shipped scenarios.
  static let shippedFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "scenarios").path()
}
