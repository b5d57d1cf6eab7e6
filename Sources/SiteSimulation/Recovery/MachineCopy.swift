import BlockStorage
import Inventory
import Quantities
import RandomStreams
import ReplicationCore
import Scenarios
import Workloads

/// Which copy of a virtual machine a plan speaks of.
enum MachineCopy: Sendable, Hashable {
  /// The one that runs from a test image.
  case test
  /// The one whose disks the replica became.
  case recovered
  /// The one at the protected site: replicated or, after a recovery, left behind.
  case protected
}

/// The settings that a plan writes into a guest: it boots, they are written, it shuts down.
struct GuestCustomization {
  enum Phase {
    case booting
    case writing
    case shuttingDown
  }

  let ticket: RecoveryTicket
  let writing: TimeSpan
  /// How long the guest may take to shut down before it is switched off.
  let shutdownLimit: TimeSpan
  var phase = Phase.booting
  /// Which writing is the latest begun.
  var stamp: UInt64 = 0
}

extension World {
  /// The place of a copy in ``machines``; `nil` if there is none.
  ///
  /// - Parameter machine: Any copy of the virtual machine.
  func place(of copy: MachineCopy, of machine: Int) -> Int? {
    // A copy of the whole run would cost more than all else here.
    let index = machines[machine].replication
    let isRecovered = replications[index].life == .recovered
    return switch copy {
    case .test: replications[index].testCopy
    case .recovered: isRecovered ? replications[index].machineIndex : nil
    case .protected:
      replications[index].formerCopy ?? (isRecovered ? nil : replications[index].machineIndex)
    }
  }

  /// Adds a copy of a machine to the world: off, not in the inventory, with the same workload and luck of its own.
  ///
  /// - Parameters:
  ///   - original: Its writes were drawn up to now.
  ///   - luck: Names the random streams of the copy's writers.
  mutating func addCopy(
    of original: Int, role: Machine.Role, contents: [ExtentStore], luck: String
  ) -> Int {
    let replication = replications[machines[original].replication]
    guard let host = mountingHosts(of: replication.datastore).first else {
      preconditionFailure("the site of a replica has hosts")
    }
    let name = scenario.inventory[machines[original].id].name
    var disks = machines[original].disks
    for disk in disks.indices {
      disks[disk].tag = nextDiskTag()
      disks[disk].writes?.pause(at: now)
      disks[disk].attack?.pause(at: now)
      let stream = RandomStream(seed: seed, name: "workload/\(name)/\(disks[disk].name)/\(luck)")
      disks[disk].writes?.diverge(to: stream)
      disks[disk].allocation = nil
    }
    var copy = Machine(
      id: machines[original].id, role: role, site: replication.target, datastore: replication.datastore,
      host: HostID(host), disks: disks, contents: contents, replication: machines[original].replication)
    copy.place = compute.place(for: copy.id, on: copy.datastore, in: scenario)
    copy.power = .off
    copy.isRegistered = false
    copy.scales = machines[original].scales
    copy.writtenUntil = now
    copy.stoppedAt = now
    machines.append(copy)
    if disks.contains(where: { $0.pace != nil }) { applyPace(of: machines.count - 1) }
    return machines.count - 1
  }

  /// A copy of a machine is no more: whatever waits for it is told so.
  mutating func removeCopy(_ machine: Int) throws(SimulationFailure) {
    try switchOff(machine)
    let failure = RecoveryFailure("the virtual machine was removed")
    for ticket in machines[machine].toolsWaits { end(ticket, failure) }
    machines[machine].toolsWaits.removeAll()
    machines[machine].role = .gone
    machines[machine].isRegistered = false
    machines[machine].disks.removeAll()
    machines[machine].contents.removeAll()
    machines[machine].snapshot = nil
    machines[machine].objects.removeAll()
    machines[machine].space = .zero
    machines[machine].growth = .zero
    machines[machine].place = nil
    machines[machine].paceStamp += 1
  }

  /// Reports that what a ticket stands for has ended.
  mutating func end(_ ticket: RecoveryTicket, _ failure: RecoveryFailure? = nil) {
    recoveryOutcomes.append(RecoveryOutcome(ticket: ticket, failure: failure))
  }
}
