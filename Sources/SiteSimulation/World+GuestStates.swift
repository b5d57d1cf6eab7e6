import Inventory
import Quantities
import Scenarios
import SimulationKernel
import Workloads

/// Guests that boot, shut down, hang and crash, and the pace of their work.
///
/// A reset of a machine leaves the tracking of its disks alone, since its host runs on. Machines that are not replicated have no guests here.
extension World {
  /// Lets the guest of a running machine work if nothing keeps it from that.
  mutating func guestChanged(_ machine: Int) {
    guard case .on = machines[machine].power else { return }
    drawWrites(of: machine)
    let isWorking = machines[machine].guest.isWorking
    for disk in machines[machine].disks.indices {
      if isWorking, !machines[machine].isStalled, machines[machine].awaitedRoom == nil {
        machines[machine].disks[disk].writes?.resume(at: now)
        machines[machine].disks[disk].attack?.resume(at: now)
      } else {
        machines[machine].disks[disk].writes?.pause(at: now)
        machines[machine].disks[disk].attack?.pause(at: now)
      }
    }
    if isWorking { guestWorks(machine) }
  }

  /// Whether a guest can be brought to rest: VMware Tools run in it, and it answers.
  func canComeToRest(_ machine: Int) -> Bool {
    scenario.virtualMachines[machines[machine].id.index].guest.hasTools && machines[machine].guest.isWorking
  }

  /// The machine is off: nothing of its guest remains but what the timeline keeps in force.
  mutating func guestStopped(_ machine: Int) {
    machines[machine].stoppedAt = now
    machines[machine].awaitedRoom = nil
    machines[machine].guest.isBooting = false
    machines[machine].guest.isShuttingDown = false
    machines[machine].guest.isShutDownByPlan = false
    machines[machine].guest.isCrashed = false
    machines[machine].guest.stamp += 1
    if case .writing = machines[machine].customization?.phase {
      machines[machine].customization?.phase = .booting
    }
    pauseGuest(machine)
    noteDouble(ofCopy: machine)
  }

  /// The machine is on: its guest boots.
  mutating func guestBoots(_ machine: Int) {
    let boot = scenario.virtualMachines[machines[machine].id.index].guest.boot
    machines[machine].guest.isCrashed = false
    machines[machine].guest.isShuttingDown = false
    machines[machine].guest.stamp += 1
    machines[machine].guest.isBooting = boot > .zero
    if boot > .zero {
      queue.schedule(WorldEvent(.guestBooted, machine, stamp: machines[machine].guest.stamp), at: now + boot)
    }
    guestChanged(machine)
    if boot == .zero, !machines[machine].guest.isWorking { watch(machine) }
  }

  mutating func guestBooted(_ machine: Int, stamp: UInt64) {
    guard machines[machine].guest.stamp == stamp else { return }
    machines[machine].guest.isBooting = false
    note("vm.ready", of: machine)
    guestChanged(machine)
    if !machines[machine].guest.isWorking { watch(machine) }
  }

  // MARK: - Shutting down

  /// Begins a clean shutdown, if the machine's guest can do one and it takes time.
  ///
  /// - Returns: Whether the machine stays on for now.
  mutating func beginShutdown(of machine: Int) -> Bool {
    let description = scenario.virtualMachines[machines[machine].id.index].guest
    guard description.shutdown > .zero, description.hasTools else { return false }
    guard !machines[machine].guest.isShuttingDown else { return true }
    guard machines[machine].guest.isWorking else { return false }
    machines[machine].guest.isShuttingDown = true
    machines[machine].guest.stamp += 1
    guestChanged(machine)
    queue.schedule(
      WorldEvent(.guestShutDown, machine, stamp: machines[machine].guest.stamp),
      at: now + description.shutdown)
    return true
  }

  /// The guest has shut down; the machine is off, and on again if it is to run by now.
  mutating func guestShutDown(_ machine: Int, stamp: UInt64) throws(SimulationFailure) {
    guard machines[machine].guest.stamp == stamp else { return }
    let isWanted = isToRunAfterShutdown(machine)
    try stop(machine: machine)
    if isWanted { try powerOn(machine: machine) }
  }

  /// Whether a machine that shuts down is to be on again by now.
  func isToRunAfterShutdown(_ machine: Int) -> Bool {
    machines[machine].shutdowns.isEmpty && !machines[machine].guest.isShutDownByPlan
  }

  // MARK: - Crashing and hanging

  mutating func guestCrashes(_ machine: Int) {
    guard case .on = machines[machine].power, machines[machine].guest.isWorking else {
      return note("vm.crash-refused", of: machine, detail: "its guest does not run")
    }
    machines[machine].guest.isCrashed = true
    machines[machine].guest.stamp += 1
    guestChanged(machine)
    watch(machine)
  }

  mutating func guestHangs(_ machine: Int, entry: Int) {
    machines[machine].guest.hangs.begin(entry, ())
    guard case .on = machines[machine].power, !machines[machine].guest.isBooting else { return }
    machines[machine].guest.stamp += machines[machine].guest.isShuttingDown ? 0 : 1
    guestChanged(machine)
    watch(machine)
  }

  /// vSphere HA misses the heartbeat of a guest, where it watches for one, and finds no activity of its machine.
  private mutating func watch(_ machine: Int) {
    guard scenario.virtualMachines[machines[machine].id.index].guest.hasTools,
      let monitoring = monitoring(of: machine), !machines[machine].guest.isShuttingDown
    else { return }
    queue.schedule(
      WorldEvent(.guestMissed, machine, stamp: machines[machine].guest.stamp),
      at: now + monitoring.silence)
  }

  private func monitoring(of machine: Int) -> HighAvailability.MachineMonitoring? {
    guard let place = machines[machine].place else { return nil }
    let settings = compute.clusters[place.cluster].settings
    return settings.isEnabled ? settings.monitoring : nil
  }

  mutating func guestMissed(_ machine: Int, stamp: UInt64) {
    guard machines[machine].guest.stamp == stamp, case .on = machines[machine].power,
      !machines[machine].guest.isWorking, let monitoring = monitoring(of: machine)
    else { return }
    machines[machine].guest.resets.removeAll { $0 + monitoring.resetWindow <= now }
    guard machines[machine].guest.resets.count < monitoring.resetMaximum else {
      // The oldest reset falls out of the window then, and another one is allowed.
      if let oldest = machines[machine].guest.resets.first {
        queue.schedule(
          WorldEvent(.guestMissed, machine, stamp: stamp), at: oldest + monitoring.resetWindow)
      }
      return note(
        "ha.reset-refused", of: machine,
        detail: "\(monitoring.resetMaximum) resets in \(monitoring.resetWindow)")
    }
    machines[machine].guest.resets.append(now)
    machines[machine].availability.resetCount += 1
    note("ha.reset", of: machine)
    let ended = machines[machine].guest.hangs.endAll()
    lift(ended.filter { entry in !machines.contains { $0.guest.hangs.contains(entry) } })
    guestBoots(machine)
  }

  // MARK: - Pace

  /// Applies what a workload's own pace and the timeline make of its rate, and waits for the next change.
  mutating func applyPace(of machine: Int) {
    drawWrites(of: machine)
    let scale = machines[machine].scales.current ?? .one
    var next: Instant?
    for disk in machines[machine].disks.indices {
      var factor = scale
      if let pace = machines[machine].disks[disk].pace {
        let own = pace.factor(at: now)
        let product = UInt64(scale.partsPerBillion).multipliedFullWidth(by: UInt64(own.partsPerBillion))
        factor = Ratio(partsPerBillion: Int64(UInt64(1_000_000_000).dividingFullWidth(product).quotient))
        if let change = pace.nextChange(after: now) { next = min(next ?? change, change) }
      }
      machines[machine].disks[disk].writes?.scale(by: factor, at: now)
    }
    machines[machine].paceStamp += 1
    guard let next else { return }
    queue.schedule(WorldEvent(.paceChanges, machine, stamp: machines[machine].paceStamp), at: next)
  }
}
