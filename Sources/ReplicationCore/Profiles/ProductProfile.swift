/// Every constant of the product that this project knows, as one release has it.
///
///     let profile = ProductProfile(.v8_0)
///     profile.transfer.blocksInFlight  // 64
///
/// The properties can be changed, for a product that was tuned. What each is and where it comes from is in the
/// row of ``constants`` under the same name; the rows stand below the properties in each part's file.
package struct ProductProfile: Sendable, Hashable {
  package let release: ProductRelease
  package var transfer: Transfer
  package var demandLog: DemandLog
  package var fullSync: FullSync
  package var connection: Connection
  package var dataPath: DataPath
  package var schedule: Schedule
  package var target: Target
  package var limits: Limits

  package init(_ release: ProductRelease) {
    self.release = release
    transfer = Transfer(release)
    demandLog = DemandLog(release)
    fullSync = FullSync(release)
    connection = Connection(release)
    dataPath = DataPath(release)
    schedule = Schedule(release)
    target = Target(release)
    limits = Limits(release)
  }

  /// The table of all constants, in the order of the documentation.
  package static let constants: [ProductConstant] =
    Transfer.constants + DemandLog.constants + FullSync.constants + Connection.constants + DataPath.constants
    + Schedule.constants + Target.constants + Limits.constants

  /// The row of a constant by its name, as `transfer.blocksInFlight`.
  package static func constant(named key: String) -> ProductConstant? { constants.first { $0.key == key } }
}

/// The short names of sources that many rows share.
enum ProductSource {
  static let options = "Published lists of ESXi advanced settings, 6.0 to 9.0 (lamw)"
  static let operationalLimits = "VMware, vSphere Replication 8.3, \"Operational limits\"; KB 2102453"
  static let scheduling =
    "VMware blog 2014, \"Understanding vSphere Replication scheduling and RPO violations\""

  /// A setting by its name, with the lists it was read in.
  static func option(_ name: String) -> String { "ESXi advanced setting `HBR.\(name)`. \(options)." }
}
