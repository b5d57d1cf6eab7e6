import Foundation

/// Pearson's statistic of counts against expectations, and the value it exceeds once in 10 000 samples.
///
/// Neighbouring classes are put together until each expects five or more. The bound is Wilson and
/// Hilferty's approximation of the chi-square quantile, with 3.719 standard deviations.
func chiSquare(observed: [Int], expected: [Double]) -> (statistic: Double, bound: Double) {
  var classes: [(observed: Double, expected: Double)] = []
  var open = (observed: 0.0, expected: 0.0)
  for (count, expectation) in zip(observed, expected) {
    open.observed += Double(count)
    open.expected += expectation
    if open.expected >= 5 {
      classes.append(open)
      open = (0, 0)
    }
  }
  if let last = classes.popLast() {
    classes.append((last.observed + open.observed, last.expected + open.expected))
  }
  let statistic = classes.reduce(0.0) {
    $0 + ($1.observed - $1.expected) * ($1.observed - $1.expected) / $1.expected
  }
  let freedom = max(1, Double(classes.count - 1))
  let root = 1 - 2 / (9 * freedom) + 3.719 * (2 / (9 * freedom)).squareRoot()
  return (statistic, freedom * root * root * root)
}

/// Whether two samples of counts are of one law, as a statistic and its bound, as ``chiSquare(observed:expected:)``.
func chiSquare(_ first: [Int], _ second: [Int]) -> (statistic: Double, bound: Double) {
  let expected = zip(first, second).map { Double($0 + $1) / 2 }
  let one = chiSquare(observed: first, expected: expected)
  let other = chiSquare(observed: second, expected: expected)
  return (one.statistic + other.statistic, one.bound)
}

/// The probabilities of 0, 1, … `count` successes.
func binomial(count: Int, probability: Double) -> [Double] {
  let odds = probability / (1 - probability)
  var result = [pow(1 - probability, Double(count))]
  for successes in 1...count {
    result.append(result[successes - 1] * odds * Double(count - successes + 1) / Double(successes))
  }
  return result
}

/// How often each value from 0 to `maximum` occurs.
func histogram(_ values: [Int], maximum: Int) -> [Int] {
  var counts = [Int](repeating: 0, count: maximum + 1)
  for value in values { counts[value] += 1 }
  return counts
}
