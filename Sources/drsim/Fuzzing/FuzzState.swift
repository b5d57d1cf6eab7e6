import Foundation
import Swarm

/// What a swarm has done so far, as it is kept in a file to go on from.
struct FuzzState: Codable {
  /// The program that did it; another one may draw other worlds.
  let version: String
  /// Tells apart the features that it could draw from those of other programs; `nil` in files of earlier ones.
  let features: String?
  /// Which features were chosen, as arguments.
  let switches: [String]
  /// Seeds that are done, ascending, without neighbours that touch.
  private(set) var done: [ClosedRange<UInt64>] = []
  private(set) var counts = SwarmCounts()
  var findings: [FuzzFinding] = []

  init(switches: WorldDraw.Switches) {
    version = Version.text
    features = Self.presentFeatures
    self.switches = switches.arguments
  }

  private static var presentFeatures: String { String(Feature.fingerprint, radix: 16) }

  /// - Throws: ``CommandFailure`` for a file that cannot be read or belongs to other worlds.
  static func read(_ path: String, switches: WorldDraw.Switches) throws -> FuzzState {
    guard FileManager.default.fileExists(atPath: path) else { return FuzzState(switches: switches) }
    let state: FuzzState
    do {
      state = try JSONDecoder().decode(FuzzState.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw CommandFailure(
        status: .inputOutput, message: "cannot go on from \(path): \(reason(of: error))",
        help: ["name the file that an earlier --resume wrote, or a new one"])
    }
    guard state.version == Version.text, state.switches == switches.arguments else {
      throw CommandFailure(
        status: .invalid,
        message: "\(path) is of drsim \(state.version) with \(state.switches.joined(separator: " "))",
        help: ["use the same features, or begin with another file"])
    }
    guard state.features == presentFeatures else {
      throw CommandFailure(
        status: .invalid, message: "\(path) is of a drsim that draws other worlds from the same seeds",
        help: ["begin with another file"])
    }
    return state
  }

  func write(to path: String) throws(CommandFailure) {
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
      try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CommandFailure(status: .inputOutput, message: "cannot write \(path): \(reason(of: error))")
    }
  }

  mutating func took(_ seeds: ClosedRange<UInt64>, _ counts: SwarmCounts, _ findings: [FuzzFinding]) {
    self.counts.add(counts)
    self.findings += findings
    var merged: [ClosedRange<UInt64>] = []
    for range in (done + [seeds]).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last,
        range.lowerBound <= last.upperBound || range.lowerBound - last.upperBound == 1
      {
        merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    done = merged
  }

  /// What of `seeds` is not done.
  func missing(of seeds: ClosedRange<UInt64>) -> [ClosedRange<UInt64>] {
    var missing: [ClosedRange<UInt64>] = []
    var first = seeds.lowerBound
    for range in done where range.upperBound >= first && range.lowerBound <= seeds.upperBound {
      if range.lowerBound > first { missing.append(first...range.lowerBound - 1) }
      guard range.upperBound < seeds.upperBound else { return missing }
      first = range.upperBound + 1
    }
    missing.append(first...seeds.upperBound)
    return missing
  }
}
