import BlockStorage
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
        try checkBounds(of: message)
        try encoder.encode(message, address: address, into: &again)
      } else {
        let message = try TargetMessage(decoding: payload, kind: kind, disks: PayloadSamples.disks)
        try checkBounds(of: message)
        try encoder.encode(message, address: address, into: &again)
      }
    } catch is MessageDecodingError {
      return .refused
    } catch let failure as FuzzFailure {
      throw failure
    } catch {
      throw FuzzFailure(reason: "a message does not encode: \(error)")
    }
    guard again.dropFirst(FrameHeader.size).dropLast(FrameHeader.trailerSize).elementsEqual(payload) else {
      throw FuzzFailure(reason: "a message of kind \(kind) encodes to other bytes")
    }
    return .accepted
  }

  private static func checkBounds(of message: SourceMessage) throws(FuzzFailure) {
    switch message {
    case .fullSyncBegan, .fullSyncEnded: break
    case .regionChecksums(let request):
      try expectOnDisk(request.disk, [request.extents])
      guard request.regionExtents > 0, request.regions.count == request.checksums.count else {
        throw FuzzFailure(reason: "\(request.checksums.count) checksums for another number of regions")
      }
    case .fullSyncData(_, let disk, let batch), .deltaData(_, let disk, let batch):
      try expectOnDisk(disk, batch.runs)
      guard batch.extentCount == batch.runs.reduce(0, { $0 + $1.count }) else {
        throw FuzzFailure(reason: "\(batch.extentCount) payloads for another number of extents")
      }
    case .deltaEnded(let summary):
      let disks = PayloadSamples.disks
      guard summary.extentCounts.count == disks.count, summary.certificates.count == disks.count else {
        throw FuzzFailure(reason: "an instance of another number of disks")
      }
      for (disk, (extentCount, certificate)) in zip(disks, zip(summary.extentCounts, summary.certificates)) {
        guard (0...disk.extentCount).contains(extentCount),
          (0...disk.extentCount).contains(certificate.image.usedExtentCount),
          certificate.payloadWidth == disk.payloadWidth
        else { throw FuzzFailure(reason: "an instance with more extents than its disk") }
      }
    }
  }

  private static func checkBounds(of message: TargetMessage) throws(FuzzFailure) {
    switch message {
    case .fullSyncAccepted, .instanceCompleted: break
    case .fullSyncReady(_, let allocated):
      guard allocated.count == PayloadSamples.disks.count else {
        throw FuzzFailure(reason: "an allocation of another number of disks")
      }
      for (disk, runs) in allocated.enumerated() {
        try expectOnDisk(disk, runs)
        for (run, next) in zip(runs, runs.dropFirst()) where next.lowerBound < run.upperBound {
          throw FuzzFailure(reason: "an extent is allocated twice")
        }
      }
    case .regionsCompared(let comparison):
      try expectOnDisk(comparison.disk, comparison.differences.map(\.extents))
      for difference in comparison.differences where difference.checksums.count != difference.extents.count {
        throw FuzzFailure(reason: "\(difference.checksums.count) checksums for another number of extents")
      }
    }
  }

  private static func expectOnDisk(_ disk: Int, _ runs: [Range<Int>]) throws(FuzzFailure) {
    guard PayloadSamples.disks.indices.contains(disk) else {
      throw FuzzFailure(reason: "a disk that is not there")
    }
    let extentCount = PayloadSamples.disks[disk].extentCount
    for run in runs where run.isEmpty || run.lowerBound < 0 || run.upperBound > extentCount {
      throw FuzzFailure(reason: "extents \(run) of a disk with \(extentCount)")
    }
  }
}
