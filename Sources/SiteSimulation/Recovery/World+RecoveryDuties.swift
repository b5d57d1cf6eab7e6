import Inventory
import Quantities
import RecoveryCore
import ReplicationCore
import Scenarios
import SimulationKernel

/// What a plan asks for is done to machines and replications.
extension World {
  mutating func carryOut(_ duty: RecoveryJob.Work, pair: Int) throws(SimulationFailure) {
    switch duty {
    case .command(let id, let action):
      guard let run = conductors[pair].run(of: id) else { return }
      let result = try carryOut(action, id, run: run, pair: pair)
      conductors[pair].finish(id, action, with: result, at: now)
    case .dismissal(let id): dismiss(id, pair: pair)
    case .protection(let command): carryOut(command, pair: pair)
    case .deletion(let plan): endDeletion(of: plan, pair: pair)
    case .discovery(let provider, let isFirst): endDiscovery(of: provider, isFirst: isFirst, pair: pair)
    }
  }

  /// Somebody dismisses a prompt in their own time; refused, it waits for `plan.dismiss-prompt`.
  private mutating func dismiss(_ prompt: CommandID, pair: Int) {
    do throws(RecoveryFailure) {
      try conductors[pair].dismiss(prompt, at: now)
    } catch {
      let plan = conductors[pair].run(of: prompt).flatMap { run in
        conductors[pair].planIDs.firstIndex { $0 == run.plan }
      }
      record.note(
        "plan.dismiss-prompt-refused",
        subject: plan.map { conductors[pair].description.plans[$0].description.name } ?? "",
        detail: error.text, at: now)
    }
  }

  private mutating func carryOut(_ command: ProtectionCommand, pair: Int) {
    conductors[pair].hasNews = true
    switch command {
    case .createPlaceholder(let vm, let side, _, _):
      conductors[pair].changedMembers.append(vm)
      guard conductors[pair].answers(.vCenter, at: side) else {
        return conductors[pair].groups.placeholderCreationFailed(
          for: vm, reason: "site \(conductors[pair].siteNames[side]) does not answer")
      }
      conductors[pair].groups.placeholderCreated(for: vm)
      record.note("placeholder.created", subject: scenario.inventory[vm].name, at: now)
    case .removeProtection(let vm, let side, let hasPlaceholder):
      removeProtection(of: vm, at: side, hasPlaceholder: hasPlaceholder, pair: pair)
    }
  }

  private mutating func carryOut(
    _ action: RecoveryAction, _ id: CommandID, run: ConductedRun, pair: Int
  ) throws(SimulationFailure) -> DutyResult {
    if let text = conductors[pair].fault(in: action) { return .failed(text) }
    if conductors[pair].failingSteps.contains(id) { return .failed("out of order") }
    let side = conductors[pair].side(of: action, in: run)
    guard conductors[pair].answers(side, toRun: run) else {
      return .failed("site \(conductors[pair].siteNames[side]) does not answer")
    }
    if let result = try carryOutOnStorage(action, id, run: run, pair: pair) { return result }
    switch action {
    case .synchronize, .createTestImage, .makeStorageWritable, .discardTestImage, .prepareForMigration,
      .configureReverseReplication:
      return try carryOutOnReplication(action, id, run: run, pair: pair)
    case .configureStorage, .configureTestNetwork, .customizeGuest, .powerOn, .waitForTools, .shutDownGuest,
      .powerOff, .resetStorage, .suspend, .resume, .configureReverseProtection:
      return try carryOutOnMachine(action, id, run: run, pair: pair)
    case .restoreHosts(let side):
      try wakeHosts(of: conductors[pair].description.sites[side])
      return .done
    case .deactivateStorage, .reverseReplication, .cleanUpStorage, .showPrompt:
      // vSphere Replication keeps nothing of its own for a group.
      return .done
    case .runOnServer(let callout), .runOnVM(_, let callout):
      let code = conductors[pair].command(callout).exitCode
      return code == 0 ? .done : .failed("exit code \(code)")
    }
  }

  // MARK: - Replication

  private mutating func carryOutOnReplication(
    _ action: RecoveryAction, _ id: CommandID, run: ConductedRun, pair: Int
  ) throws(SimulationFailure) -> DutyResult {
    switch action {
    case .synchronize(_, let reason, let vms):
      let sides = conductors[pair].replicationAnswers(toRun: run)
      if reason != .reversed, !sides[run.protectedSide] {
        return .failed("site \(conductors[pair].siteNames[run.protectedSide]) does not answer")
      }
      if reason == .final, planted.contains(.finalSyncSkipped) { return .done }
      return try request(.synchronize, of: vms, id, run: run, pair: pair)
    case .createTestImage(_, let vms, let points):
      return try requestEach(vms, points, id, run: run, pair: pair) { .startTest($0) }
    case .makeStorageWritable(_, let vms, let points):
      let isPlanned = run.workflow == .plannedMigration
      return try requestEach(vms, points, id, run: run, pair: pair) { .failOver($0, isPlanned: isPlanned) }
    case .discardTestImage(let group):
      conductors[pair].isolatedNetworks.removeAll { $0.plan == run.plan }
      let members = conductors[pair].groups.group(group)?.members ?? []
      detachTests(of: members)
      return try request(.stopTest, of: members, id, run: run, pair: pair)
    case .prepareForMigration(let vm): return try request(.prepare, of: [vm], id, run: run, pair: pair)
    case .configureReverseReplication(let vm):
      return try request(.reverse, of: [vm], id, run: run, pair: pair)
    default: preconditionFailure("only what concerns the replication is asked of it")
    }
  }

  /// Makes a request that each machine may make with an instance of its own; the failures are reported together.
  private mutating func requestEach(
    _ vms: [VirtualMachineID], _ points: [RecoveryAction.PointInTime], _ id: CommandID, run: ConductedRun,
    pair: Int, _ make: (InstanceChoice) -> ReplicationRequest
  ) throws(SimulationFailure) -> DutyResult {
    var failures: [String] = []
    for vm in vms {
      let point = points.first { $0.vm == vm }?.instant
      let result = try request(
        make(point.map { .notLater(than: $0) } ?? .newest), of: [vm], id, run: run, pair: pair)
      if case .failed(let text) = result { failures.append("\(scenario.inventory[vm].name): \(text)") }
    }
    return failures.isEmpty ? .done : .failed(failures.joined(separator: "; "))
  }

  /// Asks the replication for something, and does what it says.
  private mutating func request(
    _ request: ReplicationRequest, of vms: [VirtualMachineID], _ id: CommandID, run: ConductedRun, pair: Int
  ) throws(SimulationFailure) -> DutyResult {
    var waiting: [VirtualMachineID] = []
    for vm in vms {
      let name = scenario.inventory[vm].name
      guard let unit = conductors[pair].unit(of: vm), let machine = machineIndex[vm.index] else {
        return .failed("\(name) is not replicated")
      }
      conductors[pair].provider.instancesChanged(recoveryInstances(of: machine), of: unit)
      let commands: [ProviderCommand]
      do throws(ReplicationRefusal) {
        commands = try conductors[pair].provider.commands(
          for: request, of: [unit], answering: conductors[pair].replicationAnswers(toRun: run), at: now)
      } catch {
        return .failed(conductors[pair].text(error))
      }
      for command in commands {
        guard case .replication(let action) = command.operation else { continue }
        if let failure = try carryOut(action, command.choice, of: machine, vm, id, run: run, pair: pair) {
          return .failed(failure.text)
        }
        if action == .synchronize { waiting.append(vm) }
      }
      conductors[pair].provider.completed(request, of: [unit])
    }
    return waiting.isEmpty ? .done : .pending(waiting)
  }

  private mutating func carryOut(
    _ action: ReplicationAction, _ choice: InstanceChoice?, of machine: Int, _ vm: VirtualMachineID,
    _ id: CommandID, run: ConductedRun, pair: Int
  ) throws(SimulationFailure) -> RecoveryFailure? {
    let limit: Instant? = if case .notLater(let instant) = choice { instant } else { nil }
    switch action {
    case .synchronize:
      try beginSync(of: machine, for: RecoveryTicket(pair: RecoveryPairID(pair), command: id, machine: vm))
      return nil
    case .createTestImage:
      switch try createTestImage(of: machine, notAfter: limit) {
      case .success: return nil
      case .failure(let failure): return failure
      }
    case .removeTestImage:
      try discardTest(machine)
      return nil
    case .stopSource: return prepareForMigration(machine)
    case .resumeSource:
      undoPreparation(machine)
      return nil
    case .failOver:
      let lastWrite = planted.contains(.lossEndsWithRunStart) ? run.started : lastWrite(of: machine)
      switch try makeWritable(
        machine, notAfter: limit, isPlanned: run.workflow == .plannedMigration)
      {
      case .success(let instance):
        conductors[pair].recovered(
          .init(vm: vm, instance: instance, lastWrite: lastWrite), key: run.key)
        return nil
      case .failure(let failure): return failure
      }
    case .reverse: return try reverseReplication(of: machine)
    }
  }

  /// The last moment in which the protected machine could write: now, or when it stopped.
  private func lastWrite(of machine: Int) -> Instant {
    guard let former = place(of: .protected, of: machine), !machines[former].isOn else { return now }
    return machines[former].stoppedAt ?? machines[former].writtenUntil
  }

  // MARK: - Machines

  private mutating func carryOutOnMachine(
    _ action: RecoveryAction, _ id: CommandID, run: ConductedRun, pair: Int
  ) throws(SimulationFailure) -> DutyResult {
    let copy: MachineCopy = run.workflow.isRecovery ? .recovered : .test
    switch action {
    case .suspend(let vm, let side):
      try suspend(vm, at: conductors[pair].description.sites[side])
      return .done
    case .resume(let vm, let side):
      return DutyResult(try resume(vm, at: conductors[pair].description.sites[side]))
    case .configureReverseProtection(let vm): return configureReverseProtection(of: vm, pair: pair)
    case .configureStorage(let vm, _), .configureTestNetwork(let vm), .customizeGuest(let vm),
      .powerOn(let vm, _), .waitForTools(let vm), .shutDownGuest(let vm), .powerOff(let vm, _),
      .resetStorage(let vm):
      guard let machine = machineIndex[vm.index] else { return .failed("the virtual machine does not exist") }
      let ticket = RecoveryTicket(pair: RecoveryPairID(pair), command: id, machine: vm)
      return try carryOut(action, of: machine, vm, copy, ticket, run: run, pair: pair)
    default: preconditionFailure("only what concerns a machine is asked of it")
    }
  }

  private mutating func carryOut(
    _ action: RecoveryAction, of machine: Int, _ vm: VirtualMachineID, _ copy: MachineCopy,
    _ ticket: RecoveryTicket, run: ConductedRun, pair: Int
  ) throws(SimulationFailure) -> DutyResult {
    switch action {
    case .configureStorage(_, let isTest):
      guard conductors[pair].groups.placeholderReplaced(of: vm, byTest: isTest) != nil else {
        return .failed("there is no placeholder virtual machine")
      }
      if let failure = isTest ? registerTest(machine) : registerRecovered(machine) {
        return .failed(failure.text)
      }
      if !isTest {
        conductors[pair].recovered(vm)
        attachments.detach(.init(machine: vm, isTest: false))
      }
      return .done
    case .configureTestNetwork:
      return .done
    case .customizeGuest:
      try customizeGuest(
        machine, copy: copy, writing: conductors[pair].times.guestCustomization,
        shutdownLimit: conductors[pair].description.defaults[run.recoverySide].customizationShutdownTimeout,
        for: ticket)
      return .pending([vm])
    case .powerOn(_, let side):
      let isUndo = side == run.protectedSide
      switch try powerOn(machine, copy: isUndo ? .protected : copy) {
      case .failure(let failure): return .failed(failure.text)
      case .success(let host):
        if copy == .test { conductors[pair].connect(vm, on: host, in: run) }
        if !isUndo { attachRecovered(vm, isTest: copy == .test, in: run, pair: pair) }
        if isUndo, let unit = conductors[pair].unit(of: vm) {
          conductors[pair].provider.completed(.undoPrepare, of: [unit])
        }
        noteDouble(vm, pair: pair)
        return .done
      }
    case .waitForTools:
      awaitTools(of: machine, copy: copy, for: ticket)
      return .pending([vm])
    case .shutDownGuest:
      try shutDownGuest(machine, for: ticket)
      return .pending([vm])
    case .powerOff(_, let side):
      let result = DutyResult(try powerOff(machine, copy: side == run.protectedSide ? .protected : .test))
      noteDouble(vm, pair: pair)
      return result
    case .resetStorage:
      if !planted.contains(.placeholderNotRestored) { conductors[pair].groups.placeholderRestored(of: vm) }
      return .done
    default: preconditionFailure("only what concerns a machine is asked of it")
    }
  }

  private mutating func configureReverseProtection(of vm: VirtualMachineID, pair: Int) -> DutyResult {
    do throws(PlaceholderProblem) {
      let mappings = conductors[pair].mappings
      let originalExists = originalExists(of: vm)
      if try conductors[pair].groups.reverseProtection(
        of: vm, originalExists: originalExists, mappings: mappings) != nil
      {
        conductors[pair].groups.placeholderCreated(for: vm)
      }
      return .done
    } catch {
      let side = conductors[pair].groups.protectedVM(vm).flatMap {
        conductors[pair].groups.group($0.group)?.protectedSide
      }
      return .failed(conductors[pair].text(error, at: (side ?? .first).other))
    }
  }
}

extension DutyResult {
  init(_ failure: RecoveryFailure?) {
    if let failure { self = .failed(failure.text) } else { self = .done }
  }
}

extension RecoveryConductor {
  /// The site whose server does the work, beside the one that conducts the run.
  func side(of action: RecoveryAction, in run: ConductedRun) -> PairSide {
    switch action {
    case .restoreHosts(let side), .powerOn(_, let side), .powerOff(_, let side), .suspend(_, let side),
      .resume(_, let side):
      side
    case .deactivateStorage, .cleanUpStorage, .shutDownGuest, .prepareForMigration, .synchronize,
      .configureReverseReplication, .configureReverseProtection:
      run.protectedSide
    default: run.recoverySide
    }
  }

  mutating func recovered(_ machine: ConductedRun.Recovered, key: Int) {
    guard let index = runs.firstIndex(where: { $0.key == key }) else { return }
    runs[index].recovered.append(machine)
  }
}
