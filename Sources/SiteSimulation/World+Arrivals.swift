import Quantities
import ReplicationCore
import ResourceModels

/// What a flow of the sharing system is for; with the index of its replication it makes the flow's tag.
enum FlowPurpose: UInt64 {
  case forward, backward, compare, merge

  func tag(_ index: Int) -> UInt64 { UInt64(index) << 2 | rawValue }

  static func decode(_ tag: UInt64) -> (FlowPurpose, Int) {
    guard let purpose = FlowPurpose(rawValue: tag & 3) else { preconditionFailure("two bits name a purpose") }
    return (purpose, Int(tag >> 2))
  }
}

/// What arrives when a transfer reaches a mark or its end, for the replication `index`.
enum Arrival {
  case atTarget(index: Int, messages: [SourceMessage])
  case atSource(index: Int, messages: [TargetMessage])
  /// The regions of a compare request were read on both sides.
  case regionsRead(index: Int, request: SourceMessage)
  case merged(index: Int)
}

extension World {
  /// Takes out what a transfer has brought, or `nil` if it belongs to a session that is over.
  mutating func takeArrival(_ event: FlowEvent) -> Arrival? {
    let (purpose, index) = FlowPurpose.decode(event.tag)
    let isFinished = event.kind == .finished
    switch purpose {
    case .forward:
      guard replications[index].forward.flow == event.flow else { return nil }
      let messages = replications[index].forward.arrived(isFinished: isFinished, at: now)
      watchForward(index)
      return .atTarget(index: index, messages: messages)
    case .backward:
      guard replications[index].backward.flow == event.flow else { return nil }
      let messages = replications[index].backward.arrived(isFinished: isFinished, at: now)
      watchBackward(index)
      return .atSource(index: index, messages: messages)
    case .compare:
      guard let position = replications[index].comparing.firstIndex(where: { $0.flow == event.flow })
      else { return nil }
      return .regionsRead(
        index: index, request: replications[index].comparing.remove(at: position).request)
    case .merge:
      guard replications[index].merge == event.flow else { return nil }
      replications[index].merge = nil
      return .merged(index: index)
    }
  }

  mutating func handle(_ arrival: Arrival) throws(SimulationFailure) {
    switch arrival {
    case .atTarget(let index, let messages):
      for message in messages { try deliver(message, index) }
      try sourceChanged(index)
    case .atSource(let index, let messages):
      for message in messages { try answer(message, index) }
    case .regionsRead(let index, let request):
      transmit(request, index)
    case .merged(let index):
      replications[index].replica.mergeOldestInstance()
      startMerge(index)
    }
  }

  /// Asks to be told when the message under way is complete.
  ///
  /// The end of the transfer is told anyway.
  mutating func watchForward(_ index: Int) {
    if let flow = replications[index].forward.flow, let end = replications[index].forward.nextMark {
      sharing.setMilestone(end, of: flow, at: now)
    }
  }

  mutating func watchBackward(_ index: Int) {
    if let flow = replications[index].backward.flow, let end = replications[index].backward.nextMark {
      sharing.setMilestone(end, of: flow, at: now)
    }
  }
}
