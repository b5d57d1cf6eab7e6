import Crypto
import Foundation

/// The keys of one encrypted connection, one for each direction.
///
/// Both ends know the secret of their pairing. At each new connection each adds 32 fresh random bytes and
/// tells the other; both derive the same two keys from all three, which no other connection has.
///
///     let keys = ConnectionKeys(secret: secret, sourceSalt: ours, targetSalt: theirs)
///     let encoder = FrameEncoder(codec: FrameCodec(encryption: keys.fromSource))
///     let decoder = FrameDecoder(codec: FrameCodec(encryption: keys.fromTarget))
///
/// One fresh salt is enough to make the keys new, so neither end need trust the other's.
///
/// - Source: HKDF with SHA-256, RFC 5869: the secret as key material, the salts one after the other as salt.
package struct ConnectionKeys: Sendable {
  /// For frames from source to target.
  package let fromSource: AESGCMEncryption
  /// For frames from target to source.
  package let fromTarget: AESGCMEncryption

  /// - Parameters:
  ///   - secret: At least 32 bytes that nobody else knows.
  ///   - sourceSalt: 32 random bytes that the source drew for this connection.
  ///   - targetSalt: 32 random bytes that the target drew for this connection.
  package init(secret: [UInt8], sourceSalt: [UInt8], targetSalt: [UInt8]) {
    precondition(secret.count >= 32, "a secret has at least 32 bytes")
    precondition(sourceSalt.count == 32 && targetSalt.count == 32, "a salt has 32 bytes")
    func encryption(direction: String) -> AESGCMEncryption {
      AESGCMEncryption(
        key: HKDF<SHA256>.deriveKey(
          inputKeyMaterial: SymmetricKey(data: secret), salt: sourceSalt + targetSalt,
          info: Array("drsim frames 1 \(direction)".utf8), outputByteCount: 32))
    }
    fromSource = encryption(direction: "from source")
    fromTarget = encryption(direction: "from target")
  }
}
