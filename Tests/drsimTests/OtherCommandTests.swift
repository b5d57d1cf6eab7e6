import Foundation
import Testing

@Suite struct OtherCommandTests {
  let tool: CommandLineTool

  init() throws { tool = try CommandLineTool() }

  @Test func `Help and version go to standard output`() throws {
    let help = try tool.run("--help")
    #expect(help.status == 0 && help.errors.isEmpty)
    for verb in ["run", "validate", "explain"] { #expect(help.output.contains("  \(verb) ")) }
    #expect(help.output.contains("Exit status: 0 done; 1 an assertion failed; 2 wrong usage"))
    let version = try tool.run("--version")
    #expect(version.status == 0 && version.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
  }

  @Test func `An unknown verb ends with 2`() throws {
    let result = try tool.run("simulate")
    #expect(result.status == 2 && result.output.isEmpty)
  }

  @Test func `Validate tells about every file, and runs none`() throws {
    try tool.write(Samples.small, to: "one.json")
    try tool.write(Samples.misspelt, to: "two.json")
    try tool.write(Samples.small, to: "three.json")

    let result = try tool.run("validate", "one.json", "two.json", "three.json")

    #expect(result.status == 2)
    #expect(
      result.output == """
        one.json: ok, 2 replicated machines, 2h to simulate
        three.json: ok, 2 replicated machines, 2h to simulate

        """)
    #expect(result.errors.contains("error[") && result.errors.contains("two.json:9:"))
    #expect(try tool.run("validate", "one.json", "three.json").status == 0)
  }

  @Test func `Validate checks a scenario with its overrides`() throws {
    try tool.write(Samples.small, to: "one.json")
    let result = try tool.run("validate", "one.json", "--set", "/replications/web-*/rpo=2m")
    #expect(result.status == 2)
    #expect(result.errors.contains("outside the product's range"))
  }

  @Test func `Validate reads standard input`() throws {
    let result = try tool.run("validate", "-", input: Samples.small)
    #expect(result.status == 0)
    #expect(result.output == "<standard input>: ok, 2 replicated machines, 2h to simulate\n")
  }

  @Test func `Validate ends with 74 for a file that cannot be read`() throws {
    #expect(try tool.run("validate", "missing.json").status == 74)
  }

  @Test func `Explain describes each code that it lists`() throws {
    let list = try tool.run("explain")
    #expect(list.status == 0)
    let codes = list.output.split(separator: "\n").compactMap {
      $0.split(separator: " ").first.map(String.init)
    }
    #expect(codes.count > 20 && codes.contains("E0207"))
    let one = try tool.run("explain", "e0207")
    #expect(one.status == 0)
    #expect(one.output.hasPrefix("E0207  ") && one.output.split(separator: "\n").count > 1)
  }

  @Test func `Explain ends with 2 for a code that does not exist`() throws {
    let result = try tool.run("explain", "E9999")
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(
      result.errors.contains("there is nothing to explain about \"E9999\"")
        && result.errors.contains("drsim explain lists"))
  }

  @Test func `Explain lists every constant of the product with its source`() throws {
    let all = try tool.run("explain", "product")
    #expect(all.status == 0)
    let heads = all.output.split(separator: "\n").filter { !$0.hasPrefix(" ") }
    #expect(heads.count > 60 && heads.allSatisfy { $0.contains(".") && $0.hasSuffix(")") })
    #expect(all.output.split(separator: "\n").count { $0.hasPrefix("    Source (") } == heads.count)
    #expect(all.output.contains("Value: 8 (5.0), 64 (6.x to 8.0), 2048 (8.0U3 to enhanced)"))
  }

  @Test func `Explain tells one constant by its whole name or its last part`() throws {
    let whole = try tool.run("explain", "transfer.coalescedExtents")
    #expect(whole.status == 0 && whole.output.hasPrefix("transfer.coalescedExtents  (extents)\n"))
    #expect(try tool.run("explain", "coalescedextents").output == whole.output)
    // A scenario may override this one under the same name.
    let both = try tool.run("explain", "blocksInFlight").output
    #expect(both.contains("blocksInFlight  (default") && both.contains("transfer.blocksInFlight  (blocks)"))
  }

  @Test func `Azure's regions and sizes are listed with their sources`() throws {
    let all = try tool.run("explain", "azure")
    #expect(all.status == 0)
    #expect(all.output.contains("westeurope to northeurope") && all.output.contains("ErGw3"))
    #expect(all.output.contains("lower bounds") && all.output.contains("Source: Microsoft"))
  }

  @Test func `Explain tells each status word with the words of the user interface`() throws {
    let all = try tool.run("explain", "status")
    #expect(all.status == 0 && all.output.split(separator: "\n").count == 2 * 18)
    let one = try tool.run("explain", "SYNC_RPO_VIOLATION")
    #expect(
      one.output == """
        SYNC_RPO_VIOLATION  ("Sync (RPO violation)"; group Warning)
            As SYNC, and the newest complete instance is older than the RPO.

        """)
    #expect(try tool.run("explain", "rpo_violation").output.contains("As OK, and"))
    #expect(all.output.contains(one.output))
  }

  @Test(arguments: [
    ("coalescedExtent", "transfer.coalescedExtents"), ("RPO_VIOLATON", "RPO_VIOLATION"),
    ("prodct", "product"), ("copyReadLatensy", "copyReadLatency"),
  ])
  func `Explain suggests the word that was meant`(word: String, meant: String) throws {
    let result = try tool.run("explain", word)
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(result.errors.contains("did you mean \"\(meant)\"?"))
  }
}
