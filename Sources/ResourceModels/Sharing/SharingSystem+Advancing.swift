package import Quantities

/// Letting time pass.
extension SharingSystem {
  /// Delivers what happened until `instant`, in order.
  package mutating func advance(to instant: Instant, into events: inout [FlowEvent]) {
    run(until: FluidTime(instant))
    guard !undelivered.isEmpty else { return }
    events.append(contentsOf: undelivered)
    // Until now a call may have named a flow that had just finished.
    for event in undelivered where event.kind == .finished { freeFlows.append(event.flow.index) }
    undelivered.removeAll(keepingCapacity: true)
    refreshNextEvent()
  }

  /// Follows a change of what is due or undelivered.
  mutating func refreshNextEvent() {
    nextEvent = undelivered.first?.time.instant ?? due.first?.key.instant
  }

  /// Lets happen what is due until `instant` and makes that the present.
  mutating func run(until instant: Instant) {
    let time = FluidTime(instant)
    run(until: time)
    precondition(now <= time, "calls come in the order of time")
    now = time
    refreshNextEvent()
  }

  private mutating func run(until time: FluidTime) {
    while let first = due.first, first.key <= time { fireNext() }
  }

  /// Lets happen all that is due at the next moment, then finds the new rates.
  private mutating func fireNext() {
    guard let moment = due.first?.key else { return }
    now = moment
    batch.removeAll(keepingCapacity: true)
    while let next = due.first, next.key <= moment {
      let index = next.id & 1 == 0 ? limited[Int(next.id) >> 1].first.map { Int($0.id) } : Int(next.id) >> 1
      guard let index, let flow = flowHeaps[index].first.map({ Int($0.id) }) else {
        preconditionFailure("what is due has a flow")
      }
      if flows[flow].end <= flows[flow].milestoneTag {
        flowHeaps[index].remove(flow, positions: &flowPositions)
      } else {
        flowHeaps[index].update(flow, key: flows[flow].end, positions: &flowPositions)
      }
      batch.append(Int32(flow))
      rekeyClass(index)
      if next.id & 1 == 0 { refreshDue(ofResource: Int(next.id) >> 1) }
    }
    if batch.count > 1 { sortBatch() }
    for flow in batch { fire(Int(flow)) }
    settle()
  }

  /// Tells of a flow's milestone or end; a milestone at the very end comes first.
  private mutating func fire(_ flow: Int) {
    let id = FlowID(index: Int32(flow), generation: flows[flow].generation)
    let tag = flows[flow].tag
    let isFinished = flowPositions[flow] < 0
    // The second event of a flow in one batch finds it gone.
    guard flows[flow].isRunning else { return }
    if flows[flow].milestoneTag <= (isFinished ? flows[flow].end : flows[flow].milestoneTag),
      flows[flow].milestone < .infinity
    {
      undelivered.append(FlowEvent(flow: id, tag: tag, kind: .milestone, time: now))
      flows[flow].milestone = .infinity
      flows[flow].milestoneTag = .never
    }
    if isFinished {
      undelivered.append(FlowEvent(flow: id, tag: tag, kind: .finished, time: now))
      leave(flow)
      release(flow)
    }
  }

  /// Puts the events of one moment in the order of the flows' start; a batch is short except when equal flows
  /// end together.
  private mutating func sortBatch() {
    let flows = flows
    batch.sort { flows[Int($0)].order < flows[Int($1)].order }
  }
}
