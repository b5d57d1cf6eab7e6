import BlockStorage
import Inventory
import Quantities
import RandomStreams
import ReplicationCore
import Scenarios

/// What the world does with the files of replications, where the scenario keeps them as files.
extension World {
  /// Creates the files of every replication, if the scenario says so.
  mutating func createFiles() {
    guard scenario.storage == .files else { return }
    for index in replications.indices {
      let machine = machines[replications[index].machineIndex]
      let name = scenario.inventory[machine.id].name
      replications[index].files = ReplicationFiles(
        names: ReplicaListing.Names(
          folder: name, machine: name, group: "GID-\(index)",
          diskIDs: machine.disks.indices.map { "RDID-\(index)-\($0)" },
          disks: machine.disks.indices.map { $0 == 0 ? name : "\(name)_\($0)" },
          testImageFolder: "\(name)-test", objective: scenario.replications[index].rpo),
        geometries: machine.contents.map(\.geometry), bases: replications[index].replica.baseDisks,
        instance: replications[index].replica.newestInstance,
        parameters: replications[index].replica.parameters,
        random: RandomStream(seed: seed, name: "crash/\(name)"))
    }
  }

  /// Stops the run if the files of a replication are not what they must be.
  func checkFiles(_ index: Int) throws(SimulationFailure) {
    guard let defect = replications[index].files?.defect else { return }
    throw .filesDiffer(
      machine: scenario.inventory[replications[index].machine].name, at: now, reason: defect)
  }

  // MARK: - The replica

  /// A server has the replica now: where another one stopped, the run goes on with what the files hold.
  mutating func serverOpened(_ index: Int) throws(SimulationFailure) {
    replications[index].replica.serverRestarted()
    guard let files = replications[index].files, files.isReplicaClosed else { return }
    let restored = files.reopened(expecting: replications[index].replica.instances)
    try checkFiles(index)
    guard var restored else { preconditionFailure("files without a defect were opened") }
    // What was under way when the server stopped is given up by the source, which the caller tells.
    restored.connectionLost()
    files.connectionLost()
    if replications[index].host == nil { restored.hostFailed(hasOtherHost: false) }
    replications[index].replica = restored
    noteSpace(index)
  }

  // MARK: - The source

  /// Something changed in a machine that does not run: its state files are brought up to date.
  ///
  /// Also of one that waits for a host; after a crash there are no files to save to until a host opens them.
  func saveState(_ index: Int) {
    if case .on = machines[replications[index].machineIndex].power { return }
    replications[index].files?.save(replications[index].source.saved)
  }

  /// A host opens the state files of a machine that it is about to start, and goes on with what they say.
  mutating func loadState(_ index: Int) throws(SimulationFailure) {
    guard let opening = replications[index].files?.openStates() else { return try checkFiles(index) }
    let newest = replications[index].replica.newestInstance
    replications[index].source.restore(
      opening.saved(hasReplica: newest != nil, lastSequence: newest?.sequence ?? 0))
  }

  /// The new host of a machine finds its state in the files that the old one saved.
  ///
  /// What must be compared is not saved, so that a full sync starts over.
  mutating func handOverState(_ index: Int) throws(SimulationFailure) {
    guard let files = replications[index].files else { return }
    let saved = replications[index].source.saved
    files.save(saved)
    guard let opening = files.openStates() else { return try checkFiles(index) }
    if opening.losses.contains(where: { $0 != nil }) {
      replications[index].source.trackingLost(.stateFileLost, at: now)
    }
    replications[index].source.handedOver(
      opening.saved(hasReplica: saved.hasReplica, lastSequence: saved.lastSequence))
  }
}
