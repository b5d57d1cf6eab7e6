import Testing

@testable import Scenarios

@Suite struct RenderingTests {
  private func problem(_ code: DiagnosticCode, line: Int) -> Diagnostic {
    Diagnostic(
      code: code, message: "message \(line)",
      place: Diagnostic.Place(
        file: "a.json", line: line, column: 3, length: 2, excerpt: "  ab", excerptOffset: 2),
      suggestion: nil, notes: [], help: nil)
  }

  @Test func `A problem shows its line, the mark, the proposal, notes and help`() {
    let diagnostic = Diagnostic(
      code: .unknownKey, message: "unknown key \"rpoo\" in replication",
      place: Diagnostic.Place(
        file: "two-site-dr.json", line: 51, column: 64, length: 6, excerpt: "  \"rpoo\": \"15m\",",
        excerptOffset: 2),
      suggestion: "\"rpo\"", notes: ["first", "second"], help: nil)
    #expect(
      diagnostic.rendered() == """
        error[E0207]: unknown key "rpoo" in replication
          --> two-site-dr.json:51:64
           |
        51 |   "rpoo": "15m",
           |   ^^^^^^ did you mean "rpo"?
           = note: first
           = note: second
           = help: drsim explain E0207

        """)
  }

  @Test func `Colours change nothing but the colours`() {
    let colored = problem(.unknownKey, line: 1).rendered(style: .init(isColored: true))
    #expect(colored.hasPrefix("\u{1b}[1;31merror[E0207]\u{1b}[0m"))
    #expect(
      problem(.unusedLink, line: 1).rendered(style: .init(isColored: true)).hasPrefix("\u{1b}[1;33mwarning"))
    let plain = colored.replacing(/\u{1b}\[[0-9;]*m/, with: "")
    #expect(plain == problem(.unknownKey, line: 1).rendered())
  }

  @Test func `Beyond the maximum problems are counted, warnings first`() {
    let problems = [
      problem(.unusedLink, line: 1), problem(.unknownKey, line: 2), problem(.unknownName, line: 3),
    ]
    let text = Diagnostic.render(problems, file: "a.json", style: .init(countMaximum: 2))
    #expect(!text.contains("message 1") && text.contains("message 2") && text.contains("message 3"))
    #expect(text.hasSuffix("and 1 more\n2 errors, 1 warning (a.json not run)\n"))
  }

  @Test func `The last line counts`() {
    func last(_ problems: [Diagnostic]) -> Substring? {
      Diagnostic.render(problems, file: "a.json").split(separator: "\n").last
    }
    #expect(last([problem(.unusedLink, line: 1)]) == "1 warning")
    #expect(last([problem(.unknownKey, line: 1)]) == "1 error (a.json not run)")
    #expect(
      Diagnostic.render([problem(.unknownKey, line: 1)], file: "a.json", outcome: "is not valid")
        .hasSuffix("\n1 error (a.json is not valid)\n"))
    #expect(Diagnostic.render([], file: "a.json") == "")
  }
}
