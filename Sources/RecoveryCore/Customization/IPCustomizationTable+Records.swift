/// The rows of a comma-separated text, and where their fields stand.
extension IPCustomizationTable {
  /// A row of fields and the line on which it begins.
  struct Record {
    let line: Int
    /// Its bytes without the line break.
    let range: Range<Int>
    let fields: [String]
    /// The bytes of each field, with its quotes.
    let fieldRanges: [Range<Int>]
    let problem: IPTableProblem?
  }

  /// The bytes of a text in which a problem is: a field, or a whole row.
  ///
  /// - Returns: Empty at the end of the text if there is no such line.
  package static func range(of problem: IPTableProblem, in text: String) -> Range<Int> {
    range(ofColumn: problem.column, line: problem.line, in: text)
  }

  /// The bytes of a field of the row that begins on a line, or of the whole row.
  package static func range(ofColumn column: Column?, line: Int, in text: String) -> Range<Int> {
    guard let record = records(of: text).first(where: { $0.line == line }) else {
      return text.utf8.count..<text.utf8.count
    }
    guard let column, record.fieldRanges.indices.contains(column.rawValue) else { return record.range }
    return record.fieldRanges[column.rawValue]
  }

  /// The bytes of the fields of a column, by the line on which their rows begin; rows with too few fields have none.
  package static func ranges(ofColumn column: Column, in text: String) -> [Int: Range<Int>] {
    var ranges: [Int: Range<Int>] = [:]
    for record in records(of: text) where record.fieldRanges.indices.contains(column.rawValue) {
      ranges[record.line] = record.fieldRanges[column.rawValue]
    }
    return ranges
  }

  /// The rows of a comma-separated text; empty lines are left out.
  static func records(of text: String) -> [Record] {
    var reader = RecordReader(bytes: Array(text.utf8))
    var records: [Record] = []
    while let record = reader.next() { records.append(record) }
    return records
  }

  /// Splits a text into rows and fields.
  private struct RecordReader {
    private static let (quote, comma, lineFeed, carriageReturn): (UInt8, UInt8, UInt8, UInt8) = (
      0x22, 0x2C, 0x0A, 0x0D
    )

    let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var reason: IPTableProblem.Reason?

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// The next row that is not empty.
    mutating func next() -> Record? {
      while index < bytes.count {
        let (firstLine, start) = (line, index)
        var fields: [String] = []
        var ranges: [Range<Int>] = []
        reason = nil
        repeat {
          if !fields.isEmpty { index += 1 }
          let begin = index
          fields.append(byte == Self.quote ? quotedField() : plainField())
          ranges.append(begin..<index)
        } while byte == Self.comma
        let range = start..<index
        endLine()
        guard range.isEmpty else {
          return Record(
            line: firstLine, range: range, fields: fields, fieldRanges: ranges,
            problem: reason.map { IPTableProblem(line: firstLine, reason: $0) })
        }
      }
      return nil
    }

    private var byte: UInt8? { index < bytes.count ? bytes[index] : nil }

    private var isAtEndOfField: Bool {
      byte.map { [Self.comma, Self.lineFeed, Self.carriageReturn].contains($0) } ?? true
    }

    private mutating func plainField() -> String {
      let start = index
      while !isAtEndOfField {
        if byte == Self.quote { reason = reason ?? .misplacedQuote }
        index += 1
      }
      return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func quotedField() -> String {
      var field: [UInt8] = []
      var isClosed = false
      index += 1
      while let byte, !isClosed {
        if byte != Self.quote {
          if byte == Self.lineFeed { line += 1 }
          field.append(byte)
        } else if index + 1 < bytes.count, bytes[index + 1] == Self.quote {
          field.append(byte)
          index += 1
        } else {
          isClosed = true
        }
        index += 1
      }
      if !isClosed { reason = reason ?? .unterminatedQuote }
      while !isAtEndOfField {
        reason = reason ?? .misplacedQuote
        index += 1
      }
      return String(decoding: field, as: UTF8.self)
    }

    private mutating func endLine() {
      guard let byte else { return }
      index += 1
      if byte == Self.carriageReturn, self.byte == Self.lineFeed { index += 1 }
      line += 1
    }
  }
}
