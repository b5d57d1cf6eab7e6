import Quantities
import ResourceModels

/// One direction of a replication's connection: messages in order over one transfer that lasts as
/// long as there is something to send.
///
/// Messages are delivered when the last of their bytes arrives. A message without bytes arrives with
/// the one before it, or one latency after it was sent if nothing is under way.
struct MessageStream<Message> {
  enum Transfer {
    case none
    /// The first byte is on its way and reaches the bottleneck later.
    case opening
    case active(FlowID)
  }

  private struct Entry {
    /// Bytes of the transfer up to and with this message.
    let end: Double
    let message: Message
  }

  let route: RouteID
  let latency: TimeSpan
  var connection: Connection
  private(set) var transfer = Transfer.none
  /// Bytes given to the transfer under way.
  private(set) var size = 0.0
  private var entries: [Entry] = []
  private var head = 0
  private var control: [Message] = []

  init(route: RouteID, latency: TimeSpan, connection: Connection) {
    self.route = route
    self.latency = latency
    self.connection = connection
  }

  /// Messages sent and not yet delivered.
  var inFlight: Int { entries.count - head + control.count }

  /// The transfer under way, once its first byte has arrived.
  var flow: FlowID? {
    if case .active(let flow) = transfer { flow } else { nil }
  }

  /// The bytes after which the next message is complete, unless that is the end of the transfer.
  var nextMark: Double? {
    head < entries.count && entries[head].end < size ? entries[head].end : nil
  }

  /// What the driver must do after a message was added.
  enum Addition {
    /// A control message arrives after one latency.
    case control
    /// A transfer must be opened.
    case open
    /// The running transfer grows by so many bytes.
    case extend(FlowID, by: Double)
    /// A transfer that is being opened carries it.
    case waits
  }

  mutating func add(_ message: Message, bytes: Double) -> Addition {
    if case .none = transfer, bytes == 0 {
      control.append(message)
      return .control
    }
    size += bytes
    entries.append(Entry(end: size, message: message))
    switch transfer {
    case .none:
      transfer = .opening
      return .open
    case .opening: return .waits
    case .active(let flow): return bytes > 0 ? .extend(flow, by: bytes) : .waits
    }
  }

  mutating func began(as flow: FlowID) { transfer = .active(flow) }

  /// Takes out the messages whose last byte has arrived: up to the mark that was watched, or all of
  /// them when the transfer is finished.
  mutating func arrived(isFinished: Bool, at now: Instant) -> [Message] {
    let served = isFinished ? size : nextMark ?? 0
    var next = head
    while next < entries.count, entries[next].end <= served { next += 1 }
    let messages = entries[head..<next].map(\.message)
    head = next
    if head == entries.count {
      entries.removeAll(keepingCapacity: true)
      head = 0
    }
    if isFinished {
      precondition(entries.isEmpty, "a transfer ends with its last message")
      transfer = .none
      size = 0
      connection.transferEnded(at: now)
    }
    return messages
  }

  mutating func nextControl() -> Message { control.removeFirst() }

  /// Drops everything, as the loss of the connection does.
  ///
  /// - Returns: The transfer that must be stopped, if one was under way.
  mutating func reset() -> FlowID? {
    defer {
      transfer = .none
      size = 0
      entries.removeAll()
      head = 0
      control.removeAll()
    }
    if case .active(let flow) = transfer { return flow }
    return nil
  }
}
