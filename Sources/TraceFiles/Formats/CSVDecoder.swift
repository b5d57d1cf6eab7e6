/// Reads the project's own text form of a trace.
///
///     t_us,op,dev,offset,length
///     0,W,0,21981565440,512
///     242639,R,1,21981565952,4096
///
/// Each line holds the time in microseconds, `R` or `W`, the number of the device, and where the
/// command begins and how long it is, in bytes. All numbers are whole and decimal. Lines end with a line
/// feed, which a carriage return may precede; empty lines are passed over, as is a byte order mark.
struct CSVDecoder: TraceDecoder {
  static let header = "t_us,op,dev,offset,length"
  /// A line of the largest numbers has 64 bytes.
  static let lineLengthMaximum = 1_024
  private static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

  private(set) var collection = TraceCollection()
  private var lineCount = 0
  /// The beginning of a line whose rest is in the next chunk.
  private var carried: [UInt8] = []

  /// Whether content that begins with `start` has the header.
  static func isHeader(start: [UInt8]) -> Bool {
    withoutByteOrderMark(start[...]).starts(with: header.utf8)
  }

  mutating func decode(_ chunk: [UInt8]) throws(TraceProblem) {
    let bytes = carried.isEmpty ? chunk : carried + chunk
    var lineStart = 0
    // What was carried holds no line feed.
    var position = carried.count
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "\n") {
        try add(line: lineStart..<position, of: bytes)
        lineStart = position + 1
      }
      position += 1
    }
    carried = Array(bytes[lineStart...])
    guard carried.count <= Self.lineLengthMaximum else { throw .lineTooLong(.line(lineCount + 1)) }
  }

  mutating func finish() throws(TraceProblem) {
    if !carried.isEmpty { try add(line: carried.indices, of: carried) }
    guard lineCount > 0 else { throw .noRecords }
  }

  private mutating func add(line: Range<Int>, of bytes: [UInt8]) throws(TraceProblem) {
    lineCount += 1
    guard line.count <= Self.lineLengthMaximum else { throw .lineTooLong(.line(lineCount)) }
    let endsWithReturn = !line.isEmpty && bytes[line.upperBound - 1] == UInt8(ascii: "\r")
    let text = line.lowerBound..<line.upperBound - (endsWithReturn ? 1 : 0)
    if lineCount == 1 {
      let header = Self.withoutByteOrderMark(bytes[text])
      guard header.elementsEqual(Self.header.utf8) else { throw .badHeader(found: shortened(header)) }
    } else if !text.isEmpty {
      try add(command: text, of: bytes)
    }
  }

  private mutating func add(command line: Range<Int>, of bytes: [UInt8]) throws(TraceProblem) {
    let place = TracePlace.line(lineCount)
    var fields = FieldReader(bytes: bytes, line: line, place: place)
    try fields.expect(fieldCount: 5)
    let microseconds = try fields.nextNumber("t_us", maximum: .max)
    let operation = try fields.nextOperation("op")
    let device = try fields.nextNumber("dev", maximum: UInt64(UInt32.max))
    let byteOffset = try fields.nextNumber("offset", maximum: .max)
    let byteLength = try fields.nextNumber("length", maximum: UInt64(UInt32.max))
    try collection.add(
      operation, microseconds: microseconds, device: UInt32(device), byteOffset: byteOffset,
      byteLength: UInt32(byteLength), at: place)
  }

  private static func withoutByteOrderMark(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    text.starts(with: byteOrderMark) ? text.dropFirst(byteOrderMark.count) : text
  }
}

/// Walks over the fields of one line, from left to right.
private struct FieldReader {
  private let bytes: [UInt8]
  private let end: Int
  private let place: TracePlace
  private var position: Int

  init(bytes: [UInt8], line: Range<Int>, place: TracePlace) {
    self.bytes = bytes
    self.place = place
    position = line.lowerBound
    end = line.upperBound
  }

  func expect(fieldCount expected: Int) throws(TraceProblem) {
    var count = 1
    for index in position..<end where bytes[index] == UInt8(ascii: ",") { count += 1 }
    guard count == expected else { throw .badFieldCount(place, found: count) }
  }

  mutating func nextOperation(_ name: String) throws(TraceProblem) -> TraceCollection.Operation {
    let field = nextField()
    if field.count == 1, bytes[field.lowerBound] == UInt8(ascii: "R") { return .read }
    if field.count == 1, bytes[field.lowerBound] == UInt8(ascii: "W") { return .write }
    throw problem(with: field, name: name, expected: "R or W")
  }

  mutating func nextNumber(_ name: String, maximum: UInt64) throws(TraceProblem) -> UInt64 {
    let field = nextField()
    var number: UInt64 = 0
    var isNumber = !field.isEmpty
    for index in field {
      let digit = bytes[index] &- UInt8(ascii: "0")
      let (tens, isTooLarge) = number.multipliedReportingOverflow(by: 10)
      let (sum, carries) = tens.addingReportingOverflow(UInt64(digit))
      if digit > 9 || isTooLarge || carries { isNumber = false }
      number = sum
    }
    guard isNumber, number <= maximum else {
      throw problem(with: field, name: name, expected: "a whole number up to \(maximum)")
    }
    return number
  }

  private mutating func nextField() -> Range<Int> {
    let start = position
    while position < end, bytes[position] != UInt8(ascii: ",") { position += 1 }
    defer { position += 1 }
    return start..<position
  }

  private func problem(with field: Range<Int>, name: String, expected: String) -> TraceProblem {
    .badField(place, name: name, text: shortened(bytes[field]), expected: expected)
  }
}

/// The start of `text`, as much as an error message can bear.
private func shortened(_ text: ArraySlice<UInt8>) -> String {
  String(decoding: text.prefix(60), as: UTF8.self)
}
