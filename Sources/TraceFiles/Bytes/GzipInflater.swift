import CZlib

/// Decompresses gzip data of one or more members.
///
/// Zero bytes behind a member are padding, as tapes leave it; anything else there must be another member.
struct GzipInflater: ~Copyable {
  // zlib keeps the address of its state, which must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var isWithinMember = true

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let status = inflateInit2_(
      stream, gzipWindowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib starts unless memory is out")
  }

  deinit {
    inflateEnd(stream)
    stream.deinitialize(count: 1)
    stream.deallocate()
  }

  /// The next `byteCount` bytes, or fewer at the end of the data only.
  mutating func inflate(
    from file: inout InputFile, byteCount: Int
  ) throws(TraceProblem) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: byteCount)
    var produced = 0
    while produced < byteCount {
      if file.pending.isEmpty {
        guard !isWithinMember else { throw .truncatedGzip(byteOffset: file.byteOffset) }
        break
      }
      if !isWithinMember {
        let padding = file.pending.prefix { $0 == 0 }.count
        if padding > 0 {
          try file.drop(padding)
          continue
        }
        inflateReset(stream)
        isWithinMember = true
      }
      var status: Int32 = Z_OK
      let available = file.pending.count
      output.withUnsafeMutableBufferPointer { output in
        file.pending.withUnsafeBufferPointer { input in
          stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
          stream.pointee.avail_in = UInt32(available)
          stream.pointee.next_out = output.baseAddress! + produced
          stream.pointee.avail_out = UInt32(byteCount - produced)
          status = CZlib.inflate(stream, Z_NO_FLUSH)
        }
      }
      produced = byteCount - Int(stream.pointee.avail_out)
      try file.drop(available - Int(stream.pointee.avail_in))
      switch status {
      case Z_OK, Z_BUF_ERROR: break
      case Z_STREAM_END: isWithinMember = false
      default:
        let reason = stream.pointee.msg.map { String(cString: $0) } ?? "status \(status)"
        throw .corruptGzip(byteOffset: file.byteOffset, reason: reason)
      }
    }
    output.removeLast(byteCount - produced)
    return output
  }
}
