import Inventory
import Measurements
import Quantities

extension LagFigure.Painter {
  /// One machine's panel, its top at ``y``.
  mutating func paintMachine(_ machine: VMRecord, _ line: VMSummary, index: Int, height: Int) {
    let whole = Instant.zero..<(.zero + record.duration)
    let segments = machine.lag.segments(in: whole)
    let highest = max(segments.map(\.lagAtEnd.nanoseconds).max() ?? 0, machine.rpo.nanoseconds)
    let axis = Axis(domain: 0...max(1, highest + highest / 12), start: y + height, end: y)
    let rpoY = axis.position(machine.rpo.nanoseconds)

    paintMachineLabel(machine, line, height: height)
    guard machine.lag.end != machine.lag.start else {
      drawing.line(from: (Self.left, y + height), to: (Self.right, y + height), color: Palette.frame)
      return
    }
    let step = NiceStep.time(dividing: axis.domain.upperBound, intoAtMost: height > 700 ? 4 : 3)
    for tick in axis.ticks(step: step) {
      let tickY = axis.position(tick)
      drawing.line(from: (Self.left - 30, tickY), to: (Self.left, tickY), color: Palette.frame)
      drawing.text(
        Self.timeLabel(tick), x: Self.left - 60, y: tickY + 35,
        size: 100, color: Palette.faintInk, anchor: .end)
    }

    for gap in machine.lag.unprotected(in: whole) {
      let from = time.position(gap.lowerBound.nanoseconds)
      drawing.rectangle(
        x: from, y: y, width: time.position(gap.upperBound.nanoseconds) - from, height: height,
        fill: "url(#hatch)")
    }
    let violations = machine.lag.violations(in: whole)
    let shades = violationShades(violations, rpo: machine.rpo, from: y, to: rpoY)
    if !shades.isEmpty {
      drawing.add("<path d=\"\(shades.commands)\" fill=\"\(Palette.vermillion)\" fill-opacity=\".22\"/>")
    }
    let area = lagArea(segments, axis: axis)
    if !area.isEmpty {
      drawing.add(
        """
        <defs><path id="lag\(index)" d="\(area.commands)"/><clipPath id="over\(index)">\
        <rect x="\(SVGDrawing.number(Self.left))" y="\(SVGDrawing.number(y - 20))" \
        width="\(SVGDrawing.number(Self.right - Self.left))" height="\(SVGDrawing.number(rpoY - y + 20))"/>\
        </clipPath></defs>
        <use href="#lag\(index)" fill="\(Palette.blue)" fill-opacity=".12" stroke="\(Palette.blue)" \
        stroke-width="1.3" stroke-linejoin="bevel"/>
        """)
      if !violations.isEmpty {
        drawing.add(
          """
          <use href="#lag\(index)" clip-path="url(#over\(index))" fill="\(Palette.vermillion)" \
          fill-opacity=".45" stroke="\(Palette.vermillion)" stroke-width="1.8" stroke-linejoin="bevel"/>
          """)
      }
    }
    drawing.line(from: (Self.left, rpoY), to: (Self.right, rpoY), color: Palette.ink, dashes: "5 3")
    drawing.line(from: (Self.left, y + height), to: (Self.right, y + height), color: Palette.frame)
  }

  private mutating func paintMachineLabel(_ machine: VMRecord, _ line: VMSummary, height: Int) {
    let middle = y + height / 2
    drawing.text(shortened(machine.name), x: Self.labelLeft, y: middle - 110, size: 135, isBold: true)
    let maximum =
      line.lag.lagMaximum.map { "max " + Readable.duration($0) }
      ?? (line.lag.observedTime > .zero ? "no instance" : "not measured")
    drawing.text(
      line.objective.map { "RPO \($0), \(maximum)" } ?? "synchronous", x: Self.labelLeft, y: middle + 50,
      size: 110,
      color: Palette.faintInk)
    if let share = line.lag.complianceShare {
      drawing.text(
        "\(Readable.share(share)) in RPO", x: Self.labelLeft, y: middle + 200, size: 110,
        color: share == .one ? Palette.faintInk : Palette.vermillionText, isBold: share < .one)
    }
  }

  func shortened(_ name: String) -> String { name.count <= 18 ? name : name.prefix(17) + "…" }

  /// The ground above the RPO line for the time of the violations, in their true width.
  ///
  /// A stripe is at least a pixel wide where a violation in it lasts for more than 1 % of the RPO; shorter ones may be
  /// too narrow to be seen, since a machine that is seconds late is no alarm. Violations that begin in one pixel column
  /// are one stripe of the sum of their lengths, which ends where the last one ends.
  private func violationShades(
    _ violations: [Range<Instant>], rpo: TimeSpan, from top: Int, to bottom: Int
  ) -> SVGPath {
    var stripes: [(start: Int, end: Int)] = []
    var index = 0
    while index < violations.count {
      let column = time.position(violations[index].lowerBound.nanoseconds) / 10
      var length = TimeSpan.zero
      var longest = TimeSpan.zero
      repeat {
        let violation = violations[index]
        length = length + (violation.upperBound - violation.lowerBound)
        longest = max(longest, violation.upperBound - violation.lowerBound)
        index += 1
      } while index < violations.count
        && time.position(violations[index].lowerBound.nanoseconds) / 10 == column
      let last = violations[index - 1].upperBound
      let start = time.position((last - length).nanoseconds)
      let isNoticeable = longest.nanoseconds > rpo.nanoseconds / 100
      let end = max(time.position(last.nanoseconds), isNoticeable ? start + 10 : start)
      if let before = stripes.last, start <= before.end + 1 {
        stripes[stripes.count - 1].end = max(before.end, end)
      } else if end > start {
        stripes.append((start, end))
      }
    }
    var path = SVGPath()
    for stripe in stripes {
      path.move(x: stripe.start, y: top)
      path.line(x: stripe.end, y: top)
      path.line(x: stripe.end, y: bottom)
      path.line(x: stripe.start, y: bottom)
      path.close()
    }
    return path
  }

  /// The sawtooth down to the axis.
  ///
  /// Completions that fall into one pixel column are drawn as one drop from the highest lag among them to the lowest.
  private func lagArea(_ segments: [LagSegment], axis: Axis) -> SVGPath {
    var path = SVGPath()
    guard let first = segments.first, let last = segments.last else { return path }
    let start = time.position(first.from.nanoseconds)
    path.move(x: start, y: axis.start)
    path.line(x: start, y: axis.position(first.lagAtStart.nanoseconds))
    var index = 0
    while index + 1 < segments.count {
      let x = time.position(segments[index].to.nanoseconds)
      var peak = segments[index].lagAtEnd
      var valley = segments[index + 1].lagAtStart
      index += 1
      while index + 1 < segments.count, time.position(segments[index].to.nanoseconds) / 10 == x / 10 {
        peak = max(peak, segments[index].lagAtEnd)
        valley = min(valley, segments[index + 1].lagAtStart)
        index += 1
      }
      path.line(x: x, y: axis.position(peak.nanoseconds))
      path.line(x: x, y: axis.position(valley.nanoseconds))
    }
    let end = time.position(last.to.nanoseconds)
    path.line(x: end, y: axis.position(last.lagAtEnd.nanoseconds))
    path.line(x: end, y: axis.start)
    path.close()
    return path
  }
}
