import Inventory
import Measurements
import Quantities
import ReplicationCore
import ResourceModels
import Scenarios
import SimulationKernel

extension World {
  // MARK: - The source

  /// The deadline of a replication's source may have come; it may also have moved.
  mutating func deadlineCame(_ index: Int) throws(SimulationFailure) {
    replications[index].timer = nil
    guard let deadline = replications[index].source.nextDeadline, deadline <= now else {
      armTimer(index)
      return
    }
    let machine = replications[index].machineIndex
    drawWrites(of: machine)
    replications[index].source.isGuestResponsive = canComeToRest(machine)
    replications[index].source.advance(to: now, reading: machines[machine].contents)
    try sourceChanged(index)
  }

  /// Follows up every input of a source: what it tells is recorded, a lost session is dropped, what it
  /// has to send is sent, and its next deadline is watched.
  ///
  /// - Parameter unsent: What ``endSession(_:)`` returned, if the session was dropped before.
  mutating func sourceChanged(_ index: Int, unsent: ByteCount = .zero) throws(SimulationFailure) {
    var unsent = unsent
    if let size = endSession(index) { unsent = size }
    let events = replications[index].source.takeEvents()
    for event in events {
      // A connection can be lost without a sync under way, and so without a session to drop.
      if event == .connectionLost {
        for side in StreamSide.allCases { replications[index][side].connection.lost() }
      }
      note(event, of: index, unsent: unsent)
      if case .deltaCompleted(let account) = event { serveSyncWaits(index, pointInTime: account.startedAt) }
    }
    saveState(index)
    noteDemandLog(index)
    moveIfIdle(index)
    if !events.isEmpty || replications[index].source.activity != replications[index].toldActivity {
      takeMoves(of: tellSchedule(index))
    }
    try send(index)
    armTimer(index)
    try serveContexts()
    try startIfUnlocked(replications[index].machineIndex)
    if !replications[index].syncWaits.isEmpty { try askForSync(index) }
    if !events.isEmpty { memberChanged(index) }
  }

  // MARK: - The schedules of hosts

  /// Tells the schedule of its machine's host what a replication expects and can do.
  ///
  /// That changes with events of its source, and with what it is able to do.
  ///
  /// - Returns: That host.
  @discardableResult
  mutating func tellSchedule(_ index: Int) -> HostID {
    let outlook = replications[index].source.outlook
    let activity = replications[index].source.activity
    replications[index].toldActivity = activity
    let host = machines[replications[index].machineIndex].host
    let machine = replications[index].machine
    if replications[index].scheduledHost == host {
      hosts[host.index].schedule.changed(
        machine, outlook: outlook, activity: activity, at: now)
    } else {
      if let old = replications[index].scheduledHost, !planted.contains(.plannedByTwoHosts) {
        hosts[old.index].schedule.left(machine)
      }
      replications[index].scheduledHost = host
      hosts[host.index].schedule.joined(
        machine, outlook: outlook, activity: activity, at: now)
    }
    return host
  }

  /// Hands the starts that a host's schedule has changed to their replications.
  mutating func takeMoves(of host: HostID) {
    for move in hosts[host.index].schedule.takeMoves(at: now) {
      guard let machine = machineIndex[move.virtualMachine.index] else {
        preconditionFailure("a host plans for its own machines")
      }
      let index = machines[machine].replication
      replications[index].source.startPlanned(at: move.start)
      armTimer(index)
    }
  }

  /// Keeps one pending timer per replication: one that comes too early looks again.
  mutating func armTimer(_ index: Int) {
    guard let deadline = replications[index].source.nextDeadline else { return }
    let due = max(deadline, now)
    if let timer = replications[index].timer {
      if timer.due <= due { return }
      queue.cancel(timer.token)
    }
    let token = queue.schedule(WorldEvent(.replicationDeadline, index), at: due)
    replications[index].timer = (due, token)
  }

  /// Drops what is under way if it belongs to a session that is over.
  ///
  /// - Returns: What was handed over and not carried yet, or `nil` if the session goes on.
  @discardableResult
  mutating func endSession(_ index: Int) -> ByteCount? {
    guard replications[index].source.session != replications[index].session else { return nil }
    let unsent = unsentSize(index)
    dropSession(index)
    return unsent
  }

  mutating func dropSession(_ index: Int) {
    if planted.contains(.deliveredAfterItsSession) { keepUndelivered(index) }
    replications[index].session = replications[index].source.session
    resetStreams(index)
    for comparing in replications[index].comparing { _ = sharing.cancel(comparing.flow, at: now) }
    replications[index].comparing.removeAll()
    replications[index].refused.removeAll()
    replications[index].hasShortage = false
    replications[index].replica.connectionLost()
    replications[index].files?.connectionLost()
    noteSpace(index)
  }

  /// What the sync under way has handed over and the network has not carried yet.
  func unsentSize(_ index: Int) -> ByteCount {
    let stream = replications[index][.forward]
    var carried = 0.0
    if let flow = stream.flow {
      carried = sharing.isRunning(flow) ? sharing.servedBytes(of: flow, at: now) : stream.size
    }
    let unsent = (stream.size - carried) / transport.network.flowSize(of: 1)
    let waiting = replications[index].comparing.reduce(ByteCount.zero) { size, comparing in
      size + replications[index].source.wireSize(of: .regionChecksums(comparing.request))
    }
    return waiting + ByteCount(bytes: UInt64(unsent.rounded()))
  }

  /// Sends what the source has, as far as the connection has room.
  mutating func send(_ index: Int) throws(SimulationFailure) {
    guard replications[index].source.isSyncing else { return releaseContexts(index) }
    guard !replications[index].source.isPreparing, acquireContexts(index) else { return }
    let machine = replications[index].machineIndex
    drawWrites(of: machine)
    let disks = machines[machine].contents
    while replications[index].refused.isEmpty,
      replications[index][.forward].inFlight < transport.replicationParameters.chunksInFlight,
      let message = replications[index].source.nextMessage(reading: disks)
    {
      if case .regionChecksums(let request) = message {
        startReading(request, index)
      } else {
        transmit(message, index)
      }
    }
    windowChanged(index)
  }

  // MARK: - Full sync: reading regions on both sides

  private mutating func startReading(_ request: CompareRequest, _ index: Int) {
    readReplica(index, disk: request.disk) { request.extents.contains($0) }
    let flow = sharing.start(
      on: compareRoute(request, index), weight: 1, bound: 0,
      size: Double(compareSize(request, index).bytes), tag: FlowPurpose.compare.tag(index), at: now)
    replications[index].comparing.append((flow, request))
    applyCompareRates(index)
  }

  /// Lets the regions of each disk that are being read share what one disk is read with.
  mutating func applyCompareRates(_ index: Int) {
    let rate = min(atTarget(scenario.profile.checksumRate, index), regionBound(index))
    let comparing = replications[index].comparing
    // One that ended at this very instant is still to be taken note of.
    for (flow, request) in comparing where sharing.isRunning(flow) {
      let count = comparing.count { $0.request.disk == request.disk }
      let bound = min(rate, checksumReadBound(index, disk: request.disk))
      sharing.setBound(bound / Double(count), of: flow, at: now)
    }
  }

  /// What the reads in parallel of one disk fetch for its comparison where the scenario says what a read takes, in bytes/s.
  private func checksumReadBound(_ index: Int, disk: Int) -> Double {
    let latency = scenario.profile.diskReadLatency
    guard latency > .zero else { return .infinity }
    let limit = transport.product.checksumRateLimit(
      extentSize: replications[index].extentSizes[disk], readLatency: latency)
    return limit?.bytesPerSecond ?? .infinity
  }

  /// What the regions that each disk may have under way for comparison allow, in bytes/s: *requests · region / round trip*.
  ///
  /// - Source: Inferred like the window of a transfer; how many requests there are is unknown for the product.
  private func regionBound(_ index: Int) -> Double {
    let roundTrip = replications[index][.forward].latency * 2
    guard roundTrip > .zero else { return .infinity }
    let fullSync = transport.product.fullSync
    let region = replications[index].extentSizes[0] * UInt64(fullSync.checksumRegionExtents)
    return Double(region.bytes) * Double(fullSync.regionRequestsInFlight) / roundTrip.inSeconds
  }

  // MARK: - Arrivals

  /// Gives messages to the target, in order; from one that it refuses on they wait.
  mutating func deliver(_ messages: [SourceMessage], _ index: Int) throws(SimulationFailure) {
    replications[index].refused += messages
    awaitsRoom[index] = true
    try deliverWaiting(index)
  }

  /// Gives the target what waits in front of it, as far as it takes it.
  mutating func deliverWaiting(_ index: Int) throws(SimulationFailure) {
    while let message = replications[index].refused.first {
      if planted.contains(.deliveredAfterItsSession) { deliverStale(before: message, index) }
      let reception: Reception
      do {
        reception = try replications[index].replica.offer(
          message, at: now, freeSpace: freeSpace(for: index))
      } catch {
        throw failure(error, index)
      }
      noteSpace(index)
      switch reception {
      case .refused(.insufficientSpace): return noteShortage(index)
      // Until the server has found another host.
      case .refused(.noAccessibleHost): return
      case .refused: preconditionFailure("nothing arrives at a target that is out of reach")
      case .taken(let answer):
        replications[index].files?.taken(message, at: now)
        try checkFiles(index)
        replications[index].refused.removeFirst()
        replications[index].hasShortage = false
        delivered(message, index)
        if let answer { transmit(answer, index) }
      }
    }
  }

  private mutating func delivered(_ message: SourceMessage, _ index: Int) {
    guard case .deltaEnded(let summary) = message else { return }
    replications[index].verifiedInstanceCount += 1
    replications[index].hasLostContent = false
    if !planted.contains(.lagNotReset) || replications[index].verifiedInstanceCount % 3 > 0 {
      replications[index].lag.instanceCompleted(pointInTime: summary.pointInTime, at: now)
    }
    record.completed(summary, machine: replications[index].machine.index, at: now)
    keepCertificate(of: summary, index)
    startMerges(index)
    memberChanged(index)
  }

  mutating func answer(_ message: TargetMessage, _ index: Int) throws(SimulationFailure) {
    let machine = replications[index].machineIndex
    drawWrites(of: machine)
    replications[index].source.receive(message, at: now, reading: machines[machine].contents)
    try sourceChanged(index)
  }

  // MARK: - Failures

  private func failure(_ mismatch: ReplicaMismatch, _ index: Int) -> SimulationFailure {
    let machine = machines[replications[index].machineIndex]
    return .replicaDiffers(
      machine: scenario.inventory[machine.id].name, disk: machine.disks[mismatch.disk].name,
      instance: mismatch.sequence, at: now, found: "\(mismatch.difference)")
  }
}
