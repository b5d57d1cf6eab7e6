import Foundation
import Testing

@Suite struct OtherCommandTests {
  let tool: CommandLineTool

  init() throws { tool = try CommandLineTool() }

  @Test func `Help and version go to standard output`() throws {
    let help = try tool.run("--help")
    #expect(help.status == 0 && help.errors.isEmpty)
    for verb in ["run", "validate", "explain"] { #expect(help.output.contains("  \(verb) ")) }
    #expect(help.output.contains("Exit status: 0 done; 2 wrong usage or invalid scenario"))
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
}
