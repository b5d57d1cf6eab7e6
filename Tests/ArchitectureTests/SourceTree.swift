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

  /// The code without comments and without the text of string literals, line by line.
  var codeLines: [Substring] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      var inString = false
      var end = line.endIndex
      var index = line.startIndex
      while index < line.endIndex {
        if line[index] == "\"" { inString.toggle() }
        if !inString, line[index...].hasPrefix("//") {
          end = index
          break
        }
        index = line.index(after: index)
      }
      return line[..<end]
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
