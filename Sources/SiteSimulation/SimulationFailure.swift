package import Quantities

/// Why a run stopped before its end.
package enum SimulationFailure: Error, Sendable, Hashable {
  /// A trace file of the scenario cannot be read; `reason` names file, place and cause.
  case unreadableTrace(workload: String, reason: String)
  /// A trace does not fit the disk it is replayed on.
  case traceBeyondDisk(workload: String, machine: String, disk: String, needed: ByteCount)
  /// The replica of an instance is not what its source was: a defect of the replication code.
  case replicaDiffers(machine: String, disk: String, instance: UInt64, at: Instant, found: String)
}

extension SimulationFailure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadableTrace(let workload, let reason):
      "workload \"\(workload)\": \(reason)"
    case .traceBeyondDisk(let workload, let machine, let disk, let needed):
      "workload \"\(workload)\" writes up to \(needed), beyond the end of disk \"\(disk)\" of"
        + " \"\(machine)\"; make the disk larger or choose another trace"
    case .replicaDiffers(let machine, let disk, let instance, let at, let found):
      "the replica of \"\(machine)\" differs from its source: disk \"\(disk)\", instance \(instance),"
        + " \(found), at \(at)"
    }
  }
}
