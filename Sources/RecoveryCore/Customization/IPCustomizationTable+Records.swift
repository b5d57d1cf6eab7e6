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

/// Where the fields of a table stand in its text.
package struct IPTablePlaces: Sendable {
  /// By the line on which they begin; only looked up.
  private let records: [Int: IPCustomizationTable.Record]
  private let end: Int

  package init(in text: String) {
    let records = IPCustomizationTable.records(of: text).map { ($0.line, $0) }
    self.records = Dictionary(records) { first, _ in first }
    end = text.utf8.count
  }

  /// The bytes in which a problem is: a field, or a whole row.
  package func range(of problem: IPTableProblem) -> Range<Int> {
    range(ofColumn: problem.column, line: problem.line)
  }

  /// The bytes of a field of the row that begins on a line, or of the whole row; empty at the end of the text if there is no
  /// such row.
  package func range(ofColumn column: IPCustomizationTable.Column?, line: Int) -> Range<Int> {
    guard let record = records[line] else { return end..<end }
    guard let column, record.fieldRanges.indices.contains(column.rawValue) else { return record.range }
    return record.fieldRanges[column.rawValue]
  }
}
