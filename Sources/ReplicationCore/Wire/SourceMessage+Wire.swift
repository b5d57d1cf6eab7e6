package import BlockStorage
package import Quantities

/// The payloads of the source's messages.
///
/// | Kind              | Payload                                                                                        |
/// |-------------------|------------------------------------------------------------------------------------------------|
/// | `fullSyncBegan`   | sequence 8, seed of the comparison's key 16                                                    |
/// | `regionChecksums` | disk 4, extents per region 4, first extent 8, extent behind the last 8, checksum 16 per region  |
/// | `fullSyncData`    | sequence 8, disk 4, number of runs 4, runs 16 each, content of the extents of each run in turn |
/// | `fullSyncEnded`   | sequence 8                                                                                     |
/// | `deltaData`       | as `fullSyncData`                                                                              |
/// | `deltaEnded`      | sequence 8, point in time 8 (nanoseconds, signed), number of disks 4, for each disk: extents 8, image's used extents 8, image's tag 8, payload width 4, change 8 |
///
/// Numbers are unsigned and little-endian with the given count of bytes. A run is its first extent and the one behind
/// its last. A new message is a case here in ``kind``, `encode` and `init`, and a number in ``FrameKind``.
extension SourceMessage: WirePayload {
  package var kind: FrameKind {
    switch self {
    case .fullSyncBegan: .fullSyncBegan
    case .regionChecksums: .regionChecksums
    case .fullSyncData: .fullSyncData
    case .fullSyncEnded: .fullSyncEnded
    case .deltaData: .deltaData
    case .deltaEnded: .deltaEnded
    }
  }

  func encode(into sink: inout some PayloadSink) {
    switch self {
    case .fullSyncBegan(let sequence, let keySeed):
      sink.append(sequence)
      sink.append(keySeed)
    case .fullSyncEnded(let sequence): sink.append(sequence)
    case .regionChecksums(let request):
      sink.append(count: request.disk)
      sink.append(count: request.regionExtents)
      sink.append(runs: [request.extents])
      sink.append(checksums: request.checksums)
    case .fullSyncData(let sequence, let disk, let batch), .deltaData(let sequence, let disk, let batch):
      sink.append(sequence)
      sink.append(count: disk)
      sink.append(count: batch.runs.count)
      sink.append(runs: batch.runs)
      sink.append(payloadsOf: batch)
    case .deltaEnded(let summary):
      sink.append(summary.sequence)
      sink.append(summary.pointInTime.nanoseconds)
      sink.append(count: summary.certificates.count)
      for (extentCount, certificate) in zip(summary.extentCounts, summary.certificates) {
        sink.append(UInt64(extentCount))
        sink.append(UInt64(certificate.image.usedExtentCount))
        sink.append(certificate.image.tag)
        sink.append(count: certificate.payloadWidth)
        sink.append(certificate.change.sum)
      }
    }
  }

  /// Reads the message in `frame`, about a replication with the given disks.
  ///
  /// Whatever the bytes are, every disk, extent and size in the message is within `disks`. Whether the message is due
  /// is not judged here.
  package init(decoding frame: Frame, disks: [ExtentGeometry]) throws(MessageDecodingError) {
    try self.init(decoding: frame.payload, kind: frame.header.kind, disks: disks)
  }

  /// Reads the message of the given kind from its payload.
  package init(
    decoding payload: [UInt8], kind: FrameKind, disks: [ExtentGeometry]
  ) throws(MessageDecodingError) {
    var reader = PayloadReader(payload)
    switch kind {
    case .fullSyncBegan: self = .fullSyncBegan(sequence: try reader.take(), keySeed: try reader.take())
    case .regionChecksums: self = .regionChecksums(try CompareRequest(from: &reader, disks: disks))
    case .fullSyncData:
      let (sequence, disk, batch) = try Self.data(from: &reader, disks: disks)
      self = .fullSyncData(sequence: sequence, disk: disk, batch: batch)
    case .fullSyncEnded: self = .fullSyncEnded(sequence: try reader.take())
    case .deltaData:
      let (sequence, disk, batch) = try Self.data(from: &reader, disks: disks)
      self = .deltaData(sequence: sequence, disk: disk, batch: batch)
    case .deltaEnded: self = .deltaEnded(try InstanceSummary(from: &reader, disks: disks))
    case .fullSyncReady, .regionsCompared, .fullSyncAccepted, .instanceCompleted: throw .unexpectedKind(kind)
    }
    try reader.expectEnd()
  }

  private static func data(
    from reader: inout PayloadReader, disks: [ExtentGeometry]
  ) throws(MessageDecodingError) -> (SyncSequence, Int, ExtentBatch) {
    let sequence = try reader.take(UInt64.self)
    let disk = try reader.takeDisk(of: disks)
    return (sequence, disk, try reader.takeBatch(geometry: disks[disk]))
  }

  /// The bytes of the message's frame as a simulation counts them: header, fields and trailer as they are written,
  /// extents at their nominal size, checksums at that of the product.
  ///
  /// Neither compressed nor encrypted.
  ///
  /// - Complexity: Constant, but for a term per disk in ``deltaEnded(_:)``.
  package func nominalFrameSize(parameters: ReplicationParameters) -> ByteCount {
    Self.nominalFrameSize(of: self, parameters: parameters)
  }
}

extension WirePayload {
  static func nominalFrameSize(of payload: Self, parameters: ReplicationParameters) -> ByteCount {
    var sink = SizeSink(weight: .nominal(checksumSize: parameters.checksumSize))
    payload.encode(into: &sink)
    return ByteCount(bytes: sink.byteCount + UInt64(FrameHeader.frameSize(storedSize: 0)))
  }
}

extension CompareRequest {
  fileprivate init(
    from reader: inout PayloadReader, disks: [ExtentGeometry]
  ) throws(MessageDecodingError) {
    let disk = try reader.takeDisk(of: disks)
    let regionExtents = try reader.take(UInt32.self)
    guard regionExtents > 0 else { throw .badNumber(0, field: "extents per region") }
    let extents = try reader.takeRun(on: disks[disk])
    let regionCount = (UInt64(extents.count) - 1) / UInt64(regionExtents) + 1
    self.init(
      disk: disk, extents: extents, regionExtents: Int(regionExtents),
      checksums: try reader.takeChecksums(count: regionCount))
  }
}

extension InstanceSummary {
  fileprivate init(
    from reader: inout PayloadReader, disks: [ExtentGeometry]
  ) throws(MessageDecodingError) {
    let sequence = try reader.take(UInt64.self)
    let pointInTime = Instant(nanoseconds: try reader.take())
    try reader.takeDiskCount(of: disks)
    var extentCounts: [Int] = []
    var certificates: [ContentDigest] = []
    for disk in disks {
      let extentCount = try reader.take(UInt64.self)
      guard extentCount <= disk.extentCount else { throw .badNumber(extentCount, field: "extents of a disk") }
      extentCounts.append(Int(extentCount))
      certificates.append(try ContentDigest(from: &reader, disk: disk))
    }
    self.init(
      sequence: sequence, pointInTime: pointInTime, extentCounts: extentCounts, certificates: certificates)
  }
}

extension ContentDigest {
  fileprivate init(from reader: inout PayloadReader, disk: ExtentGeometry) throws(MessageDecodingError) {
    let usedExtentCount = try reader.take(UInt64.self)
    // More than the disk has would also cost time without bound when two images are compared.
    guard usedExtentCount <= disk.extentCount else {
      throw .badNumber(usedExtentCount, field: "used extents of an image")
    }
    let tag = try reader.take(UInt64.self)
    guard (tag == 0) == (usedExtentCount == 0) else { throw .badNumber(tag, field: "tag of an image") }
    let payloadWidth = try reader.take(UInt32.self)
    guard payloadWidth == disk.payloadWidth else {
      throw .badNumber(UInt64(payloadWidth), field: "payload width")
    }
    self.init(
      image: BaseImage(usedExtentCount: Int(usedExtentCount), tag: tag), payloadWidth: Int(payloadWidth),
      change: Change(sum: try reader.take()))
  }
}
