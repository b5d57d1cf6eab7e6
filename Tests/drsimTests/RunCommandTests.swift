import Foundation
import Testing

@Suite struct RunCommandTests {
  let tool: CommandLineTool

  init() throws {
    tool = try CommandLineTool()
    try tool.write(Samples.small, to: "small.json")
  }

  // MARK: - What is printed

  @Test func `A run prints its summary on standard output and nothing else`() throws {
    let result = try tool.run("run", "small.json")

    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    for part in [
      "small   seed 7", "RPO ", "web-1", "web-2", "paris → lyon", "digger", "oracle", "digest ",
    ] {
      #expect(result.output.contains(part), "the summary holds \(part)")
    }
    #expect(result.output.contains("drsim run small.json --seed 7"), "it says how to make it again")
    #expect(!result.output.contains("\u{1b}"), "no colours where there is no terminal")
  }

  @Test func `The reproduction line is a command that gives the same digest`() throws {
    let first = try tool.run(
      "run", "small.json", "--seed", "9", "--until", "1h", "--set", "/links/wan/bandwidth=5Mbps")

    let line = try #require(first.output.split(separator: "\n").last { $0.contains("drsim run") })
    let words = line.split(separator: " ").map(String.init)
    let start = try #require(words.firstIndex(of: "run"))
    let end = try #require(words.firstIndex(of: "digest"))
    #expect(
      words[start..<end] == [
        "run", "small.json", "--seed", "9", "--set", "/links/wan/bandwidth=5Mbps", "--until", "1h",
      ])
    let again = try tool.run(
      "run", "small.json", "--seed", "9", "--set", "/links/wan/bandwidth=5Mbps", "--until", "1h")
    #expect(again.output.split(separator: "\n").last == line)
  }

  @Test func `With --json there is one document, with the same digest as the summary`() throws {
    let result = try tool.run("run", "small.json", "--json")

    #expect(result.status == 0 && result.errors.isEmpty)
    let document = try result.json()
    let digest = try #require(document["digest"] as? String)
    #expect(digest.wholeMatch(of: /[0-9a-f]{16}/) != nil)
    #expect(try tool.run("run", "small.json").output.contains("digest \(digest)"))
    #expect(document["format"] as? Int == 1)
    #expect(document["scenario"] as? String == "small")
    #expect(document["seed"] as? Int == 7)
    #expect(document["durationSeconds"] as? Double == 7_200)
    #expect(document["mismatchedInstanceCount"] as? Int == 0)
    let machine = try #require((document["vms"] as? [[String: Any]])?.first)
    #expect(machine["name"] as? String == "web-1" && machine["rpoSeconds"] as? Double == 900)
    let link = try #require((document["links"] as? [[String: Any]])?.first)
    for (object, key) in [(document, "payloadBytes"), (machine, "wireBytes"), (link, "meanBitsPerSecond")] {
      #expect(object[key] is NSNumber, "\(key) is a number")
    }
    // The line is down from 1 h to 1 h 30 min: each machine falls behind its 15 minutes.
    #expect((document["violationSeconds"] as? Double ?? 0) > 2 * 900)
    #expect((document["faults"] as? [[String: Any]])?.first?["name"] as? String == "digger")
  }

  @Test func `Seed, end and overrides change what is run`() throws {
    let plain = try tool.run("run", "small.json", "--json").json()
    let seeded = try tool.run("run", "small.json", "--json", "--seed", "8").json()
    let cut = try tool.run("run", "--json", "--until", "90m", "small.json").json()
    let narrow = try tool.run("run", "small.json", "--json", "--set", "/links/wan/bandwidth=1Mbps").json()

    #expect(seeded["seed"] as? Int == 8)
    #expect(Set([plain, seeded, cut, narrow].map { $0["digest"] as? String }).count == 4)
    #expect(cut["durationSeconds"] as? Double == 5_400)
    let links = try #require(narrow["links"] as? [[String: Any]])
    // 70 % of 1 Mbit/s, and a little less where headers take their part.
    let capacity = try #require(links[0]["capacityMaximumBitsPerSecond"] as? Double)
    #expect((650_000...700_000).contains(capacity))
  }

  @Test func `An end behind that of the scenario changes nothing`() throws {
    let plain = try tool.run("run", "small.json", "--json")
    #expect(try tool.run("run", "small.json", "--json", "--until", "3d").output == plain.output)
  }

  @Test func `A dash reads the scenario from standard input`() throws {
    let plain = try tool.run("run", "small.json", "--json")
    let piped = try tool.run("run", "-", "--json", input: Samples.small)
    #expect(piped.status == 0)
    #expect(piped.output == plain.output)
  }

  @Test func `Colours come when they are asked for`() throws {
    #expect(try tool.run("run", "small.json", "--color", "always").output.contains("\u{1b}["))
    #expect(
      try tool.run("run", "small.json", environment: ["CLICOLOR_FORCE": "1"]).output.contains("\u{1b}["))
    let never = try tool.run("run", "small.json", "--color", "never", environment: ["CLICOLOR_FORCE": "1"])
    #expect(!never.output.contains("\u{1b}["))
  }

  @Test func `Without UTF-8 the summary is plain ASCII`() throws {
    let result = try tool.run("run", "small.json", environment: ["LC_ALL": "C"])
    #expect(result.status == 0)
    #expect(result.output.utf8.allSatisfy { $0 < 0x80 })
  }

  @Test func `Warnings go to standard error, and --quiet leaves them out`() throws {
    try tool.write(Samples.wasteful, to: "wasteful.json")
    let loud = try tool.run("run", "wasteful.json")
    let quiet = try tool.run("run", "wasteful.json", "--quiet")
    #expect(loud.status == 0 && quiet.status == 0)
    #expect(loud.errors.contains("warning[") && loud.errors.contains("\"idle\""))
    #expect(quiet.errors.isEmpty)
  }

  // MARK: - What is written

  @Test func `With --out the folder holds a database and a figure`() throws {
    let result = try tool.run("run", "small.json", "--out", "results/first")

    #expect(result.status == 0)
    #expect(result.output.contains("results/first/results.db"))
    let figure = String(decoding: try tool.content(of: "results/first/lag.svg"), as: UTF8.self)
    #expect(figure.contains("<svg") && figure.contains("web-1") && figure.contains("digger"))
    // A database keeps its schema as text.
    let database = try tool.content(of: "results/first/results.db")
    #expect(database.starts(with: Data("SQLite format 3\0".utf8)))
    let text = String(decoding: database, as: UTF8.self)
    for table in [
      "runs", "vms", "cycles", "lag_segments", "violations", "links", "link_use", "events",
      "replication_info", "datastores",
    ] {
      let definition = try #require(text.range(of: "CREATE TABLE \(table) ("))
      let end = try #require(text[definition.upperBound...].range(of: ") STRICT"))
      #expect(!text[definition.upperBound..<end.lowerBound].contains("CREATE TABLE"), "\(table) is strict")
    }
  }

  @Test func `A second run replaces the results of the first`() throws {
    let first = try tool.run("run", "small.json", "--out", "results", "--quiet", "--seed", "1")
    let figure = try tool.content(of: "results/lag.svg")
    let second = try tool.run("run", "small.json", "--out", "results", "--quiet", "--seed", "2")
    #expect(first.status == 0 && second.status == 0)
    #expect(try tool.content(of: "results/lag.svg") != figure)
  }

  // MARK: - What fails

  @Test func `An invalid scenario ends with 2, says where and why, and writes nothing`() throws {
    try tool.write(Samples.misspelt, to: "misspelt.json")
    let result = try tool.run("run", "misspelt.json", "--out", "results", "--json")
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains("misspelt.json:9:") && result.errors.contains("did you mean \"rpo\"?"))
    #expect(!tool.exists("results"))
  }

  @Test func `A scenario that cannot be read ends with 74 and names file and cause`() throws {
    let result = try tool.run("run", "missing.json", "--out", "results")
    #expect(result.status == 74)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains("missing.json") && result.errors.contains("No such file"))
    #expect(!tool.exists("results"))
  }

  @Test func `A trace that cannot be read ends with 74 and writes nothing`() throws {
    try tool.write(Samples.traceless, to: "traceless.json")
    let result = try tool.run("run", "traceless.json", "--out", "results")
    #expect(result.status == 74)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains("missing.vscsi"))
    #expect(!tool.exists("results"))
  }

  @Test func `A folder that cannot be made ends with 74 before the run`() throws {
    let result = try tool.run("run", "small.json", "--out", "small.json/results")
    #expect(result.status == 74)
    #expect(result.output.isEmpty && result.errors.contains("small.json/results"))
  }

  @Test func `Foreign files are not overwritten`() throws {
    _ = try tool.run("run", "small.json", "--out", "results")
    try tool.write("my own notes", to: "results/results.db")
    let result = try tool.run("run", "small.json", "--out", "results")
    #expect(result.status == 74)
    #expect(try tool.content(of: "results/results.db") == Data("my own notes".utf8))
  }

  @Test(arguments: [
    ["--sed", "1"], ["--seed", "minus one"], ["--until", "soon"], ["--until", "90"],
    ["--set", "/links/wan/bandwidth"],
    ["--set", "/links/lan/bandwidth=1Mbps"], ["--set", "/links/wan/bandwidth=fast"], ["--color", "pink"],
    ["more.json"],
  ])
  func `A wrong option ends with 2 and writes nothing`(options: [String]) throws {
    let result =
      options.count == 2
      ? try tool.run("run", "small.json", "--out", "results", options[0], options[1])
      : try tool.run("run", "small.json", "--out", "results", options[0])
    #expect(result.status == 2)
    #expect(result.output.isEmpty && !result.errors.isEmpty)
    #expect(!tool.exists("results"))
  }
}
