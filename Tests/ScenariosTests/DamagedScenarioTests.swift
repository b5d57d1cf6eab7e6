import Testing

@testable import Scenarios

/// Repeatable random numbers: SplitMix64 (Steele, Lea and Flood, 2014).
private struct Dice {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// The remainder's bias does not matter here.
  mutating func next(below bound: UInt64) -> UInt64 { next() % bound }
}

/// Damages a good scenario at random: the reader must neither stop nor fall silent.
@Suite struct DamagedScenarioTests {
  /// Pieces that occur where people and programs go wrong.
  private static let pieces =
    [
      "\"", "'", "{", "}", "[", "]", ",", ":", "\\", "\\u", "\n", "\t", "//", "/*", "*/", "#", "0", "-",
      "1e999", "null",
      "true", "NaN", "\u{feff}", "é", "👍🏽", "\u{0}", "name", "*", "{1..9}", "Mbps", "\"\"", "[]", "{}", ",,",
    ].map { Array($0.utf8) } + [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0x80]]

  private func damaged(_ bytes: [UInt8], _ random: inout Dice) -> [UInt8] {
    var result = bytes
    for _ in 0...random.next(below: 3) {
      guard !result.isEmpty else { break }
      let index = Int(random.next(below: UInt64(result.count)))
      let other = Int(random.next(below: UInt64(result.count)))
      switch random.next(below: 6) {
      case 0: result[index] = UInt8(truncatingIfNeeded: random.next())
      case 1: result.remove(at: index)
      case 2:
        result.insert(contentsOf: Self.pieces[Int(random.next(below: UInt64(Self.pieces.count)))], at: index)
      case 3: result.removeSubrange(min(index, other)..<min(max(index, other), min(index, other) + 60))
      case 4:
        result.insert(
          contentsOf: result[min(index, other)..<min(max(index, other), min(index, other) + 60)], at: index)
      default: result = Array(result.prefix(index))
      }
    }
    return result
  }

  /// The number of lines, and of characters of each, counted in the plainest way.
  private func isInside(_ place: Diagnostic.Place, _ bytes: [UInt8]) -> Bool {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard (1...lines.count).contains(place.line), place.column >= 1, place.length >= 1 else { return false }
    let length = String(decoding: lines[place.line - 1], as: UTF8.self).count
    return place.column <= length + 1 && place.column + place.length <= length + 2
  }

  @Test(arguments: 0..<15 as Range<UInt64>)
  func `A damaged scenario is read or refused with a reason that has a place`(seed: UInt64) {
    var random = Dice(seed: seed)
    let original = Array(Examples.full.utf8)
    for _ in 0..<10 {
      let bytes = damaged(original, &random)
      let (scenario, diagnostics) = ScenarioReader.read(bytes: bytes, file: "damaged.json")
      #expect((scenario == nil) == diagnostics.contains { $0.severity == .error })
      let outside = diagnostics.first { !isInside($0.place, bytes) }
      #expect(outside == nil, "\(String(decoding: bytes, as: UTF8.self))")
      // Nothing of what is printed may trap either.
      #expect(Diagnostic.render(diagnostics, file: "damaged.json").isEmpty == diagnostics.isEmpty)
    }
  }

  /// A value taken from elsewhere is good JSON, and nearly always nonsense.
  @Test(arguments: 0..<15 as Range<UInt64>)
  func `Values that stand in the wrong place are refused with a reason`(seed: UInt64) throws {
    var random = Dice(seed: seed)
    var log = DiagnosticLog(sources: [SourceText(file: "", bytes: Array(Examples.full.utf8))])
    let tree = try #require(JSONParser.parse(source: 0, log: &log))
    var values: [JSONValue] = [.null, .invalid, .list([]), .object([]), 0, -1, true, "", "*", "0B", "1h"]
    collect(tree, into: &values)
    for _ in 0..<10 {
      var chosen = Int(random.next(below: UInt64(values.count - 11)))
      var value = values[Int(random.next(below: UInt64(values.count)))]
      if case .invalid = value { value = .null }
      let text = Array(replacing(&chosen, by: value, in: tree).canonicalText().utf8)
      let (scenario, diagnostics) = ScenarioReader.read(bytes: text, file: "displaced.json")
      #expect((scenario == nil) == diagnostics.contains { $0.severity == .error })
      #expect(diagnostics.allSatisfy { isInside($0.place, text) })
    }
  }

  private func collect(_ node: JSONNode, into values: inout [JSONValue]) {
    values.append(node.value)
    switch node.value {
    case .object(let members): for member in members { collect(member.node, into: &values) }
    case .list(let elements): for element in elements { collect(element, into: &values) }
    default: break
    }
  }

  /// `node` with its `index`-th value, counted from the outermost, replaced.
  private func replacing(_ index: inout Int, by value: JSONValue, in node: JSONNode) -> JSONNode {
    var result = node
    index -= 1
    if index == -1 {
      result.value = value
      return result
    }
    switch node.value {
    case .object(var members):
      for position in members.indices {
        members[position].node = replacing(&index, by: value, in: members[position].node)
      }
      result.value = .object(members)
    case .list(let elements): result.value = .list(elements.map { replacing(&index, by: value, in: $0) })
    default: break
    }
    return result
  }
}
