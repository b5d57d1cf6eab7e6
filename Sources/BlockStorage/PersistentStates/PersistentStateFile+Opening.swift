import Quantities

/// What an opened persistent state file holds.
package enum PersistentStateOpening: Sendable {
  /// What was saved last, every bit of it verified. Nothing was tracked since.
  case clean(PersistentState)
  /// The disk was in use when its host crashed, and nobody knows what was written: it needs a full sync.
  case unclean
}

extension PersistentStateFile {
  /// Opens the file of a disk; nothing in it is changed.
  ///
  /// - Parameter geometry: What the disk is now. If it has grown, the file is no longer its own.
  /// - Returns: The file, and what it holds.
  /// - Throws: What the storage throws on reading, or what is wrong with the file. Then the disk needs a full
  ///   sync and a file that is created anew.
  package static func open(
    _ file: File, diskIdentity: UInt128, geometry: ExtentGeometry
  ) throws(PersistentStateOpeningError<File.Failure>) -> (
    file: PersistentStateFile, opening: PersistentStateOpening
  ) {
    let result = PersistentStateFile(file, diskIdentity: diskIdentity, geometry: geometry)
    return (result, try result.readState())
  }

  private func readState() throws(PersistentStateOpeningError<File.Failure>) -> PersistentStateOpening {
    let header = try readHeader()
    generation = header.generation
    guard let content = header.content else {
      // Zeros over what nobody knows.
      chunkMayHoldMarks = [Bool](repeating: true, count: 2 * chunkCount)
      return .unclean
    }
    guard content.preservedCount <= UInt64(geometry.extentCount),
      content.preservedCount > 0 || content.demandLogChecksum == .none
    else {
      throw .damaged(.contradiction(.header))
    }
    preservedCount = Int(content.preservedCount)
    try checkLength(PersistentStateSize(geometry).stored(preservedCount: preservedCount).bytes)

    let dirty = try readBitmap(0, expected: content.dirty)
    let transfer = try readBitmap(1, expected: content.transfer)
    noteMarks(of: dirty, inBitmap: 0)
    noteMarks(of: transfer, inBitmap: 1)
    guard let instance = content.instance else {
      guard transfer.isEmpty, preservedCount == 0 else { throw .damaged(.contradiction(.header)) }
      return .clean(PersistentState(dirty: dirty))
    }
    guard instance.cursor <= UInt64(geometry.extentCount) else {
      throw .damaged(.contradiction(.header))
    }
    let cursor = Int(instance.cursor)
    let preserved = try readDemandLog(
      count: preservedCount, checksum: content.demandLogChecksum, transfer: transfer, cursor: cursor)
    return .clean(
      PersistentState(
        dirty: dirty,
        instance: PersistentState.Instance(
          sequence: instance.sequence, transfer: transfer, cursor: cursor, preserved: preserved)))
  }

  private func readHeader() throws(PersistentStateOpeningError<File.Failure>) -> PersistentStateHeader {
    let size = UInt64(2 * PersistentStateHeader.copySize)
    guard file.byteCount >= size else {
      throw .damaged(.truncated(byteCount: file.byteCount, expected: size))
    }
    var bytes: [UInt8] = []
    try read(0..<size, appendingTo: &bytes)
    let header: PersistentStateHeader
    do throws(PersistentStateDamage) {
      (header, olderHeaderCopy) = try PersistentStateHeader.newest(of: bytes)
    } catch {
      throw .damaged(error)
    }
    guard header.diskIdentity == diskIdentity else { throw .damaged(.foreignDisk(header.diskIdentity)) }
    let own = PersistentStateHeader(
      diskIdentity: diskIdentity, geometry: geometry, generation: header.generation, content: header.content)
    guard header == own else {
      throw .damaged(
        .wrongGeometry(
          diskSize: ByteCount(bytes: header.diskSize), extentSize: ByteCount(bytes: 1 << header.extentShift),
          payloadWidth: Int(header.payloadWidth)))
    }
    return header
  }

  private func checkLength(_ expected: UInt64) throws(PersistentStateOpeningError<File.Failure>) {
    let byteCount = file.byteCount
    guard byteCount >= expected else {
      throw .damaged(.truncated(byteCount: byteCount, expected: expected))
    }
    guard byteCount == expected else {
      throw .damaged(.oversized(byteCount: byteCount, expected: expected))
    }
  }

  /// Reads a part of the file that is known to be there.
  func read(
    _ range: Range<UInt64>, appendingTo bytes: inout [UInt8]
  ) throws(PersistentStateOpeningError<File.Failure>) {
    do {
      try file.read(range, appendingTo: &bytes)
    } catch {
      throw .file(error)
    }
  }
}
