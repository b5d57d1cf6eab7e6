import Foundation
import Testing

/// Addresses as a table: export, edit, import, run.
@Suite struct IPSettingsCommandTests {
  let tool: CommandLineTool

  init() throws { tool = try CommandLineTool() }

  /// One machine that a plan recovers.
  private static let scenario = """
    {
      "format": 1, "name": "lab", "clock": { "duration": "1h" },
      "sites": [
        { "name": "paris", "hosts": 1, "datastores": [{ "name": "ds-paris", "capacity": "1TiB" }], "networks": ["prod"] },
        { "name": "lyon", "hosts": 1, "datastores": [{ "name": "ds-lyon", "capacity": "1TiB" }], "networks": ["dr"] }
      ],
      "links": [{ "name": "wan", "between": ["paris", "lyon"], "bandwidth": "100Mbps", "latency": "5ms" }],
      "vms": [{ "name": "db", "site": "paris", "datastore": "ds-paris", "boot": "30s", "shutdown": "10s",
        "nics": [{ "network": "prod", "address": "10.1.0.5/24" }], "disks": [{ "name": "os", "size": "1GiB" }] }],
      "replications": [{ "vm": "db", "to": "lyon", "datastore": "ds-lyon", "rpo": "15m", "initialSync": "done" }],
      "mappings": { "networks": { "prod": "dr" } },
      "protectionGroups": [{ "name": "PG", "vms": ["db"] }],
      "recoveryPlans": [{ "name": "RP", "from": "paris", "to": "lyon", "groups": ["PG"] }],
      "timeline": [{ "at": "20m", "do": "plan.recover", "plan": "RP", "prompts": "dismiss" }]
    }
    """

  @Test func `A table is exported, edited, imported, and sets addresses in a run`() throws {
    try tool.write(Self.scenario, to: "lab.json")
    let exported = try tool.run("ip-settings", "export", "lab.json", "--out", "table.csv")
    #expect(exported.status == 0 && exported.output.isEmpty, "\(exported.errors)")
    #expect(exported.errors.contains("drsim ip-settings import lab.json table.csv"))
    let table = String(decoding: try tool.content(of: "table.csv"), as: UTF8.self)
    #expect(try tool.run("ip-settings", "export", "lab.json").output == table)
    #expect(table.hasPrefix("VM ID,VM Name,vCenter Server,Adapter ID,"))

    let edited = table.replacing(
      "db,lyon,1,,,,,,,,", with: "db,lyon,1,,,,,10.2.0.5,255.255.255.0,10.2.0.1,")
    try tool.write(edited, to: "table.csv")
    let checked = try tool.run("ip-settings", "import", "lab.json", "table.csv")
    #expect(checked.status == 0 && checked.output == "db card 0 at lyon: 10.2.0.5/24, gateway 10.2.0.1\n")
    let imported = try tool.run("ip-settings", "import", "lab.json", "table.csv", "-o", "new.json")
    #expect(imported.status == 0 && imported.output == checked.output)

    for arguments in [["new.json"], ["lab.json", "--set", "/recovery/ipSettings=table.csv"]] {
      let run = try tool.run(["run"] + arguments)
      #expect(run.status == 0)
      #expect(run.output.contains("    addresses: db 10.2.0.5/24 on dr (manual)\n"), "\(run.output)")
    }
  }

  @Test func `A mistake in a table is shown with its line and column`() throws {
    try tool.write(Self.scenario, to: "lab.json")
    let table = try tool.run("ip-settings", "export", "lab.json").output
    try tool.write(
      table.replacing("db,lyon,1,,,,,,", with: "db,lyon,1,,,,,10.2.0,255.0.0.0"), to: "table.csv")

    let result = try tool.run("ip-settings", "import", "lab.json", "table.csv", "-o", "new.json")

    #expect(result.status == 2 && result.output.isEmpty && !tool.exists("new.json"))
    // Titles, paris 0 and 1, lyon 0 and 1; "protected-vm-1,db,lyon,1,,,,," has 29 characters.
    #expect(
      result.errors.contains("error[E0468]") && result.errors.contains("table.csv:5:30"), "\(result.errors)")
    #expect(try tool.run("ip-settings", "import", "lab.json", "missing.csv").errors.contains("error[E0467]"))
  }

  @Test func `Azure VMware Solution has no tables, and says so`() throws {
    let azure = Self.scenario.replacing(#""format": 1,"#, with: #""format": 1, "platform": "avs","#)
      .replacing(
        #""name": "lyon", "hosts": 1,"#, with: #""name": "lyon", "hosts": 3, "region": "westeurope","#)
    try tool.write(azure, to: "lab.json")
    let result = try tool.run("ip-settings", "export", "lab.json")
    #expect(result.status == 2 && result.errors.contains("Azure VMware Solution has no command-line tool"))
    #expect(
      try tool.run("validate", "lab.json", "--set", "/recovery/ipSettings=table.csv").errors
        .contains("error[E04"))
  }
}
