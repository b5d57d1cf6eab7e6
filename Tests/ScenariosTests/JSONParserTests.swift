import Testing

@testable import Scenarios

@Suite struct JSONParserTests {
  /// The tree of a text, and the codes of its problems.
  private func parse(_ text: String) -> (node: JSONNode?, codes: [DiagnosticCode]) {
    var log = DiagnosticLog(sources: [SourceText(file: "test.json", bytes: Array(text.utf8))])
    let node = JSONParser.parse(source: 0, log: &log)
    return (node, log.diagnostics.map(\.code))
  }

  @Test(arguments: [
    #"{"a":[1,-0.5,2e+10,1E-3],"b":{"c":null,"d":true},"e":""}"#,
    #"["\u00e9","\ud83d\ude00","\"\\/\b\f\n\r\t"]"#, "0", "\"text\"", "[]", " [ ] ", "{\"\":{}}",
  ])
  func `What is JSON is read without complaint`(text: String) {
    let (node, codes) = parse(text)
    #expect(node != nil && codes.isEmpty)
  }

  @Test func `Escapes stand for their characters`() {
    let (node, _) = parse(#""\u00e9 \ud83d\ude00 \"\\\/\b\f\n\r\t""#)
    #expect(node?.text == "\u{e9} \u{1f600} \"\\/\u{8}\u{c}\n\r\t")
  }

  @Test func `Canonical text sorts keys, keeps numbers as written, and reads back to itself`() {
    let (node, _) = parse(#"{ "b": [1.50, "é\n\u0001"], "a": { "d": null, "c": false } }"#)
    let canonical = node?.canonicalText()
    #expect(canonical == #"{"a":{"c":false,"d":null},"b":[1.50,"é\n\u0001"]}"#)
    #expect(parse(canonical ?? "").node?.canonicalText() == canonical)
  }

  @Test(arguments: [
    "01", "+1", "1.", ".5", "-", "1e", "1e+", "0x1F", "--1", "1.2.3",
  ])
  func `A number in another notation is no number`(text: String) {
    #expect(parse("[\(text)]").codes == [.invalidNumber])
  }

  @Test func `A hundred open brackets are read, and masses of them do no harm`() {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(parse(nested(100)).codes == [])
    #expect(parse(nested(101)).codes == [.nestingTooDeep])
    #expect(parse(String(repeating: "[{\"a\":", count: 50_000)).codes == [.nestingTooDeep])
  }

  @Test func `A repeated key keeps its first value`() {
    let (node, codes) = parse(#"{"a":1,"b":2,"a":3}"#)
    #expect(node?.canonicalText() == #"{"a":1,"b":2}"#)
    #expect(codes == [.duplicateKey])
  }

  @Test func `Every mistake of a line is reported, not only the first`() {
    let (node, codes) = parse("{'a': 01, b: nope, \"c\": [1,], // no\n}")
    #expect(
      codes == [
        .singleQuotes, .invalidNumber, .bareWord, .bareWord, .trailingComma, .trailingComma, .comment,
      ])
    #expect(node != nil)
  }

  @Test func `A doubtful structure gives no tree`() {
    #expect(parse(#"{"a":[1,2}"#).node == nil)
    #expect(parse(#"{"a":"b"#).node == nil)
    #expect(parse("").node == nil)
  }

  @Test func `The bracket that is not closed is found by indentation`() {
    let text = """
      {
        "a": {
          "b": 1,
        "c": [
          2
        ]
      }
      """
    var log = DiagnosticLog(sources: [SourceText(file: "test.json", bytes: Array(text.utf8))])
    #expect(JSONParser.parse(source: 0, log: &log) == nil)
    #expect(log.diagnostics.map(\.place.line) == [2])
    #expect(log.diagnostics.map(\.place.column) == [8])
  }
}

@Suite struct SourceTextTests {
  @Test func `Columns count characters, tabs as one`() {
    let text = SourceText(file: "f", bytes: Array("a\n\té👍🏽x".utf8))
    // The second line begins at byte 2: tab 1, é 2, thumb 8, x 1.
    let place = text.place(of: 13..<14)
    #expect(place.line == 2 && place.column == 4 && place.length == 1)
    #expect(place.excerpt == " é👍🏽x" && place.excerptOffset == 3)
  }

  @Test func `A carriage return is no part of its line`() {
    let text = SourceText(file: "f", bytes: Array("ab\r\ncd\r\n".utf8))
    let place = text.place(of: 1..<2)
    #expect(place.excerpt == "ab" && place.column == 2)
    // One past the end of the line, where something is missing.
    #expect(text.place(of: 2..<2).column == 3)
  }

  @Test func `A mark over several lines ends with the first`() {
    let text = SourceText(file: "f", bytes: Array("[1,\n2]".utf8))
    #expect(text.place(of: 0..<6).length == 3)
  }

  @Test func `A long line is cut around the mark`() {
    let line = String(repeating: "a", count: 500) + "X" + String(repeating: "b", count: 500)
    let place = SourceText(file: "f", bytes: Array(line.utf8)).place(of: 500..<501)
    // 40 of the 100 characters shown stand before the mark, and an ellipsis.
    #expect(place.column == 501 && place.excerpt.count == 102 && place.excerptOffset == 41)
    #expect(Array(place.excerpt)[place.excerptOffset] == "X")
  }

  @Test func `The end of the text has a place`() {
    let text = SourceText(file: "f", bytes: Array("a\n".utf8))
    let place = text.place(of: 2..<2)
    #expect(place.line == 2 && place.column == 1 && place.length == 1)
  }
}
