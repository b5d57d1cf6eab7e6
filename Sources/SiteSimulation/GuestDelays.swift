import Quantities

/// How long a guest's writes waited for copies into the demand log.
struct GuestDelays {
  private(set) var count = 0
  private(set) var total = TimeSpan.zero
  private(set) var longest = TimeSpan.zero

  mutating func add(_ delay: TimeSpan) {
    count += 1
    total += delay
    longest = max(longest, delay)
  }
}
