import BlockStorage
import Quantities
import ReplicationCore
import Scenarios

/// Files that are at the target before the replication is configured.
extension World {
  /// Looks at the seeds of all replications; where one cannot be used the replication is in error from the beginning.
  ///
  /// Configured again, it takes a file that nobody had chosen as its seed, and leaves one of another disk alone: that
  /// replication starts from empty disks.
  mutating func checkSeeds() {
    for index in replications.indices {
      let seed = scenario.replications[index].seed
      guard seed != .fitting else { continue }
      let machine = machines[replications[index].machineIndex]
      let name = "\(machine.disks[0].name).vmdk"
      let uuid = "\(machine.disks[0].tag)"
      let candidate = SeedCandidate(
        fileName: name, uuid: seed == .otherUUID ? "another" : uuid, isChosen: seed == .otherUUID)
      do throws(ConfigurationProblem) {
        _ = try candidate.check(fileName: name, uuid: uuid)
      } catch {
        replications[index].source.configurationFailed(error, at: now)
        for event in replications[index].source.takeEvents() { note(event, of: index, unsent: .zero) }
      }
    }
  }
}
