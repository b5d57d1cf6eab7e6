import Testing

/// What each module may import of ours, and what of others'.
///
/// A module stands on the layers below it only; a heavy package has one owner.
private let allowedImports: [String: Set<String>] = [
  "Quantities": [],
  "RandomStreams": ["Quantities"],
  "BlockStorage": ["Quantities"],
  "Inventory": ["Quantities"],
  "ReplicationCore": ["Quantities", "BlockStorage", "Inventory"],
  "RecoveryCore": ["Quantities", "Inventory"],
  "SimulationKernel": ["Quantities"],
  "ResourceModels": ["Quantities", "RandomStreams"],
  "Workloads": ["Quantities", "RandomStreams", "BlockStorage"],
  "ClusterModels": ["Quantities", "Inventory"],
  "Scenarios": ["Quantities", "Inventory", "RecoveryCore", "Measurements", "Expectations"],
  "Measurements": ["Quantities", "Inventory"],
  "Expectations": ["Quantities", "ReplicationCore", "RecoveryCore", "Measurements"],
  "TraceFiles": ["Quantities", "Workloads", "CZlib", "Glibc"],
  "SiteSimulation": [
    "Quantities", "RandomStreams", "BlockStorage", "Inventory", "ReplicationCore", "SimulationKernel",
    "ResourceModels", "Workloads", "ClusterModels", "Scenarios", "Measurements", "TraceFiles", "RecoveryCore",
    "Expectations",
  ],
  "WireCodecs": ["ReplicationCore", "Crypto", "CLZ4", "Foundation"],
  "FileStorage": ["BlockStorage", "Glibc"],
  "ResultStore": ["Quantities", "Inventory", "Measurements", "GRDB", "Foundation"],
  "Reporting": ["Quantities", "Inventory", "Measurements", "ResultStore", "Foundation"],
  "Swarm": [
    "Quantities", "RandomStreams", "Inventory", "ReplicationCore", "ResourceModels", "Scenarios",
    "Measurements", "SiteSimulation", "RecoveryCore",
  ],
  "drsim": [
    "Quantities", "ReplicationCore", "Scenarios", "Measurements", "SiteSimulation", "ResultStore",
    "Reporting", "Swarm", "Expectations", "ArgumentParser", "Foundation",
  ],
  "Fuzz": ["Quantities", "RandomStreams", "BlockStorage", "ReplicationCore", "WireCodecs", "Glibc"],
]

/// The layers that compute: same input, same output, on any machine, also without an operating system.
private let pureModules: Set<String> = [
  "Quantities", "RandomStreams", "BlockStorage", "Inventory", "ReplicationCore", "RecoveryCore",
  "SimulationKernel", "ResourceModels", "Workloads", "ClusterModels",
]

/// Words that must not stand in the code of a pure module, with the reason shown when one does.
private let bannedWords: [(word: String, reason: String)] = [
  ("Date", "a run must not depend on the wall clock: time is an Instant passed in"),
  ("ContinuousClock", "a run must not depend on the wall clock: time is an Instant passed in"),
  ("SuspendingClock", "a run must not depend on the wall clock: time is an Instant passed in"),
  ("Task", "the core computes and its driver acts: no concurrency inside"),
  ("async", "the core computes and its driver acts: no concurrency inside"),
  ("await", "the core computes and its driver acts: no concurrency inside"),
  ("hashValue", "hashing differs from process to process: use identifiers or sorted keys"),
  ("SystemRandomNumberGenerator", "every draw comes from a named RandomStream"),
  ("shuffled", "every draw comes from a named RandomStream"),
  ("randomElement", "every draw comes from a named RandomStream"),
]

/// The breaches of the rules above in the given files, as sentences.
private func breaches(in files: [SourceFile]) -> [String] {
  var found: [String] = []
  for file in files {
    guard let allowed = allowedImports[file.module] else {
      found.append("\(file.path): module \(file.module) is not in the table of allowed imports")
      continue
    }
    for name in file.imports where !allowed.contains(name) {
      found.append(
        "\(file.path) imports \(name): \(file.module) may import only \(allowed.sorted().joined(separator: ", ")),"
          + " so that it can be read, tested and replaced without the rest")
    }
    guard pureModules.contains(file.module) else { continue }
    for (number, line) in file.codeLines.enumerated() {
      let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
      for banned in bannedWords where words.contains(Substring(banned.word)) {
        found.append("\(file.path):\(number + 1) uses \(banned.word): \(banned.reason)")
      }
    }
  }
  return found
}

@Suite struct ArchitectureTests {
  @Test func `Every module imports only what stands below it and names nothing banned`() throws {
    let files = try SourceFile.all()
    #expect(files.count > 40, "the source tree was not found")
    #expect(breaches(in: files) == [])
  }

  @Test func `Every module of the table exists`() throws {
    let modules = Set(try SourceFile.all().map(\.module))
    #expect(Set(allowedImports.keys) == modules)
  }

  @Test func `An import from above and a clock are found`() {
    let file = SourceFile(
      path: "ReplicationCore/Bad.swift",
      text: """
        package import SiteSimulation
        import struct Foundation.Date
        // Date in a comment is fine, and so is "Task" in a text.
        let text = "Task"
        let now = Date()
        """)
    let found = breaches(in: [file])
    #expect(found.count == 3)
    #expect(found[0].contains("imports SiteSimulation"))
    #expect(found[1].contains("imports Foundation"))
    #expect(found[2].contains("Bad.swift:5 uses Date: a run must not depend on the wall clock"))
  }
}
