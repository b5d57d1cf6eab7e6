import Foundation
import Scenarios
import Testing

/// Files with mistakes, each with the text that its reader is shown.
///
/// A file `NAME.json` may have overrides in `NAME.overrides`, one `path=value` per line. After a
/// change that is meant to change messages, run the tests with `DRSIM_RECORD_EXPECTED=1` and read
/// the difference of the `.expected` files.
@Suite struct InvalidScenarioTests {
  struct Sample: CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let overrides: [(path: String, value: String)]

    var testDescription: String { name }

    func read() -> (scenario: Scenario?, diagnostics: [Diagnostic]) {
      ScenarioReader.read(bytes: bytes, file: "\(name).json", overrides: overrides)
    }
  }

  static let folder = Bundle.module.resourceURL.map { $0.appending(path: "InvalidScenarios") }

  static let samples: [Sample] = {
    guard let folder,
      let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    else { return [] }
    return files.filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }.compactMap { file in
      guard let data = try? Data(contentsOf: file) else { return nil }
      let overrides = try? String(
        contentsOf: file.deletingPathExtension().appendingPathExtension("overrides"), encoding: .utf8)
      let pairs = (overrides ?? "").split(separator: "\n").map { line in
        let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return (path: String(parts[0]), value: String(parts[1]))
      }
      return Sample(
        name: file.deletingPathExtension().lastPathComponent, bytes: Array(data), overrides: pairs)
    }
  }()

  @Test(arguments: samples)
  func `Each mistake is shown as expected`(sample: Sample) throws {
    let (scenario, diagnostics) = sample.read()
    let text = Diagnostic.render(diagnostics, file: "\(sample.name).json")

    #expect((scenario == nil) == diagnostics.contains { $0.severity == .error })
    let file = "\(sample.name).expected"
    if ProcessInfo.processInfo.environment["DRSIM_RECORD_EXPECTED"] != nil {
      let source = URL(filePath: #filePath).deletingLastPathComponent()
      try text.write(
        to: source.appending(path: "InvalidScenarios/\(file)"), atomically: true, encoding: .utf8)
    } else {
      let folder = try #require(Self.folder)
      #expect(try text == String(contentsOf: folder.appending(path: file), encoding: .utf8))
    }
  }

  @Test func `Every code is shown by one of the files`() {
    let shown = Set(Self.samples.flatMap { $0.read().diagnostics }.map(\.code))
    let missing = DiagnosticCode.allCases.filter { !shown.contains($0) }
    #expect(missing.isEmpty, "no file shows \(missing)")
  }

  @Test func `Codes are unique and explained`() {
    for code in DiagnosticCode.allCases {
      #expect(code.rawValue.count == 5 && code.rawValue.first.map { "EW".contains($0) } == true)
      #expect(!code.title.isEmpty && !code.title.hasSuffix("."))
      #expect(code.explanation.hasSuffix("."))
    }
  }
}
