package import Quantities

/// How long the writes of one machine's guest waited for copies into the demand log.
///
/// A write waits if it overwrites extents of the instance under way that were not read yet.
package struct GuestDelayRecord: Sendable, Hashable {
  /// How many times the guest waited.
  package let count: Int
  package let total: TimeSpan
  /// The longest single wait.
  package let longest: TimeSpan

  package static let none = GuestDelayRecord(count: 0, total: .zero, longest: .zero)

  package init(count: Int, total: TimeSpan, longest: TimeSpan) {
    self.count = count
    self.total = total
    self.longest = longest
  }
}
