package struct StateDigest: Sendable { package var value: UInt64 = 0xcbf2_9ce4_8422_2325
 package init() {}
 package mutating func fold(_ x: UInt64) { value = (value ^ x) &* 0x100_0000_01b3; value ^= value >> 29 }
 package mutating func fold(_ x: Int64) { fold(UInt64(bitPattern: x)) }
 package mutating func fold(_ x: String) { for b in x.utf8 { fold(UInt64(b)) } }
 package static func text(_ v: UInt64) -> String { String(v, radix: 16) } }
