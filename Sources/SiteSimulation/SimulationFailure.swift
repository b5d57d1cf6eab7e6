package import Quantities

/// Why a run stopped before its end.
package enum SimulationFailure: Error, Sendable, Hashable {
  /// A trace file of the scenario cannot be read; `reason` names file, place and cause.
  case unreadableTrace(workload: String, reason: String)
  /// A trace does not fit the disk it is replayed on.
  case traceBeyondDisk(workload: String, machine: String, disk: String, needed: ByteCount)
  /// A workload does not fit a disk in another way, which `reason` says.
  case unusableWorkload(workload: String, machine: String, disk: String, reason: String)
  /// The replica of an instance is not what its source was: a defect of the replication code.
  case replicaDiffers(machine: String, disk: String, instance: UInt64, at: Instant, found: String)
  /// The files of a replication are not what its cores hold: a defect of the formats or their code.
  case filesDiffer(machine: String, at: Instant, reason: String)
  /// A replica's base disk does not hold what was written to it.
  case replicaDamaged(machine: String, disk: String, at: Instant)
  /// What a machine was recovered from is not what its source was at that point in time: a defect of the replication code.
  case recoveredDiffers(machine: String, disk: String, pointInTime: Instant, at: Instant)
}

extension SimulationFailure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadableTrace(let workload, let reason):
      "workload \"\(workload)\": \(reason)"
    case .traceBeyondDisk(let workload, let machine, let disk, let needed):
      "workload \"\(workload)\" writes up to \(needed), beyond the end of disk \"\(disk)\" of"
        + " \"\(machine)\"; make the disk larger or choose another trace"
    case .unusableWorkload(let workload, let machine, let disk, let reason):
      "workload \"\(workload)\" cannot run on disk \"\(disk)\" of \"\(machine)\": \(reason)"
    case .filesDiffer(let machine, let at, let reason):
      "the files of the replication of \"\(machine)\" failed: \(reason), at \(at)"
    case .replicaDamaged(let machine, let disk, let at):
      "the replica of \"\(machine)\" is damaged: disk \"\(disk)\" does not hold what was written to it, at \(at)"
    case .recoveredDiffers(let machine, let disk, let pointInTime, let at):
      "the recovered copy of \"\(machine)\" differs from its source at \(pointInTime): disk \"\(disk)\", at \(at)"
    case .replicaDiffers(let machine, let disk, let instance, let at, let found):
      "the replica of \"\(machine)\" differs from its source: disk \"\(disk)\", instance \(instance),"
        + " \(found), at \(at)"
    }
  }
}
