import Foundation
import Quantities
import Swarm

/// The side of `drsim fuzz` that runs schedules: answers the requests on standard input until that ends.
struct FuzzWorker {
  let switches: WorldDraw.Switches

  func run() throws {
    while let line = readLine() {
      switch try JSONDecoder().decode(FuzzRequest.self, from: Data(line.utf8)) {
      case .seeds(let seeds):
        var counts = SwarmCounts()
        var findings: [FuzzFinding] = []
        for seed in seeds {
          try answer(.begins(seed: seed))
          let run = SwarmRun(seed: seed, switches: switches)
          counts.add(run.counts)
          if let violation = run.violation { findings.append(FuzzFinding(seed: seed, violation)) }
        }
        try answer(.done(counts: counts, findings: findings))
      case .scenario(let text, let folder, let until):
        let run = SwarmRun(
          text: text, traceFolder: folder, until: until.map { Instant(nanoseconds: $0) }, isRepeated: true)
        let finding = run.violation.map { FuzzFinding(seed: nil, $0) }
        try answer(.done(counts: run.counts, findings: finding.map { [$0] } ?? []))
      }
    }
  }

  private func answer(_ answer: FuzzAnswer) throws {
    var data = try JSONEncoder().encode(answer)
    data.append(UInt8(ascii: "\n"))
    try FileHandle.standardOutput.write(contentsOf: data)
  }
}
