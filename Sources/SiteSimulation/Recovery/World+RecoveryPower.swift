import Inventory
import Quantities
import ReplicationCore
import Scenarios
import SimulationKernel

/// The power of copies of machines, as plans change it.
extension World {
  /// Powers a copy on, so that its guest boots.
  ///
  /// No effect if it is on. In a cluster that is looked at in detail the copy goes to a host with room, as vSphere DRS would choose; elsewhere to the running host of
  /// its site on which the fewest machines are on. The protected copy goes back to its own host if that runs.
  ///
  /// - Returns: The host.
  mutating func powerOn(
    _ machine: Int, copy: MachineCopy
  ) throws(SimulationFailure) -> Result<HostID, RecoveryFailure> {
    guard let index = place(of: copy, of: machine) else {
      return .failure(RecoveryFailure("the virtual machine does not exist"))
    }
    if machines[index].isOn { return .success(machines[index].host) }
    guard machines[index].isRegistered else {
      return .failure(RecoveryFailure("the virtual machine is not in the inventory"))
    }
    guard !isLocked(index) else {
      return .failure(RecoveryFailure("the virtual machine is locked by its offline instance"))
    }
    // vSphere HA need not start it any more.
    try switchOff(index)
    switch hostForRecovery(of: index, preferring: copy == .protected ? machines[index].host : nil) {
    case .success(let host):
      try run(machine: index, on: host)
      return .success(host)
    case .failure(let failure): return .failure(failure)
    }
  }

  /// A host of a copy's site that takes it now, its room taken; or why there is none.
  mutating func hostForRecovery(
    of machine: Int, preferring host: HostID?
  ) -> Result<HostID, RecoveryFailure> {
    if let place = machines[machine].place {
      return enterCluster(at: place, preferring: host, isWaiting: false).mapError { RecoveryFailure("\($0)") }
    }
    let site = machines[machine].site
    let possible = writingHosts(of: machines[machine].datastore)
    if let host, possible.contains(host.index) { return .success(host) }
    var counts = [Int](repeating: 0, count: hosts.count)
    // By index, which copies no machine.
    for other in machines.indices where machines[other].isOn { counts[machines[other].host.index] += 1 }
    guard let best = possible.min(by: { (counts[$0], $0) < (counts[$1], $1) }) else {
      return .failure(RecoveryFailure("no host of site \(scenario.inventory[site].name) runs"))
    }
    return .success(HostID(best))
  }

  /// Switches a copy off without asking its guest; no effect if it is off or does not exist.
  mutating func powerOff(_ machine: Int, copy: MachineCopy) throws(SimulationFailure) -> RecoveryFailure? {
    if let index = place(of: copy, of: machine) { try switchOff(index) }
    return nil
  }

  /// Switches a machine off, whatever it does; vSphere HA does not start it again.
  mutating func switchOff(_ machine: Int) throws(SimulationFailure) {
    machines[machine].awaitsUnlock = false
    machines[machine].destination = nil
    switch machines[machine].power {
    case .off: break
    case .on: try stop(machine: machine)
    case .suspended, .failed, .waitingForHost:
      machines[machine].power = .off
      machines[machine].availability.ended(at: now)
      try leaveCluster(machines[machine].place)
      machineStopped(machine)
    }
  }

  // MARK: - Guests

  /// Asks the guest of the protected copy to shut down: ends when the machine is off.
  ///
  /// A guest that boots is asked when it has booted. One that hangs or crashed never answers, so that whoever waits gives up and switches
  /// the machine off. Without VMware Tools nobody can be asked, which is a failure.
  mutating func shutDownGuest(_ machine: Int, for ticket: RecoveryTicket) throws(SimulationFailure) {
    guard let index = place(of: .protected, of: machine) else { return end(ticket) }
    guard machines[index].isOn else {
      try switchOff(index)
      return end(ticket)
    }
    guard hasTools(index) else {
      return end(ticket, RecoveryFailure("VMware Tools do not run in the guest"))
    }
    machines[index].stopWaits.append(ticket)
    askGuestToShutDown(index)
  }

  /// Ends at the first heartbeat of a copy's guest; at once if it works already, never without VMware Tools.
  mutating func awaitTools(of machine: Int, copy: MachineCopy, for ticket: RecoveryTicket) {
    guard let index = place(of: copy, of: machine) else {
      return end(ticket, RecoveryFailure("the virtual machine does not exist"))
    }
    machines[index].toolsWaits.append(ticket)
    if machines[index].isOn, machines[index].guest.isWorking { guestWorks(index) }
  }

  /// Boots a copy, writes settings into its guest and shuts it down again: ends when it is off.
  ///
  /// A machine whose host fails meanwhile is customised anew when vSphere HA has started it.
  ///
  /// - Parameters:
  ///   - writing: What the settings take once the guest works.
  ///   - shutdownLimit: How long the guest may take to shut down then.
  mutating func customizeGuest(
    _ machine: Int, copy: MachineCopy, writing: TimeSpan, shutdownLimit: TimeSpan = .hours(1),
    for ticket: RecoveryTicket
  ) throws(SimulationFailure) {
    guard let index = place(of: copy, of: machine) else {
      return end(ticket, RecoveryFailure("the virtual machine does not exist"))
    }
    guard hasTools(index) else {
      return end(ticket, RecoveryFailure("VMware Tools do not run in the guest"))
    }
    try switchOff(index)
    machines[index].customization = GuestCustomization(
      ticket: ticket, writing: writing, shutdownLimit: shutdownLimit)
    if case .failure(let failure) = try powerOn(machine, copy: copy) {
      machines[index].customization = nil
      end(ticket, failure)
    }
  }

  private func hasTools(_ machine: Int) -> Bool {
    scenario.virtualMachines[machines[machine].id.index].guest.hasTools
  }

  /// A guest works: it gives heartbeats, and what waited for that goes on.
  mutating func guestWorks(_ machine: Int) {
    guard hasTools(machine) else { return }
    for ticket in machines[machine].toolsWaits { end(ticket) }
    machines[machine].toolsWaits.removeAll()
    if !machines[machine].stopWaits.isEmpty { askGuestToShutDown(machine) }
    guard var customization = machines[machine].customization, case .booting = customization.phase else {
      return
    }
    customization.phase = .writing
    customization.stamp += 1
    machines[machine].customization = customization
    queue.schedule(
      WorldEvent(.guestWritten, machine, stamp: customization.stamp), at: now + customization.writing)
  }

  /// The settings of a plan are in the guest.
  mutating func guestWritten(_ machine: Int, stamp: UInt64) throws(SimulationFailure) {
    guard let customization = machines[machine].customization, customization.stamp == stamp,
      case .writing = customization.phase
    else { return }
    guard machines[machine].isOn, machines[machine].guest.isWorking else {
      // Once it works again, all of it is written anew.
      machines[machine].customization?.phase = .booting
      return
    }
    machines[machine].customization?.phase = .shuttingDown
    askGuestToShutDown(machine, limit: customization.shutdownLimit)
  }

  /// A guest that works begins its clean shutdown, after which the machine stays off.
  ///
  /// - Parameter limit: When it is switched off if it has not come to its end.
  private mutating func askGuestToShutDown(_ machine: Int, limit: TimeSpan? = nil) {
    guard machines[machine].guest.isWorking else { return }
    machines[machine].guest.isShuttingDown = true
    machines[machine].guest.isShutDownByPlan = true
    machines[machine].guest.stamp += 1
    guestChanged(machine)
    let duration = scenario.virtualMachines[machines[machine].id.index].guest.shutdown
    let end = limit.map { min($0, duration) } ?? duration
    queue.schedule(
      WorldEvent(.guestShutDown, machine, stamp: machines[machine].guest.stamp), at: now + end)
  }

  /// A machine is off: what waited for that is told.
  mutating func machineStopped(_ machine: Int) {
    for ticket in machines[machine].stopWaits { end(ticket) }
    machines[machine].stopWaits.removeAll()
    guard let customization = machines[machine].customization else { return }
    machines[machine].customization = nil
    if case .shuttingDown = customization.phase {
      end(customization.ticket)
    } else {
      end(customization.ticket, RecoveryFailure("the virtual machine was switched off"))
    }
  }

  // MARK: - Taking out of use

  /// Takes the protected copy out of its site's inventory, so that nobody powers it on; its replication goes on.
  ///
  /// - Returns: A failure if it is on, or will be when it has a host: vCenter Server keeps such a machine in its inventory.
  @discardableResult
  mutating func prepareForMigration(_ machine: Int) -> RecoveryFailure? {
    guard let index = place(of: .protected, of: machine) else { return nil }
    switch machines[index].power {
    case .on, .failed, .waitingForHost: return RecoveryFailure("the virtual machine is on")
    case .off, .suspended: break
    }
    machines[index].isRegistered = false
    return nil
  }

  mutating func undoPreparation(_ machine: Int) {
    if let index = place(of: .protected, of: machine) { machines[index].isRegistered = true }
  }

  /// Whether a virtual machine is on at both sites, not counting tests.
  func runsAtBothSites(_ machine: Int) -> Bool {
    let index = machines[machine].replication
    guard let former = replications[index].formerCopy else { return false }
    return machines[former].isOn && machines[replications[index].machineIndex].isOn
  }
}
