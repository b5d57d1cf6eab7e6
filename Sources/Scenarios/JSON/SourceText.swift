/// A text with its name and its lines.
struct SourceText: Sendable {
  let file: String
  let bytes: [UInt8]
  /// The byte offset at which each line begins.
  private let lineStarts: [Int]

  /// The longest line shown whole.
  private static let excerptLength = 100

  init(file: String, bytes: [UInt8]) {
    self.file = file
    self.bytes = bytes
    var starts = [0]
    for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(offset + 1) }
    lineStarts = starts
  }

  func text(in range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// The number of the line, from 1, that holds the byte at `offset`.
  func line(at offset: Int) -> Int {
    var (low, high) = (0, lineStarts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// The offset at which the line of the byte at `offset` begins.
  func lineStart(at offset: Int) -> Int { lineStarts[line(at: offset) - 1] }

  /// The place of some bytes; an empty range marks one character.
  ///
  /// - Complexity: O(*n*) in the length of the line before the mark.
  func place(of range: Range<Int>) -> Diagnostic.Place {
    let line = line(at: range.lowerBound)
    let start = lineStarts[line - 1]
    var end = line < lineStarts.count ? lineStarts[line] - 1 : bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    // A byte order mark is no character of the line, and an editor does not show it.
    let visibleStart = start == 0 && bytes.starts(with: Self.byteOrderMark) ? Self.byteOrderMark.count : start
    let first = min(max(range.lowerBound, visibleStart), max(end, visibleStart))
    let last = min(max(range.upperBound, first), max(end, first))
    let excerpt = excerpt(of: visibleStart..<max(end, visibleStart), around: first)
    return Diagnostic.Place(
      file: file, line: line, column: characterCount(visibleStart..<first) + 1,
      length: max(1, characterCount(first..<last)), excerpt: excerpt.text, excerptOffset: excerpt.offset)
  }

  static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

  /// The number of characters of a piece of a line; in ASCII that of its bytes.
  private func characterCount(_ range: Range<Int>) -> Int {
    bytes[range].allSatisfy { $0 < 0x80 } ? range.count : text(in: range).count
  }

  /// The line without control characters, cut to a window around the byte at `mark`.
  private func excerpt(of line: Range<Int>, around mark: Int) -> (text: String, offset: Int) {
    // Characters are searched in this many bytes on either side, beginning with a whole scalar.
    let reach = Self.excerptLength * 8
    var near = max(line.lowerBound, mark - reach)
    while near < mark, bytes[near] & 0xc0 == 0x80 { near += 1 }
    var far = min(line.upperBound, mark + reach)
    while far > mark, far < line.upperBound, bytes[far] & 0xc0 == 0x80 { far -= 1 }
    let characters = text(in: near..<far).map { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 } ? $0 : " " }
    let offset = characterCount(near..<mark)
    let isWhole = near == line.lowerBound && far == line.upperBound
    guard !isWhole || characters.count > Self.excerptLength else { return (String(characters), offset) }
    let lowest = max(0, offset - Self.excerptLength * 2 / 5)
    let start = max(0, min(lowest, characters.count - Self.excerptLength))
    let end = min(characters.count, start + Self.excerptLength)
    let prefix = start > 0 || near > line.lowerBound ? "…" : ""
    let suffix = end < characters.count || far < line.upperBound ? "…" : ""
    return (prefix + String(characters[start..<end]) + suffix, offset - start + prefix.count)
  }
}
