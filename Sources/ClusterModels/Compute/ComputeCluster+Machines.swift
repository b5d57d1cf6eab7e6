import Inventory
package import Quantities

extension ComputeCluster {
  // MARK: - Power

  /// An administrator powers a machine on; it runs at once, its guest still has to boot.
  ///
  /// - Parameter host: Where it ran last, which is kept if it can be.
  /// - Returns: The host.
  /// - Precondition: The machine is off.
  package mutating func powerOn(
    _ machine: Int, preferring host: Int?, at now: Instant
  ) throws(ComputeRefusal) -> Int {
    precondition(powers[machine] == .off, "a machine that is powered on was off")
    guard let place = place(for: machine, preferring: host) else { throw .noRoom }
    guard isAdmitted(machine) else { throw .admission(failuresReserved: parameters.failuresReserved) }
    setPower(.running(host: place), of: machine)
    return place
  }

  /// A power-on that was refused stays wanted: it is done as soon as there is room and admission control allows it.
  ///
  /// It needs no slot and takes no time, as ``powerOn(_:preferring:at:)``; what came of it is told by an event.
  ///
  /// - Precondition: The machine is off.
  package mutating func awaitPowerOn(_ machine: Int, preferring host: Int?) {
    precondition(powers[machine] == .off, "a machine that is to be powered on was off")
    setPower(.waiting, of: machine)
    orders[machine] = PowerOnOrder(preferred: host)
  }

  /// The machine stops, or is not to be started any more.
  package mutating func powerOff(_ machine: Int, at now: Instant) {
    setPower(.off, of: machine)
    roomReturned(at: now)
  }

  // MARK: - Moves

  /// An administrator moves a running machine to another host.
  package mutating func migrate(_ machine: Int, to host: Int, at now: Instant) throws(ComputeRefusal) {
    guard hosts[host].isAvailable else { throw .hostUnavailable }
    guard case .running(let source) = powers[machine], source != host, canMoveAway(from: source) else {
      throw .notMovable
    }
    guard fits(machine, on: host) else { throw .noRoom }
    guard hasMoveSlot(source), hasMoveSlot(host) else { throw .tooManyMoves }
    beginMove(machine, from: source, to: host, at: now)
  }

  func hasMoveSlot(_ host: Int) -> Bool { hosts[host].moveCount < parameters.migrationsPerHost }

  /// Whether vCenter reaches a host to move its machines.
  private func canMoveAway(from host: Int) -> Bool {
    !hosts[host].isFailed && !hosts[host].isIsolated && !hosts[host].isDisconnected
  }

  private mutating func beginMove(_ machine: Int, from source: Int, to host: Int, at now: Instant) {
    setPower(.moving(host: source, destination: host, ends: now + migrationDuration), of: machine)
    say(.moveBegan(machine, host: host))
  }

  /// Ends the moves that a host takes part in: the machines stay where they are.
  mutating func cancelMoves(touching host: Int) {
    for machine in operations {
      guard case .moving(let source, let destination, _) = powers[machine],
        source == host || destination == host
      else { continue }
      setPower(.running(host: source), of: machine)
      say(.moveFailed(machine))
    }
  }

  /// Moves what hosts in maintenance mode still run, as far as there is room and nobody is too busy.
  mutating func evacuate(at now: Instant) {
    for host in hosts.indices where hosts[host].isInMaintenance && canMoveAway(from: host) {
      for machine in powers.indices {
        guard powers[machine] == .running(host: host), hasMoveSlot(host),
          let place = place(for: machine, preferring: nil, where: { hasMoveSlot($0) })
        else { continue }
        beginMove(machine, from: host, to: place, at: now)
      }
      if hosts[host].machineCount == 0, !hosts[host].isEvacuated {
        hosts[host].isEvacuated = true
        say(.evacuated(host: host))
      }
    }
  }

  // MARK: - Places

  /// The host for a machine: the preferred one if it can be, else the one whose machines have the least memory, of equal
  /// ones the one with the fewest machines, then the first.
  ///
  /// That vSphere DRS looks at memory first is an assumption; its own goodness function is not published.
  func place(
    for machine: Int, preferring preferred: Int?, where isAllowed: (Int) -> Bool = { _ in true }
  ) -> Int? {
    func isPossible(_ host: Int) -> Bool {
      hosts[host].isAvailable && fits(machine, on: host) && isAllowed(host)
    }
    if let preferred, isPossible(preferred) { return preferred }
    func key(_ host: Int) -> (ByteCount, Int, Int) {
      (capacity == nil ? .zero : hosts[host].taken.memory, hosts[host].machineCount, host)
    }
    return hosts.indices.filter(isPossible).min { key($0) < key($1) }
  }

  /// Whether the running machines and one more would leave room for the failures that are reserved for.
  ///
  /// Counted over the hosts that take machines: *(total − reserved) / total ≥ failures / hosts*, which is
  /// *reserved ≤ (hosts − failures) · memory*. A machine counts with its memory reservation, 0 MB without one, and its
  /// overhead; what its guest has been given does not matter. So a single host admits nothing, as vSphere HA has it.
  ///
  /// Processors are left out: machines have no reservation of them here, and vSphere HA then counts 32 MHz for each, which
  /// ``HighAvailability/cpuOvercommitment`` keeps far below the thousands of a core.
  ///
  /// - Source: VMware, "vSphere Availability" (8.0), cluster resource percentage. That *hosts* falls with a failed host is
  ///   inferred from the share being computed anew when hosts come and go.
  func isAdmitted(_ machine: Int) -> Bool {
    guard parameters.isEnabled, parameters.failuresReserved > 0, let capacity else { return true }
    let available = hosts.filter(\.isAvailable)
    let kept = UInt64(max(0, available.count - parameters.failuresReserved))
    let reserved = available.reduce(machines[machine].demand.reserved) { $0 + $1.taken.reserved }
    return reserved <= capacity.memory * kept
  }

  // MARK: - Starting again

  /// Room or a slot may have returned: starts and moves what can be.
  mutating func roomReturned(at now: Instant) {
    restart(at: now)
    evacuate(at: now)
  }

  /// Starts what waits, highest priority first; what fits nowhere does not hold up the others.
  private mutating func restart(at now: Instant) {
    for machine in waiting where !unreachable.contains(machine) {
      if let order = orders[machine] {
        guard let host = place(for: machine, preferring: order.preferred), isAdmitted(machine) else {
          continue
        }
        setPower(.running(host: host), of: machine)
        say(.machinePoweredOn(machine, host: host))
        continue
      }
      let isClusterBusy =
        parameters.powerOnsPerCluster.map { limit in hosts.reduce(0) { $0 + $1.powerOnCount } >= limit }
        ?? false
      guard !isClusterBusy else { continue }
      if let host = place(
        for: machine, preferring: nil, where: { hosts[$0].powerOnCount < parameters.powerOnsPerHost })
      {
        setPower(.starting(host: host, ends: now + parameters.powerOnDuration), of: machine)
        say(.restartBegan(machine, host: host))
      } else if place(for: machine, preferring: nil) == nil, announced.insert(machine).inserted {
        say(.machineWaits(machine))
      }
    }
  }
}
