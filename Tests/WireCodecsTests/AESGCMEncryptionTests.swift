import ReplicationCore
import Testing
import WireCodecs

@Suite struct AESGCMEncryptionTests {
  private let encryption = AESGCMEncryption(key: Array(0..<32))

  private static func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }

  @Test func `Sealing is AES-256-GCM`() {
    // Test cases 13 and 14 of the GCM specification (McGrew and Viega): key and nonce of zeros.
    let zero = AESGCMEncryption(key: [UInt8](repeating: 0, count: 32))
    #expect(
      zero.seal([], sequence: 0, header: []) == Self.bytes("530f8afbc74536b9a963b4f1c4cb738b")
    )
    let block = [UInt8](repeating: 0, count: 16)
    #expect(
      zero.seal(block, sequence: 0, header: [])
        == Self.bytes("cea7403d4d606b6e074ec5d3baf39d18 d0d1c8a799996bf0265b98b5d48ab919"))
  }

  @Test func `Only key, number and header of the sender open a payload`() throws {
    let plain: [UInt8] = [1, 2, 3]
    let header: [UInt8] = [7, 7]
    let sealed = encryption.seal(plain, sequence: 5, header: header)
    #expect(sealed.count == 3 + encryption.overhead)
    #expect(try encryption.open(sealed, sequence: 5, header: header) == plain)

    let otherHeader: [UInt8] = [7, 8]
    #expect(throws: PayloadCodecError.authenticationFailed) {
      try encryption.open(sealed, sequence: 6, header: header)
    }
    #expect(throws: PayloadCodecError.authenticationFailed) {
      try encryption.open(sealed, sequence: 5, header: otherHeader)
    }
    #expect(throws: PayloadCodecError.authenticationFailed) {
      try AESGCMEncryption(key: Array(1..<33))
        .open(sealed, sequence: 5, header: header)
    }
    for length in sealed.indices {
      #expect(throws: PayloadCodecError.authenticationFailed) {
        try encryption.open(
          Array(sealed[..<length]), sequence: 5, header: header)
      }
    }
    for bit in 0..<sealed.count * 8 {
      var damaged = sealed
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: PayloadCodecError.authenticationFailed) {
        try encryption.open(damaged, sequence: 5, header: header)
      }
    }
  }

  @Test func `No two frames of a connection have the same key and nonce`() {
    // Equal payloads under equal headers: only key and nonce tell them apart.
    let plain = [UInt8](repeating: 0, count: 32)
    let salts = (0..<4).map { [UInt8](repeating: $0, count: 32) }
    let secret = [UInt8](repeating: 9, count: 32)
    var sealed: Set<[UInt8]> = []
    for (source, target) in [(0, 1), (1, 0), (0, 2), (3, 1)] {
      let keys = ConnectionKeys(secret: secret, sourceSalt: salts[source], targetSalt: salts[target])
      for encryption in [keys.fromSource, keys.fromTarget] {
        for sequence: UInt64 in [0, 1, 255, 256, 1 << 32, .max] {
          sealed.insert(encryption.seal(plain, sequence: sequence, header: []))
        }
      }
    }
    #expect(sealed.count == 4 * 2 * 6)
  }

  @Test func `Both ends of a connection derive the same keys`() throws {
    func keys() -> ConnectionKeys {
      ConnectionKeys(
        secret: Array(0..<40), sourceSalt: Array(1..<33), targetSalt: Array(2..<34))
    }
    let plain: [UInt8] = [1]
    let sealed = keys().fromSource.seal(plain, sequence: 0, header: [])
    #expect(try keys().fromSource.open(sealed, sequence: 0, header: []) == plain)
    #expect(throws: PayloadCodecError.authenticationFailed) {
      try keys().fromTarget.open(sealed, sequence: 0, header: [])
    }
  }
}
