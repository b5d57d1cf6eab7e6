/// One of the two sites of a pair, whichever of them is protected at the moment.
///
/// A pair keeps its sides for good; reprotect turns the direction of a protection group, not the pair.
package enum PairSide: Int, Sendable, Hashable, CaseIterable {
  /// The site from whose server the pair was made.
  case first
  case second

  package var other: PairSide { self == .first ? .second : .first }
}

/// A value for each side of a pair.
package struct BothSides<Value> {
  package var first: Value
  package var second: Value

  package init(first: Value, second: Value) {
    self.first = first
    self.second = second
  }

  /// The same value on both sides.
  package init(_ value: Value) { self.init(first: value, second: value) }

  package subscript(side: PairSide) -> Value {
    get { side == .first ? first : second }
    set { if side == .first { first = newValue } else { second = newValue } }
  }
}

extension BothSides: Sendable where Value: Sendable {}
extension BothSides: Equatable where Value: Equatable {}
extension BothSides: Hashable where Value: Hashable {}
