package import BlockStorage
package import Quantities

/// The payloads of the target's answers.
///
/// | Kind                | Payload                                                                                 |
/// |---------------------|-----------------------------------------------------------------------------------------|
/// | `fullSyncReady`     | sequence 8, number of disks 4, for each disk: number of runs 4, runs 16 each, ascending |
/// | `regionsCompared`   | disk 4, number of differences 4, for each: run 16, checksum 16 per extent of the run    |
/// | `fullSyncAccepted`  | sequence 8                                                                              |
/// | `instanceCompleted` | sequence 8                                                                              |
///
/// Numbers and runs are written as for ``SourceMessage``.
extension TargetMessage: WirePayload {
  package var kind: FrameKind {
    switch self {
    case .fullSyncReady: .fullSyncReady
    case .regionsCompared: .regionsCompared
    case .fullSyncAccepted: .fullSyncAccepted
    case .instanceCompleted: .instanceCompleted
    }
  }

  func encode(into sink: inout some PayloadSink) {
    switch self {
    case .fullSyncReady(let sequence, let allocated):
      sink.append(sequence)
      sink.append(count: allocated.count)
      for runs in allocated {
        sink.append(count: runs.count)
        sink.append(runs: runs)
      }
    case .regionsCompared(let comparison):
      sink.append(count: comparison.disk)
      sink.append(count: comparison.differences.count)
      for difference in comparison.differences {
        sink.append(runs: [difference.extents])
        sink.append(checksums: difference.checksums)
      }
    case .fullSyncAccepted(let sequence), .instanceCompleted(let sequence): sink.append(sequence)
    }
  }

  /// Reads the answer in `frame`, about a replication with the given disks.
  ///
  /// Whatever the bytes are, every disk and extent in the answer is within `disks`. Whether the answer was asked for is
  /// not judged here.
  package init(decoding frame: Frame, disks: [ExtentGeometry]) throws(MessageDecodingError) {
    try self.init(decoding: frame.payload, kind: frame.header.kind, disks: disks)
  }

  /// Reads the answer of the given kind from its payload.
  package init(
    decoding payload: [UInt8], kind: FrameKind, disks: [ExtentGeometry]
  ) throws(MessageDecodingError) {
    var reader = PayloadReader(payload)
    switch kind {
    case .fullSyncReady:
      let sequence = try reader.take(UInt64.self)
      try reader.takeDiskCount(of: disks)
      var allocated: [[Range<Int>]] = []
      for disk in disks { allocated.append(try reader.takeAscendingRuns(on: disk)) }
      self = .fullSyncReady(sequence: sequence, allocated: allocated)
    case .regionsCompared: self = .regionsCompared(try RegionComparison(from: &reader, disks: disks))
    case .fullSyncAccepted: self = .fullSyncAccepted(sequence: try reader.take())
    case .instanceCompleted: self = .instanceCompleted(sequence: try reader.take())
    case .fullSyncBegan, .regionChecksums, .fullSyncData, .fullSyncEnded, .deltaData, .deltaEnded:
      throw .unexpectedKind(kind)
    }
    try reader.expectEnd()
  }

  /// The bytes of the answer's frame as a simulation counts them: header, fields and trailer as they are written,
  /// checksums at the size that the product's have.
  ///
  /// Neither compressed nor encrypted.
  ///
  /// - Complexity: O(disks), O(differences).
  package func nominalFrameSize(parameters: ReplicationParameters) -> ByteCount {
    Self.nominalFrameSize(of: self, parameters: parameters)
  }
}

extension RegionComparison {
  fileprivate init(
    from reader: inout PayloadReader, disks: [ExtentGeometry]
  ) throws(MessageDecodingError) {
    let disk = try reader.takeDisk(of: disks)
    // A difference is a run and one checksum at least.
    let count = try reader.takeCount(entrySize: 32)
    var differences: [Difference] = []
    differences.reserveCapacity(count)
    for _ in 0..<count {
      let extents = try reader.takeRun(on: disks[disk])
      differences.append(
        Difference(extents: extents, checksums: try reader.takeChecksums(count: UInt64(extents.count))))
    }
    self.init(disk: disk, differences: differences)
  }
}
