import RandomStreams
import ReplicationCore
import WireCodecs

extension FuzzTarget {
  /// LZ4 blocks, behind the size of what was compressed in 4 bytes, least significant first.
  static let compressedPayloads = FuzzTarget(
    name: "compressed-payloads",
    sample: { random in
      // Few different bytes in runs, so that it shrinks.
      var plain: [UInt8] = []
      for _ in 0...random.next(below: 20) {
        let byte = UInt8(random.next(below: 4))
        plain += Array(repeating: byte, count: 20 + Int(random.next(below: 300)))
      }
      guard let block = LZ4Compression().compress(plain.span.bytes) else {
        preconditionFailure("runs of at least 20 equal bytes shrink")
      }
      return (0..<4).map { UInt8(truncatingIfNeeded: plain.count >> (8 * $0)) } + block
    },
    check: { bytes throws(FuzzFailure) in
      guard bytes.count >= 4 else { return .refused }
      let plainSize = (0..<4).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
      let codec = LZ4Compression()
      let plain: [UInt8]
      do throws(PayloadCodecError) {
        plain = try codec.decompress(bytes.span.bytes.extracting(4..<bytes.count), plainSize: plainSize)
      } catch {
        return .refused
      }
      guard plain.count == plainSize else {
        throw FuzzFailure(reason: "\(plain.count) bytes, not \(plainSize)")
      }
      // One content has many blocks, so bytes need not be equal, but content must.
      guard let block = codec.compress(plain.span.bytes) else { return .accepted }
      do throws(PayloadCodecError) {
        guard try codec.decompress(block.span.bytes, plainSize: plainSize) == plain else {
          throw .malformedCompression(plainSize: plainSize)
        }
      } catch {
        throw FuzzFailure(reason: "what was compressed does not come back")
      }
      return .accepted
    })
}
