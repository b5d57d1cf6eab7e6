import Inventory
import Measurements
import Quantities
import ReplicationCore
import ResourceModels
import Scenarios
import SimulationKernel

/// What a flow of the sharing system is for; with the index of its replication it makes the flow's tag.
package enum FlowPurpose: UInt64, Sendable {
  case forward, backward, compare, merge
  /// A component of a vSAN datastore is copied; the index is made of the datastore and the number of the resync.
  case resync
  /// What a unit of storage has changed is copied; the index is the unit.
  case storage

  func tag(_ index: Int) -> UInt64 { UInt64(index) << 3 | rawValue }

  /// The tag of what others send over a link.
  package static let background = UInt64.max

  package static func decode(_ tag: UInt64) -> (FlowPurpose, Int) {
    guard let purpose = FlowPurpose(rawValue: tag & 7) else {
      preconditionFailure("three bits name a purpose")
    }
    return (purpose, Int(tag >> 3))
  }
}

/// What arrives when a transfer reaches a mark or its end, for the replication `index`.
enum Arrival {
  case atTarget(index: Int, messages: [SourceMessage])
  case atSource(index: Int, messages: [TargetMessage])
  /// The regions of a compare request were read on both sides.
  case regionsRead(index: Int, request: CompareRequest)
  case merged(index: Int, merge: ReplicationTarget.Merge)
  /// A component of a vSAN datastore was copied.
  case copied(datastore: Int, number: UInt64)
  /// What a unit of storage had changed was copied.
  case storageCopied(unit: Int)
}

extension World {
  // MARK: - Sending

  mutating func transmit(_ message: SourceMessage, _ index: Int) {
    transmit(replications[index].hand(over: message), .forward, index)
  }

  mutating func transmit(_ message: TargetMessage, _ index: Int) {
    replications[index].toSource.append(message)
    transmit(message.wireSize(parameters: transport.replicationParameters), .backward, index)
  }

  private mutating func transmit(_ size: ByteCount, _ side: StreamSide, _ index: Int) {
    let bytes = transport.network.flowSize(of: Double(size.bytes))
    let session = replications[index].session
    switch replications[index][side].add(bytes: bytes) {
    case .control:
      queue.schedule(
        WorldEvent(.controlArrives, index, side: side, stamp: session),
        at: controlArrival(side, index))
    case .open: openTransfer(side, index)
    case .extend(let flow, let bytes):
      sharing.extend(flow, by: bytes, at: now)
      watch(side, index)
    case .waits: break
    }
  }

  mutating func openTransfer(_ side: StreamSide, _ index: Int) {
    let delay = replications[index][side].connection.open(
      over: NetworkPath([hop(side, index)]), model: transport.network, at: now)
    queue.schedule(
      WorldEvent(.transferBegins, index, side: side, stamp: replications[index].session), at: now + delay)
  }

  /// The first byte of a transfer arrives: from now on it takes its share.
  mutating func transferBegins(_ side: StreamSide, _ index: Int, session: UInt64) {
    guard session == replications[index].session else { return }
    if side == .forward { carriedChanged(index) }
    let stream = replications[index][side]
    let purpose: FlowPurpose = side == .forward ? .forward : .backward
    let flow = sharing.start(
      on: stream.route, weight: stream.connection.weight, bound: bound(side, index), size: stream.size,
      milestone: stream.nextMark, tag: purpose.tag(index), at: now)
    replications[index][side].began(as: flow)
    countTransfers(side, index, by: 1)
    scheduleRound(side, index)
  }

  /// Drops what is under way in both directions.
  mutating func resetStreams(_ index: Int) {
    for side in StreamSide.allCases {
      guard let flow = replications[index][side].reset() else { continue }
      _ = sharing.cancel(flow, at: now)
      countTransfers(side, index, by: -1)
    }
    replications[index].toTarget.removeAll()
    replications[index].toSource.removeAll()
    replications[index].stalledControls.removeAll()
  }

  // MARK: - Arriving

  /// Takes out what a transfer has brought, or `nil` if it belongs to a session that is over or brought nothing
  /// whole.
  mutating func takeArrival(_ event: FlowEvent) -> Arrival? {
    let (purpose, index) = FlowPurpose.decode(event.tag)
    switch purpose {
    case .forward:
      let count = completedMessages(.forward, index, event)
      let messages = Array(replications[index].toTarget.prefix(count))
      replications[index].toTarget.removeFirst(count)
      if count > 0 { carriedChanged(index) }
      return messages.isEmpty ? nil : .atTarget(index: index, messages: messages)
    case .backward:
      let count = completedMessages(.backward, index, event)
      let messages = Array(replications[index].toSource.prefix(count))
      replications[index].toSource.removeFirst(count)
      return messages.isEmpty ? nil : .atSource(index: index, messages: messages)
    case .compare:
      guard let position = replications[index].comparing.firstIndex(where: { $0.flow == event.flow })
      else { return nil }
      let request = replications[index].comparing.remove(at: position).request
      applyCompareRates(index)
      return .regionsRead(index: index, request: request)
    case .merge:
      guard let position = replications[index].merges.firstIndex(where: { $0.flow == event.flow })
      else { return nil }
      return .merged(index: index, merge: replications[index].merges.remove(at: position).merge)
    case .resync: return takeCopy(event, index: index)
    case .storage:
      return storageUnits[index].copy?.flow == event.flow ? .storageCopied(unit: index) : nil
    }
  }

  /// How many messages are complete now that a transfer has reached its mark or its end.
  private mutating func completedMessages(_ side: StreamSide, _ index: Int, _ event: FlowEvent) -> Int {
    guard replications[index][side].flow == event.flow else { return 0 }
    if let count = messagesBeforeDamage(side, index, event) { return count }
    if event.kind == .finished {
      countTransfers(side, index, by: -1)
      return replications[index][side].finished(at: now)
    }
    guard let mark = replications[index][side].nextMark else { return 0 }
    if sharing.isRunning(event.flow),
      let budget = replications[index][side].connection.slowStart.phase.budget, budget <= mark
    {
      replications[index][side].connection.windowSent()
      sharing.setBound(bound(side, index), of: event.flow, at: now)
    }
    let count = replications[index][side].complete(served: mark)
    watch(side, index)
    return count
  }

  mutating func handle(_ arrival: Arrival) throws(SimulationFailure) {
    switch arrival {
    case .atTarget(let index, let messages):
      try deliver(messages, index)
      try sourceChanged(index)
    case .atSource(let index, let messages):
      for message in messages { try answer(message, index) }
    case .regionsRead(let index, let request):
      transmit(.regionChecksums(request), index)
    case .merged(let index, let merge): try mergeEnded(merge, index)
    case .copied(let datastore, let number): try copyEnded(number, on: datastore)
    case .storageCopied(let unit): try storageCopyEnded(unit)
    }
  }

  mutating func controlArrives(_ side: StreamSide, _ index: Int, session: UInt64) throws(SimulationFailure) {
    guard session == replications[index].session else { return }
    guard replications[index].isReachable else {
      // It is under way on a path that is broken, and arrives when that returns.
      replications[index].stalledControls.append(side)
      return
    }
    replications[index][side].controlArrived()
    switch side {
    case .forward:
      try handle(.atTarget(index: index, messages: [replications[index].toTarget.removeFirst()]))
    case .backward:
      try handle(.atSource(index: index, messages: [replications[index].toSource.removeFirst()]))
    }
  }

  /// Asks to be told when the next thing happens to a transfer before its end.
  private mutating func watch(_ side: StreamSide, _ index: Int) {
    // A transfer that ended within the same nanosecond as its last mark has no more marks.
    if let flow = replications[index][side].flow, sharing.isRunning(flow),
      let mark = replications[index][side].nextMark
    {
      sharing.setMilestone(mark, of: flow, at: now)
    }
  }

  // MARK: - Slow start

  /// A round trip of slow start is over.
  mutating func roundEnds(_ side: StreamSide, _ index: Int, round: UInt64) {
    guard replications[index][side].connection.round == round, let flow = replications[index][side].flow
    else { return }
    let served = sharing.servedBytes(of: flow, at: now)
    replications[index][side].connection.roundEnded(served: served)
    sharing.setBound(bound(side, index), of: flow, at: now)
    if replications[index][side].connection.slowStart.isOver {
      readLink(replications[index].link, direction(side, index))
    }
    watch(side, index)
    scheduleRound(side, index)
  }

  private mutating func scheduleRound(_ side: StreamSide, _ index: Int) {
    let connection = replications[index][side].connection
    guard let length = connection.slowStart.phase.length else { return }
    queue.schedule(WorldEvent(.roundEnds, index, side: side, stamp: connection.round), at: now + length)
  }

  /// What slow start, windows and loss allow a transfer, in bytes/s; nothing while the target is down.
  func bound(_ side: StreamSide, _ index: Int) -> Double {
    guard isTargetUp(index) else { return 0 }
    let bound = replications[index][side].connection.slowStart.phase.bound
    return side == .forward ? min(bound, windowBound(index)) : bound
  }

  /// What the blocks that each sending disk may have in flight allow, in bytes/s: *Σ blocks · block / round trip*.
  ///
  /// Blocks are counted as they are on disk: of a compressed one as many bytes are on the way as compression left.
  ///
  /// - Source: ESXi advanced setting `HBR.TransferDiskMaxNetwork`; the law is inferred from it.
  private func windowBound(_ index: Int) -> Double {
    let roundTrip = replications[index][.forward].latency * 2
    let readLatency = scenario.profile.diskReadLatency
    guard roundTrip > .zero || readLatency > .zero else { return .infinity }
    let sizes = replications[index].extentSizes
    let disks = replications[index].sendingDisks
    let contexts = replications[index].contexts?.count ?? sizes.count
    let sending = disks.isEmpty ? [sizes[0]] : disks.prefix(contexts).map { sizes[$0] }
    var rate = Double.infinity
    if roundTrip > .zero {
      rate = Double(transport.window(extentSizes: sending).bytes) / (Double(roundTrip.nanoseconds) / 1e9)
    }
    if readLatency > .zero {
      rate = min(rate, sending.reduce(0) { $0 + readRate(extentSize: $1, latency: readLatency) })
    }
    return transport.network.flowSize(of: rate * compressedShareUnderWay(index))
  }

  /// What the reads in parallel of one disk fetch, in bytes/s.
  private func readRate(extentSize: ByteCount, latency: TimeSpan) -> Double {
    transport.product.readRateLimit(extentSize: extentSize, readLatency: latency)?.bytesPerSecond ?? .infinity
  }

  /// What compression leaves of the content that is under way; 1 where nothing is compressed.
  private func compressedShareUnderWay(_ index: Int) -> Double {
    guard replications[index].source.options.compressedShares != nil else { return 1 }
    var (plain, wire) = (ByteCount.zero, ByteCount.zero)
    for message in replications[index].toTarget {
      let size = message.payloadSize
      guard size > .zero else { continue }
      plain += size
      wire += replications[index].source.wireSize(of: message)
    }
    return plain > .zero ? Double(wire.bytes) / Double(plain.bytes) : 1
  }

  /// Disks of a sync have nothing left to send, and their windows are of no use to the others.
  mutating func windowChanged(_ index: Int) {
    guard replications[index].takeSendingDisks(), let flow = replications[index][.forward].flow,
      sharing.isRunning(flow)
    else { return }
    sharing.setBound(bound(.forward, index), of: flow, at: now)
  }

  /// Sends what is left of the transfer under way over another route, as a connection does after a stall.
  mutating func reroute(_ index: Int, over route: RouteID) {
    if let flow = replications[index][.forward].flow {
      let served = sharing.servedBytes(of: flow, at: now)
      _ = sharing.cancel(flow, at: now)
      countTransfers(.forward, index, by: -1)
      replications[index][.forward].interrupted(served: served, at: now)
      openTransfer(.forward, index)
    }
    replications[index][.forward].route = route
  }

  /// Applies to what runs at or towards a target that its server or host was lost or is back.
  mutating func applyTargetState(_ index: Int) {
    for side in StreamSide.allCases {
      if let flow = replications[index][side].flow {
        sharing.setBound(bound(side, index), of: flow, at: now)
      }
    }
    applyCompareRates(index)
    for (flow, _) in replications[index].merges {
      sharing.setBound(atTarget(scenario.profile.mergeRate, index), of: flow, at: now)
    }
  }

  /// What the target does of some work, in bytes/s: nothing while its server or host is down.
  func atTarget(_ rate: DataRate, _ index: Int) -> Double {
    isTargetUp(index) ? rate.bytesPerSecond : 0
  }
}
