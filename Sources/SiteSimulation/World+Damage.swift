import Inventory
import Quantities
import RandomStreams
import ResourceModels
import Scenarios

/// Frames that are damaged on the wire.
///
/// While `link.corrupt` is in force, each frame with content is damaged with the probability it gives, drawn when the
/// frame is whole at the receiver, from the random stream `damage/<machine>/<side>` of its replication. A frame is here one
/// message of the simulation, such as a piece of a disk of `transferChunk`. What happens then:
///
/// 1. The frame's checksum does not fit; the receiver throws it away and closes the connection. Nothing of it, and
///    nothing that came behind it, reaches the replica.
/// 2. The sender opens the connection again, which takes a set-up round trip and a new slow start, and sends what was
///    not received whole once more, from the damaged frame on. The sync goes on; no RPO clock is touched.
///
/// So a damaged frame costs its own bytes again, those of the messages that were under way, and a reconnection. Messages
/// without content are too short to be hit.
///
/// - Source: That a frame with a wrong checksum closes the connection is the rule of this program's own wire format;
///   what the product does is not published, but that it checks what it sends is (*inferred* from ESXi's options).
extension World {
  /// How many of the messages that are whole now came before the first damaged one; `nil` if none is damaged.
  mutating func messagesBeforeDamage(_ side: StreamSide, _ index: Int, _ event: FlowEvent) -> Int? {
    let shares = links[replications[index].link.index].corruptions.values
    guard !shares.isEmpty else { return nil }
    let share = shares.reduce(Ratio.zero) { $0.union($1) }
    let stream = replications[index][side]
    let isOver = event.kind == .finished
    guard let served = isOver ? stream.size : stream.nextMark else { return nil }
    for position in stream.filledPositions(served: served) {
      let draw = replications[index].damageRandom[side.rawValue].next(below: 1_000_000_000)
      guard draw < UInt64(share.partsPerBillion) else { continue }
      let link = replications[index].link.index
      links[link].damagedFrameCount[direction(side, index).rawValue] += 1
      for closed in closeConnection(index, after: position, from: side) { openTransfer(closed, index) }
      return position
    }
    return nil
  }

  /// Closes the connection of a replication behind the first `count` messages of one side.
  ///
  /// What is not whole at the receiver is still to be sent; the caller opens its transfers again.
  ///
  /// - Returns: The sides whose transfers were under way.
  mutating func closeConnection(_ index: Int, after count: Int = 0, from side: StreamSide? = nil)
    -> [StreamSide]
  {
    var closed: [StreamSide] = []
    for closing in StreamSide.allCases {
      guard let flow = replications[index][closing].flow else {
        // What is being opened has carried nothing yet.
        replications[index][closing].connection.lost()
        continue
      }
      let isRunning = sharing.isRunning(flow)
      let served = isRunning ? sharing.servedBytes(of: flow, at: now) : replications[index][closing].size
      if isRunning { _ = sharing.cancel(flow, at: now) }
      countTransfers(closing, index, by: -1)
      let wasted = replications[index][closing].closed(
        afterMessages: closing == side ? count : 0, served: served, at: now)
      let direction = direction(closing, index).rawValue
      links[replications[index].link.index].wastedBytes[direction] +=
        wasted / transport.network.flowSize(of: 1)
      closed.append(closing)
    }
    return closed
  }
}
