// swift-tools-version: 6.2

import PackageDescription

/// Every module is built in the same strict mode; `Makefile` adds the import check.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

/// For what is to be compiled fast rather than made fast, in a release build too: tests, and what reads scenarios.
let quickSettings: [SwiftSetting] =
  settings + [
    .unsafeFlags(
      ["-Onone", "-no-whole-module-optimization", "-enable-batch-mode"], .when(configuration: .release))
  ]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

/// A module in `Sources/<name>` and its tests in `Tests/<name>Tests`.
///
/// What each may import is checked by `ArchitectureTests`.
func module(
  _ name: String, _ dependencies: [Target.Dependency] = [], tests: [Target.Dependency] = [],
  resources: [Resource]? = nil, isOptimised: Bool = true
) -> [Target] {
  [
    .target(
      name: name, dependencies: dependencies, exclude: ["README.md"],
      swiftSettings: isOptimised ? settings : quickSettings),
    .testTarget(
      name: "\(name)Tests", dependencies: [.target(name: name)] + dependencies + tests,
      resources: resources, swiftSettings: quickSettings),
  ]
}

/// What every storage must do, and crashes of every kind, for the tests of what must survive them.
let storageTesting = Target.target(
  name: "StorageTesting", dependencies: ["RandomStreams", "BlockStorage"], path: "Tests/StorageTesting",
  swiftSettings: settings)

let layer0 =
  module("Quantities")
  + module("RandomStreams", ["Quantities"])

let layer1 =
  [storageTesting]
  + module("BlockStorage", ["Quantities"], tests: ["RandomStreams", "StorageTesting"])
  + module("Inventory", ["Quantities"])
  + module(
    "ReplicationCore", ["Quantities", "BlockStorage", "Inventory"],
    tests: ["RandomStreams", "StorageTesting"])
  + module("RecoveryCore", ["Quantities", "Inventory"], tests: ["RandomStreams"])

let layer2 =
  module("SimulationKernel", ["Quantities"], tests: ["RandomStreams"])
  + module("ResourceModels", ["Quantities", "RandomStreams"])
  + module("Workloads", ["Quantities", "RandomStreams", "BlockStorage"])
  + module("ClusterModels", ["Quantities", "Inventory"], tests: ["RandomStreams"])

let layer3 =
  module("Measurements", ["Quantities", "Inventory"], tests: ["RandomStreams"])
  + module(
    "Expectations", ["Quantities", "ReplicationCore", "RecoveryCore", "Measurements"],
    tests: ["Inventory", "RandomStreams", "SampleRuns"])
  + module(
    "Scenarios", ["Quantities", "Inventory", "RecoveryCore", "Measurements", "Expectations"],
    resources: [.copy("InvalidScenarios")], isOptimised: false)
  + module("TraceFiles", ["Quantities", "Workloads", "CZlib"])
  + [.systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])])]

let layer4 =
  module(
    "SiteSimulation",
    [
      "Quantities", "RandomStreams", "BlockStorage", "Inventory", "ReplicationCore",
      "SimulationKernel", "ResourceModels", "Workloads", "Scenarios", "Measurements", "TraceFiles",
      "ClusterModels", "RecoveryCore", "Expectations",
    ])
  + module(
    "WireCodecs", ["ReplicationCore", "CLZ4", crypto], tests: ["BlockStorage", "RandomStreams"])
  + module(
    "FileStorage", ["BlockStorage"],
    tests: ["StorageTesting", "Quantities", "RandomStreams", "ReplicationCore"])
  + [.systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])])]

/// A small run with known figures, for the tests of what comes after it.
let sampleRuns = Target.target(
  name: "SampleRuns", dependencies: ["Quantities", "Inventory", "Measurements"], path: "Tests/SampleRuns",
  swiftSettings: settings)

let layer5 =
  [sampleRuns]
  + module("ResultStore", ["Quantities", "Inventory", "Measurements", grdb], tests: ["SampleRuns"])
  + module("Reporting", ["Quantities", "Inventory", "Measurements"], tests: ["SampleRuns"])
  + module(
    "Swarm",
    [
      "Quantities", "RandomStreams", "Inventory", "ReplicationCore", "ResourceModels", "Scenarios",
      "Measurements", "SiteSimulation", "RecoveryCore",
    ])

let layer6: [Target] = [
  .executableTarget(
    name: "drsim",
    dependencies: [
      "Quantities", "ReplicationCore", "Scenarios", "Measurements", "SiteSimulation", "ResultStore",
      "Reporting", "Swarm", "Expectations", argumentParser,
    ],
    exclude: ["README.md"], swiftSettings: settings),
  .testTarget(name: "drsimTests", dependencies: ["drsim"], swiftSettings: quickSettings),
  .testTarget(name: "ArchitectureTests", swiftSettings: quickSettings),
  .executableTarget(
    name: "Fuzz",
    dependencies: ["Quantities", "RandomStreams", "BlockStorage", "ReplicationCore", "WireCodecs"],
    exclude: ["README.md"], swiftSettings: settings),
  .testTarget(name: "FuzzTests", dependencies: ["Fuzz", "RandomStreams"], swiftSettings: quickSettings),
]

/// Not a package of its own: the benchmarks measure `package` interfaces in place.
let benchmarks: [Target] = [
  .executableTarget(
    name: "Benchmarks",
    dependencies: [
      "Quantities", "RandomStreams", "BlockStorage", "Inventory", "SimulationKernel", "ResourceModels",
      "Scenarios", "Measurements", "SiteSimulation", "ReplicationCore", "WireCodecs", "FileStorage", "Swarm",
    ],
    path: "Benchmarks", exclude: ["README.md", "opponents"], swiftSettings: settings)
]

let package = Package(
  name: "drsim",
  products: [.executable(name: "drsim", targets: ["drsim"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
  ],
  targets: layer0 + layer1 + layer2 + layer3 + layer4 + layer5 + layer6 + benchmarks
)
