import Foundation
import Measurements
import Quantities
import Scenarios
import SiteSimulation

/// A day of a whole fleet, oracle on, on one core: the cost of the product's main job.
///
/// Each machine has 100 GiB, 8 KiB extents and a working set of 2 GiB that it writes in runs of 16 extents,
/// at an RPO of 15 minutes. 402.3 runs are written per interval, of which 397.4 are different ones
/// (16,384 · (1 − e^(−402.3 / 16,384))), so 96 intervals ship 5.0 GB per machine and day.
enum FleetBenchmark: Benchmark {
  static let name = "fleet"
  static let summary =
    "A day of 500 and 1,000 machines: CPU seconds, memory, and what twice the machines cost."
  static let options = "[--vms 1000] [--path link|whole]"

  /// What limits a transfer on its way.
  ///
  /// With `whole` the machines stand on hosts with vSphere HA, data is read from the devices of a vSAN datastore, goes through a
  /// replication server for each 200 machines and a host, and is written, mirrored, to the devices of another, where it is
  /// merged; each of these has a throughput. With `link` only the link has.
  private enum Path: String {
    case link
    case whole
  }

  static func run(_ options: inout BenchmarkOptions) throws {
    let vms = try options.takeNumber("--vms", default: 1_000)
    let text = try options.takeText("--path") ?? "link"
    guard let path = Path(rawValue: text) else {
      throw BenchmarkFailure("--path takes link or whole, not \"\(text)\"")
    }
    try options.checkAllTaken()
    let half = try measure(vms: max(1, vms / 2), path)
    let whole = try measure(vms: vms, path)
    print(
      String(format: "twice the machines take %.2f times the CPU time (target: at most 2.2)", whole / half))
  }

  /// - Returns: CPU seconds of the run, the set-up included.
  private static func measure(vms: Int, _ path: Path) throws -> Double {
    let (scenario, diagnostics) = ScenarioReader.read(text: text(vms: vms, path), file: "fleet.json")
    guard let scenario else {
      throw BenchmarkFailure(Diagnostic.render(diagnostics, file: "fleet.json"))
    }
    let start = cpuSeconds()
    var world = try World(scenario)
    try world.run(until: scenario.clock.end)
    let events = world.eventCount
    let record = try world.finish(version: "benchmark")
    let seconds = cpuSeconds() - start
    let shipped = record.cycles.reduce(0) { $0 + $1.payloadSize.bytes }
    print(
      String(
        format:
          "%5d machines, 24 h: %.1f CPU s, %.2f GB shipped per machine, %.1f million extents, %.0f ns per extent,"
          + " %d instances verified, %.2f million events (%.0f a second), peak memory %.2f GiB, digest %@",
        vms, seconds, Double(shipped) / Double(vms) / 1e9, Double(shipped) / 8192 / 1e6,
        seconds * 1e9 / (Double(shipped) / 8192), record.verifiedInstanceCount, Double(events) / 1e6,
        Double(events) / seconds,
        peakMemoryGibibytes(), record.digestText))
    return seconds
  }

  private static func text(vms: Int, _ path: Path) -> String {
    let width = "\(vms)".count
    let first = String(repeating: "0", count: width - 1) + "1"
    let sites =
      switch path {
      case .link:
        """
              { "name": "here", "hosts": \(max(1, vms / 30)), "datastores": [{ "name": "vsan-here" }] },
              { "name": "there", "hosts": 1, "datastores": [{ "name": "vsan-there" }] }
        """
      case .whole:
        """
              { "name": "here", "clusters": [{ "name": "here", "hosts": \(max(4, vms / 30)), "hostType": "av36", "ha": {} }],
                "datastores": [{ "name": "vsan-here", "vsan": { "read": "2GB/s", "write": "1GB/s" } }] },
              { "name": "there", "hosts": \(max(4, vms / 60)), "replicationServers": \(max(1, vms / 200)),
                "datastores": [{ "name": "vsan-there", "vsan": { "read": "2GB/s", "write": "1GB/s" } }] }
        """
      }
    let profile = path == .whole ? #"{ "serverRate": "500MB/s", "hostRate": "1GB/s" }"# : "{}"
    return """
      {
        "format": 1, "name": "fleet-\(vms)", "limits": "relaxed",
        "clock": { "duration": "24h5m" },
        "sites": [
      \(sites)
        ],
        "links": [{ "name": "wan", "between": ["here", "there"], "bandwidth": "10Gbps", "latency": "10ms" }],
        "workloads": {
          "runs": { "model": "uniform", "write": "468704bps", "blockSize": "128KiB", "workingSet": "2GiB" }
        },
        "vms": [
          { "name": "vm-{\(first)..\(vms)}", "site": "here", "datastore": "vsan-here",
            "disks": [{ "name": "disk", "size": "100GiB", "used": "50GiB", "workload": "runs" }] }
        ],
        "replications": [
          { "vm": "*", "to": "there", "datastore": "vsan-there", "rpo": "15m", "policy": "fixed",
            "initialSync": "done" }
        ],
        "profile": \(profile)
      }
      """
  }

  private static func peakMemoryGibibytes() -> Double {
    var usage = rusage()
    precondition(
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0, "the process can ask for its own usage")
    return Double(usage.ru_maxrss) / 1_048_576
  }
}
