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
