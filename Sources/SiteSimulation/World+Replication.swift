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
    replications[index].source.advance(to: now, reading: machines[machine].contents)
    try sourceChanged(index)
  }

  /// Follows up every input of a source: what it tells is recorded, a lost session is dropped, what it
  /// has to send is sent, and its next deadline is watched.
  mutating func sourceChanged(_ index: Int) throws(SimulationFailure) {
    var unsent = ByteCount.zero
    if replications[index].source.session != replications[index].session {
      unsent = unsentSize(index)
      dropSession(index)
    }
    for event in replications[index].source.takeEvents() { note(event, of: index, unsent: unsent) }
    try send(index)
    armTimer(index)
  }

  /// Keeps one pending timer per replication: one that comes too early looks again.
  private mutating func armTimer(_ index: Int) {
    guard let deadline = replications[index].source.nextDeadline else { return }
    let due = max(deadline, now)
    if let timer = replications[index].timer {
      if timer.due <= due { return }
      queue.cancel(timer.token)
    }
    let token = queue.schedule(WorldEvent(.replicationDeadline, index), at: due)
    replications[index].timer = (due, token)
  }

  /// Messages under way belong to a session that is over.
  private mutating func dropSession(_ index: Int) {
    replications[index].session = replications[index].source.session
    if let flow = replications[index].forward.reset() { _ = sharing.cancel(flow, at: now) }
    if let flow = replications[index].backward.reset() { _ = sharing.cancel(flow, at: now) }
    for comparing in replications[index].comparing { _ = sharing.cancel(comparing.flow, at: now) }
    replications[index].comparing.removeAll()
    replications[index].replica.connectionLost()
  }

  /// What the sync under way has handed over and the network has not carried yet.
  func unsentSize(_ index: Int) -> ByteCount {
    let stream = replications[index].forward
    var carried = 0.0
    if let flow = stream.flow {
      carried = sharing.isRunning(flow) ? sharing.servedBytes(of: flow, at: now) : stream.size
    }
    let waiting = replications[index].comparing.reduce(ByteCount.zero) { size, comparing in
      size
        + comparing.request.wireSize(extentSizes: replications[index].extentSizes, parameters: parameters)
    }
    return waiting + ByteCount(bytes: UInt64((stream.size - carried).rounded()))
  }

  /// Sends what the source has, as far as the connection has room.
  private mutating func send(_ index: Int) throws(SimulationFailure) {
    guard replications[index].source.isSyncing else { return }
    let machine = replications[index].machineIndex
    drawWrites(of: machine)
    let disks = machines[machine].contents
    while replications[index].forward.inFlight < parameters.chunksInFlight,
      let message = replications[index].source.nextMessage(reading: disks)
    {
      if case .regionChecksums(let request) = message {
        startReading(request, message: message, index)
      } else {
        transmit(message, index)
      }
    }
  }

  private var parameters: ReplicationParameters { transport.replicationParameters }

  mutating func transmit(_ message: SourceMessage, _ index: Int) {
    let bytes = message.wireSize(extentSizes: replications[index].extentSizes, parameters: parameters)
    switch replications[index].forward.add(message, bytes: Double(bytes.bytes)) {
    case .control:
      queue.schedule(
        WorldEvent(.forwardControlArrives, index, stamp: replications[index].session),
        at: now + replications[index].forward.latency)
    case .open:
      let delay = replications[index].forward.connection.open(at: now)
      queue.schedule(WorldEvent(.forwardBegins, index, stamp: replications[index].session), at: now + delay)
    case .extend(let flow, let bytes):
      sharing.extend(flow, by: bytes, at: now)
      watchForward(index)
    case .waits: break
    }
  }

  // MARK: - Full sync: reading regions on both sides

  private mutating func startReading(_ request: CompareRequest, message: SourceMessage, _ index: Int) {
    let size = replications[index].extentSizes[request.disk] * UInt64(request.extents.count)
    let flow = sharing.start(
      on: replications[index].compareRoute, weight: 1, bound: scenario.profile.checksumRate.bytesPerSecond,
      size: Double(size.bytes), tag: FlowPurpose.compare.tag(index), at: now)
    replications[index].comparing.append((flow, message))
  }

  // MARK: - Arrivals

  mutating func forwardControlArrived(_ index: Int, session: UInt64) throws(SimulationFailure) {
    guard session == replications[index].session else { return }
    try deliver(replications[index].forward.nextControl(), index)
    try sourceChanged(index)
  }

  mutating func deliver(_ message: SourceMessage, _ index: Int) throws(SimulationFailure) {
    let answer: TargetMessage?
    do {
      answer = try replications[index].replica.receive(message)
    } catch {
      throw failure(error, index)
    }
    if case .deltaEnded(let summary) = message {
      replications[index].verifiedInstanceCount += 1
      replications[index].lag.instanceCompleted(pointInTime: summary.pointInTime, at: now)
      record.completed(summary, machine: replications[index].machine.index, at: now)
      startMerge(index)
    }
    guard let answer else { return }
    switch replications[index].backward.add(
      answer, bytes: Double(answer.wireSize(parameters: parameters).bytes))
    {
    case .control:
      queue.schedule(
        WorldEvent(.backwardControlArrives, index, stamp: replications[index].session),
        at: now + replications[index].backward.latency)
    case .open:
      let delay = replications[index].backward.connection.open(at: now)
      queue.schedule(WorldEvent(.backwardBegins, index, stamp: replications[index].session), at: now + delay)
    case .extend(let flow, let bytes):
      sharing.extend(flow, by: bytes, at: now)
      watchBackward(index)
    case .waits: break
    }
  }

  mutating func backwardControlArrived(_ index: Int, session: UInt64) throws(SimulationFailure) {
    guard session == replications[index].session else { return }
    try answer(replications[index].backward.nextControl(), index)
  }

  mutating func answer(_ message: TargetMessage, _ index: Int) throws(SimulationFailure) {
    let machine = replications[index].machineIndex
    drawWrites(of: machine)
    replications[index].source.receive(message, at: now, reading: machines[machine].contents)
    try sourceChanged(index)
  }

  // MARK: - Merging

  /// Starts merging the oldest complete instance, unless one is being merged.
  mutating func startMerge(_ index: Int) {
    while replications[index].merge == nil, let size = replications[index].replica.nextMergeSize {
      guard size > .zero else {
        replications[index].replica.mergeOldestInstance()
        continue
      }
      replications[index].merge = sharing.start(
        on: replications[index].mergeRoute, weight: 1, bound: scenario.profile.mergeRate.bytesPerSecond,
        size: Double(size.bytes), tag: FlowPurpose.merge.tag(index), at: now)
    }
  }

  // MARK: - Failures

  private func failure(_ mismatch: ReplicaMismatch, _ index: Int) -> SimulationFailure {
    let machine = machines[replications[index].machineIndex]
    return .replicaDiffers(
      machine: scenario.inventory[machine.id].name, disk: machine.disks[mismatch.disk].name,
      instance: mismatch.sequence, at: now, found: "\(mismatch.difference)")
  }
}

extension World {
  mutating func forwardBegins(_ index: Int, session: UInt64) {
    guard session == replications[index].session else { return }
    let stream = replications[index].forward
    let flow = sharing.start(
      on: stream.route, weight: stream.connection.weight, bound: stream.connection.bound, size: stream.size,
      milestone: stream.nextMark, tag: FlowPurpose.forward.tag(index), at: now)
    replications[index].forward.began(as: flow)
  }

  mutating func backwardBegins(_ index: Int, session: UInt64) {
    guard session == replications[index].session else { return }
    let stream = replications[index].backward
    let flow = sharing.start(
      on: stream.route, weight: stream.connection.weight, bound: stream.connection.bound, size: stream.size,
      milestone: stream.nextMark, tag: FlowPurpose.backward.tag(index), at: now)
    replications[index].backward.began(as: flow)
  }

  mutating func windowGrows(_ index: Int, stamp: UInt64) {}
}
