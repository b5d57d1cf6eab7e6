/// What a file beside a scenario holds.
package enum FileContent: Sendable, Hashable {
  case bytes([UInt8])
  /// - Parameter reason: In the system's words.
  case unreadable(reason: String)
}

extension ScenarioReader {
  /// Where a document names a table of addresses.
  private static let tablePath = (object: "recovery", key: "ipSettings")

  /// Puts the lines of a table in place of the name of its file, each with its place there.
  ///
  /// - Parameter readFile: Gives the file of a name in the document.
  static func includeTable(
    in root: inout JSONNode, log: inout DiagnosticLog, readFile: (String) -> FileContent
  ) {
    guard let node = root[tablePath.object]?[tablePath.key], case .string(let name) = node.value else {
      return
    }
    switch readFile(name) {
    case .unreadable(let reason):
      log.report(
        .unreadableTable, "the table \(quoted(name)) cannot be read: \(reason)", at: node.span,
        help: "the path is relative to the folder of the scenario")
      root.replace(tablePath, with: .invalid)
    case .bytes(let bytes):
      guard String(validating: bytes, as: UTF8.self) != nil else {
        log.report(
          .unreadableTable, "the table \(quoted(name)) is no text in UTF-8", at: node.span,
          help: "save it as CSV in UTF-8")
        root.replace(tablePath, with: .invalid)
        return
      }
      root.replace(tablePath, with: .list(lines(of: bytes, source: log.add(file: name, bytes: bytes))))
    }
  }

  /// The lines of a text without their ends; a byte order mark in front is no part of it.
  private static func lines(of bytes: [UInt8], source: Int) -> [JSONNode] {
    var lines: [JSONNode] = []
    var start = bytes.starts(with: SourceText.byteOrderMark) ? SourceText.byteOrderMark.count : 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let hasReturn = end > start && bytes[end - 1] == UInt8(ascii: "\r")
      let range = start..<(hasReturn ? end - 1 : end)
      lines.append(
        JSONNode(
          value: .string(String(decoding: bytes[range], as: UTF8.self)),
          span: SourceSpan(source: source, range: range)))
      start = end + 1
    }
    return lines
  }

  /// The text of a scenario that names a table of addresses, with everything else as it was.
  ///
  /// - Parameter table: As the scenario is to call it: a path relative to its folder.
  /// - Returns: `nil` if the text is no JSON object.
  package static func text(_ bytes: [UInt8], namingTable table: String) -> [UInt8]? {
    var log = DiagnosticLog(sources: [SourceText(file: "", bytes: bytes)])
    guard let root = JSONParser.parse(source: 0, log: &log), case .object = root.value, !log.hasErrors else {
      return nil
    }
    let entry = "\(quoted(tablePath.key)): \(quoted(table))"
    guard let recovery = root[tablePath.object], case .object(let members) = recovery.value else {
      let place = root.span.range.lowerBound + 1
      return bytes[..<place] + Array("\n  \(quoted(tablePath.object)): { \(entry) },".utf8) + bytes[place...]
    }
    if let old = recovery[tablePath.key] {
      return bytes[..<old.span.range.lowerBound] + Array(quoted(table).utf8)
        + bytes[old.span.range.upperBound...]
    }
    let place = recovery.span.range.lowerBound + 1
    return bytes[..<place] + Array(" \(entry)\(members.isEmpty ? " " : ",")".utf8) + bytes[place...]
  }
}

extension JSONNode {
  /// Gives a key of an object of this object another value; it is there.
  fileprivate mutating func replace(_ path: (object: String, key: String), with value: JSONValue) {
    guard case .object(var members) = self.value,
      let outer = members.firstIndex(where: { $0.key == path.object }),
      case .object(var inner) = members[outer].node.value,
      let index = inner.firstIndex(where: { $0.key == path.key })
    else { return }
    inner[index].node.value = value
    members[outer].node.value = .object(inner)
    self.value = .object(members)
  }
}
