package import Quantities

/// One row of the table of product constants: what ``ProductProfile`` holds under a name, and from where.
///
/// Documentation and `drsim explain` are printed from the rows; the values are those of the profiles.
package struct ProductConstant: Sendable {
  /// How well a value is founded.
  package enum Standing: String, Sendable, Hashable {
    /// Read in a named public source.
    case sourced
    /// A reading of several sources, none of which says it.
    case inferred
    /// General knowledge of the product, or taken over from another release; no source was found.
    case unverified
  }

  /// The name of the property below ``ProductProfile``, as `transfer.blocksInFlight`.
  package let key: String
  /// What is counted; `size`, `duration`, `share`, `switch` or `choice` where the value says the rest.
  package let unit: String
  /// What it is, in one sentence.
  package let summary: String
  /// Where the values come from.
  package let source: String
  /// How well the values of the releases outside ``assumedFor`` are founded.
  package let standing: Standing
  /// The releases for which no source tells the value: that of the nearest known release is taken.
  package let assumedFor: [ProductRelease]
  /// Where sources disagree, and what was decided.
  package let note: String?
  private let read: @Sendable (ProductProfile) -> String

  init<Value: ProductConstantValue>(
    _ key: String, _ path: any KeyPath<ProductProfile, Value> & Sendable, unit: String = Value.unitName,
    _ summary: String, source: String, _ standing: Standing = .sourced, assumedFor: [ProductRelease] = [],
    note: String? = nil
  ) {
    self.key = key
    self.unit = unit
    self.summary = summary
    self.source = source
    self.standing = standing
    self.assumedFor = assumedFor
    self.note = note
    read = { $0[keyPath: path].text }
  }

  /// The value in `profile`, with its unit where it is a quantity, or `unknown`.
  package func text(in profile: ProductProfile) -> String { read(profile) }

  package func standing(in release: ProductRelease) -> Standing {
    assumedFor.contains(release) ? .unverified : standing
  }

  /// The values of all releases, equal neighbours together.
  ///
  ///     8 (5.0), 64 (6.x to 8.0), 2048 (8.0U3 to enhanced)
  package var valueSummary: String {
    var groups: [(text: String, first: ProductRelease, last: ProductRelease)] = []
    for release in ProductRelease.allCases {
      let text = text(in: ProductProfile(release))
      if let last = groups.indices.last, groups[last].text == text {
        groups[last].last = release
      } else {
        groups.append((text, release, release))
      }
    }
    if groups.count == 1 { return groups[0].text }
    return groups.map { group in
      let releases =
        group.first == group.last
        ? group.first.rawValue : "\(group.first.rawValue) to \(group.last.rawValue)"
      return "\(group.text) (\(releases))"
    }.joined(separator: ", ")
  }
}

extension ProductConstant {
  /// Everything about the constant in a few lines, as `drsim explain` prints it.
  ///
  ///     transfer.coalescedExtents  (extents)
  ///         How many consecutive extents are sent as one network update at most.
  ///         Value: 8 (5.0 to 7.0), 16 (8.0 to enhanced)
  ///         Source (sourced; unverified for 5.0): …
  ///         Note: …
  package var explanation: String {
    var lines = ["\(key)  (\(unit))", "    \(summary)", "    Value: \(valueSummary)"]
    let assumed = assumedFor.map(\.rawValue).joined(separator: ", ")
    lines.append(
      "    Source (\(standing.rawValue)\(assumed.isEmpty ? "" : "; unverified for \(assumed)")): \(source)")
    if let note { lines.append("    Note: \(note)") }
    return lines.map { $0 + "\n" }.joined()
  }
}

/// What a product constant may be: something with a text and a word for its unit.
protocol ProductConstantValue: Sendable {
  static var unitName: String { get }
  var text: String { get }
}

extension Int: ProductConstantValue {
  static var unitName: String { "count" }
  var text: String { "\(self)" }
}

extension Bool: ProductConstantValue {
  static var unitName: String { "switch" }
  var text: String { self ? "yes" : "no" }
}

extension String: ProductConstantValue {
  static var unitName: String { "choice" }
  var text: String { self }
}

extension ByteCount: ProductConstantValue {
  static var unitName: String { kind }
  var text: String { description }
}

extension TimeSpan: ProductConstantValue {
  static var unitName: String { kind }
  var text: String { description }
}

extension Ratio: ProductConstantValue {
  static var unitName: String { kind }
  var text: String { description }
}

extension Optional: ProductConstantValue where Wrapped: ProductConstantValue {
  static var unitName: String { Wrapped.unitName }
  var text: String { self?.text ?? "unknown" }
}
