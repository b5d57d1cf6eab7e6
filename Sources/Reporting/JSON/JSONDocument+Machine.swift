import Measurements
import Quantities

extension JSONDocument {
  static func machine(_ record: VMRecord, _ machine: VMSummary) -> JSONValue {
    .object([
      ("name", .string(machine.name)),
      ("finalStatus", .string(machine.finalStatus)),
      ("hostState", .string(record.replication.hostState)),
      ("groupState", .string(record.replication.groupState)),
      ("rpoSeconds", .seconds(machine.objective)),
      ("sizeBytes", .bytes(machine.size)),
      ("observedSeconds", .seconds(machine.lag.observedTime)),
      ("complianceShare", .share(machine.lag.complianceShare)),
      ("violationCount", .count(machine.lag.violationCount)),
      ("violationSeconds", .seconds(machine.lag.violationTime)),
      ("unprotectedSeconds", .seconds(machine.lag.unprotectedTime)),
      ("notReplicatedSeconds", .seconds(machine.lag.notReplicatedTime)),
      ("lagMeanSeconds", .seconds(machine.lag.lagMean)),
      ("lagMedianSeconds", .seconds(machine.lag.lagMedian)),
      ("lagP95Seconds", .seconds(machine.lag.lagPercentile95)),
      ("lagP99Seconds", .seconds(machine.lag.lagPercentile99)),
      ("lagMaximumSeconds", .seconds(machine.lag.lagMaximum)),
      ("lagMaximumAtSeconds", .seconds(machine.lag.lagMaximumAt)),
      ("completedCycleCount", .count(machine.completedCycleCount)),
      ("abortedCycleCount", .count(machine.abortedCycleCount)),
      ("fullSyncCount", .count(machine.fullSyncCount)),
      ("writtenBytes", .bytes(machine.writtenSize)),
      ("payloadBytes", .bytes(machine.payloadSize)),
      ("wireBytes", .bytes(machine.wireSize)),
      ("checksummedBytes", .bytes(machine.checksummedSize)),
      ("configurationBytes", .bytes(machine.configurationSize)),
      ("verifiedInstanceCount", .count(machine.verifiedInstanceCount)),
      ("pointInTimeCount", .count(record.pointInTimeCount)),
      ("demandLogPeakBytes", .bytes(machine.demandLogPeak)),
      ("replicaPeakBytes", .bytes(record.replicaPeak)),
      ("guestDelayCount", .count(record.guestDelay.count)),
      ("guestDelaySeconds", .seconds(record.guestDelay.total)),
      ("guestDelayMaximumSeconds", .seconds(record.guestDelay.longest)),
      ("restartCount", .count(record.availability.restartCount)),
      ("resetCount", .count(record.availability.resetCount)),
      ("withoutHostSeconds", .seconds(record.availability.timeWithoutHost)),
      ("replicationInfo", replicationInfo(record.replication)),
    ])
  }

  /// - Source: vSphere Replication REST API, `ReplicationInfo`: minutes, milliseconds since 1970, seconds, bytes.
  private static func replicationInfo(_ info: ReplicationInfoRecord) -> JSONValue {
    .object([
      ("rpo", .count(info.rpoMinutes > 0 ? info.rpoMinutes : nil)),
      ("last_sync_time", .count(info.lastSyncMilliseconds)),
      ("last_sync_duration", .count(info.lastSyncSeconds)),
      ("last_sync_size", .bytes(info.lastSyncSize)),
      ("current_rpo_violation", .count(info.violationMinutes)),
      ("sync_progress", info.progress.map(progress) ?? .null),
      ("mpit_enabled", .boolean(info.pointsInTime != nil)),
      ("mpit_instances", .count(info.pointsInTime?.instancesPerDay)),
      ("mpit_days", .count(info.pointsInTime?.days)),
      ("quiescing_enabled", .boolean(info.isQuiesced)),
      ("network_compression_enabled", .boolean(info.isCompressed)),
      ("encryption_enabled", .boolean(info.isEncrypted)),
      ("enhanced_replication", .boolean(info.isEnhanced)),
    ])
  }

  private static func progress(_ progress: ReplicationInfoRecord.Progress) -> JSONValue {
    .object([
      ("progress", .count(progress.percent)),
      ("checksum_current", .bytes(progress.checksummed)),
      ("checksum_total", .bytes(progress.checksumTotal)),
      ("transferred_current", .bytes(progress.transferred)),
      ("transferred_total", .bytes(progress.transferTotal)),
    ])
  }
}
