package import Quantities

/// A set of extents of one disk, such as those written since its last completed sync.
///
/// One bit stands for one extent. A set bit means that the extent *may* differ from the replica; a
/// clear bit means that it does not. The bitmap errs towards dirty: a delta built from it can be larger
/// than the change, never smaller.
///
///     var dirty = DirtyBitmap(diskSize: .mebibytes(1), extentSize: .kibibytes(8))
///     dirty.mark(byteRange: 60_000..<70_000)
///     dirty.count  // 2, since the write straddles extents 7 and 8
///
/// The bits live in pieces of 4,096 extents (512 bytes) that exist only where something is marked; a
/// directory finds the piece of an extent and a summary the next piece that exists. So a bitmap costs
/// what it marks and 4 bytes per 4,096 extents (from the first mark on), and a scan skips what is clear.
/// It is a value: a copy is cheap until one of the two changes.
///
/// - Invariant: No bit at or beyond `geometry.extentCount` is set. A piece that exists holds a set bit.
/// - Source: That one byte dirties the whole extent, as in QEMU's `docs/interop/bitmaps.rst`.
package struct DirtyBitmap: Sendable {
  package let geometry: ExtentGeometry
  /// The number of extents marked.
  package internal(set) var count = 0

  /// Per piece of the disk: 0, or one more than the slot that holds its bits.
  ///
  /// Empty before the first mark.
  var directory: [UInt32] = []
  /// Per piece of the disk one bit: whether it has a slot.
  var summary: [UInt64] = []
  /// 64 words per slot.
  var words: [UInt64] = []
  /// Per slot, the number of bits set.
  var populations: [Int32] = []
  private var freeSlots: [UInt32] = []

  static let extentsPerPieceShift = 12
  static let extentsPerPiece = 1 << extentsPerPieceShift
  static let wordsPerPieceShift = extentsPerPieceShift - 6

  package init(geometry: ExtentGeometry) { self.geometry = geometry }

  package init(diskSize: ByteCount, extentSize: ByteCount) {
    self.init(geometry: ExtentGeometry(diskSize: diskSize, extentSize: extentSize))
  }

  package var isEmpty: Bool { count == 0 }

  /// Bytes of memory held, whether used or kept for reuse.
  package var allocatedBytes: Int {
    directory.capacity * 4 + summary.capacity * 8 + words.capacity * 8 + populations.capacity * 4
      + freeSlots.capacity * 4
  }

  /// Records a guest write.
  ///
  /// - Parameter byteRange: The bytes written, as offsets from the start of the disk. An empty range
  ///   marks nothing.
  /// - Returns: How many extents were not marked before.
  /// - Precondition: `byteRange` ends within the disk.
  /// - Complexity: O(*e* / 64), where *e* is the number of extents touched.
  @discardableResult
  package mutating func mark(byteRange: Range<UInt64>) -> Int {
    mark(geometry.extents(covering: byteRange))
  }

  /// Marks `extents`.
  ///
  /// - Returns: How many of them were not marked before.
  @discardableResult
  package mutating func mark(_ extents: Range<Int>) -> Int {
    geometry.validate(extents)
    guard !extents.isEmpty else { return 0 }
    if directory.isEmpty { allocateDirectory() }
    return isWithinWord(extents) ? markWithinWord(extents) : markPieces(extents)
  }

  @inline(__always)
  private func isWithinWord(_ extents: Range<Int>) -> Bool {
    extents.lowerBound >> 6 == (extents.upperBound - 1) >> 6
  }

  /// Marks extents of one word, as most guest writes are; one that marks nothing new changes no memory.
  @inline(__always)
  private mutating func markWithinWord(_ extents: Range<Int>) -> Int {
    let first = extents.lowerBound
    let piece = first >> Self.extentsPerPieceShift
    var slot = Int(directory[piece]) - 1
    if slot < 0 { slot = allocateSlot(for: piece) }
    let index = slot << Self.wordsPerPieceShift | first >> 6 & (1 << Self.wordsPerPieceShift - 1)
    let mask =
      UInt64.max << UInt64(first & 63) & UInt64.max >> UInt64(63 - (extents.upperBound - 1) & 63)
    let new = mask & ~words[index]
    guard new != 0 else { return 0 }
    words[index] |= new
    let added = new.nonzeroBitCount
    populations[slot] += Int32(truncatingIfNeeded: added)
    count += added
    return added
  }

  @inline(never)
  private mutating func markPieces(_ extents: Range<Int>) -> Int {
    let countBefore = count
    var extent = extents.lowerBound
    while extent < extents.upperBound {
      let piece = extent >> Self.extentsPerPieceShift
      let end = min((piece + 1) << Self.extentsPerPieceShift, extents.upperBound)
      var slot = Int(directory[piece]) - 1
      if slot < 0 { slot = allocateSlot(for: piece) }
      var added = 0
      Self.forEachMask(of: extent..<end) { word, mask in
        let index = slot << Self.wordsPerPieceShift | word
        let old = words[index]
        words[index] = old | mask
        added += (mask & ~old).nonzeroBitCount
      }
      populations[slot] += Int32(truncatingIfNeeded: added)
      count += added
      extent = end
    }
    return count - countBefore
  }

  /// Clears `extents`.
  ///
  /// A piece left without a mark gives its memory back for reuse.
  ///
  /// - Returns: How many of them were marked before.
  @discardableResult
  package mutating func clear(_ extents: Range<Int>) -> Int {
    geometry.validate(extents)
    guard count > 0 else { return 0 }
    let countBefore = count
    var extent = extents.lowerBound
    while extent < extents.upperBound {
      let piece = extent >> Self.extentsPerPieceShift
      let end = min((piece + 1) << Self.extentsPerPieceShift, extents.upperBound)
      let slot = Int(directory[piece]) - 1
      if slot >= 0 {
        var removed = 0
        Self.forEachMask(of: extent..<end) { word, mask in
          let index = slot << Self.wordsPerPieceShift | word
          let old = words[index]
          words[index] = old & ~mask
          removed += (mask & old).nonzeroBitCount
        }
        populations[slot] -= Int32(truncatingIfNeeded: removed)
        count -= removed
        if populations[slot] == 0 { freeSlot(slot, of: piece) }
      }
      extent = end
    }
    return countBefore - count
  }

  package func contains(extent: Int) -> Bool {
    geometry.validate(extent..<extent + 1)
    guard count > 0 else { return false }
    let slot = Int(directory[extent >> Self.extentsPerPieceShift]) - 1
    guard slot >= 0 else { return false }
    let offset = extent & (Self.extentsPerPiece - 1)
    return words[slot << Self.wordsPerPieceShift | offset >> 6] >> UInt64(offset & 63) & 1 == 1
  }

  /// Clears every mark and gives the memory back.
  package mutating func removeAll() { self = DirtyBitmap(geometry: geometry) }

  /// Moves the marks out and leaves an empty bitmap, in constant time.
  ///
  /// This is the switch of bitmaps at the start of a delta: what was active becomes the transfer set.
  package mutating func take() -> DirtyBitmap {
    var taken = DirtyBitmap(geometry: geometry)
    swap(&self, &taken)
    return taken
  }

  // MARK: Pieces

  mutating func allocateDirectory() {
    let pieceCount = (geometry.extentCount - 1) >> Self.extentsPerPieceShift + 1
    directory = [UInt32](repeating: 0, count: pieceCount)
    summary = [UInt64](repeating: 0, count: (pieceCount + 63) >> 6)
  }

  @inline(never)
  mutating func allocateSlot(for piece: Int) -> Int {
    let slot: Int
    if let free = freeSlots.popLast() {
      // Its words are zero: a slot is freed when its last bit is cleared.
      slot = Int(free)
    } else {
      slot = populations.count
      populations.append(0)
      words.append(contentsOf: repeatElement(0, count: 1 << Self.wordsPerPieceShift))
    }
    directory[piece] = UInt32(slot + 1)
    summary[piece >> 6] |= 1 << UInt64(piece & 63)
    return slot
  }

  @inline(never)
  private mutating func freeSlot(_ slot: Int, of piece: Int) {
    directory[piece] = 0
    summary[piece >> 6] &= ~(1 << UInt64(piece & 63))
    freeSlots.append(UInt32(slot))
  }

  /// Calls `body` with the index within its piece and the bits of every word that `extents` touch.
  ///
  /// - Precondition: `extents` is not empty and lies within one piece.
  @inline(__always)
  static func forEachMask(of extents: Range<Int>, _ body: (_ word: Int, _ mask: UInt64) -> Void) {
    let first = extents.lowerBound & (extentsPerPiece - 1)
    let last = (extents.upperBound - 1) & (extentsPerPiece - 1)
    let head = UInt64.max << UInt64(first & 63)
    let tail = UInt64.max >> UInt64(63 - last & 63)
    let (firstWord, lastWord) = (first >> 6, last >> 6)
    if firstWord == lastWord {
      body(firstWord, head & tail)
    } else {
      body(firstWord, head)
      for word in firstWord + 1..<lastWord { body(word, .max) }
      body(lastWord, tail)
    }
  }
}
