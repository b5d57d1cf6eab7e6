/// A set of extents of one disk, in pages that exist where something was inserted.
struct ExtentSet: Sendable {
  /// Words of 64 extents; a page without any is empty.
  private var pages: [[UInt64]] = []
  /// How many extents are in it.
  private(set) var count = 0

  private static let pageShift = 12
  private static let wordsPerPage = (1 << pageShift) / 64

  /// The set of larger extents, each of 2^`doublings` of these, of which a part is in this one.
  func coarsened(by doublings: Int) -> Self {
    var coarser = Self()
    for (page, words) in pages.enumerated() {
      for (position, word) in words.enumerated() where word != 0 {
        let first = page << Self.pageShift | position << 6
        var rest = word
        while rest != 0 {
          let extent = (first | rest.trailingZeroBitCount) >> doublings
          coarser.insert(extent..<extent + 1)
          rest &= rest - 1
        }
      }
    }
    return coarser
  }

  /// - Precondition: No extent is negative.
  mutating func insert(_ extents: Range<Int>) {
    precondition(extents.lowerBound >= 0, "extents are counted from zero")
    var extent = extents.lowerBound
    while extent < extents.upperBound {
      let page = extent >> Self.pageShift
      while pages.count <= page { pages.append([]) }
      if pages[page].isEmpty { pages[page] = Array(repeating: 0, count: Self.wordsPerPage) }
      let word = (extent & (1 << Self.pageShift - 1)) >> 6
      let bit = extent & 63
      let length = min(64 - bit, extents.upperBound - extent)
      let mask: UInt64 = (length == 64 ? ~0 : (1 << length) - 1) << bit
      count += (mask & ~pages[page][word]).nonzeroBitCount
      pages[page][word] |= mask
      extent += length
    }
  }
}
