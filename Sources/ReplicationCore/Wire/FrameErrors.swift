package import Quantities

/// Why bytes from a peer are not the next frame.
///
/// A caller acts on two of them only: `truncated` waits for more bytes, all others close the connection. The rest tell
/// a report what happened.
package enum FrameDecodingError: Error, Hashable {
  /// The bytes so far end `missing` bytes before the header, or the frame if the header is complete, does.
  case truncated(missing: Int)
  /// The first four bytes are not the protocol's magic number.
  case badMagic(UInt32)
  case unsupportedVersion(UInt8)
  /// The header is not what was sent: its checksum does not fit.
  case damagedHeader
  case unknownKind(UInt8)
  /// A flag is set, or the reserved byte is not zero, which this version does not know.
  case unknownFlags(UInt16)
  case oversizedPayload(ByteCount)
  /// The two sizes do not go with the flags, such as different sizes of a payload that is stored as it is.
  case inconsistentSizes(stored: Int, plain: Int)
  /// A frame was repeated, reordered or lost.
  case outOfSequence(expected: UInt64, found: UInt64)
  /// The payload is not what was sent: its checksum does not fit.
  case damagedPayload
  /// A compressed frame came over a connection without compression.
  case unexpectedCompression
  /// A frame is encrypted on a connection that is not, or the other way round.
  case unexpectedEncryption(isEncrypted: Bool)
  /// The payload is sound as it came, and yet it cannot be opened.
  case codec(PayloadCodecError)
}

/// Why a stored payload does not become a plain one.
package enum PayloadCodecError: Error, Hashable {
  /// The key is not that of the sender, or header or payload were changed on the way.
  case authenticationFailed
  /// The compressed bytes are not those of a payload of `plainSize` bytes.
  case malformedCompression(plainSize: Int)
}

/// Why a message does not become a frame.
package enum FrameEncodingError: Error, Hashable {
  /// The payload has more than ``FrameHeader/plainSizeMaximum`` bytes: send the content in smaller batches.
  case oversizedPayload(ByteCount)
}

/// Why the payload of a sound frame is not a message about the given disks.
///
/// The peer is of another opinion about the protocol or the disks, or hostile. Whichever it is, the connection is
/// closed; the cases are for the report.
package enum MessageDecodingError: Error, Hashable {
  /// The payload ends `missing` bytes before the field or list that is being read.
  case truncated(missing: UInt64)
  /// The message ends `count` bytes before the payload does.
  case trailingBytes(count: Int)
  /// The message does not go in this direction.
  case unexpectedKind(FrameKind)
  case noSuchDisk(UInt64, diskCount: Int)
  /// The message is about another number of disks than the replication has.
  case wrongDiskCount(UInt64, expected: Int)
  /// A run is empty, or reaches beyond its disk.
  case badExtents(lowerBound: UInt64, upperBound: UInt64, extentCount: Int)
  /// A run continues the one before it and should be one with it, or begins before it ends.
  case misplacedRun(lowerBound: UInt64, previousUpperBound: UInt64)
  /// A count or size that cannot be, in the field named.
  case badNumber(UInt64, field: String)
}
