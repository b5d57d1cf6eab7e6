/// A running sum that forgets what is taken out again.
///
/// Loads and weights come and go a hundred million times in a run. The rounding error of each addition
/// is kept in a second number, so that the sum of what is left is right to about 2⁻¹⁰⁰ of the largest
/// sum there was.
///
/// - Source: Knuth's two-sum; Neumaier's compensated summation (1974).
struct PreciseSum: Sendable {
  private var high = 0.0
  private var low = 0.0

  var value: Double { high + low }

  mutating func add(_ term: Double) {
    let sum = high + term
    let part = sum - high
    low += (high - (sum - part)) + (term - part)
    high = sum
  }

  mutating func subtract(_ term: Double) { add(-term) }

  /// `total` − this sum, rounded once where the two nearly cancel.
  func remainder(of total: Double) -> Double {
    let difference = total - high
    let part = difference - total
    return difference + (((total - (difference - part)) - (high + part)) - low)
  }
}
