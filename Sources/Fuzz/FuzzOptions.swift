import Glibc

/// The options on the command line.
struct FuzzOptions {
  var seconds = 10
  var seed: UInt64 = 1
  var targets = FuzzTarget.all
  var inputNumber: UInt64?
  var bytes: [UInt8]?

  /// Ends the process with status 2 where the arguments make no sense.
  init(_ arguments: [String]) {
    var rest = arguments[...]
    while let option = rest.popFirst() {
      guard let value = rest.popFirst() else { Self.fail("\(option) needs a value") }
      switch option {
      case "--seconds": seconds = Int(Self.number(value, of: option))
      case "--seed": seed = Self.number(value, of: option)
      case "--input": inputNumber = Self.number(value, of: option)
      case "--bytes":
        guard let decoded = [UInt8](hex: value) else {
          Self.fail("--bytes takes hexadecimal digits in pairs")
        }
        bytes = decoded
      case "--target":
        targets = FuzzTarget.all.filter { $0.name == value }
        if targets.isEmpty {
          Self.fail("no target \"\(value)\"; there are \(FuzzTarget.all.map(\.name).joined(separator: ", "))")
        }
      default: Self.fail("unknown option \(option)")
      }
    }
  }

  private static func number(_ text: String, of option: String) -> UInt64 {
    guard let number = UInt64(text), number <= UInt64(Int32.max) || option != "--seconds" else {
      fail("\(option) takes a whole number, not \"\(text)\"")
    }
    return number
  }

  private static func fail(_ reason: String) -> Never {
    let line = Array("Fuzz: \(reason)\n".utf8)
    _ = write(2, line, line.count)
    exit(2)
  }
}

extension [UInt8] {
  /// The bytes written as pairs of hexadecimal digits; blanks and line ends are ignored.
  init?(hex: String) {
    var digits: [UInt8] = []
    for character in hex where !character.isWhitespace {
      guard let digit = character.hexDigitValue else { return nil }
      digits.append(UInt8(digit))
    }
    guard digits.count.isMultiple(of: 2) else { return nil }
    self = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
