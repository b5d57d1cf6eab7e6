package import Quantities

extension ProductProfile {
  /// The way of the data from the source host to the target's datastore.
  package struct DataPath: Sendable, Hashable {
    /// Who opens what the source host compressed.
    package enum Decompression: String, Sendable, Hashable, CaseIterable {
      /// The release does not compress.
      case nowhere
      case replicationServer = "replication server"
      case targetHost = "target host"
    }

    /// Whether source hosts send to target hosts without a replication server between them.
    package var goesStraightToHosts: Bool
    /// How often replications are spread anew over the hosts of the target cluster.
    package var rebalanceInterval: TimeSpan?
    /// Who decompresses, and pays for it in processor time.
    package var decompression: Decompression
    /// Whether a replication can be encrypted on the network.
    package var hasEncryption: Bool
    /// Where the replication server takes initial and full syncs.
    package var fullSyncPort = 31_031
    /// Where the replication server takes deltas.
    package var deltaPort = 44_046
    /// Where encrypted deltas and enhanced replication arrive.
    package var encryptedPort: Int?
    /// Where a target host takes a replication server's writes (NFC).
    package var hostWritePort = 902
    /// Where an appliance is managed by vCenter and by its peer.
    package var managementPort = 8_043
    /// Where an appliance manages its replication servers.
    package var serverManagementPort = 8_123
    /// Where a browser finds the appliance's own settings.
    package var appliancePort = 5_480

    init(_ release: ProductRelease) {
      goesStraightToHosts = release == .enhanced
      rebalanceInterval = release == .enhanced ? .minutes(30) : nil
      decompression = release.pick(
        .nowhere, .replicationServer, .replicationServer, .targetHost, .targetHost, .targetHost)
      hasEncryption = release >= .v7_0
      encryptedPort = hasEncryption ? 32_032 : nil
    }

    /// Whether the source host can compress what it sends.
    package var hasCompression: Bool { decompression != .nowhere }

    static let constants: [ProductConstant] = [
      ProductConstant(
        "dataPath.goesStraightToHosts", \.dataPath.goesStraightToHosts,
        "Whether source hosts send to target hosts without a replication server between them.",
        source: "VMware, 2023-05-01, enhanced replication; vSphere Replication 9.0."),
      ProductConstant(
        "dataPath.rebalanceInterval", \.dataPath.rebalanceInterval,
        "How often replications are spread anew over the hosts of the target cluster.",
        source: "VMware, vSphere Replication 9.0, load balancing.",
        note: "Only enhanced replication does it; unknown stands for never."),
      ProductConstant(
        "dataPath.decompression", \.dataPath.decompression,
        "Who decompresses, and pays for it in processor time.",
        source: "VMware blog 2015-03: compressed up to the target host from 6.0 on, else up to the server.",
        .inferred,
        note:
          "`HBR.HbrDisableNetCompression` keeps it from the host by default up to 7.0 and is gone in 7.0 Update 3."
      ),
      ProductConstant(
        "dataPath.hasCompression", \.dataPath.hasCompression,
        "Whether a replication can be compressed on the network.",
        source: "VMware blog 2015-03, vSphere Replication 6.0; VI API 6.0."),
      ProductConstant(
        "dataPath.hasEncryption", \.dataPath.hasEncryption,
        "Whether a replication can be encrypted on the network.",
        source: "vSphere Replication REST API, `lwd_encryption_enabled`; since when is not told there.",
        .inferred,
        note: "Appliances of the 8.x line have it; ESXi 6.7 may have it, 6.5, for which 6.x stands, has not."),
      ProductConstant(
        "dataPath.fullSyncPort", \.dataPath.fullSyncPort, unit: "TCP port",
        "Where the replication server takes initial and full syncs.",
        source: "virtuallyhyper.com, 2012; vinfrastructure.it, 2012."),
      ProductConstant(
        "dataPath.deltaPort", \.dataPath.deltaPort, unit: "TCP port",
        "Where the replication server takes deltas.",
        source: "virtuallyhyper.com, 2012."),
      ProductConstant(
        "dataPath.encryptedPort", \.dataPath.encryptedPort, unit: "TCP port",
        "Where encrypted deltas and enhanced replication arrive.",
        source: "General knowledge of the product.", .unverified,
        note: "Unknown stands for none."),
      ProductConstant(
        "dataPath.hostWritePort", \.dataPath.hostWritePort, unit: "TCP port",
        "Where a target host takes a replication server's writes (NFC).",
        source: "VMware, vSphere Replication 8.3, Security Guide."),
      ProductConstant(
        "dataPath.managementPort", \.dataPath.managementPort, unit: "TCP port",
        "Where an appliance is managed by vCenter and by its peer.",
        source: "VMware, vSphere Replication 6.1 and 8.x, Security Guide."),
      ProductConstant(
        "dataPath.serverManagementPort", \.dataPath.serverManagementPort, unit: "TCP port",
        "Where an appliance manages its replication servers.",
        source: "General knowledge of the product.", .unverified),
      ProductConstant(
        "dataPath.appliancePort", \.dataPath.appliancePort, unit: "TCP port",
        "Where a browser finds the appliance's own settings.",
        source: "VMware, vSphere Replication 8.3, Security Guide."),
    ]
  }
}

extension ProductProfile.DataPath.Decompression: ProductConstantValue {
  static var unitName: String { "choice" }
  var text: String { rawValue }
}
