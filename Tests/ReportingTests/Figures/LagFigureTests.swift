import Foundation
import FoundationXML
import Inventory
import Measurements
import Quantities
import SampleRuns
import Testing

@testable import Reporting

@Suite struct LagFigureTests {
  /// The names and attributes of all elements, or nothing if the text is no XML.
  private final class Elements: NSObject, XMLParserDelegate {
    var all: [(name: String, attributes: [String: String])] = []
    var text = ""

    func parser(
      _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
      qualifiedName qName: String?, attributes attributeDict: [String: String] = [:]
    ) { all.append((elementName, attributeDict)) }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    static func parse(_ text: String) -> Elements? {
      let elements = Elements()
      let parser = XMLParser(data: Data(text.utf8))
      parser.delegate = elements
      return parser.parse() ? elements : nil
    }
  }

  @Test func `The figure is XML with every name in it`() throws {
    let elements = try #require(Elements.parse(LagFigure(sampleRun()).text))

    for name in ["two-site \"dr\"", "db01", "web01", "wan", "paris → lyon", "outage", "blip"] {
      #expect(elements.text.contains(name))
    }
    #expect(elements.all.first?.attributes["width"] == "1000")
  }

  @Test func `A sawtooth has its corners where the lag has them`() throws {
    let elements = try #require(Elements.parse(LagFigure(sampleRun()).text))
    let path = try #require(elements.all.first { $0.attributes["id"] == "lag0" }?.attributes["d"])

    // The plot is 788 px wide for 60 minutes, from x = 196: minute 5 is at 196 + 65.6 px. The panel is 104 px high for
    // 30 min · 13/12 = 32.5 min, so 5 minutes are 16 px. Head and names take 109 px: the lower edge is at 213. The lag
    // begins with 5 minutes at 197, rises to 10 at 181 and falls to 5 at the first completion.
    #expect(path.hasPrefix("M196 213V197L261.6 181V197L"))
  }

  @Test func `Peaks stay where many completions share a pixel`() throws {
    // A completion every 10 s for two days, 22 to a pixel column, each followed by a violation of 5 s; one comes an
    // hour late.
    var lag = LagTrack(rpo: .seconds(15))
    let duration = Int64(2 * 86_400)
    for second in stride(from: 0, to: duration, by: 10) where !(80_000..<83_600).contains(second) {
      lag.instanceCompleted(
        pointInTime: Instant(nanoseconds: (second - 10) * 1_000_000_000),
        at: Instant(nanoseconds: second * 1_000_000_000))
    }
    lag.end(at: .zero + .seconds(duration))
    let vms = (0..<2).map { index in
      VMRecord(
        id: VirtualMachineID(index), name: "vm\(index)", disks: [], finalStatus: "OK", lag: lag,
        writtenSize: .zero, verifiedInstanceCount: 0)
    }
    let text = LagFigure(
      RunRecord(
        scenarioName: "dense", scenarioHash: "", seed: 1, version: "0.1.0", duration: .seconds(duration),
        warmUp: .zero, digest: 0, eventCount: 0, vms: vms, links: [], cycles: [], faults: [], events: [])
    ).text

    // Ten such machines stay below 300 kB.
    #expect(text.utf8.count < 60_000)
    let elements = try #require(Elements.parse(text))
    let path = try #require(elements.all.first { $0.attributes["id"] == "lag0" }?.attributes["d"])
    // The highest lag is 3,610 s + 10 s of a scale to 13/12 of it, on a panel 104 px high: 96 px above the lower edge.
    let start = try #require(path.firstMatch(of: /^M196 ([0-9.]+)/).flatMap { Double($0.1) })
    let heights = path.matches(of: /(?:L[0-9.]+ |V)([0-9.]+)/).compactMap { Double($0.1) }
    let top = try #require(heights.min())
    #expect(abs(start - top - 96) < 0.2)
  }

  /// A run of a machine with an RPO of 1,000 s that has its instances of `points` at once, and with `links`.
  private func figure(points: [Int64], duration: Int64, links: [LinkRecord] = []) -> String {
    func second(_ count: Int64) -> Instant { Instant(nanoseconds: count * 1_000_000_000) }
    var lag = LagTrack(rpo: .seconds(1_000))
    for point in points { lag.instanceCompleted(pointInTime: second(point), at: second(point)) }
    lag.end(at: second(duration))
    let vm = VMRecord(
      id: VirtualMachineID(0), name: "vm", disks: [], finalStatus: "OK", lag: lag, writtenSize: .zero,
      verifiedInstanceCount: 0)
    return LagFigure(
      RunRecord(
        scenarioName: "s", scenarioHash: "", seed: 1, version: "0.1.0", duration: .seconds(duration),
        warmUp: .zero, digest: 0, eventCount: 0, vms: [vm], links: links, cycles: [], faults: [], events: [])
    ).text
  }

  @Test func `A violation is shaded in its true width, a notable one for a pixel at least`() throws {
    // 788 px for 78,800 s: a pixel is 100 s. Instances come every 900 s but for one.
    func stripes(after gap: Int64) throws -> [String] {
      var points = Array(stride(from: Int64(0), through: 36_000, by: 900))
      points += Array(stride(from: 36_000 + gap, to: 78_800, by: 900))
      let elements = try #require(Elements.parse(figure(points: points, duration: 78_800)))
      let shades = elements.all.first { $0.attributes["fill-opacity"] == ".22" }
      return shades?.attributes["d"]?.split(separator: "M").map { String($0.prefix { $0 != "V" }) } ?? []
    }

    // Late from second 37,000 on, which is at 196 + 370 px: for 500 s, for 30 s, and for 5 s, half a per cent of the RPO.
    #expect(try stripes(after: 1_500).map { $0.hasPrefix("566 ") && $0.contains("H571") } == [true])
    #expect(try stripes(after: 1_030).map { $0.hasPrefix("566 ") && $0.contains("H567") } == [true])
    #expect(try stripes(after: 1_005) == [])
    #expect(try stripes(after: 900) == [])
  }

  @Test func `A direction that carries next to nothing has no panel beside one that does`() throws {
    func link(_ direction: Link.Direction, source: String, bytes: UInt64) -> LinkRecord {
      // 1,000,000 bytes would go through in the one bin of eight seconds.
      let bin = LinkUse.Bin(bytes: bytes, capacityBytes: 1_000_000, saturatedTime: .zero)
      return LinkRecord(
        id: LinkID(0), direction: direction, name: "wan", source: source, target: "x",
        use: LinkUse(start: .zero, end: .zero + .seconds(8), binWidth: .seconds(8), bins: [bin]))
    }
    func panels(_ forward: UInt64, _ backward: UInt64) throws -> [Bool] {
      let links = [
        link(.forward, source: "paris", bytes: forward), link(.backward, source: "lyon", bytes: backward),
      ]
      let elements = try #require(Elements.parse(figure(points: [0], duration: 8, links: links)))
      return ["paris → x", "lyon → x"].map { elements.text.contains($0) }
    }

    #expect(try panels(500_000, 9_999) == [true, false])
    #expect(try panels(500_000, 10_000) == [true, true])
    #expect(try panels(9_999, 9_999) == [true, true])
    #expect(try panels(9_999, 0) == [true, false])
  }

  @Test func `The heading tells the name and the title of the scenario`() throws {
    let elements = try #require(Elements.parse(LagFigure(sampleRun()).text))
    #expect(elements.text.contains("two-site \"dr\": An hour with the line down"))
  }

  @Test func `The subtitle tells the time without any instance`() throws {
    #expect(
      try #require(Elements.parse(LagFigure(sampleRun()).text)).text.contains("55m without any instance"))
    #expect(!figure(points: [0], duration: 8).contains("without any instance"))
  }

  @Test func `The same record gives the same bytes, below 300 kB for ten machines`() {
    let text = LagFigure(sampleFleet()).text

    #expect(LagFigure(sampleFleet()).text == text)
    #expect(text.utf8.count < 300_000)
  }

  @Test func `A run without machines and links is a figure with nothing but its axis`() throws {
    let record = RunRecord(
      scenarioName: "empty", scenarioHash: "", seed: 1, version: "0.1.0", duration: .zero, warmUp: .zero,
      digest: 0, eventCount: 0, vms: [], links: [], cycles: [], faults: [], events: [])
    let elements = try #require(Elements.parse(LagFigure(record).text))

    // Head of 88 px and a gap of 6, then 56 px for the axis.
    #expect(elements.all.first?.attributes["height"] == "150")
  }

  @Test func `Of a large fleet the twelve furthest behind are drawn`() throws {
    let record = sampleFleet(count: 200)
    let elements = try #require(Elements.parse(LagFigure(record).text))

    #expect(elements.text.contains("the 12 of 200 VMs furthest behind are shown"))
    #expect(elements.all.count { $0.attributes["id"]?.hasPrefix("lag") == true } == 12)
    #expect(elements.text.contains("db01"))
  }

  @Test func `Names of faults do not cover each other`() {
    let sample = sampleRun()
    let faults = (0..<20).map { index in
      FaultRecord(
        name: "a long name \(index)", kind: "link.down", subject: "wan", from: minute(Int64(index) * 3),
        to: minute(Int64(index) * 3 + 1))
    }
    let record = RunRecord(
      scenarioName: "faults", scenarioHash: "", seed: 1, version: "0.1.0", duration: sample.duration,
      warmUp: .zero,
      digest: 0, eventCount: 0, vms: sample.vms, links: [], cycles: [], faults: faults, events: [])
    let labels = LagFigure.Painter(record: record, summary: RunSummary(record)).faultLabels()

    #expect(labels.count > 10)
    for (index, label) in labels.enumerated() {
      for other in labels[(index + 1)...] where other.row == label.row {
        #expect(abs(other.x - label.x) >= 62 * label.text.count)
      }
    }
  }

  @Test func `Ticks are round and few`() {
    let hour: Int64 = 3_600_000_000_000
    #expect(NiceStep.time(dividing: 30 * hour, intoAtMost: 12) == 3 * hour)
    #expect(NiceStep.time(dividing: hour, intoAtMost: 12) == hour / 12)
    #expect(NiceStep.time(dividing: 900, intoAtMost: 4) == 200)
    #expect(NiceStep.decimal(dividing: 90_000_000, intoAtMost: 5) == 20_000_000)
    #expect(Axis(domain: 0...90, start: 100, end: 0).ticks(step: 20) == [0, 20, 40, 60, 80])
    #expect(Axis(domain: 0...100, start: 100, end: 0).position(25) == 75)
  }

  @Test func `What would break XML is escaped`() throws {
    #expect(SVGDrawing.escaped("<a & \"b\">\u{1}") == "&lt;a &amp; &quot;b&quot;&gt; ")
    #expect(SVGDrawing.number(-5) == "-0.5")
    #expect(SVGDrawing.number(1_200) == "120")
  }
}
