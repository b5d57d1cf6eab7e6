import Quantities

/// Bitmaps are written and read in chunks of 64 KiB; one without marks that never had any is not written.
///
/// The checksum of a bitmap is that of its chunks that are not all zero, with their numbers.
extension PersistentStateFile {
  static var piecesPerChunk: Int { 128 }
  static var bytesPerChunk: Int { piecesPerChunk * DirtyBitmap.bytesPerPiece }

  private var bitmapByteCount: Int { Int(geometry.persistentBitmapSize.bytes) }
  var chunkCount: Int { (bitmapByteCount - 1) / Self.bytesPerChunk + 1 }

  private func byteCount(ofChunk chunk: Int) -> Int {
    min(Self.bytesPerChunk, bitmapByteCount - chunk * Self.bytesPerChunk)
  }

  private func offset(ofChunk chunk: Int, inBitmap bitmap: Int) -> UInt64 {
    PersistentStateSize.sectorSize + UInt64(bitmap * bitmapByteCount + chunk * Self.bytesPerChunk)
  }

  private func isClear(_ bits: DirtyBitmap, chunk: Int) -> Bool {
    bits.isClear(pieces: chunk * Self.piecesPerChunk..<(chunk + 1) * Self.piecesPerChunk)
  }

  /// Writes the dirty bitmap (0) or the transfer bitmap (1).
  func write(
    _ bits: DirtyBitmap, toBitmap bitmap: Int
  ) throws(File.Failure) -> PersistentStateHeader.Bitmap {
    var checksum = PersistentStateChecksum.none
    for chunk in 0..<chunkCount {
      let isClear = isClear(bits, chunk: chunk)
      guard !isClear || chunkMayHoldMarks[bitmap * chunkCount + chunk] else { continue }
      var bytes = [UInt8](repeating: 0, count: byteCount(ofChunk: chunk))
      if !isClear {
        bytes.withUnsafeMutableBytes { bits.copyBits(fromPiece: chunk * Self.piecesPerChunk, to: $0) }
        checksum.extend(by: UInt64(chunk), bytes.withUnsafeBytes(PersistentStateChecksum.init(of:)))
        chunkMayHoldMarks[bitmap * chunkCount + chunk] = true
      }
      try file.write(bytes.span.bytes, at: offset(ofChunk: chunk, inBitmap: bitmap))
    }
    return PersistentStateHeader.Bitmap(count: UInt64(bits.count), checksum: checksum)
  }

  /// Remembers which chunks hold marks after `bits` were written and synced.
  func noteMarks(of bits: DirtyBitmap, inBitmap bitmap: Int) {
    for chunk in 0..<chunkCount {
      chunkMayHoldMarks[bitmap * chunkCount + chunk] = !isClear(bits, chunk: chunk)
    }
  }

  /// Reads a bitmap that the header describes as `expected`.
  func readBitmap(
    _ bitmap: Int, expected: PersistentStateHeader.Bitmap
  ) throws(PersistentStateOpeningError<File.Failure>) -> DirtyBitmap {
    let part = bitmap == 0 ? PersistentStatePart.dirtyBitmap : .transferBitmap
    var bits = DirtyBitmap(geometry: geometry)
    var checksum = PersistentStateChecksum.none
    var isOnDisk = true
    var bytes: [UInt8] = []
    for chunk in 0..<chunkCount {
      let start = offset(ofChunk: chunk, inBitmap: bitmap)
      bytes.removeAll(keepingCapacity: true)
      try read(start..<start + UInt64(byteCount(ofChunk: chunk)), appendingTo: &bytes)
      bytes.withUnsafeBytes { bytes in
        guard !isZero(bytes) else { return }
        checksum.extend(by: UInt64(chunk), PersistentStateChecksum(of: bytes))
        isOnDisk = bits.loadBits(bytes, atPiece: chunk * Self.piecesPerChunk) && isOnDisk
      }
    }
    guard checksum == expected.checksum else { throw .damaged(.wrongChecksum(part)) }
    guard isOnDisk, UInt64(bits.count) == expected.count else { throw .damaged(.contradiction(part)) }
    return bits
  }

  /// Whether `bytes`, a multiple of 64, are all zero.
  private func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard var line = bytes.baseAddress else { return true }
    let end = line + bytes.count
    // Lines of 64 bytes, spelt out so that it is fast without optimisation as well.
    func word(_ number: Int) -> UInt64 { line.loadUnaligned(fromByteOffset: number * 8, as: UInt64.self) }
    while line < end {
      let head = word(0) | word(1) | word(2) | word(3)
      let tail = word(4) | word(5) | word(6) | word(7)
      if head | tail != 0 { return false }
      line += 64
    }
    return true
  }
}
