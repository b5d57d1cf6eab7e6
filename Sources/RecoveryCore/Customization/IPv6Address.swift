/// An IPv6 address.
package struct IPv6Address: Sendable, Hashable, CustomStringConvertible {
  /// Eight groups of 16 bits, as they are written.
  package let groups: [UInt16]

  /// - Precondition: Eight groups.
  package init(groups: [UInt16]) {
    precondition(groups.count == 8, "an IPv6 address has eight groups")
    self.groups = groups
  }

  /// Reads groups of one to four hexadecimal digits between colons; `::` stands for zeros, once.
  ///
  /// The form with an IPv4 address at the end and zones (`%eth0`) are not accepted.
  package init?(_ text: some StringProtocol) {
    let halves = Self.halves(of: text)
    guard let front = Self.groups(halves.front) else { return nil }
    guard let backText = halves.back else {
      guard front.count == 8 else { return nil }
      groups = front
      return
    }
    // `::` stands for one group at least.
    guard let back = Self.groups(backText), front.count + back.count < 8 else { return nil }
    groups = front + Array(repeating: 0, count: 8 - front.count - back.count) + back
  }

  /// What stands before and after the first `::`.
  private static func halves(of text: some StringProtocol) -> (front: [UInt8], back: [UInt8]?) {
    let characters = Array(text.utf8)
    for index in characters.indices.dropLast()
    where characters[index] == 0x3A && characters[index + 1] == 0x3A {
      return (Array(characters[..<index]), Array(characters[(index + 2)...]))
    }
    return (characters, nil)
  }

  private static func groups(_ characters: [UInt8]) -> [UInt16]? {
    guard !characters.isEmpty else { return [] }
    var groups: [UInt16] = []
    for part in characters.split(separator: 0x3A, omittingEmptySubsequences: false) {
      guard (1...4).contains(part.count), part.first != 0x2B, part.first != 0x2D,
        let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
      else { return nil }
      groups.append(group)
    }
    return groups
  }

  /// The address that many behind this one; behind the last comes the first.
  ///
  /// - Precondition: `count` is not negative.
  package func following(_ count: Int) -> IPv6Address {
    precondition(count >= 0, "addresses are counted upwards")
    var groups = groups
    var rest = UInt64(count)
    for index in groups.indices.reversed() where rest > 0 {
      rest += UInt64(groups[index])
      groups[index] = UInt16(truncatingIfNeeded: rest)
      rest >>= 16
    }
    return IPv6Address(groups: groups)
  }

  /// Lowercase, without leading zeros; the first longest row of two or more zero groups is `::`.
  ///
  /// - Source: RFC 5952, section 4.
  package var description: String {
    var longest = 0..<0
    var index = 0
    while index < 8 {
      let end = groups[index...].firstIndex { $0 != 0 } ?? 8
      if end - index > max(1, longest.count) { longest = index..<end }
      index = end + 1
    }
    func text(_ part: ArraySlice<UInt16>) -> String {
      part.map { String($0, radix: 16) }.joined(separator: ":")
    }
    guard !longest.isEmpty else { return text(groups[...]) }
    return text(groups[..<longest.lowerBound]) + "::" + text(groups[longest.upperBound...])
  }
}

/// An address of either family.
package enum IPAddress: Sendable, Hashable, CustomStringConvertible {
  case v4(IPv4Address)
  case v6(IPv6Address)

  package init?(_ text: some StringProtocol) {
    if let address = IPv4Address(text) {
      self = .v4(address)
    } else if let address = IPv6Address(text) {
      self = .v6(address)
    } else {
      return nil
    }
  }

  package var description: String {
    switch self {
    case .v4(let address): address.description
    case .v6(let address): address.description
    }
  }
}
