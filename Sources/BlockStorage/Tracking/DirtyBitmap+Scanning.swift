extension DirtyBitmap {
  /// The next run of marked extents in `range`.
  ///
  /// - Parameter limit: The most extents wanted at once, such as those of one network update.
  /// - Returns: The run that starts at the first marked extent of `range` and goes on to the first clear
  ///   one, the end of `range` or `limit` extents; `nil` if no extent of `range` is marked.
  /// - Complexity: O(1) for each 64 extents of `range` in pieces that exist, and for each 262,144 of the rest.
  package func nextRun(in range: Range<Int>, limit: Int = .max) -> Range<Int>? {
    geometry.validate(range)
    precondition(limit > 0, "a run has at least one extent")
    guard let start = firstExtent(in: range, isMarked: true) else { return nil }
    let end = limit < range.upperBound - start ? start + limit : range.upperBound
    return start..<(firstExtent(in: start..<end, isMarked: false) ?? end)
  }

  /// The next run of marked extents at or after `extent`, cut to `limit` extents.
  package func nextRun(from extent: Int, limit: Int = .max) -> Range<Int>? {
    guard extent < geometry.extentCount else { return nil }
    return nextRun(in: extent..<geometry.extentCount, limit: limit)
  }

  /// The next runs of marked extents at or after `extent`, as many as fit one chunk.
  ///
  /// - Parameters:
  ///   - extentLimit: The most extents of all runs together; the last run is cut to it.
  ///   - runLimit: The most extents of one run; a longer one goes on as the next.
  package func nextRuns(from extent: Int, extentLimit: Int, runLimit: Int = .max) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var extent = extent
    var remaining = extentLimit
    while remaining > 0, let run = nextRun(from: extent, limit: min(runLimit, remaining)) {
      runs.append(run)
      remaining -= run.count
      extent = run.upperBound
    }
    return runs
  }

  /// The next run of clear extents in `range`, to its whole length within `range`.
  package func nextClearRun(in range: Range<Int>) -> Range<Int>? {
    geometry.validate(range)
    guard let start = firstExtent(in: range, isMarked: false) else { return nil }
    return start..<(firstExtent(in: start..<range.upperBound, isMarked: true) ?? range.upperBound)
  }

  /// The number of marked extents in `range`.
  package func count(in range: Range<Int>) -> Int {
    geometry.validate(range)
    guard !isEmpty else { return 0 }
    var result = 0
    var extent = range.lowerBound
    while extent < range.upperBound {
      let piece = extent >> Self.extentsPerPieceShift
      let end = min((piece + 1) << Self.extentsPerPieceShift, range.upperBound)
      let slot = Int(directory[piece]) - 1
      if slot >= 0 {
        Self.forEachMask(of: extent..<end) { word, mask in
          result += (words[slot << Self.wordsPerPieceShift | word] & mask).nonzeroBitCount
        }
      }
      extent = end
    }
    return result
  }

  /// The first extent of `range` that is marked, or the first that is clear.
  private func firstExtent(in range: Range<Int>, isMarked: Bool) -> Int? {
    guard !range.isEmpty else { return nil }
    guard !isEmpty else { return isMarked ? nil : range.lowerBound }
    let inversion: UInt64 = isMarked ? 0 : .max
    let lastPiece = (range.upperBound - 1) >> Self.extentsPerPieceShift
    var extent = range.lowerBound
    var piece = extent >> Self.extentsPerPieceShift
    while piece <= lastPiece {
      let slot = Int(directory[piece]) - 1
      if slot >= 0 {
        var word = (extent & (Self.extentsPerPiece - 1)) >> 6
        var bits =
          (words[slot << Self.wordsPerPieceShift | word] ^ inversion) & UInt64.max << UInt64(extent & 63)
        let lastExtent = piece == lastPiece ? range.upperBound - 1 : Self.extentsPerPiece - 1
        let lastWord = (lastExtent & (Self.extentsPerPiece - 1)) >> 6
        while bits == 0 && word < lastWord {
          word += 1
          bits = words[slot << Self.wordsPerPieceShift | word] ^ inversion
        }
        if bits != 0 {
          let found = piece << Self.extentsPerPieceShift | word << 6 | bits.trailingZeroBitCount
          return found < range.upperBound ? found : nil
        }
        piece += 1
      } else if isMarked {
        guard let next = nextPiece(from: piece + 1) else { return nil }
        piece = next
      } else {
        return extent
      }
      extent = piece << Self.extentsPerPieceShift
    }
    return nil
  }

  /// The first piece at or after `piece` that exists.
  func nextPiece(from piece: Int) -> Int? {
    var word = piece >> 6
    guard word < summary.count else { return nil }
    var bits = summary[word] & UInt64.max << UInt64(piece & 63)
    while bits == 0 {
      word += 1
      guard word < summary.count else { return nil }
      bits = summary[word]
    }
    return word << 6 | bits.trailingZeroBitCount
  }
}
