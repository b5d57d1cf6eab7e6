/// What a disk holds where nothing was written yet: one tag in its first extents, zeros beyond.
///
/// So a disk of which 100 GiB are used at the start of a run costs nothing, and two disks that start
/// from one image are known to be equal without a look at it.
package struct BaseImage: Sendable, Hashable {
  /// Extents `0..<usedExtentCount` hold the image.
  package let usedExtentCount: Int
  /// Every aligned 8 bytes of the image's payloads hold this word.
  package let tag: UInt64

  /// A disk that was never written.
  package static let empty = BaseImage(usedExtentCount: 0, tag: 0)

  /// An image of zeros is no image: it equals ``empty``.
  package init(usedExtentCount: Int, tag: UInt64) {
    precondition(usedExtentCount >= 0, "an image has no negative size")
    let isEmpty = usedExtentCount == 0 || tag == 0
    self.usedExtentCount = isEmpty ? 0 : usedExtentCount
    self.tag = isEmpty ? 0 : tag
  }

  /// The sum of the digest terms of the whole image.
  ///
  /// - Complexity: O(``usedExtentCount``), about a nanosecond per extent.
  func digestSum(payloadWidth: Int) -> UInt64 {
    ExtentContribution.sum(ofHash: hash(payloadWidth: payloadWidth), extents: 0..<usedExtentCount)
  }

  /// The hash of one payload of the image, `nil` if there is none.
  func hash(payloadWidth: Int) -> UInt64? {
    usedExtentCount == 0 ? nil : tagPayloadHash(tag, payloadWidth: payloadWidth)
  }
}

/// The hash of the payload whose every aligned 8 bytes hold `tag`, `nil` if it is zero.
func tagPayloadHash(_ tag: UInt64, payloadWidth: Int) -> UInt64? {
  if tag == 0 { return nil }
  if payloadWidth == ExtentGeometry.tagWidth { return tag }
  return [UInt64](repeating: tag, count: payloadWidth / 8).withUnsafeBytes { xxh64($0) }
}
