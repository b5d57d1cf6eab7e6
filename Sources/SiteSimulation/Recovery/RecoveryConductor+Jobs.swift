import Inventory
import Quantities
import RecoveryCore
import Scenarios

/// How operations have their turn.
///
/// A vCenter Server carries out ``RecoveryTimes/operationsPerVCenter`` at a time and the hosts of a site power on
/// ``RecoveryTimes/powerOnsPerHost`` machines each; of those that wait, the one that was asked for first comes first. The
/// power-ons of a site are counted together, since machines are placed evenly (*inferred*).
extension RecoveryConductor {
  /// Takes what the plans ask for.
  mutating func takeCommands(at now: Instant) {
    for command in book.takeCommands() {
      switch command {
      case .perform(let id, let action): ask(id, action, at: now)
      case .abandon(let id): drop(id, at: now)
      }
    }
  }

  private mutating func ask(_ id: CommandID, _ action: RecoveryAction, at now: Instant) {
    guard let run = runs.first(where: { $0.key == id.run }) else {
      preconditionFailure("commands come from runs that were started")
    }
    if case .showPrompt = action {
      guard let delay = run.promptDelay else { return }
      jobOfCommand[id] = enqueue(
        RecoveryJob(work: .dismissal(id), lane: .none, duration: delay), at: now)
      return
    }
    jobOfCommand[id] = enqueue(
      RecoveryJob(
        work: .command(id, action), lane: lane(of: action, in: run), duration: duration(of: action, in: run)),
      at: now)
  }

  /// Takes what protection asks for.
  mutating func ask(_ commands: [ProtectionCommand], at now: Instant) {
    for command in commands {
      let side =
        switch command {
        case .createPlaceholder(_, let side, _, _), .removeProtection(_, let side, _): side
        }
      _ = enqueue(
        RecoveryJob(
          work: .protection(command), lane: .operation(side), duration: times.placeholderCreation),
        at: now)
    }
  }

  mutating func enqueue(_ job: RecoveryJob, at now: Instant) -> Int {
    let serial = nextSerial
    nextSerial += 1
    jobs[serial] = job
    switch job.lane {
    case .none: begin(serial, at: now)
    case .operation(let side):
      waiting[side].append(serial)
      admit(at: side, now)
    case .powerOn(let side):
      waitingPowerOns[side].append(serial)
      admit(at: side, now)
    }
    return serial
  }

  /// Gives free places to those who wait.
  mutating func admit(at side: PairSide, _ now: Instant) {
    while operationCounts[side] < times.operationsPerVCenter {
      while let serial = waiting[side].first, jobs[serial] == nil { _ = waiting[side].popFirst() }
      while let serial = waitingPowerOns[side].first, jobs[serial] == nil {
        _ = waitingPowerOns[side].popFirst()
      }
      let isPowerOnFree = powerOnCounts[side] < times.powerOnsPerHost * max(1, hostCounts[side])
      let powerOn = isPowerOnFree ? waitingPowerOns[side].first : nil
      let operation = waiting[side].first
      guard let serial = [operation, powerOn].compactMap(\.self).min() else { return }
      if serial == powerOn {
        _ = waitingPowerOns[side].popFirst()
        powerOnCounts[side] += 1
      } else {
        _ = waiting[side].popFirst()
      }
      operationCounts[side] += 1
      admitted.insert(serial)
      begin(serial, at: now)
    }
  }

  /// Its turn has come.
  private mutating func begin(_ serial: Int, at now: Instant) {
    guard let job = jobs[serial] else { return }
    if case .command(let id, _) = job.work { book.handle(.began, of: id, at: now) }
    if job.duration > .zero {
      deadlines.insert(.init(due: now + job.duration, step: serial))
    } else {
      duties.append(serial)
    }
  }

  // MARK: - What is to be done now

  /// The next thing that the world has to do; its place is free for others.
  mutating func nextDuty(at now: Instant) -> RecoveryJob.Work? {
    while let serial = duties.popFirst() {
      guard let job = jobs.removeValue(forKey: serial) else { continue }
      release(serial, job, at: now)
      return job.work
    }
    return nil
  }

  private mutating func release(_ serial: Int, _ job: RecoveryJob, at now: Instant) {
    guard admitted.remove(serial) != nil else { return }
    switch job.lane {
    case .none: break
    case .operation(let side):
      operationCounts[side] -= 1
      admit(at: side, now)
    case .powerOn(let side):
      operationCounts[side] -= 1
      powerOnCounts[side] -= 1
      admit(at: side, now)
    }
  }

  // MARK: - How it ends

  /// A command has come to an end, or to what its end depends on.
  mutating func finish(
    _ id: CommandID, _ action: RecoveryAction, with result: DutyResult, at now: Instant
  ) {
    switch result {
    case .done: report(.succeeded, of: id, at: now)
    case .warning(let text): report(.succeededWithWarning(text), of: id, at: now)
    case .failed(let text): report(.failed(text), of: id, at: now)
    case .pending(let machines):
      guard !machines.isEmpty else { return report(.succeeded, of: id, at: now) }
      pending[id] = PendingCommand(action: action, machines: machines)
    }
  }

  /// A machine has come to the end that a command waits for.
  mutating func ended(_ outcome: RecoveryOutcome, name: String, at now: Instant) {
    let id = outcome.ticket.command
    guard var command = pending[id],
      let index = command.machines.firstIndex(of: outcome.ticket.machine)
    else { return }
    command.machines.remove(at: index)
    if let failure = outcome.failure {
      command.failures.append("\(name): \(failure.text)")
    } else if case .customizeGuest(let vm) = command.action {
      customized(vm, byRun: id.run)
    }
    pending[id] = command
    guard command.machines.isEmpty else { return }
    pending[id] = nil
    report(
      command.failures.isEmpty ? .succeeded : .failed(command.failures.joined(separator: "; ")), of: id,
      at: now)
  }

  private mutating func report(_ event: CommandEvent, of id: CommandID, at now: Instant) {
    jobOfCommand[id] = nil
    book.handle(event, of: id, at: now)
  }

  /// Nobody waits for this command any more.
  private mutating func drop(_ id: CommandID, at now: Instant) {
    if let command = pending.removeValue(forKey: id) {
      abandoned += command.machines.map { RecoveryTicket(pair: self.id, command: id, machine: $0) }
    }
    guard let serial = jobOfCommand.removeValue(forKey: id), let job = jobs.removeValue(forKey: serial)
    else { return }
    release(serial, job, at: now)
  }

  /// A run is over and its server forgot what was under way.
  mutating func dropCommands(ofRun key: Int, at now: Instant) {
    let commands = Array(jobOfCommand.keys) + Array(pending.keys)
    for id in commands.filter({ $0.run == key }).sorted(by: { $0.step < $1.step }) { drop(id, at: now) }
  }
}
