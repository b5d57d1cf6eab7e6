import RecoveryCore

extension ValueType {
  /// A text in the notation of an address.
  fileprivate static func address(
    _ meaning: String, example: String, _ parse: @escaping @Sendable (String) -> Value?
  ) -> ValueType {
    ValueType(shape: .text(meaning: meaning, example: example)) { node, subject, log in
      guard case .string(let text) = node.value else {
        log.reportWrongType(node, subject: subject, expected: meaning)
        return nil
      }
      guard let value = parse(text) else {
        log.report(.invalidAddress, "\(subject) needs \(meaning), not \(quoted(text))", at: node.span)
        return nil
      }
      return value
    }
  }
}

extension ValueType where Value == IPv4Subnet {
  static let subnet = address("a subnet such as \"10.20.0.0/16\"", example: "10.20.0.0/16") { IPv4Subnet($0) }
}

extension ValueType where Value == IPv4Address {
  static let ipv4Address = address("an address such as \"10.20.0.1\"", example: "10.20.0.1") {
    IPv4Address($0)
  }
}

extension ValueType where Value == IPAddress {
  static let ipAddress = address("an address such as \"10.20.0.1\" or \"fd00::1\"", example: "10.20.0.1") {
    IPAddress($0)
  }
}

/// The two parts of `10.20.0.5/24`; `nil` if the second is no number up to `maximum`.
private func parts(of text: String, maximum: Int) -> (address: Substring, prefixLength: Int)? {
  let parts = text.split(separator: "/", omittingEmptySubsequences: false)
  guard parts.count == 2, let length = Int(parts[1]), (1...maximum).contains(length) else { return nil }
  return (parts[0], length)
}

extension ValueType where Value == IPSettings.IPv4 {
  /// `dhcp`, or an address with its prefix; gateways are said beside it.
  static let ipv4 = address("\"dhcp\", or an address such as \"10.20.0.5/24\"", example: "10.20.0.5/24") {
    text in
    if text == "dhcp" { return .dhcp }
    guard let (host, length) = parts(of: text, maximum: 32), let address = IPv4Address(host) else {
      return nil
    }
    return .fixed(address, prefixLength: length)
  }
}

extension ValueType where Value == IPSettings.IPv6 {
  /// `dhcp`, or an address with its prefix; the gateway is said beside it.
  static let ipv6 = address("\"dhcp\", or an address such as \"fd00::5/64\"", example: "fd00::5/64") { text in
    if text == "dhcp" { return .dhcp }
    guard let (host, length) = parts(of: text, maximum: 128), let address = IPv6Address(host) else {
      return nil
    }
    return .fixed(address, prefixLength: length)
  }
}

extension ValueType where Value == IPv6Address {
  static let ipv6Address = address("an address such as \"fd00::1\"", example: "fd00::1") { IPv6Address($0) }
}
