/// The bits as a file holds them: extent *e* is bit *e* mod 8 of byte *e* / 8, a piece is 512 bytes.
extension DirtyBitmap {
  static let bytesPerPiece = extentsPerPiece / 8

  /// Whether nothing is marked in `pieces`, which may reach beyond the disk.
  ///
  /// - Complexity: O(1) for each 64 pieces.
  func isClear(pieces: Range<Int>) -> Bool {
    guard let next = nextPiece(from: pieces.lowerBound) else { return true }
    return next >= pieces.upperBound
  }

  /// Writes the bits of the pieces from `firstPiece` on to `bytes`, as many as fit; beyond the disk there are zeros.
  ///
  /// - Precondition: `bytes` holds whole pieces and is all zero.
  func copyBits(fromPiece firstPiece: Int, to bytes: UnsafeMutableRawBufferPointer) {
    let end = firstPiece + bytes.count / Self.bytesPerPiece
    var from = firstPiece
    words.withUnsafeBufferPointer { words in
      while let piece = nextPiece(from: from), piece < end {
        let slot = Int(directory[piece]) - 1
        let start = (piece - firstPiece) * Self.bytesPerPiece
        for word in 0..<1 << Self.wordsPerPieceShift {
          bytes.storeBytes(
            of: words[slot << Self.wordsPerPieceShift | word].littleEndian,
            toByteOffset: start + word * 8, as: UInt64.self)
        }
        from = piece + 1
      }
    }
  }

  /// Marks what `bytes` mark, the bits of the pieces from `firstPiece` on.
  ///
  /// - Returns: Whether all of it lies on the disk; if not, the bitmap is unchanged from the first piece on that
  ///   has a bit beyond.
  /// - Precondition: `bytes` holds whole pieces; nothing is marked in them yet.
  mutating func loadBits(_ bytes: UnsafeRawBufferPointer, atPiece firstPiece: Int) -> Bool {
    let wordCount = 1 << Self.wordsPerPieceShift
    for index in 0..<bytes.count / Self.bytesPerPiece {
      let start = index * Self.bytesPerPiece
      func word(_ number: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start + number * 8, as: UInt64.self))
      }
      var lastWord = wordCount - 1
      while lastWord >= 0 && word(lastWord) == 0 { lastWord -= 1 }
      guard lastWord >= 0 else { continue }
      let piece = firstPiece + index
      let lastExtent =
        piece << Self.extentsPerPieceShift | lastWord << 6 | 63 - word(lastWord).leadingZeroBitCount
      guard lastExtent < geometry.extentCount else { return false }
      if directory.isEmpty { allocateDirectory() }
      precondition(directory[piece] == 0, "a piece is loaded once")
      let slot = allocateSlot(for: piece)
      var population = 0
      words.withUnsafeMutableBufferPointer { words in
        for number in 0..<wordCount {
          let bits = word(number)
          words[slot << Self.wordsPerPieceShift | number] = bits
          population += bits.nonzeroBitCount
        }
      }
      populations[slot] = Int32(truncatingIfNeeded: population)
      count += population
    }
    return true
  }
}
