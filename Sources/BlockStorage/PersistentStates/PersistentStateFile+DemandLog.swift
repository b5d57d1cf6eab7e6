import Quantities

extension PersistentStateFile {
  /// Where the demand log begins: after header and bitmaps.
  private var demandLogOffset: UInt64 { PersistentStateSize(geometry).idle.bytes }

  private var recordSize: Int { DemandLogMetadata.size + geometry.payloadWidth }

  /// Records written or read at once: as many as fit 64 KiB, at least one.
  private var recordsPerTransfer: Int { max(1, 65_536 / recordSize) }

  private func offset(ofRecord record: Int) -> UInt64 {
    demandLogOffset + UInt64(DemandLogHeader.size + record * recordSize)
  }

  /// Writes the demand log for the header of the next generation.
  ///
  /// - Returns: The checksum of the log's header; none if there is no log.
  func writeDemandLog(_ preserved: PreservedExtents) throws(File.Failure) -> PersistentStateChecksum {
    guard !preserved.isEmpty else { return .none }
    var metadataChecksum = PersistentStateChecksum.none
    var record = 0
    var bytes: [UInt8] = []
    var payloads: [UInt8] = []
    var extent = 0
    while let run = preserved.extents.nextRun(from: extent, limit: recordsPerTransfer) {
      payloads.removeAll(keepingCapacity: true)
      preserved.read(run, appendingTo: &payloads)
      bytes.removeAll(keepingCapacity: true)
      for index in 0..<run.count {
        let payload = payloads[index * geometry.payloadWidth..<(index + 1) * geometry.payloadWidth]
        let metadata = DemandLogMetadata(
          extent: UInt64(run.lowerBound + index), generation: generation + 1,
          payloadChecksum: payload.withUnsafeBytes(PersistentStateChecksum.init(of:))
        ).block
        metadataChecksum.extend(by: UInt64(record + index), metadata.checksum)
        bytes.append(contentsOf: metadata.bytes)
        bytes.append(contentsOf: payload)
      }
      try file.write(bytes.span.bytes, at: offset(ofRecord: record))
      record += run.count
      extent = run.upperBound
    }
    let header = DemandLogHeader(
      payloadWidth: UInt32(geometry.payloadWidth), diskIdentity: diskIdentity, generation: generation + 1,
      preservedCount: UInt64(preserved.count), metadataChecksum: metadataChecksum
    ).block
    try file.write(header.bytes.span.bytes, at: demandLogOffset)
    return header.checksum
  }

  /// Reads the demand log of `count` extents, each of which must be of `transfer` and not below `cursor`.
  func readDemandLog(
    count: Int, checksum: PersistentStateChecksum, transfer: DirtyBitmap, cursor: Int
  ) throws(PersistentStateOpeningError<File.Failure>) -> PreservedExtents {
    var preserved = PreservedExtents(geometry: geometry)
    guard count > 0 else { return preserved }
    var bytes: [UInt8] = []
    try read(demandLogOffset..<demandLogOffset + UInt64(DemandLogHeader.size), appendingTo: &bytes)
    let header = PersistentStateBlock(bytes)
    guard header.isWhole, header.checksum == checksum else {
      throw .damaged(.wrongChecksum(.demandLogHeader))
    }

    var metadataChecksum = PersistentStateChecksum.none
    var nextExtent = cursor
    var record = 0
    while record < count {
      let end = min(record + recordsPerTransfer, count)
      bytes.removeAll(keepingCapacity: true)
      try read(offset(ofRecord: record)..<offset(ofRecord: end), appendingTo: &bytes)
      for index in record..<end {
        let start = (index - record) * recordSize
        let block = PersistentStateBlock(bytes[start..<start + DemandLogMetadata.size])
        guard block.isWhole else { throw .damaged(.wrongChecksum(.metadata(record: index))) }
        metadataChecksum.extend(by: UInt64(index), block.checksum)
        let metadata = DemandLogMetadata(block)
        guard metadata.block.bytes == block.bytes, metadata.generation == generation,
          metadata.extent < UInt64(geometry.extentCount), Int(metadata.extent) >= nextExtent,
          transfer.contains(extent: Int(metadata.extent))
        else { throw .damaged(.contradiction(.metadata(record: index))) }
        let extent = Int(metadata.extent)
        let payload = bytes[start + DemandLogMetadata.size..<start + recordSize]
        guard payload.withUnsafeBytes(PersistentStateChecksum.init(of:)) == metadata.payloadChecksum else {
          throw .damaged(.wrongChecksum(.payload(record: index)))
        }
        preserved.restore(extent..<extent + 1, payloads: payload.span.bytes)
        nextExtent = extent + 1
      }
      record = end
    }
    // Also says that the header's other fields are those of this file and generation.
    let expected = DemandLogHeader(
      payloadWidth: UInt32(geometry.payloadWidth), diskIdentity: diskIdentity, generation: generation,
      preservedCount: UInt64(count), metadataChecksum: metadataChecksum)
    guard expected.block.bytes == header.bytes else { throw .damaged(.contradiction(.demandLogHeader)) }
    return preserved
  }
}
