import BlockStorage
package import Inventory
package import Measurements
package import Quantities
package import RecoveryCore
import ReplicationCore
import Scenarios

/// A plan as seen from outside, at one moment.
package struct PlanSight: Sendable, Hashable {
  /// A run under way.
  package struct Run: Sendable, Hashable {
    package let key: Int
    package let workflow: PlanWorkflow
    package let started: Instant
    /// The groups that it works on, by their positions in the description of the pair.
    package let groups: [Int]

    package init(key: Int, workflow: PlanWorkflow, started: Instant, groups: [Int]) {
      self.key = key
      self.workflow = workflow
      self.started = started
      self.groups = groups
    }
  }

  package let status: RecoveryPlanStatus
  package let run: Run?

  package init(status: RecoveryPlanStatus, run: Run?) {
    self.status = status
    self.run = run
  }
}

/// What a checker may ask of recoveries between two steps; nothing of it changes anything.
extension World {
  /// The plans of a pair, by their positions in its description; `nil` for one that is not created.
  package func planSights(of pair: Int) -> [PlanSight?] {
    let conductor = conductors[pair]
    return conductor.planIDs.map { id in
      guard let id else { return nil }
      var sight: PlanSight.Run?
      if let run = conductor.book.run(of: id), run.isActive {
        sight = PlanSight.Run(
          key: run.key, workflow: run.workflow, started: run.started ?? now,
          groups: run.groupIDs.compactMap { group in conductor.groupIDs.firstIndex { $0 == group } })
      }
      return PlanSight(status: conductor.book.status(of: id), run: sight)
    }
  }

  /// The steps of a plan's last run, by the plan's position in the description of its pair.
  package func steps(ofPlan plan: Int, in pair: Int) -> [RecoveryStep] {
    steps(of: RecoveryPlanID(plan), in: RecoveryPairID(pair))
  }

  /// The moment of the instance that a replication's recovered machine began with; `nil` while it is replicated.
  package func recoveredInstance(of index: Int) -> Instant? {
    replications[index].life == .recovered ? replications[index].recoveredInstance : nil
  }

  /// The moment of the instance that a test uses: of the replica's test image, or of the image that storage presents; `nil`
  /// without one.
  package func testedInstance(of index: Int) -> Instant? {
    if let unit = replications[index].storageUnit {
      return replications[index].testCopy == nil ? nil : storageUnits[unit].testedInstant
    }
    return replications[index].replica.testedInstance?.pointInTime
  }

  /// The copies of a replication's machine by their numbers: the one that people use, and those at the other site.
  package func copies(of index: Int) -> (current: Int, former: Int?, test: Int?) {
    (replications[index].machineIndex, replications[index].formerCopy, replications[index].testCopy)
  }

  /// Whether a copy is on.
  package func isOn(copy: Int) -> Bool { machines[copy].isOn }

  /// What the disks of a copy hold, payload after payload; of a test machine those of its image.
  package func diskContents(ofCopy copy: Int) -> [[UInt8]] {
    // A test on storage that copies by itself has disks of its own.
    if case .test = machines[copy].role, machines[copy].contents.isEmpty {
      let images = replications[machines[copy].replication].replica.testImageDisks ?? []
      return images.map { disk in
        var payloads: [UInt8] = []
        disk.read(0..<disk.geometry.extentCount, appendingTo: &payloads)
        return payloads
      }
    }
    return machines[copy].contents.map { disk in
      var payloads: [UInt8] = []
      disk.read(0..<disk.geometry.extentCount, appendingTo: &payloads)
      return payloads
    }
  }

  /// Where the disks of the copy that people use are, and where its replica is or was.
  package func datastores(of index: Int) -> (machine: DatastoreID, replica: DatastoreID) {
    (machines[replications[index].machineIndex].datastore, replications[index].datastore)
  }

  /// The configuration files of a replica's instances, and what the logs of a test image take, counted anew.
  package func partialSpace(of index: Int) -> (configuration: ByteCount, testImage: ByteCount) {
    guard replications[index].storageUnit == nil else { return (.zero, storageSpace(of: index).test) }
    let use = replications[index].replica.spaceUse
    return (use.configuration, use.testImage)
  }

  /// How many runs of plans have ended so far.
  package var planRunCount: Int { record.planRuns.count }

  /// The events recorded from a number on.
  package func recordedEvents(from first: Int) -> ArraySlice<EventRecord> { record.events[first...] }
}
