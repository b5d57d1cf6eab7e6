import CZlib

/// Asks zlib for the gzip wrapping, by 16, and for the largest window, by 15.
///
/// - Source: zlib's manual, `inflateInit2`.
let gzipWindowBits: Int32 = 16 + 15

/// `content` as one gzip member without name and time, so that equal contents give equal files.
package func gzipped(_ content: [UInt8]) -> [UInt8] {
  let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  stream.initialize(to: z_stream())
  defer {
    deflateEnd(stream)
    stream.deinitialize(count: 1)
    stream.deallocate()
  }
  let status = deflateInit2_(
    stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzipWindowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
    Int32(MemoryLayout<z_stream>.size))
  precondition(status == Z_OK, "zlib starts unless memory is out")
  // zlib counts in 32 bits, so a large content goes through in pieces.
  let pieceByteCount = 1 << 26
  var output: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 18)
  var position = 0
  var isFinished = false
  content.withUnsafeBufferPointer { input in
    while !isFinished {
      let piece = min(pieceByteCount, input.count - position)
      stream.pointee.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0 + position) }
      stream.pointee.avail_in = UInt32(piece)
      position += piece
      let flush = position == input.count ? Z_FINISH : Z_NO_FLUSH
      repeat {
        buffer.withUnsafeMutableBufferPointer { buffer in
          stream.pointee.next_out = buffer.baseAddress
          stream.pointee.avail_out = UInt32(buffer.count)
          isFinished = deflate(stream, flush) == Z_STREAM_END
        }
        output += buffer.prefix(buffer.count - Int(stream.pointee.avail_out))
      } while stream.pointee.avail_out == 0
    }
  }
  return output
}
