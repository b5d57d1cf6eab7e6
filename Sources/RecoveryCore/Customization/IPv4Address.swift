/// An IPv4 address.
///
///     IPv4Address("10.20.30.40")?.bits  // 0x0A_14_1E_28
package struct IPv4Address: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The first number is in the highest eight bits.
  package let bits: UInt32

  package init(bits: UInt32) { self.bits = bits }

  /// Reads four numbers from 0 to 255 between dots; no leading zeros, which some systems read as octal.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
      guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        part.utf8.count == 1 || part.first != "0", let number = UInt32(part), number <= 255
      else { return nil }
      bits = bits << 8 | number
    }
    self.bits = bits
  }

  package var description: String {
    "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)"
  }

  /// The address that many behind this one; behind the last comes the first.
  package func following(_ count: Int) -> IPv4Address {
    IPv4Address(bits: bits &+ UInt32(truncatingIfNeeded: count))
  }

  package static func < (left: IPv4Address, right: IPv4Address) -> Bool { left.bits < right.bits }

  /// The length of this subnet mask's prefix, or `nil` if its ones are not all in front, or there is none.
  ///
  ///     IPv4Address("255.255.240.0")?.maskPrefixLength  // 20
  package var maskPrefixLength: Int? {
    let length = bits.leadingZeroBitCount == 0 ? (~bits).leadingZeroBitCount : 0
    return length > 0 && bits == Self.mask(prefixLength: length).bits ? length : nil
  }

  /// The subnet mask with `prefixLength` ones in front.
  ///
  /// - Precondition: From 0 to 32.
  package static func mask(prefixLength: Int) -> IPv4Address {
    precondition((0...32).contains(prefixLength), "an IPv4 prefix has from 0 to 32 bits")
    return IPv4Address(bits: prefixLength == 0 ? 0 : .max << UInt32(32 - prefixLength))
  }
}
