import Quantities
import ResourceModels

/// The two directions of a replication's connection.
enum StreamSide: Int, CaseIterable {
  /// From the source to the target.
  case forward
  /// From the target to the source.
  case backward
}

/// One direction of a replication's connection: messages in order over one transfer that lasts as long
/// as there is something to send.
///
/// A message is complete when the last of its bytes arrives. One without bytes arrives with the one before
/// it, or one latency after it was sent if nothing is under way. The stream knows sizes only; the messages
/// wait in the order they were sent with the replication.
struct TransferStream {
  private enum Transfer {
    case none
    /// The first byte is on its way.
    case opening
    case active(FlowID)
  }

  /// What the driver must do after a message was added.
  enum Addition {
    /// The message arrives after one latency.
    case control
    /// A transfer must be opened.
    case open
    /// The running transfer grows by so many bytes.
    case extend(FlowID, by: Double)
    /// The transfer that is being opened carries it, or the bytes of the message before.
    case waits
  }

  /// Changes only while nothing is under way.
  var route: RouteID
  /// One way, on average.
  var latency: TimeSpan
  var connection: Connection
  private var transfer = Transfer.none
  /// Bytes given to the transfer under way.
  private(set) var size = 0.0
  /// For each message of the transfer that is not complete: the bytes up to its end.
  private var ends: [Double] = []
  /// Where the first message that is not complete begins.
  private var completedEnd = 0.0
  /// Messages under way without a transfer.
  private var controlCount = 0
  /// When the latest of them arrives: none overtakes another.
  private var controlDue = Instant.zero

  init(route: RouteID, latency: TimeSpan, connection: Connection) {
    self.route = route
    self.latency = latency
    self.connection = connection
  }

  /// Messages sent and not yet complete.
  var inFlight: Int { ends.count + controlCount }

  /// The transfer under way, once its first byte has arrived.
  var flow: FlowID? {
    if case .active(let flow) = transfer { flow } else { nil }
  }

  /// The next bytes at which something happens before the end of the transfer: a message is complete, or
  /// slow start has sent its window.
  var nextMark: Double? {
    let mark = min(ends.first ?? .infinity, connection.slowStart.phase.budget ?? .infinity)
    return mark < size ? mark : nil
  }

  /// - Parameter bytes: In the bytes of the sharing system; zero for a message that only signals.
  mutating func add(bytes: Double) -> Addition {
    if case .none = transfer, bytes == 0 {
      controlCount += 1
      return .control
    }
    size += bytes
    ends.append(size)
    switch transfer {
    case .none:
      transfer = .opening
      return .open
    case .opening: return .waits
    case .active(let flow): return bytes > 0 ? .extend(flow, by: bytes) : .waits
    }
  }

  mutating func began(as flow: FlowID) { transfer = .active(flow) }

  /// Takes out the messages that are complete.
  ///
  /// - Parameter served: The bytes of the transfer that have arrived.
  /// - Returns: How many, the oldest ones.
  mutating func complete(served: Double) -> Int {
    let count = ends.prefix { $0 <= served }.count
    if count > 0 { completedEnd = ends[count - 1] }
    ends.removeFirst(count)
    return count
  }

  /// Of the messages that would be complete with `served` bytes, the places of those that have bytes.
  func filledPositions(served: Double) -> [Int] {
    let count = ends.prefix { $0 <= served }.count
    return (0..<count).filter { ends[$0] > ($0 == 0 ? completedEnd : ends[$0 - 1]) }
  }

  /// The connection was closed after the first `count` messages: the rest is sent again over a new one.
  ///
  /// - Parameter served: The bytes of the transfer that were carried.
  /// - Returns: How many of them were carried for nothing.
  mutating func closed(afterMessages count: Int, served: Double, at now: Instant) -> Double {
    if count > 0 { completedEnd = ends[count - 1] }
    ends.removeFirst(count)
    let wasted = max(0, served - completedEnd)
    interrupted(served: completedEnd, at: now)
    connection.lost()
    return wasted
  }

  /// When a message without a transfer arrives that was sent now and takes `delay`, but for those before it.
  mutating func controlArrival(at now: Instant, delay: TimeSpan) -> Instant {
    controlDue = max(controlDue, now + delay)
    return controlDue
  }

  /// The transfer is finished, and with it all its messages.
  ///
  /// - Returns: How many they were.
  mutating func finished(at now: Instant) -> Int {
    let count = complete(served: size)
    transfer = .none
    size = 0
    completedEnd = 0
    connection.transferEnded(at: now)
    return count
  }

  /// The transfer stopped after `served` bytes and must be opened again for the rest.
  mutating func interrupted(served: Double, at now: Instant) {
    transfer = .opening
    size -= served
    ends = ends.map { $0 - served }
    completedEnd -= served
    connection.transferEnded(at: now)
  }

  mutating func controlArrived() { controlCount -= 1 }

  /// Drops everything, as the loss of the connection does.
  ///
  /// - Returns: The transfer that must be stopped, if one was under way.
  mutating func reset() -> FlowID? {
    let flow = flow
    transfer = .none
    size = 0
    ends.removeAll()
    completedEnd = 0
    controlCount = 0
    controlDue = .zero
    connection.lost()
    return flow
  }
}
