import Quantities
import ReplicationCore
import Testing

@Suite struct ProductProfileTests {
  private static let parts = [
    "transfer", "demandLog", "fullSync", "connection", "dataPath", "schedule", "target", "limits",
  ]

  private static let computed = ["dataPath.hasCompression", "transfer.extentSizes"]

  @Test func `Every constant is a row of the table under its own name`() {
    var names: [String] = []
    for (part, value) in zip(Self.parts, Mirror(reflecting: ProductProfile(.v8_0)).children.dropFirst()) {
      #expect(value.label == part)
      names += Mirror(reflecting: value.value).children.compactMap { child in
        child.label.map { "\(part).\($0)" }
      }
    }
    // A computed property has no storage to reflect.
    names += Self.computed
    let rows = ProductProfile.constants.map(\.key)
    #expect(names.sorted() == rows.sorted())
    #expect(Set(rows).count == rows.count)
    #expect(rows.count > 70)
  }

  @Test func `The values that a row prints are those of the property it names`() {
    for release in ProductRelease.allCases {
      let profile = ProductProfile(release)
      let parts = Mirror(reflecting: profile).children
      for constant in ProductProfile.constants where !Self.computed.contains(constant.key) {
        let path = constant.key.split(separator: ".").map(String.init)
        let part = parts.first { $0.label == path[0] }.map { Mirror(reflecting: $0.value).children }
        let value = part?.first { $0.label == path[1] }?.value
        #expect(constant.text(in: profile) == plainText(value), "\(constant.key) of \(release.rawValue)")
      }
    }
  }

  /// The text of a value of unknown type, found without the table.
  private func plainText(_ value: Any?) -> String {
    guard let value else { return "no such property" }
    let mirror = Mirror(reflecting: value)
    if mirror.displayStyle == .optional {
      return mirror.children.first.map { plainText($0.value) } ?? "unknown"
    }
    if let flag = value as? Bool { return flag ? "yes" : "no" }
    if let choice = value as? any RawRepresentable { return "\(choice.rawValue)" }
    return "\(value)"
  }

  @Test func `Every row tells its unit, summary and source`() {
    for constant in ProductProfile.constants {
      #expect(!constant.unit.isEmpty)
      #expect(constant.summary.hasSuffix(".") && constant.summary.first?.isUppercase == true)
      #expect(constant.source.hasSuffix("."), "\(constant.key)")
      for release in constant.assumedFor { #expect(constant.standing(in: release) == .unverified) }
    }
  }

  /// The version table: oldest release first.
  @Test(arguments: [
    ("transfer.blocksInFlight", "8 64 64 64 2048 2048"),
    ("transfer.blocksInFlightMaximum", "unknown 256 256 256 4096 4096"),
    ("transfer.coalescedExtents", "8 8 8 16 16 16"),
    ("transfer.hostContexts", "512 512 512 16 64 64"),
    ("demandLog.chunksInFlight", "8 8 64 64 256 256"),
    ("demandLog.reads", "4 4 32 32 32 32"),
    ("schedule.objectiveMinimum", "15m 5m 5m 5m 5m 1m"),
    ("schedule.objectiveDefault", "4h 4h 4h 1h 1h 1h"),
    ("dataPath.hasCompression", "no yes yes yes yes yes"),
    ("dataPath.goesStraightToHosts", "no no no no no yes"),
    ("limits.diskSizeMaximum", "2TiB 62TiB 62TiB 62TiB 62TiB 62TiB"),
    ("limits.replicationsPerServer", "200 200 200 200 200 200"),
  ])
  func `A constant has the published value in each release`(key: String, values: String) throws {
    let constant = try #require(ProductProfile.constant(named: key))
    let texts = ProductRelease.allCases.map { constant.text(in: ProductProfile($0)) }
    #expect(texts.joined(separator: " ") == values)
  }

  @Test func `A summary of values puts equal neighbours together`() throws {
    let blocks = try #require(ProductProfile.constant(named: "transfer.blocksInFlight"))
    #expect(blocks.valueSummary == "8 (5.0), 64 (6.x to 8.0), 2048 (8.0U3 to enhanced)")
    let extents = try #require(ProductProfile.constant(named: "transfer.updateSizeMaximum"))
    #expect(extents.valueSummary == "128KiB")
  }

  @Test func `An explanation tells value, source, standing and what is in dispute`() throws {
    let contexts = try #require(ProductProfile.constant(named: "transfer.hostContexts"))
    #expect(
      contexts.explanation == """
        transfer.hostContexts  (disks)
            How many disks of one host may be in the disk phase of a sync at a time.
            Value: 512 (5.0 to 7.0), 16 (8.0), 64 (8.0U3 to enhanced)
            Source (sourced; unverified for 5.0): ESXi advanced setting `HBR.HbrResourceMaxDiskContexts`. \
        Published lists of ESXi advanced settings, 6.0 to 9.0 (lamw).
            Note: 512 up to 7.0, 16 in 7.0 Update 3 and 8.0: hosts of 7.0 Update 3 are named 8.0 here.

        """)
    let sizes = try #require(ProductProfile.constant(named: "transfer.extentSizes"))
    #expect(sizes.valueSummary == "8KiB up to 2TiB; 16KiB up to 8TiB; 32KiB up to 32TiB; 64KiB above")
  }

  @Test func `Releases are named as in a scenario and are in order of age`() {
    #expect(ProductRelease.allCases.map(\.rawValue) == ["5.0", "6.x", "7.0", "8.0", "8.0U3", "enhanced"])
    #expect(ProductRelease.allCases == ProductRelease.allCases.sorted())
  }

  @Test func `Batched parameters of release 8.0 are the defaults of the core`() {
    #expect(ProductProfile(.v8_0).parameters() == ReplicationParameters())
    #expect(!ProductProfile(.v5_0).parameters().usesAllocationInformation)
  }

  @Test func `The core works with the constants of the release`() {
    let old = ProductProfile(.v5_0).parameters()
    let current = ProductProfile(.v8_0).parameters()
    #expect(!old.growsDisksOnline && !ProductProfile(.v6).parameters().growsDisksOnline)
    #expect(ProductProfile(.v7_0).parameters().growsDisksOnline && current.growsDisksOnline)
    #expect(!old.optimizesFullSync && ProductProfile(.v6).parameters().optimizesFullSync)
    #expect(current.fullSyncRetryDelay == .seconds(5))
    var profile = ProductProfile(.v8_0)
    profile.connection.syncRetryDelay = .seconds(9)
    #expect(profile.parameters().fullSyncRetryDelay == .seconds(9))
  }

  @Test func `Exact parameters put the window of one disk on the wire in network updates`() {
    // 16 extents of 8 KiB are the largest update, 128 KiB; 64 extents are four of them.
    let current = ProductProfile(.v8_0).parameters(.exact(extentSize: .kibibytes(8)))
    #expect(current.chunkSize == .kibibytes(128))
    #expect(current.chunksInFlight == 4)
    #expect(current.compareRequestRegions == 1)
    #expect(current.compareRequestsInFlight == 8)
    // 8 extents of 8 KiB are one update of 64 KiB.
    let first = ProductProfile(.v5_0).parameters(.exact(extentSize: .kibibytes(8)))
    #expect(first.chunkSize == .kibibytes(64))
    #expect(first.chunksInFlight == 1)
    // 64 updates if a block is an update.
    var profile = ProductProfile(.v8_0)
    profile.transfer.blockUnit = .update
    #expect(profile.parameters(.exact(extentSize: .kibibytes(8))).chunksInFlight == 64)
    // At 64 KiB an update ends at 128 KiB, two extents; 2048 extents are 1024 updates.
    let large = ProductProfile(.v8_0U3).parameters(.exact(extentSize: .kibibytes(64)))
    #expect(large.chunkSize == .kibibytes(128))
    #expect(large.chunksInFlight == 1_024)
  }
}
