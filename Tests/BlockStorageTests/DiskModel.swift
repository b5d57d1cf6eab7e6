import BlockStorage
import Quantities
import RandomStreams

/// The plainest model of a disk: the payload of every extent in a row.
struct DiskModel: Equatable {
  var payloads: [[UInt8]]

  init(geometry: ExtentGeometry, image: BaseImage = .empty) {
    payloads = (0..<geometry.extentCount).map { extent in
      tagPayload(extent < image.usedExtentCount ? image.tag : 0, width: geometry.payloadWidth)
    }
  }

  subscript(extents: Range<Int>) -> [UInt8] {
    get { payloads[extents].flatMap { $0 } }
    set {
      let width = newValue.count / max(1, extents.count)
      for (offset, extent) in extents.enumerated() {
        payloads[extent] = Array(newValue[offset * width..<(offset + 1) * width])
      }
    }
  }

  /// The digest by its definition, from an empty store that is written extent by extent.
  func digest(geometry: ExtentGeometry) -> ContentDigest {
    let store = ExtentStore(geometry: geometry)
    for (extent, payload) in payloads.enumerated() {
      store.write(extent..<extent + 1, payloads: payload.span.bytes)
    }
    return store.digest
  }
}

/// A payload whose every aligned 8 bytes hold `tag`.
func tagPayload(_ tag: UInt64, width: Int) -> [UInt8] {
  [UInt64](repeating: tag, count: width / 8).withUnsafeBytes { Array($0) }
}

/// A geometry of `extentCount` extents of 8 KiB.
func geometry(extentCount: Int, payloadWidth: Int = 8) -> ExtentGeometry {
  ExtentGeometry(
    diskSize: .kibibytes(UInt64(8 * extentCount)), extentSize: .kibibytes(8), payloadWidth: payloadWidth)
}

extension RandomStream {
  /// A run on a disk of `extentCount` extents, possibly empty.
  ///
  /// Half of its bounds lie on a boundary of
  /// 64 extents or of 4,096, where words, pages, pieces and mistakes meet.
  mutating func nextRun(extentCount: Int) -> Range<Int> {
    func bound(_ random: inout RandomStream) -> Int {
      let bound = Int(random.next(below: UInt64(extentCount) + 1))
      return switch random.next(below: 4) {
      case 0: bound / 64 * 64
      case 1: bound / 4_096 * 4_096
      default: bound
      }
    }
    let (one, other) = (bound(&self), bound(&self))
    return min(one, other)..<max(one, other)
  }

  /// A run of at most `limit` extents.
  mutating func nextRun(extentCount: Int, limit: Int) -> Range<Int> {
    let run = nextRun(extentCount: extentCount)
    return run.lowerBound..<min(run.upperBound, run.lowerBound + 1 + Int(next(below: UInt64(limit))))
  }

  /// The payloads of `count` extents: all alike, different ones, or zeros.
  mutating func nextPayloads(count: Int, width: Int) -> [UInt8] {
    switch next(below: 4) {
    case 0:
      return [UInt8](repeating: 0, count: count * width)
    case 1:
      let tag = next()
      return (0..<count).flatMap { _ in tagPayload(tag, width: width) }
    default:
      return (0..<count * width / 8).flatMap { _ in
        withUnsafeBytes(of: next()) { Array($0) }
      }
    }
  }
}
