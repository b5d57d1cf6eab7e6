/// A table with aligned columns that gives up its least important columns where the terminal is narrow.
struct TerminalTable {
  struct Column {
    let title: String
    var isRightAligned = true
    /// Columns with the highest number go first when there is too little room; zero never goes.
    var dispensability = 0
    /// Whether the blanks before it are two more, to set it off.
    var isSetOff = false
  }

  struct Cell {
    let text: String
    var role: TerminalStyle.Role?

    init(_ text: String, _ role: TerminalStyle.Role? = nil) {
      self.text = text
      self.role = role
    }
  }

  let columns: [Column]
  var rows: [[Cell]] = []

  init(_ columns: [Column]) { self.columns = columns }

  /// The lines, indented by two, without blanks at their end.
  func lines(style: TerminalStyle) -> [String] {
    let widths = columns.indices.map { column in
      max(columns[column].title.count, rows.map { $0[column].text.count }.max() ?? 0)
    }
    var kept = Array(columns.indices)
    func length() -> Int { kept.reduce(0) { $0 + widths[$1] + 2 + (columns[$1].isSetOff ? 2 : 0) } }
    while length() > style.width,
      let victim = kept.filter({ columns[$0].dispensability > 0 })
        .max(by: { columns[$0].dispensability < columns[$1].dispensability })
    {
      kept.removeAll { $0 == victim }
    }
    let head = kept.map { Cell(columns[$0].title, .faint) }
    return ([head] + rows.map { row in kept.map { row[$0] } }).map { cells in
      var line = ""
      var blanks = 0
      for (cell, column) in zip(cells, kept) {
        let padding = widths[column] - cell.text.count
        blanks += 2 + (columns[column].isSetOff ? 2 : 0) + (columns[column].isRightAligned ? padding : 0)
        guard !cell.text.isEmpty else {
          blanks += columns[column].isRightAligned ? 0 : padding
          continue
        }
        line += String(repeating: " ", count: blanks) + style.paint(cell.text, cell.role)
        blanks = columns[column].isRightAligned ? 0 : padding
      }
      return line
    }
  }
}
