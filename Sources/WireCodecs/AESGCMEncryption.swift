import Crypto
import Foundation
package import ReplicationCore

/// Encrypts payloads with AES-256 in Galois/counter mode; the header of the frame is authenticated with them.
///
/// The nonce is four zero bytes and the frame's sequence number in 8 bytes, little-endian. Under one key it must never
/// come twice: who sees two messages under one nonce learns their difference and can forge. It never does, since
/// - the key is derived anew for each connection and each direction (``ConnectionKeys``), and
/// - within a direction the numbers of frames grow by one and end the process before they repeat (``FrameEncoder``).
///
/// So there is no random nonce to collide, and none to be sent. A frame that is replayed, dropped or moved to another
/// connection or direction meets another nonce or key and does not open, whatever its checksums say.
///
/// One key should carry no more than 2⁵² bytes, four pebibytes: beyond, the cipher text becomes distinguishable from random
/// bytes with more than a chance of 2⁻³².
///
/// - Source: NIST SP 800-38D, section 8.2.1 (deterministic nonces) and 8.3.
package struct AESGCMEncryption: PayloadEncryption {
  private let key: SymmetricKey

  /// The bytes of the tag.
  package let overhead = 16

  /// - Precondition: `key` has 32 bytes.
  package init(key: [UInt8]) {
    precondition(key.count == 32, "AES-256 has keys of 32 bytes")
    self.key = SymmetricKey(data: key)
  }

  init(key: SymmetricKey) { self.key = key }

  package func seal(_ plain: borrowing RawSpan, sequence: UInt64, header: [UInt8]) -> [UInt8] {
    plain.withUnsafeBytes { plain in
      do {
        let box = try AES.GCM.seal(
          plain.bindMemory(to: UInt8.self), using: key, nonce: nonce(of: sequence), authenticating: header)
        var sealed: [UInt8] = []
        sealed.reserveCapacity(plain.count + overhead)
        sealed.append(contentsOf: box.ciphertext)
        sealed.append(contentsOf: box.tag)
        return sealed
      } catch {
        preconditionFailure("a payload of at most 16 MiB can be sealed: \(error)")
      }
    }
  }

  package func open(
    _ stored: borrowing RawSpan, sequence: UInt64, header: borrowing RawSpan
  ) throws(PayloadCodecError) -> [UInt8] {
    let cipherSize = stored.byteCount - overhead
    guard cipherSize >= 0 else { throw .authenticationFailed }
    let header = header.withUnsafeBytes { Array($0) }
    let opened: Data? = stored.withUnsafeBytes { stored in
      let bytes = stored.bindMemory(to: UInt8.self)
      // Every error of these calls means the same: this was not sealed with our key.
      guard
        let box = try? AES.GCM.SealedBox(
          nonce: nonce(of: sequence), ciphertext: bytes[..<cipherSize], tag: bytes[cipherSize...])
      else { return nil }
      return try? AES.GCM.open(box, using: key, authenticating: header)
    }
    guard let opened else { throw .authenticationFailed }
    return Array(opened)
  }

  private func nonce(of sequence: UInt64) -> AES.GCM.Nonce {
    let bytes = [0, 0, 0, 0] + withUnsafeBytes(of: sequence.littleEndian) { Array($0) }
    do {
      return try AES.GCM.Nonce(data: bytes)
    } catch {
      preconditionFailure("a nonce has 12 bytes: \(error)")
    }
  }
}
