import BlockStorage
import Inventory
import Quantities
import ReplicationCore
import Scenarios

/// Machines that run from test images, beside a replication that goes on.
extension World {
  /// Puts a writable image over an instance of a replica, and a machine on it that is off and not in the inventory yet.
  ///
  /// Replication goes on: what arrives meanwhile is kept above the instance. What the machine writes is in logs of its own on the
  /// replica's datastore. Done already, it is answered with the same instance.
  ///
  /// - Parameter notAfter: The newest instance that is no later is taken; `nil`: the newest.
  /// - Returns: The point in time that the machine begins with.
  mutating func createTestImage(
    of machine: Int, notAfter: Instant?
  ) throws(SimulationFailure) -> Result<Instant, RecoveryFailure> {
    let index = machines[machine].replication
    if replications[index].testCopy != nil, let tested = replications[index].replica.testedInstance {
      return .success(tested.pointInTime)
    }
    guard replications[index].isActive else {
      return .failure(RecoveryFailure("the virtual machine is not replicated"))
    }
    precondition(replications[index].files == nil, "replicas kept in files are not tested")
    let instance: ReplicationTarget.Instance
    switch chooseInstance(index, notAfter: notAfter) {
    case .success(let chosen): instance = chosen
    case .failure(let failure): return .failure(failure)
    }
    do {
      _ = try replications[index].replica.beginTestImage(
        pointInTime: notAfter == nil ? nil : instance.pointInTime)
    } catch {
      return .failure(RecoveryFailure(error, datastore(index)))
    }
    let original = replications[index].machineIndex
    drawWrites(of: original)
    replications[index].testCount += 1
    replications[index].testCopy = addCopy(
      of: original, role: .test, contents: [], luck: "test-\(replications[index].testCount)")
    // The machine of a test boots from its image and reads all of it (inferred).
    for disk in replications[index].extentSizes.indices { readReplica(index, disk: disk) { _ in true } }
    noteSpace(index)
    return .success(instance.pointInTime)
  }

  /// Puts the test machine into the inventory in place of its placeholder; no effect if it is there.
  mutating func registerTest(_ machine: Int) -> RecoveryFailure? {
    guard let copy = place(of: .test, of: machine) else { return RecoveryFailure("there is no test image") }
    machines[copy].isRegistered = true
    return nil
  }

  /// Throws the test machine and its image away, so that what came meanwhile can be merged.
  ///
  /// No effect without one.
  mutating func discardTest(_ machine: Int) throws(SimulationFailure) {
    let index = machines[machine].replication
    guard replications[index].testCopy != nil else { return }
    try removeTestCopy(index)
    if planted.contains(.imageKept) { return }
    do {
      try replications[index].replica.removeTestImage()
    } catch {
      preconditionFailure("a test machine has an image: \(error)")
    }
    noteSpace(index)
    startMerges(index)
  }

  /// The test machine is gone: because the test is over, or because its image was lost.
  mutating func removeTestCopy(_ index: Int) throws(SimulationFailure) {
    guard let copy = replications[index].testCopy else { return }
    try removeCopy(copy)
    replications[index].testCopy = nil
  }

  /// Whether the writes in ``writtenRuns`` find room: for the steps in which the image's log grows, on the devices that it stands on.
  private func hasRoom(forWritesOf machine: Int, _ disk: Int) -> Bool {
    let index = machines[machine].replication
    guard machines[machine].contents.isEmpty, let images = replications[index].replica.testImageDisks else {
      return freeSpace(of: machines[machine].datastore) != .zero
    }
    guard let free = freeSpace(for: index) else { return true }
    let step = replications[index].replica.parameters.redoLogGrowth.bytes
    let written = images[disk].writtenSize.bytes
    let added = replications[index].extentSizes[disk].bytes * UInt64(writtenRuns.reduce(0) { $0 + $1.count })
    let steps = (written + added + step - 1) / step - (written + step - 1) / step
    // What the image's other disks have grown by at this instant is not counted on the datastore yet.
    let (now, counted) = (replicaSpace(of: index), replications[index].space)
    let uncounted = now > counted ? (now - counted).bytes : 0
    return free > .zero && step * steps + (steps > 0 ? uncounted : 0) <= free.bytes
  }

  /// Brings the writes in ``writtenRuns`` onto a disk of a test image.
  mutating func writeToTestImage(_ machine: Int, _ disk: Int, tag: UInt64) {
    let datastore = machines[machine].datastore
    if !hasRoom(forWritesOf: machine, disk) {
      guard !machines[machine].hasRefusedWrites else { return }
      machines[machine].hasRefusedWrites = true
      return note(
        "vm.writes-refused", of: machine,
        detail: "datastore \(scenario.inventory[datastore].name) is full")
    }
    machines[machine].hasRefusedWrites = false
    // A test on storage that copies by itself has disks of its own.
    guard machines[machine].contents.isEmpty else {
      for run in writtenRuns { machines[machine].disks[disk].allocation?.mark(run) }
      return machines[machine].contents[disk].fill(writtenRuns, tag: tag)
    }
    let images = replications[machines[machine].replication].replica.testImageDisks
    images?[disk].fill(writtenRuns, tag: tag)
  }
}
