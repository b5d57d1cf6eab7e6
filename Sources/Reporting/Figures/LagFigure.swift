import Inventory
package import Measurements
import Quantities

/// The lag of every machine and the use of every link over one time axis, as an SVG document.
///
/// Small multiples share the axis: per machine the sawtooth of its lag with its RPO, the violations shaded and the time
/// without an instance hatched; per link and direction the rate carried with the usable capacity. Faults are bands across
/// all of them. What is narrower than a pixel column is drawn by the column's extremes, so no peak is lost.
///
/// Of many machines those furthest behind in their RPO are shown. The same record gives the same bytes.
package struct LagFigure: Sendable {
  /// How many machines get a panel.
  package static let machinesShown = 12
  static let linksShown = 6

  /// The SVG document.
  package let text: String

  package init(_ record: RunRecord, summary: RunSummary? = nil) {
    var painter = Painter(record: record, summary: summary ?? RunSummary(record))
    text = painter.paint()
  }

  /// Draws from the top down; all coordinates are tenths of a pixel.
  struct Painter {
    static let width = 1000
    static let left = 1_960
    static let right = 9_840
    static let labelLeft = 160
    /// How many letters of the heading have room.
    static let headingLength = 80

    let record: RunRecord
    let summary: RunSummary
    let time: Axis
    var drawing = SVGDrawing(width: Self.width)
    /// Where the next thing is drawn.
    var y = 0

    init(record: RunRecord, summary: RunSummary) {
      self.record = record
      self.summary = summary
      time = Axis(domain: 0...max(1, record.duration.nanoseconds), start: Self.left, end: Self.right)
    }

    /// The machines with a panel, in the order of the record.
    var machines: [(record: VMRecord, summary: VMSummary)] {
      let all = Array(zip(record.vms, summary.vms))
      guard all.count > LagFigure.machinesShown else { return all.map { ($0.0, $0.1) } }
      let worst = Set(summary.vmsFromWorst.prefix(LagFigure.machinesShown).map(\.id))
      return all.filter { worst.contains($0.1.id) }.map { ($0.0, $0.1) }
    }

    /// The directions with a panel: those that carried something, without those that hardly used their capacity
    /// where another one did.
    var links: [(record: LinkRecord, summary: LinkSummary)] {
      let drawn = Set(LinkSelection.worthDrawing(record.links))
      return zip(record.links, summary.links).filter { drawn.contains($0.0) }.prefix(LagFigure.linksShown)
        .map { ($0.0, $0.1) }
    }

    /// How many directions would have a panel if there were room.
    private var omittedLinkCount: Int {
      max(0, LinkSelection.worthDrawing(record.links).count - LagFigure.linksShown)
    }

    mutating func paint() -> String {
      let machines = machines
      let links = links
      let machineHeight = machines.count <= 4 ? 1_040 : machines.count <= 8 ? 760 : 620
      let linkHeight = 960
      let gap = 140
      paintHead()
      let labels = faultLabels()
      let top = y + 150 * ((labels.map(\.row).max() ?? -1) + 1) + 60
      let panels = machines.count * (machineHeight + gap) + links.count * (linkHeight + gap)
      let bottom = top + max(0, panels + (links.isEmpty ? 0 : 120) - gap)
      y = top
      for _ in machines {
        paintPanel(height: machineHeight)
        y += machineHeight + gap
      }
      if !links.isEmpty { y += 120 }
      for _ in links {
        paintPanel(height: linkHeight)
        y += linkHeight + gap
      }
      paintFaults(labels, top: top, bottom: bottom)
      y = top
      for (index, machine) in machines.enumerated() {
        paintMachine(machine.record, machine.summary, index: index, height: machineHeight)
        y += machineHeight + gap
      }
      if !links.isEmpty { y += 120 }
      for link in links {
        paintLink(link.record, link.summary, height: linkHeight)
        y += linkHeight + gap
      }
      paintTimeAxis(bottom: bottom)
      let title =
        "Lag behind the source and use of the links over \(record.duration) of \(record.scenarioName), seed \(record.seed)"
      return drawing.document(height: (bottom + 560) / 10, title: title)
    }

    /// The name and the title of the scenario, as far as there is room.
    private var heading: String {
      guard let title = record.scenarioTitle else { return record.scenarioName }
      let text = "\(record.scenarioName): \(title)"
      return text.count <= Self.headingLength ? text : text.prefix(Self.headingLength - 1) + "…"
    }

    private mutating func paintHead() {
      drawing.text(heading, x: Self.labelLeft, y: 320, size: 200, isBold: true)
      var facts: [String] = []
      if let share = summary.complianceShare { facts.append("\(Readable.share(share)) of VM-time in RPO") }
      facts.append(
        summary.violations.isEmpty
          ? "no violation"
          : "\(Readable.count(summary.violations.count, "violation")), "
            + "\(Readable.duration(summary.violationTime)) in all")
      if summary.unprotectedTime > .zero {
        facts.append("\(Readable.duration(summary.unprotectedTime)) without any instance")
      }
      if summary.notReplicatedTime > .zero {
        facts.append("\(Readable.duration(summary.notReplicatedTime)) not replicated")
      }
      if record.vms.count > LagFigure.machinesShown {
        facts.append(
          "the \(LagFigure.machinesShown) of \(Readable.count(record.vms.count)) VMs furthest behind are shown"
        )
      }
      if omittedLinkCount > 0 {
        facts.append("\(Readable.count(omittedLinkCount, "more link")) not shown")
      }
      drawing.text(
        "Lag: age of the newest complete instance of each VM  ·  " + facts.joined(separator: "  ·  "),
        x: Self.labelLeft, y: 520, size: 130, color: Palette.faintInk)
      paintLegend(y: 740)
      y = 880
    }

    private mutating func paintLegend(y: Int) {
      var x = Self.labelLeft
      func label(_ text: String, _ drawing: inout SVGDrawing) {
        drawing.text(text, x: x + 280, y: y, size: 115)
        x += 280 + text.count * 56 + 200
      }
      drawing.line(from: (x, y - 40), to: (x + 220, y - 40), color: Palette.blue, widthTenths: 18)
      label("lag", &drawing)
      drawing.line(from: (x, y - 40), to: (x + 220, y - 40), color: Palette.ink, dashes: "5 3")
      label("RPO, usable capacity", &drawing)
      drawing.rectangle(
        x: x, y: y - 95, width: 220, height: 110, fill: Palette.vermillion, opacityPercent: 30)
      drawing.line(from: (x, y - 85), to: (x + 220, y - 85), color: Palette.vermillion, widthTenths: 20)
      label("RPO violated", &drawing)
      let whole = Instant.zero..<(.zero + record.duration)
      if record.vms.contains(where: { !$0.lag.unprotected(in: whole).isEmpty }) {
        drawing.rectangle(x: x, y: y - 95, width: 220, height: 110, fill: "url(#hatch)")
        label("no instance yet", &drawing)
      }
      if !record.faults.isEmpty {
        drawing.rectangle(x: x, y: y - 95, width: 220, height: 110, fill: Palette.purple, opacityPercent: 28)
        label("fault", &drawing)
      }
      if !links.isEmpty {
        drawing.rectangle(x: x, y: y - 95, width: 220, height: 110, fill: Palette.green, opacityPercent: 55)
        label("link use", &drawing)
        drawing.rectangle(x: x, y: y - 60, width: 220, height: 40, fill: Palette.orange)
        label("link full", &drawing)
      }
      if record.warmUp > .zero {
        drawing.rectangle(x: x, y: y - 95, width: 220, height: 110, fill: Palette.ink, opacityPercent: 10)
        label("warm-up, not measured", &drawing)
      }
    }

    /// The empty panel: ground, hours, warm-up.
    private mutating func paintPanel(height: Int) {
      drawing.rectangle(
        x: Self.left, y: y, width: Self.right - Self.left, height: height, fill: Palette.panel)
      for tick in time.ticks(step: timeStep) {
        let x = time.position(tick)
        drawing.line(from: (x, y), to: (x, y + height), color: Palette.grid)
      }
      if record.warmUp > .zero {
        let x = time.position(record.warmUp.nanoseconds)
        drawing.rectangle(
          x: Self.left, y: y, width: x - Self.left, height: height, fill: Palette.ink, opacityPercent: 7)
      }
    }

    private var timeStep: Int64 { NiceStep.time(dividing: record.duration.nanoseconds, intoAtMost: 12) }

    /// A time at a tick, `0` or `2h30m`.
    static func timeLabel(_ nanoseconds: Int64) -> String {
      nanoseconds == 0 ? "0" : Readable.duration(TimeSpan(nanoseconds: nanoseconds))
    }

    private mutating func paintTimeAxis(bottom: Int) {
      for tick in time.ticks(step: timeStep) {
        let x = time.position(tick)
        drawing.line(from: (x, bottom), to: (x, bottom + 50), color: Palette.frame)
        drawing.text(
          Self.timeLabel(tick), x: x, y: bottom + 180, size: 115,
          color: Palette.faintInk, anchor: .middle)
      }
      drawing.text(
        "time since the start of the run", x: (Self.left + Self.right) / 2, y: bottom + 370, size: 115,
        color: Palette.faintInk, anchor: .middle)
      drawing.text(
        "drsim \(record.version)  ·  seed \(record.seed)  ·  digest \(record.digestText)", x: Self.right,
        y: bottom + 500, size: 95, color: Palette.faintInk, anchor: .end)
    }
  }
}
