import Inventory
import Measurements
import Quantities

extension LagFigure.Painter {
  /// A pixel column of a link's panel, or a bin where bins are wider.
  private struct Column {
    let from: Int
    let to: Int
    let mean: DataRate
    let maximum: DataRate
    let capacity: DataRate
    let isFull: Bool
  }

  /// One direction's panel, its top at ``y``.
  mutating func paintLink(_ link: LinkRecord, _ line: LinkSummary, height: Int) {
    let columns = columns(of: link.use)
    let highest = Int64(columns.map { max($0.maximum, $0.capacity).bitsPerSecond }.max() ?? 0)
    let axis = Axis(domain: 0...max(1, highest + highest / 12), start: y + height, end: y)

    let middle = y + height / 2
    let figures = line.statistics
    drawing.text(shortened(link.name), x: Self.labelLeft, y: middle - 180, size: 135, isBold: true)
    drawing.text(
      shortened("\(link.source) → \(link.target)"), x: Self.labelLeft, y: middle - 20, size: 110,
      color: Palette.faintInk)
    drawing.text(
      "mean \(Readable.megabits(figures.rateMean)), p95 \(Readable.megabits(figures.ratePercentile95))",
      x: Self.labelLeft, y: middle + 130, size: 110, color: Palette.faintInk)
    drawing.text(
      "Mbit/s", x: Self.labelLeft, y: middle + 270, size: 110, color: Palette.faintInk)

    let megabit: Int64 = 1_000_000
    // Ticks of whole kilobits at least, so that labels need no more than three decimals.
    let step = max(1_000, NiceStep.decimal(dividing: axis.domain.upperBound, intoAtMost: 5))
    for tick in axis.ticks(step: step) {
      let tickY = axis.position(tick)
      drawing.line(from: (Self.left - 30, tickY), to: (Self.left, tickY), color: Palette.frame)
      let label = Readable.decimal(UInt64(tick / (megabit / 1_000)), digits: 3, keepsZeros: false)
      drawing.text(
        label, x: Self.left - 60, y: tickY + 35, size: 100, color: Palette.faintInk, anchor: .end)
    }

    let isGrouped = columns.count < link.use.bins.count
    if isGrouped { paintArea(columns, axis: axis, opacityPercent: 25) { $0.maximum } }
    paintArea(columns, axis: axis, opacityPercent: 55) { $0.mean }
    paintFullStrips(columns)
    paintCapacity(columns, axis: axis)
    drawing.line(from: (Self.left, y + height), to: (Self.right, y + height), color: Palette.frame)
  }

  /// Bins that share a pixel column as one column with their mean and their highest rate.
  private func columns(of use: LinkUse) -> [Column] {
    var columns: [Column] = []
    var index = 0
    while index < use.bins.count {
      let first = index
      let start = use.interval(ofBin: first).lowerBound
      let x = time.position(start.nanoseconds)
      repeat {
        index += 1
      } while index < use.bins.count
        && time.position(use.interval(ofBin: index).lowerBound.nanoseconds) / 10 == x / 10
      let group = first..<index
      let end = use.interval(ofBin: index - 1).upperBound
      let saturated = group.reduce(TimeSpan.zero) { $0 + use.bins[$1].saturatedTime }
      columns.append(
        Column(
          from: x, to: time.position(end.nanoseconds),
          mean: DataRate(rounding: group.reduce(0) { $0 + use.bins[$1].bytes }, over: end - start),
          maximum: group.map { use.rate(ofBin: $0) }.max() ?? .zero,
          capacity: group.map { use.capacity(ofBin: $0) }.max() ?? .zero,
          isFull: saturated * 2 >= end - start))
    }
    return columns
  }

  private mutating func paintArea(
    _ columns: [Column], axis: Axis, opacityPercent: Int, rate: (Column) -> DataRate
  ) {
    guard let first = columns.first, let last = columns.last else { return }
    var path = SVGPath()
    path.move(x: first.from, y: axis.start)
    for column in columns {
      let height = axis.position(Int64(rate(column).bitsPerSecond))
      path.line(x: column.from, y: height)
      path.line(x: column.to, y: height)
    }
    path.line(x: last.to, y: axis.start)
    path.close()
    drawing.add(
      "<path d=\"\(path.commands)\" fill=\"\(Palette.green)\" fill-opacity=\"\(SVGDrawing.percent(opacityPercent))\"/>"
    )
  }

  private mutating func paintCapacity(_ columns: [Column], axis: Axis) {
    guard let first = columns.first else { return }
    var path = SVGPath()
    path.move(x: first.from, y: axis.position(Int64(first.capacity.bitsPerSecond)))
    for column in columns {
      let height = axis.position(Int64(column.capacity.bitsPerSecond))
      path.line(x: column.from, y: height)
      path.line(x: column.to, y: height)
    }
    drawing.add(
      "<path d=\"\(path.commands)\" fill=\"none\" stroke=\"\(Palette.ink)\" stroke-dasharray=\"5 3\"/>")
  }

  /// A strip above the panel over the columns in which the link was full for half of the time or more.
  private mutating func paintFullStrips(_ columns: [Column]) {
    var index = 0
    while index < columns.count {
      guard columns[index].isFull else {
        index += 1
        continue
      }
      let from = columns[index].from
      while index < columns.count, columns[index].isFull { index += 1 }
      drawing.rectangle(
        x: from, y: y - 50, width: columns[index - 1].to - from, height: 40, fill: Palette.orange)
    }
  }
}
