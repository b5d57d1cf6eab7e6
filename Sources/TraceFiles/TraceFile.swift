package import Workloads

/// Reads recordings of block I/O from files, and writes them.
package enum TraceFile {
  /// Reads the writes of one disk.
  ///
  /// Times count from the earliest record of the file, whatever its device and kind, so that the disks of one file
  /// stay in step. Records out of order are put in order; ``TraceSummary/reorderedCount`` says how many.
  ///
  /// - Parameters:
  ///   - format: `nil` to find it out from the content. Compression is always found out: a file that begins with
  ///     0x1f 0x8b 0x08 is gzip.
  ///   - device: Which device of a CSV file; `nil` where it holds one only.
  /// - Complexity: One pass; 24 bytes of memory for each write of any device, twice that at the end.
  package static func read(
    path: String, format: TraceFormat? = nil, device: Int? = nil
  ) throws(TraceFileError) -> TraceRecording {
    do throws(TraceProblem) {
      return try decode(path: path, format: format, device: device)
    } catch {
      throw TraceFileError(path: path, problem: error)
    }
  }

  /// Writes a recording as a vscsi trace, replacing the file at `path`.
  ///
  /// - Parameter isCompressed: Whether to compress it with gzip, in one member without name and time.
  /// - Throws: A `notRepresentable` problem if a write does not lie on sectors of 512 bytes or on whole
  ///   microseconds.
  package static func write(
    _ trace: WriteTrace, path: String, isCompressed: Bool
  ) throws(TraceFileError) {
    do throws(TraceProblem) {
      var content: [UInt8] = []
      content.reserveCapacity(trace.records.count * VSCSIRecord.byteCount)
      for (index, record) in trace.records.enumerated() {
        try VSCSIRecord(of: record, number: index + 1).append(to: &content)
      }
      try OutputFile.write(isCompressed ? gzipped(content) : content, path: path)
    } catch {
      throw TraceFileError(path: path, problem: error)
    }
  }

  /// Reads the writes of one disk from content that is in memory already, and not compressed.
  ///
  /// - Parameter chunks: The content in pieces of any size, which may cut records.
  package static func decode(
    _ chunks: some Sequence<[UInt8]>, format: TraceFormat, device: Int? = nil
  ) throws(TraceProblem) -> TraceRecording {
    var decoder = try decoder(of: format, device: device)
    for chunk in chunks { try decoder.decode(chunk) }
    return try decoder.recording(of: device, format: format, isCompressed: false)
  }

  private static func decode(
    path: String, format: TraceFormat?, device: Int?
  ) throws(TraceProblem) -> TraceRecording {
    var content = try TraceContent(path: path)
    var chunk = try content.nextChunk()
    guard !chunk.isEmpty else { throw .noRecords }
    guard let format = format ?? detectedFormat(of: chunk) else { throw .unknownFormat }
    var decoder = try decoder(of: format, device: device)
    while !chunk.isEmpty {
      try decoder.decode(chunk)
      chunk = try content.nextChunk()
    }
    return try decoder.recording(of: device, format: format, isCompressed: content.isCompressed)
  }

  private static func decoder(
    of format: TraceFormat, device: Int?
  ) throws(TraceProblem) -> any TraceDecoder {
    switch format {
    case .vscsi:
      guard device == nil else { throw .deviceNotApplicable(format) }
      return VSCSIDecoder()
    case .csv: return CSVDecoder()
    }
  }

  private static func detectedFormat(of start: [UInt8]) -> TraceFormat? {
    if CSVDecoder.isHeader(start: start) { return .csv }
    return VSCSIRecord.isRecord(start: start) ? .vscsi : nil
  }
}

extension TraceDecoder {
  /// The content is at its end.
  fileprivate mutating func recording(
    of device: Int?, format: TraceFormat, isCompressed: Bool
  ) throws(TraceProblem) -> TraceRecording {
    try finish()
    return try collection.recording(of: device, format: format, isCompressed: isCompressed)
  }
}
