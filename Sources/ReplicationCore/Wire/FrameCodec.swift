/// Makes payloads smaller on the wire.
///
/// The core knows no method; an outer module brings one.
package protocol PayloadCompression: Sendable {
  /// The compressed form of `plain`, or `nil` where that is not smaller: the payload is then stored as it is.
  func compress(_ plain: borrowing RawSpan) -> [UInt8]?

  /// The `plainSize` bytes that were compressed to `stored`.
  ///
  /// `stored` may be any bytes: an implementation neither traps nor reserves more memory than they can stand for.
  func decompress(_ stored: borrowing RawSpan, plainSize: Int) throws(PayloadCodecError) -> [UInt8]
}

/// Hides payloads from the network and proves where they come from.
///
/// One value belongs to one direction of one connection, with a key of its own: a sequence number is given to
/// ``seal(_:sequence:header:)`` once only, and may serve as nonce.
package protocol PayloadEncryption: Sendable {
  /// Bytes that sealing adds, at most ``FrameHeader/encryptionOverheadMaximum``.
  var overhead: Int { get }

  /// The encrypted form of `plain`, ``overhead`` bytes longer.
  ///
  /// - Parameter header: The header of the frame, which the seal vouches for as well.
  func seal(_ plain: borrowing RawSpan, sequence: UInt64, header: [UInt8]) -> [UInt8]

  /// What was sealed as `stored` in the frame `sequence` under `header`; it may be any bytes.
  func open(
    _ stored: borrowing RawSpan, sequence: UInt64, header: borrowing RawSpan
  ) throws(PayloadCodecError) -> [UInt8]
}

/// What one direction of a connection does to payloads: first compression, then encryption.
///
/// Compression comes first, since encrypted bytes no longer shrink.
package struct FrameCodec: Sendable {
  /// `nil` stores every payload as it is, and refuses compressed ones.
  package let compression: (any PayloadCompression)?
  /// `nil` sends in the clear, and refuses encrypted payloads; otherwise those in the clear are refused.
  package let encryption: (any PayloadEncryption)?

  package init(
    compression: (any PayloadCompression)? = nil, encryption: (any PayloadEncryption)? = nil
  ) {
    if let encryption {
      precondition(
        (0...FrameHeader.encryptionOverheadMaximum).contains(encryption.overhead),
        "encryption adds at most 64 bytes")
    }
    self.compression = compression
    self.encryption = encryption
  }

  /// Payloads as they are.
  package static let identity = FrameCodec()
}
