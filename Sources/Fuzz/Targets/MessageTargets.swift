import RandomStreams
import ReplicationCore

extension FuzzTarget {
  /// The payloads of the source's messages, behind the number of their kind.
  static let sourceMessages = FuzzTarget(
    name: "source-messages", sample: { sample(isFromSource: true, &$0) },
    check: { bytes throws(FuzzFailure) in try checkMessage(bytes, isFromSource: true) })

  /// The payloads of the target's answers, behind the number of their kind.
  static let targetMessages = FuzzTarget(
    name: "target-messages", sample: { sample(isFromSource: false, &$0) },
    check: { bytes throws(FuzzFailure) in try checkMessage(bytes, isFromSource: false) })

  private static func sample(isFromSource: Bool, _ random: inout RandomStream) -> [UInt8] {
    let kinds = FrameKind.allCases.filter { $0.isFromSource == isFromSource }
    let kind = kinds[Int(random.next(below: UInt64(kinds.count)))]
    return [kind.rawValue] + PayloadSamples.payload(of: kind, &random)
  }

  private static func checkMessage(_ bytes: [UInt8], isFromSource: Bool) throws(FuzzFailure) -> Verdict {
    guard let first = bytes.first, let kind = FrameKind(rawValue: first), kind.isFromSource == isFromSource
    else { return .refused }
    return try checkMessage(Array(bytes.dropFirst()), kind: kind)
  }

  /// Whether a payload is a message, which then must encode to the same bytes.
  static func checkMessage(_ payload: [UInt8], kind: FrameKind) throws(FuzzFailure) -> Verdict {
    var again: [UInt8] = []
    let address = FrameAddress(replication: 0, session: 0)
    do {
      var encoder = FrameEncoder()
      if kind.isFromSource {
        let message = try SourceMessage(decoding: payload, kind: kind, disks: PayloadSamples.disks)
        try encoder.encode(message, address: address, into: &again)
      } else {
        let message = try TargetMessage(decoding: payload, kind: kind, disks: PayloadSamples.disks)
        try encoder.encode(message, address: address, into: &again)
      }
    } catch is MessageDecodingError {
      return .refused
    } catch {
      throw FuzzFailure(reason: "a message does not encode: \(error)")
    }
    guard again.dropFirst(FrameHeader.size).dropLast(FrameHeader.trailerSize).elementsEqual(payload) else {
      throw FuzzFailure(reason: "a message of kind \(kind) encodes to other bytes")
    }
    return .accepted
  }
}
