/// The plainest dirty bitmap there is, one bit per extent in one row: the limit that trackers are measured against.
struct FlatBitmap {
  private(set) var words: [UInt64]

  init(extentCount: Int) { words = [UInt64](repeating: 0, count: (extentCount + 63) / 64) }

  /// Marks without any check, as the limit should.
  struct Marker {
    fileprivate let words: UnsafeMutablePointer<UInt64>

    /// Marks a run that is not empty.
    @inline(__always)
    func mark(_ extents: Range<Int>) {
      let (first, last) = (extents.lowerBound, extents.upperBound - 1)
      let head = UInt64.max << UInt64(first & 63)
      let tail = UInt64.max >> UInt64(63 - last & 63)
      let (firstWord, lastWord) = (first >> 6, last >> 6)
      if firstWord == lastWord {
        words[firstWord] |= head & tail
      } else {
        words[firstWord] |= head
        for word in firstWord + 1..<lastWord { words[word] = .max }
        words[lastWord] |= tail
      }
    }
  }

  @inline(__always)
  mutating func withMarker(_ body: (Marker) -> Void) {
    words.withUnsafeMutableBufferPointer { if let words = $0.baseAddress { body(Marker(words: words)) } }
  }

  /// Marks a run that is not empty.
  mutating func mark(_ extents: Range<Int>) { withMarker { $0.mark(extents) } }

  /// The number of marked extents.
  var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// Calls `body` with every marked extent, ascending.
  @inline(__always)
  func forEach(_ body: (Int) -> Void) {
    for (index, word) in words.enumerated() where word != 0 {
      var bits = word
      while bits != 0 {
        body(index << 6 | bits.trailingZeroBitCount)
        bits &= bits - 1
      }
    }
  }
}
