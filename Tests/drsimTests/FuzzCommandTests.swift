import Foundation
import Testing

@Suite struct FuzzCommandTests {
  let tool: CommandLineTool

  init() throws { tool = try CommandLineTool() }

  @Test func `A swarm tells what it did, and does the same however many share the work`() throws {
    let one = try tool.run("fuzz", "--seeds", "0..5", "--json")
    let two = try tool.run("fuzz", "--seeds", "0..5", "--jobs", "2", "--json")
    #expect(one.status == 0, "\(one.errors)")
    #expect(one.output == two.output)
    let counts = try #require(try one.json()["counts"] as? [String: Any])
    #expect(counts["schedules"] as? Int == 6)
  }

  @Test func `A swarm goes on from its file`() throws {
    let first = try tool.run("fuzz", "--seeds", "0..2", "--resume", "state.json")
    #expect(first.status == 0 && first.output.contains("seeds      0..2"))
    let second = try tool.run("fuzz", "--seeds", "0..4", "--resume", "state.json", "--out", "out")
    #expect(second.output.contains("swarm  5 schedules, every invariant held"))
    #expect(second.output.contains("seeds      0..4"))
    #expect(tool.exists("out/swarm.md") && tool.exists("out/swarm.json"))

    // Other features are other worlds.
    let other = try tool.run("fuzz", "--seeds", "0..4", "--resume", "state.json", "--without", "link.down")
    #expect(other.status == 2 && other.errors.contains("use the same features"))
  }

  /// A seed is a world only with the same features to draw from.
  @Test func `A swarm does not go on from a file of other features`() throws {
    #expect(try tool.run("fuzz", "--seeds", "0..0", "--resume", "state.json").status == 0)
    let state = try text(of: "state.json")
    let features = try #require(state.split(separator: "\n").first { $0.contains(#""features" : ""#) })
    for line in [#"  "features" : "0","#, ""] {
      try tool.write(state.replacingOccurrences(of: features, with: line), to: "state.json")
      let result = try tool.run("fuzz", "--seeds", "0..1", "--resume", "state.json")
      #expect(result.status == 2 && result.errors.contains("draws other worlds from the same seeds"))
    }
  }

  /// Seed 7 is written into the file as one that failed.
  @Test func `What failed is told with all that it takes to repeat it`() throws {
    func run() throws -> CommandLineTool.Result {
      try tool.run(
        "fuzz", "--seeds", "0..0", "--resume", "state.json", "--only", "link.down", "--only", "model.CM02")
    }
    #expect(try run().status == 0)
    let finding =
      #""findings" : [{ "seed": 7, "invariant": "lag", "subject": "vm-1", "detail": "late", "untilMilliseconds": 5 }]"#
    let state = try text(of: "state.json").replacing(#/"findings" : \[\s*\]/#, with: finding)
    try tool.write(state, to: "state.json")

    let result = try run()

    #expect(result.status == 1)
    #expect(
      result.output.contains(
        "  reproduce  drsim fuzz --seeds 7..7 --only link.down --only model.CM02 --until 5ms\n"),
      "\(result.output)")
  }

  private func text(of name: String) throws -> String {
    String(decoding: try tool.content(of: name), as: UTF8.self)
  }

  @Test func `A scenario file is checked like a drawn world`() throws {
    try tool.write(Samples.small, to: "one.json")
    let result = try tool.run("fuzz", "one.json", "--until", "1h")
    #expect(result.status == 0 && result.output == "one.json: every invariant held\n", "\(result.errors)")
  }

  @Test func `What cannot be run ends with 2`() throws {
    #expect(try tool.run("fuzz").errors.contains("there is nothing to run"))
    #expect(try tool.run("fuzz", "--seeds", "9..1").status == 2)
    #expect(
      try tool.run("fuzz", "--seeds", "1..2", "--only", "no-such").errors.contains("there is no feature"))
    try tool.write("{}", to: "bad.json")
    #expect(try tool.run("fuzz", "bad.json").status == 2)
  }
}
