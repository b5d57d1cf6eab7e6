import Inventory
package import Quantities

extension ComputeCluster {
  // MARK: - Failure

  /// A host stops without warning, and its machines with it.
  ///
  /// What was moving to it stays where it is. Without vSphere HA the machines are off from now on.
  package mutating func hostFailed(_ host: Int, at now: Instant) {
    guard !hosts[host].isFailed else { return }
    cancelMoves(touching: host)
    hosts[host].isFailed = true
    hosts[host].isolationNoticed = nil
    for machine in powers.indices {
      switch powers[machine] {
      case .running(host: host), .starting(host: host, ends: _):
        let isGuarded = parameters.isEnabled && machines[machine].isProtected
        setPower(isGuarded ? .lost(host: host) : .off, of: machine)
        say(.machineLost(machine, host: host))
      case .off, .running, .moving, .lost, .waiting, .starting: break
      }
    }
    hosts[host].failureNoticed = parameters.isEnabled ? now + parameters.failureDetection : nil
    roomReturned(at: now)
  }

  /// A failed host is back, empty; what it ran and nobody missed yet is started at once.
  package mutating func hostReturned(_ host: Int, at now: Instant) { hostsReturned([host], at: now) }

  /// Failed hosts are back at one instant, as after a loss of power: machines are spread over all of them.
  ///
  /// Hosts that had not failed are left alone.
  package mutating func hostsReturned(_ returned: [Int], at now: Instant) {
    for host in returned where hosts[host].isFailed {
      hosts[host].isFailed = false
      if hosts[host].failureNoticed != nil { awaitRestart(ofMachinesOn: host) }
      hosts[host].failureNoticed = nil
      if hosts[host].isIsolated { hosts[host].isolationNoticed = now + parameters.isolationDelay }
    }
    roomReturned(at: now)
  }

  private mutating func awaitRestart(ofMachinesOn host: Int) {
    for machine in powers.indices where powers[machine] == .lost(host: host) {
      setPower(.waiting, of: machine)
    }
  }

  // MARK: - Standby

  /// A host is off from the beginning, as vSphere DPM leaves it, until it returns; nobody misses it.
  ///
  /// - Precondition: It runs nothing.
  package mutating func hostInStandby(_ host: Int) {
    precondition(hosts[host].machineCount == 0, "nothing runs on a host in standby")
    hosts[host].isFailed = true
  }

  // MARK: - Isolation

  /// A host no longer reaches the others, and runs on; after a while it does what the isolation response says.
  ///
  /// Its datastores tell the others that it lives, so they start nothing of it unless it powers it off.
  package mutating func hostIsolated(_ host: Int, at now: Instant) {
    guard !hosts[host].isIsolated else { return }
    cancelMoves(touching: host)
    hosts[host].isIsolated = true
    if parameters.isEnabled, !hosts[host].isFailed {
      hosts[host].isolationNoticed = now + parameters.isolationDelay
    }
    roomReturned(at: now)
  }

  package mutating func hostRejoined(_ host: Int, at now: Instant) {
    hosts[host].isIsolated = false
    hosts[host].isolationNoticed = nil
    roomReturned(at: now)
  }

  // MARK: - Management

  /// vCenter loses a host: its machines run on, and it is given none.
  package mutating func hostDisconnected(_ host: Int, at now: Instant) {
    hosts[host].isDisconnected = true
    roomReturned(at: now)
  }

  package mutating func hostReconnected(_ host: Int, at now: Instant) {
    hosts[host].isDisconnected = false
    roomReturned(at: now)
  }

  /// A host is to be emptied: its machines move to others, a few at a time.
  ///
  /// Refused where they would not all fit elsewhere, the one that reserves most placed first. That vSphere would rather begin and stop
  /// half-way is said by some; refusing at once is the plainer rule.
  package mutating func maintenanceRequested(_ host: Int, at now: Instant) throws(ComputeRefusal) {
    guard !hosts[host].isFailed, !hosts[host].isIsolated, !hosts[host].isDisconnected else {
      throw .hostUnavailable
    }
    var plan = self
    plan.hosts[host].isInMaintenance = true
    let residents = powers.indices.filter { machine in
      switch powers[machine] {
      case .running(host: host), .starting(host: host, ends: _): true
      case .off, .running, .moving, .lost, .waiting, .starting: false
      }
    }
    var homeless = 0
    for machine in residents.sorted(by: {
      (machines[$1].demand.reserved, $0) < (machines[$0].demand.reserved, $1)
    }) {
      if let place = plan.place(for: machine, preferring: nil) {
        plan.setPower(.running(host: place), of: machine)
      } else {
        homeless += 1
      }
    }
    guard homeless == 0 else { throw .cannotEvacuate(machineCount: homeless) }
    hosts[host].isInMaintenance = true
    hosts[host].isEvacuated = false
    // A machine on its way here goes on, and is moved on when it has come.
    roomReturned(at: now)
  }

  package mutating func maintenanceEnded(_ host: Int, at now: Instant) {
    hosts[host].isInMaintenance = false
    roomReturned(at: now)
  }

  // MARK: - Time

  /// Does everything that is due, in the order of time.
  ///
  /// At one instant operations end first, in the order in which they began, then failures are noticed, then isolations.
  package mutating func advance(to now: Instant) {
    while let due = nextDeadline, due <= now { handle(due) }
  }

  private mutating func handle(_ due: Instant) {
    for machine in operations where end(of: machine) == due {
      switch powers[machine] {
      case .starting(let host, _):
        setPower(.running(host: host), of: machine)
        say(.machineStarted(machine, host: host))
      case .moving(_, let destination, _):
        setPower(.running(host: destination), of: machine)
        say(.moveEnded(machine, host: destination))
      case .off, .running, .lost, .waiting: preconditionFailure("only what starts or moves ends")
      }
    }
    for host in hosts.indices where hosts[host].failureNoticed == due {
      hosts[host].failureNoticed = nil
      say(.failureNoticed(host: host))
      awaitRestart(ofMachinesOn: host)
    }
    for host in hosts.indices where hosts[host].isolationNoticed == due {
      hosts[host].isolationNoticed = nil
      say(.isolationNoticed(host: host))
      if parameters.isolationResponse == .powerOff { stopMachines(on: host) }
    }
    roomReturned(at: due)
  }

  private mutating func stopMachines(on host: Int) {
    for machine in powers.indices where machines[machine].isProtected {
      switch powers[machine] {
      case .running(host: host), .starting(host: host, ends: _):
        setPower(.waiting, of: machine)
        say(.machineStopped(machine, host: host))
      case .off, .running, .moving, .lost, .waiting, .starting: break
      }
    }
  }
}
