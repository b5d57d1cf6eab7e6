/// The content of a file in chunks, decompressed where it is gzip.
struct TraceContent: ~Copyable {
  private static let chunkByteCount = 256 * 1024

  private var file: InputFile
  /// `nil` where the content is not compressed.
  private var inflater: GzipInflater?

  var isCompressed: Bool { inflater != nil }

  init(path: String) throws(TraceProblem) {
    file = try InputFile(path: path, chunkByteCount: Self.chunkByteCount)
    inflater = file.pending.starts(with: [0x1f, 0x8b, 0x08]) ? GzipInflater() : nil
  }

  /// The next bytes: as many as a chunk holds, fewer at the end only, none behind it.
  mutating func nextChunk() throws(TraceProblem) -> [UInt8] {
    guard inflater != nil else { return try file.takeChunk() }
    return try inflater!.inflate(from: &file, byteCount: Self.chunkByteCount)
  }
}
