/// An SVG text in the making.
///
/// Coordinates are whole tenths of a pixel, so that the bytes depend on no floating-point printing.
struct SVGDrawing {
  /// Where a text is held.
  enum Anchor: String {
    case start
    case middle
    case end
  }

  private var body = ""
  let width: Int

  /// - Parameter width: In pixels.
  init(width: Int) { self.width = width }

  /// The whole document.
  ///
  /// - Parameters:
  ///   - height: In pixels.
  ///   - title: For those who cannot see it.
  func document(height: Int, title: String) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" \
    role="img" aria-label="\(Self.escaped(title))" \
    font-family="'Helvetica Neue',Helvetica,Arial,'Liberation Sans',sans-serif">
    <title>\(Self.escaped(title))</title>
    <defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
    <rect width="6" height="6" fill="#EEEEEE"/><rect width="2" height="6" fill="#BDBDBD"/></pattern></defs>
    <rect width="\(width)" height="\(height)" fill="\(Palette.paper)"/>
    \(body)</svg>

    """
  }

  /// `tenths / 10` without a zero behind the point.
  static func number(_ tenths: Int) -> String {
    let magnitude = tenths.magnitude
    let text = magnitude % 10 == 0 ? "\(magnitude / 10)" : "\(magnitude / 10).\(magnitude % 10)"
    return tenths < 0 ? "-" + text : text
  }

  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      // XML has no place for control characters.
      case _ where character.unicodeScalars.contains { $0.value < 0x20 }: result += " "
      default: result.append(character)
      }
    }
    return result
  }

  mutating func add(_ element: String) { body += element + "\n" }

  mutating func rectangle(
    x: Int, y: Int, width: Int, height: Int, fill: String, opacityPercent: Int = 100, stroke: String? = nil,
    title: String? = nil
  ) {
    var attributes =
      "x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\" "
      + "height=\"\(Self.number(height))\" fill=\"\(fill)\""
    if opacityPercent < 100 { attributes += " fill-opacity=\"\(Self.percent(opacityPercent))\"" }
    if let stroke { attributes += " stroke=\"\(stroke)\"" }
    if let title {
      add("<rect \(attributes)><title>\(Self.escaped(title))</title></rect>")
    } else {
      add("<rect \(attributes)/>")
    }
  }

  mutating func line(
    from start: (x: Int, y: Int), to end: (x: Int, y: Int), color: String, widthTenths: Int = 10,
    dashes: String? = nil
  ) {
    add(
      "<path d=\"M\(Self.number(start.x)) \(Self.number(start.y))L\(Self.number(end.x)) \(Self.number(end.y))\" "
        + "stroke=\"\(color)\" stroke-width=\"\(Self.number(widthTenths))\" fill=\"none\""
        + (dashes.map { " stroke-dasharray=\"\($0)\"" } ?? "") + "/>")
  }

  mutating func text(
    _ text: String, x: Int, y: Int, size: Int = 110, color: String = Palette.ink, anchor: Anchor = .start,
    isBold: Bool = false
  ) {
    add(
      "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" font-size=\"\(Self.number(size))\" fill=\"\(color)\""
        + (anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\"")
        + (isBold ? " font-weight=\"600\"" : "") + ">\(Self.escaped(text))</text>")
  }

  static func percent(_ percent: Int) -> String {
    percent % 10 == 0 ? ".\(percent / 10)" : percent < 10 ? ".0\(percent)" : ".\(percent)"
  }
}

/// The commands of an SVG path, in tenths of a pixel.
struct SVGPath {
  private(set) var commands = ""
  private var last = (x: 0, y: 0)

  var isEmpty: Bool { commands.isEmpty }

  mutating func move(x: Int, y: Int) {
    commands += "M\(SVGDrawing.number(x)) \(SVGDrawing.number(y))"
    last = (x, y)
  }

  /// A straight line, in the shortest command for it.
  mutating func line(x: Int, y: Int) {
    if x == last.x && y == last.y { return }
    if x == last.x {
      commands += "V\(SVGDrawing.number(y))"
    } else if y == last.y {
      commands += "H\(SVGDrawing.number(x))"
    } else {
      commands += "L\(SVGDrawing.number(x)) \(SVGDrawing.number(y))"
    }
    last = (x, y)
  }

  mutating func close() { commands += "Z" }
}
