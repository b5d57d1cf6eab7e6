/// The candidate that someone who wrote `word` most likely meant, or `nil` if none is near.
///
/// Near is a candidate a few slips away (an inserted, missing, wrong or swapped letter; one for
/// every three letters, at least one), or one that begins with the word. Case does not count.
/// Of several the nearest wins, then the first.
///
/// - Complexity: O(*n* · *l*²) for *n* candidates of about the same length *l*.
package func closest(to word: String, among candidates: some Sequence<String>) -> String? {
  let letters = Array(word.lowercased())
  let limit = max(1, letters.count / 3)
  var best: (candidate: String, distance: Int)?
  for candidate in candidates where candidate != word {
    guard candidate.utf8.count >= letters.count - limit else { continue }
    let other = Array(candidate.lowercased())
    var distance = Int.max
    if abs(other.count - letters.count) <= limit {
      distance = slipCount(letters, other)
    }
    // A word that was cut short is worth as much as the last slip allowed.
    if distance > limit, letters.count >= 3, other.starts(with: letters) { distance = limit }
    if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  return best?.candidate
}

/// The number of letters to insert, remove, replace or swap with the next to turn one word into
/// the other.
///
/// - Source: The "optimal string alignment" distance of Damerau (1964).
func slipCount(_ one: [Character], _ other: [Character]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...other.count)
  for (row, letter) in one.enumerated() {
    var current = [row + 1]
    for (column, candidate) in other.enumerated() {
      var distance = min(last[column + 1] + 1, current[column] + 1)
      distance = min(distance, last[column] + (letter == candidate ? 0 : 1))
      if row > 0, column > 0, letter == other[column - 1], one[row - 1] == candidate {
        distance = min(distance, beforeLast[column - 1] + 1)
      }
      current.append(distance)
    }
    (beforeLast, last) = (last, current)
  }
  return last[other.count]
}
