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
    #expect(codes == codes.sorted())
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
    // Gateways by scale unit are one line, and what all of them share is said once.
    #expect(all.output.contains("    ErGwScale-1 to 40     1Gbps to 40Gbps\n"))
    let lines = all.output.split(separator: "\n")
    #expect(Set(lines).count == lines.count && lines.count { $0.contains("1 Gbit/s per scale unit") } == 1)
  }

  @Test func `Explain tells of each verb of the timeline what it asks for`() throws {
    let map = try tool.run("explain", "mapping.add")
    #expect(map.status == 0 && map.output.hasPrefix("mapping.add  (a verb of the timeline"))
    #expect(map.output.contains("configured at once (inferred"))
    #expect(map.output.contains("  kind  (") && !map.output.contains("  plan  ("))
    let configure = try tool.run("explain", "group.configure")
    #expect(configure.output.contains("Configure All") && configure.output.contains("  group  ("))
  }

  @Test func `Explain tells everything about one key of a scenario`() throws {
    let one = try tool.run("explain", "replication.rpo")
    let short = try tool.run("explain", "rpo")
    #expect(one.status == 0 && one.output == short.output)
    #expect(
      one.output == """
        replications[].rpo  (required)
            The recovery point objective.
            Value: a duration above zero, such as "15m", "1h30m", "250ms"
            Example: "rpo": "10m"

        """)
    #expect(
      try tool.run("explain", "differing").output == """
        replications[].differing  (default "1%")
            The share of the extents of a seed that is not current.
            Only with "initialSync": "seeded"
            Value: a share from 0% to 100%, such as "70%", "0.01%"
            Example: "differing": "10%"

        """)
    #expect(
      try tool.run("explain", "checksumRate").output.hasPrefix(
        """
        profile.checksumRate  (default 100MiB/s)
            How fast one disk is read and digested by a full sync.
            Value: a data rate above zero, such as "100Mbps", "1.5Gbps", "400MB/s"
            Example: "checksumRate": "10MB/s"
            Source: 512 KiB
        """))
  }

  @Test func `Explain lists all keys of a name, and the objects of a noun`() throws {
    let several = try tool.run("explain", "datastore").output
    #expect(several.contains("vms[].datastore  (a name; required)\n    The datastore of its disks.\n"))
    #expect(several.contains("replications[].datastore  (a name; required)\n"))
    #expect(
      several.contains(
        "\n5 keys have this name; drsim explain faultDomains.replicationGroups.datastore tells"))
    let machines = try tool.run("explain", "machines").output
    #expect(machines.hasPrefix("virtual machine  (vms[])\n    keys: name, site, datastore, host,"))
    let disks = try tool.run("explain", "disks").output
    #expect(
      disks.hasPrefix("vms[].disks[]") == false
        && disks.contains("\ndisk  (vms[].disks[])\n  name  (a name; required)\n"))
  }

  @Test func `The format shows keys of some objects only under the word that needs them`() throws {
    let format = try tool.run("explain", "format").output
    #expect(
      format.contains(
        """
          to  (a name; optional)
              The recovery site; where its machines replicate to if left out.
          with "type": "vsphere-replication"
            vms  (a list; default [])
        """))
    #expect(format.contains("\n  with \"type\": \"array-based\"\n    datastores  (a list; required)\n"))
    #expect(format.contains("\narray pair  (arrayPairs[])\n") && format.contains("\npoints in time  ("))
    #expect(format.contains("    plan  (a name; required; optional with \"plan.fail-operation\")\n"))
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
    ("prodct", "product"), ("copyReadLatensy", "copyReadLatency"), ("rpoo", "rpo"),
    ("replications.rpi", "replications.rpo"),
  ])
  func `Explain suggests the word that was meant`(word: String, meant: String) throws {
    let result = try tool.run("explain", word)
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(result.errors.contains("did you mean \"\(meant)\"?"))
  }
}
