import Inventory
import Measurements
import Quantities
import SampleRuns
import Testing

@testable import Reporting

@Suite struct TerminalPartsTests {
  /// The statistics of one segment whose lag runs from `from` to `to` minutes.
  private func lag(from: Int64, to: Int64) -> LagStatistics {
    var track = LagTrack(rpo: .minutes(8))
    track.instanceCompleted(pointInTime: minute(-from), at: .zero)
    track.end(at: minute(to - from))
    return track.statistics(in: .zero..<minute(to - from))
  }

  @Test func `A bar reaches the RPO line exactly where the lag reaches the RPO`() {
    let style = TerminalStyle()
    // The RPO of 8 minutes has 8 cells: the mean is 4, the 95th percentile 7.6, the maximum 8.
    #expect(LagBar.text(lag: lag(from: 0, to: 8), rpo: .minutes(8), style: style) == "████▒▒▒▒│")
    // Just above the RPO there is a cell behind the line: mean 4.5, 95th percentile 8.55.
    #expect(LagBar.text(lag: lag(from: 0, to: 9), rpo: .minutes(8), style: style) == "█████▒▒▒│▒")
  }

  @Test func `A lag beyond twice the RPO has an arrow`() {
    #expect(
      LagBar.text(lag: lag(from: 10, to: 17), rpo: .minutes(8), style: TerminalStyle(unicode: false))
        == "########|######==>")
  }

  @Test func `A sparkline is full at the capacity and blank without traffic`() {
    func use(_ bytes: [UInt64]) -> LinkUse {
      LinkUse(
        start: .zero, end: .zero + .seconds(Int64(bytes.count)), binWidth: .seconds(1),
        bins: bytes.map { LinkUse.Bin(bytes: $0, capacityBytes: 800, saturatedTime: .zero) })
    }

    #expect(Sparkline.text(use([0, 1, 99, 100, 799, 800]), columns: 72, style: TerminalStyle()) == " ▁▁▂██")
    // Two bins to a column: their mean counts.
    #expect(Sparkline.text(use([800, 0, 800, 800]), columns: 2, style: TerminalStyle()) == "▅█")
    #expect(Sparkline.text(use([]), columns: 10, style: TerminalStyle()) == "")
  }

  @Test func `A direction with one burst has a panel of a figure, but no line beside a busy one`() {
    func link(_ direction: Link.Direction, _ bytes: [UInt64]) -> LinkRecord {
      let use = LinkUse(
        start: .zero, end: .zero + .seconds(Int64(bytes.count)), binWidth: .seconds(1),
        bins: bytes.map { LinkUse.Bin(bytes: $0, capacityBytes: 1_000, saturatedTime: .zero) })
      return LinkRecord(id: LinkID(0), direction: direction, name: "wan", source: "a", target: "b", use: use)
    }
    // Of 10,000 bytes of capacity in ten bins 1 % are 100; 5 % of one bin are 50.
    func bytes(_ first: UInt64) -> [UInt64] { [first] + Array(repeating: 0, count: 9) }
    let busy = link(.forward, bytes(100))
    let burst = link(.backward, bytes(50))
    let quiet = link(.backward, bytes(49))

    #expect(LinkSelection.worthDrawing([busy, burst]) == [busy, burst])
    #expect(LinkSelection.worthDrawing([busy, quiet]) == [busy])
    #expect(LinkSelection.worthLine([busy, burst]) == [busy])
    #expect(LinkSelection.worthLine([burst, quiet]) == [burst])
    #expect(LinkSelection.worthLine([quiet]) == [quiet])
  }

  @Test func `A table gives up its most dispensable column first`() {
    var table = TerminalTable([
      .init(title: "name", isRightAligned: false), .init(title: "one", dispensability: 1),
      .init(title: "two", dispensability: 2),
    ])
    table.rows = [[.init("a"), .init("1"), .init("2")], [.init("bb"), .init(""), .init("3")]]

    #expect(
      table.lines(style: TerminalStyle(width: 20)) == [
        "  name  one  two", "  a       1    2", "  bb           3",
      ])
    #expect(table.lines(style: TerminalStyle(width: 15)) == ["  name  one", "  a       1", "  bb"])
    #expect(table.lines(style: TerminalStyle(width: 1)) == ["  name", "  a", "  bb"])
  }
}
