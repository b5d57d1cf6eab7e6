import GRDB
import Measurements
import Quantities

extension ResultSchema {
  /// What was expected of runs: `expectations`.
  static let expectations = """

    CREATE TABLE expectations (
      run INTEGER NOT NULL REFERENCES runs, expectation INTEGER NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('assertion', 'steadyState')),
      id TEXT,
      expression TEXT NOT NULL, -- as in the scenario
      subject TEXT NOT NULL,
      limit_text TEXT NOT NULL,
      when_text TEXT NOT NULL, -- empty for the whole measured time
      severity TEXT NOT NULL CHECK (severity IN ('error', 'warning')),
      outcome TEXT NOT NULL CHECK (outcome IN ('met', 'failed', 'skipped')),
      found_kind TEXT CHECK (found_kind IN ('ns', 'never', 'share_ppb', 'factor_ppb', 'bytes', 'count', 'word')),
      found INTEGER CHECK ((found IS NOT NULL) = (found_kind IS NOT NULL AND found_kind NOT IN ('never', 'word'))),
      found_word TEXT CHECK ((found_word IS NOT NULL) = (found_kind IS NOT NULL AND found_kind = 'word')),
      owner TEXT, -- what it was found of, such as a machine
      at_ns INTEGER,
      remark TEXT,
      is_abort INTEGER NOT NULL CHECK (is_abort IN (0, 1)), -- it stopped the run
      line INTEGER, -- of the scenario's file
      PRIMARY KEY (run, expectation)
    ) STRICT, WITHOUT ROWID;
    """
}

extension ResultWriter {
  func writeExpectations(_ record: RunRecord, run: Int64) throws {
    let table = try Insertion(into: "expectations", columnCount: 18, database: database)
    for (index, expectation) in record.expectations.enumerated() {
      let (kind, number, word) = Self.columns(of: expectation.finding)
      try table.insert([
        run, index, expectation.kind.rawValue, expectation.id, expectation.expectation, expectation.subject,
        expectation.limit, expectation.when, expectation.severity.rawValue, expectation.outcome.rawValue,
        kind,
        number, word, expectation.owner, expectation.at, expectation.remark, expectation.isAbort,
        expectation.line,
      ])
    }
  }

  private static func columns(of finding: ExpectationRecord.Finding?) -> (String?, Int64?, String?) {
    switch finding {
    case nil: (nil, nil, nil)
    case .duration(let span): ("ns", span.nanoseconds, nil)
    case .never: ("never", nil, nil)
    case .share(let share): ("share_ppb", share.partsPerBillion, nil)
    case .factor(let factor): ("factor_ppb", factor.partsPerBillion, nil)
    case .size(let size): ("bytes", Int64(size.bytes), nil)
    case .count(let count): ("count", Int64(count), nil)
    case .word(let word): ("word", nil, word)
    }
  }
}

extension ResultStore {
  static func expectations(_ database: Database, run: Int64) throws -> [ExpectationRecord] {
    try Row.fetchAll(
      database, sql: "SELECT * FROM expectations WHERE run = ? ORDER BY expectation", arguments: [run]
    ).map { row in
      guard let kind = ExpectationRecord.Kind(rawValue: row["kind"]),
        let severity = ExpectationRecord.Severity(rawValue: row["severity"]),
        let outcome = ExpectationRecord.Outcome(rawValue: row["outcome"])
      else { throw DamagedResults(what: "an expectation has an unknown word") }
      return ExpectationRecord(
        kind: kind, id: row["id"], expectation: row["expression"], subject: row["subject"],
        limit: row["limit_text"], when: row["when_text"], severity: severity, outcome: outcome,
        finding: try finding(row), owner: row["owner"], at: row["at_ns"], remark: row["remark"],
        isAbort: row["is_abort"], line: row["line"])
    }
  }

  private static func finding(_ row: Row) throws -> ExpectationRecord.Finding? {
    switch row["found_kind"] as String? {
    case nil: nil
    case "ns": .duration(row["found"])
    case "never": .never
    case "share_ppb": .share(Ratio(partsPerBillion: row["found"]))
    case "factor_ppb": .factor(Ratio(partsPerBillion: row["found"]))
    case "bytes": .size(row["found"])
    case "count": .count(row["found"])
    case "word": .word(row["found_word"])
    default: throw DamagedResults(what: "an expectation found something unknown")
    }
  }
}
