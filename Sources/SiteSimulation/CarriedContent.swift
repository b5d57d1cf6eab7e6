import Quantities
import ResourceModels

/// What a byte on the network means at the ends of its way, for the message that a transfer is carrying.
///
/// Datastores read and write whole extents, of which compression leaves less on the way between; checksums are read from
/// and written to nothing.
struct CarriedContent: Hashable {
  /// The disk that it is read from and written to; `nil` for what belongs to the machine as a whole.
  let disk: Int?
  /// Bytes that are read at the source and written at the target per byte on the network.
  let expansion: Double
  /// Whether somebody has to decompress it.
  let isCompressed: Bool

  /// As long as nothing was sent.
  static let nothing = CarriedContent(disk: nil, expansion: 1, isCompressed: false)

  /// - Parameters:
  ///   - disk: The disk of the message's content, if it has any.
  ///   - stored: Bytes of content and configuration files.
  ///   - wire: Bytes on the network.
  init(disk: Int?, stored: ByteCount, wire: ByteCount, isCompressed: Bool) {
    self.init(
      disk: disk, expansion: Self.ratio(of: stored, to: wire), isCompressed: isCompressed && disk != nil)
  }

  /// The same, whichever disk it belongs to.
  init(ofWholeMachine content: CarriedContent) {
    self.init(disk: nil, expansion: content.expansion, isCompressed: content.isCompressed)
  }

  private init(disk: Int?, expansion: Double, isCompressed: Bool) {
    self.disk = disk
    self.expansion = expansion
    self.isCompressed = isCompressed
  }

  /// *part / whole* to within one part in 512, so that few ratios, and with them few routes, ever occur.
  static func ratio(of part: ByteCount, to whole: ByteCount) -> Double {
    guard whole > .zero else { return 0 }
    let ratio = Double(part.bytes) / Double(whole.bytes)
    // Eight of the 52 bits of the fraction stay; a carry goes on into the exponent, as it should.
    return Double(bitPattern: (ratio.bitPattern + 1 << 43) & ~(1 << 44 - 1))
  }
}

extension [ResourceUse] {
  /// The same resources, each used so many times as much; none if that is not at all.
  func scaled(by factor: Double) -> [ResourceUse] {
    factor == 0 ? [] : map { ResourceUse($0.resource, factor: $0.factor * factor) }
  }
}
