import Measurements
import Quantities
import ReplicationCore
import Scenarios

extension Scenario {
  /// The report of a replication at instant zero.
  ///
  /// - Parameters:
  ///   - isBegun: Whether it is configured or reversed later instead.
  ///   - instance: What the replica holds then, or `nil` if there is no instance yet.
  func report(
    of replication: Replication, product: ProductProfile, isBegun: Bool = false, instance: Instant? = nil
  ) -> ReplicationReport {
    var settings = ReplicationReport.Settings(objective: replication.rpo)
    settings.pointsInTime = replication.pointsInTime.map {
      ReplicationReport.PointsInTime(instancesPerDay: $0.perDay, days: $0.days)
    }
    settings.isQuiesced = replication.quiescing != .none
    settings.isCompressed = replication.isCompressed
    settings.isEncrypted = replication.isEncrypted
    settings.isEnhanced = product.dataPath.goesStraightToHosts
    return ReplicationReport(
      settings: settings, startMilliseconds: clock.start.secondsSince1970 * 1_000,
      replicaOf: isBegun ? instance : replication.initialSync == .done ? .zero : nil,
      progressInterval: product.transfer.progressInterval)
  }
}

extension ReplicationReport {
  /// The fields of the contract as they are at `now`.
  func record(at now: Instant) -> ReplicationInfoRecord {
    var record = ReplicationInfoRecord(rpoMinutes: objectiveMinutes)
    record.lastSyncMilliseconds = lastSyncMilliseconds
    record.lastSyncSeconds = lastSyncSeconds
    record.lastSyncSize = lastSyncSize
    record.violationMinutes = violationMinutes(at: now)
    record.progress = progress.map {
      ReplicationInfoRecord.Progress(
        percent: $0.percent, checksummed: $0.checksummed, checksumTotal: $0.total,
        transferred: $0.transferred, transferTotal: $0.toTransfer)
    }
    record.pointsInTime = settings.pointsInTime.map {
      ReplicationInfoRecord.PointsInTime(instancesPerDay: $0.instancesPerDay, days: $0.days)
    }
    record.isQuiesced = settings.isQuiesced
    record.isCompressed = settings.isCompressed
    record.isEncrypted = settings.isEncrypted
    record.isEnhanced = settings.isEnhanced
    return record
  }
}
