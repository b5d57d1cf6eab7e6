import Measurements
import Quantities

extension JSONDocument {
  static func expectation(_ record: ExpectationRecord) -> JSONValue {
    .object([
      ("kind", .string(record.kind.rawValue)),
      ("id", .string(record.id)),
      ("expect", .string(record.expectation)),
      ("when", .string(record.when)),
      ("severity", .string(record.severity.rawValue)),
      ("outcome", .string(record.outcome.rawValue)),
      ("limit", .string(record.limit)),
      ("found", record.finding.map(finding) ?? .null),
      ("owner", .string(record.owner)),
      ("atSeconds", .seconds(record.at)),
      ("remark", .string(record.remark)),
      ("isAbort", .boolean(record.isAbort)),
      ("line", .string(record.line.map { "\($0)" })),
    ])
  }

  /// An object with one key, which ends in the unit of its value; `null` behind it for what never came.
  private static func finding(_ finding: ExpectationRecord.Finding) -> JSONValue {
    switch finding {
    case .duration(let span): .object([("durationSeconds", .seconds(span))])
    case .never: .object([("durationSeconds", .null)])
    case .share(let share): .object([("valueShare", .share(share))])
    case .factor(let factor): .object([("factorShare", .share(factor))])
    case .size(let size): .object([("valueBytes", .bytes(size))])
    case .count(let count): .object([("valueCount", .count(count))])
    case .word(let word): .object([("word", .string(word))])
    }
  }
}
