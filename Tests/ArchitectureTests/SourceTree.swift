import Foundation

/// The source files of the package, as text.
struct SourceFile {
  /// The path below `Sources`, such as `Quantities/Instant.swift`.
  let path: String
  let text: String

  var module: String { String(path.prefix { $0 != "/" }) }

  /// The modules this file imports.
  var imports: [String] {
    text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ").drop {
        ["package", "public", "internal", "@testable"].contains($0)
      }
      guard words.first == "import" else { return nil }
      // `import struct Foundation.Data` names the module after the kind.
      let name = words.count > 2 ? words[words.startIndex + 2] : words.last
      return name.map { String($0.prefix { $0 != "." }) }
    }
  }

  /// The code without imports, comments and the text of string literals, line by line.
  var codeLines: [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      if line.split(separator: " ").contains("import") { return "" }
      var code = ""
      var inString = false
      var rest = line
      while let character = rest.first {
        if !inString, rest.hasPrefix("//") { break }
        if character == "\"" { inString.toggle() }
        if !inString { code.append(character) }
        rest.removeFirst()
      }
      return code
    }
  }

  static func all() throws -> [SourceFile] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let sources = root.appending(path: "Sources")
    let paths = FileManager.default.enumerator(atPath: sources.path())?.allObjects as? [String] ?? []
    return try paths.filter { $0.hasSuffix(".swift") }.sorted().map {
      SourceFile(path: $0, text: try String(contentsOf: sources.appending(path: $0), encoding: .utf8))
    }
  }
}
