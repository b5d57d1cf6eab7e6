import WireCodecs

// The macros of the tests take no spans.

extension LZ4Compression {
  func compress(_ plain: [UInt8]) -> [UInt8]? { compress(plain.span.bytes) }

  func decompress(_ stored: [UInt8], plainSize: Int) throws -> [UInt8] {
    try decompress(stored.span.bytes, plainSize: plainSize)
  }
}

extension AESGCMEncryption {
  func seal(_ plain: [UInt8], sequence: UInt64, header: [UInt8]) -> [UInt8] {
    seal(plain.span.bytes, sequence: sequence, header: header)
  }

  func open(_ stored: [UInt8], sequence: UInt64, header: [UInt8]) throws -> [UInt8] {
    try open(stored.span.bytes, sequence: sequence, header: header.span.bytes)
  }
}
