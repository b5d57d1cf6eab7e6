/// Why a trace file cannot be read or written: which file, and what is the matter with it.
package struct TraceFileError: Error, Hashable, Sendable {
  package let path: String
  package let problem: TraceProblem

  package init(path: String, problem: TraceProblem) {
    self.path = path
    self.problem = problem
  }
}

extension TraceFileError: CustomStringConvertible {
  package var description: String { "\(path): \(problem)" }
}

/// Where in the content of a trace file something is, after decompression.
package enum TracePlace: Hashable, Sendable, CustomStringConvertible {
  /// Records count from 1.
  case record(Int, byteOffset: UInt64)
  /// Lines count from 1.
  case line(Int)

  package var description: String {
    switch self {
    case .record(let number, let byteOffset): "record \(number) at byte \(byteOffset)"
    case .line(let number): "line \(number)"
    }
  }
}

/// What is the matter with a trace file.
package enum TraceProblem: Error, Hashable, Sendable {
  /// The system refuses to read the file.
  case unreadable(reason: String)
  /// The system refuses to write the file.
  case unwritable(reason: String)
  /// The file, or what it decompresses to, has no record.
  case noRecords
  /// The compressed data is damaged somewhere before this byte of the file.
  case corruptGzip(byteOffset: UInt64, reason: String)
  /// The file ends within its compressed data.
  case truncatedGzip(byteOffset: UInt64)
  /// No format was named, and the content is of none that is known.
  case unknownFormat
  /// A binary record is of another version than 0x0100.
  case unsupportedVersion(TracePlace, version: UInt16)
  /// The content ends `byteCount` bytes into a binary record.
  case truncatedRecord(TracePlace, byteCount: Int)
  /// The command reaches to 2⁶³ bytes or beyond.
  case addressOutOfRange(TracePlace)
  /// The time is more than 292 years in microseconds.
  case timeOutOfRange(TracePlace, microseconds: UInt64)
  /// The first line of a CSV file is not the header.
  case badHeader(found: String)
  /// A CSV line has another number of fields than five.
  case badFieldCount(TracePlace, found: Int)
  /// A field of a CSV line cannot be read.
  case badField(TracePlace, name: String, text: String, expected: String)
  /// A CSV line is longer than any record can be.
  case lineTooLong(TracePlace)
  /// The file holds several devices, and none was chosen.
  case deviceNeeded(devices: [Int])
  /// The chosen device is not in the file.
  case noSuchDevice(Int, devices: [Int])
  /// A device was chosen, but a file of this format holds one disk and no device numbers.
  case deviceNotApplicable(TraceFormat)
  /// Write number `write`, from 1, has no exact form in the format.
  case notRepresentable(write: Int, reason: String)
}

extension TraceProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let reason): "cannot be read: \(reason)"
    case .unwritable(let reason): "cannot be written: \(reason)"
    case .noRecords: "the file holds no record"
    case .corruptGzip(let byteOffset, let reason):
      "the gzip data is damaged before byte \(byteOffset) (\(reason)); copy the file again"
    case .truncatedGzip(let byteOffset):
      "the gzip data breaks off at byte \(byteOffset), the end of the file; copy the file again"
    case .unknownFormat:
      "neither a vscsi trace, which has the version 0x0100 at byte 14, nor CSV with the header "
        + "\(CSVDecoder.header); convert it to one of these"
    case .unsupportedVersion(let place, let version):
      "\(place): version \(hexadecimal(version, digits: 4)) is not supported, expected 0x0100"
    case .truncatedRecord(let place, let byteCount):
      "\(place): the file ends \(byteCount) bytes into a record of \(VSCSIRecord.byteCount)"
    case .addressOutOfRange(let place): "\(place): the command ends beyond 2^63 bytes"
    case .timeOutOfRange(let place, let microseconds):
      "\(place): the time of \(microseconds) us is beyond 292 years"
    case .badHeader(let found):
      "line 1: \"\(found)\" is not the header; the file must begin with \(CSVDecoder.header)"
    case .badFieldCount(let place, let found):
      "\(place): \(found) fields, expected 5: \(CSVDecoder.header)"
    case .badField(let place, let name, let text, let expected):
      "\(place): \(name) is \"\(text)\", expected \(expected)"
    case .lineTooLong(let place):
      "\(place): longer than \(CSVDecoder.lineLengthMaximum) bytes, so this is hardly CSV; name its format"
    case .deviceNeeded(let devices):
      "the file holds the devices \(list(devices)); choose one with \"device\""
    case .noSuchDevice(let device, let devices):
      "there is no device \(device); the file holds \(list(devices))"
    case .deviceNotApplicable(let format):
      "a \(format.rawValue) trace holds one disk and no device numbers; leave \"device\" out"
    case .notRepresentable(let write, let reason): "write \(write): \(reason)"
    }
  }

  private func list(_ devices: [Int]) -> String { devices.map(String.init).joined(separator: ", ") }
}

/// `value` as `0x` and at least `digits` digits.
func hexadecimal(_ value: some BinaryInteger, digits: Int) -> String {
  let text = String(value, radix: 16)
  return "0x" + String(repeating: "0", count: max(0, digits - text.count)) + text
}
