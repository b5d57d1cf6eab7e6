/// What the terminal at hand can show.
package struct TerminalStyle: Sendable, Hashable {
  /// Whether escape sequences for colours are written; nothing is ever told by colour alone.
  package var color: Bool
  /// Whether bars and arrows may use Unicode; otherwise ASCII stands in.
  package var unicode: Bool
  /// How many columns a line may take.
  package var width: Int

  package init(color: Bool = false, unicode: Bool = true, width: Int = 110) {
    self.color = color
    self.unicode = unicode
    self.width = width
  }

  /// What a piece of text is, from which its colour follows.
  enum Role: String {
    case strong = "1"
    case faint = "2"
    case good = "32"
    case warning = "33"
    case bad = "31"
  }

  func paint(_ text: String, _ role: Role?) -> String {
    guard color, let role, !text.isEmpty else { return text }
    return "\u{1b}[\(role.rawValue)m\(text)\u{1b}[0m"
  }

  var arrow: String { unicode ? "→" : "->" }
  var ellipsis: String { unicode ? "…" : "~" }
}
