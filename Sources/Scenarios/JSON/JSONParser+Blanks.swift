/// Blanks, and comments, which JSON does not have.
extension JSONParser {
  static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
      || byte == UInt8(ascii: "\t")
  }

  var isAtComment: Bool {
    let rest = bytes[position...]
    return rest.starts(with: "//".utf8) || rest.starts(with: "/*".utf8) || rest.first == UInt8(ascii: "#")
  }

  /// Skips blanks, and comments after reporting them.
  mutating func skipBlank() throws(Stop) {
    while let byte = peek {
      if Self.isBlank(byte) {
        position += 1
      } else if isAtComment {
        let start = position
        let isBlock = bytes[position...].starts(with: "/*".utf8)
        position = endOfComment(isBlock: isBlock) ?? bytes.count
        report(
          .comment, "JSON has no comments", start..<position,
          help: "put the reason into a \"why\" key, which every object may have")
      } else {
        return
      }
    }
  }

  /// The end of the comment that begins here, or `nil` if it ends with the file.
  private func endOfComment(isBlock: Bool) -> Int? {
    guard isBlock else { return bytes[position...].firstIndex(of: UInt8(ascii: "\n")) }
    var offset = position + 2
    while offset + 1 < bytes.count {
      if bytes[offset] == UInt8(ascii: "*"), bytes[offset + 1] == UInt8(ascii: "/") { return offset + 2 }
      offset += 1
    }
    return nil
  }
}
