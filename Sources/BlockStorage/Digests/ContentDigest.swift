/// A commutative digest of the content of one disk.
///
/// It is the sum mod 2⁶⁴ of one term per extent that depends on the extent's index and payload
/// (zeros add nothing), so it can be kept up to date with every write and does not depend on
/// the order of writes. Two disks with equal digests hold the same content, up to a chance of 2⁻⁶⁴; one
/// lane of 64 bits suffices, since the oracle guards against mistakes, not against an adversary.
///
/// The sum is kept as the image the disk started from and the change since then. Digests over one
/// image compare in constant time and never need the sum of the image itself.
package struct ContentDigest: Sendable {
  /// The image relative to which ``change`` counts.
  package let image: BaseImage
  package let payloadWidth: Int
  /// The sum of the disk's terms minus that of the image's.
  package let change: Change

  package init(image: BaseImage, payloadWidth: Int, change: Change = .none) {
    self.image = image
    self.payloadWidth = payloadWidth
    self.change = change
  }

  /// The whole sum.
  ///
  /// - Complexity: O(*u*), where *u* is the number of extents used by the image.
  package var value: UInt64 { image.digestSum(payloadWidth: payloadWidth) &+ change.sum }

  /// The digest after `change`.
  package static func + (digest: ContentDigest, change: Change) -> ContentDigest {
    ContentDigest(
      image: digest.image, payloadWidth: digest.payloadWidth, change: digest.change + change)
  }

  /// The difference that writes make to a digest.
  ///
  /// Changes add up in any order.
  package struct Change: Sendable, Hashable {
    package let sum: UInt64

    package init(sum: UInt64) { self.sum = sum }

    package static let none = Change(sum: 0)

    package static func + (left: Change, right: Change) -> Change { Change(sum: left.sum &+ right.sum) }
    package static func - (left: Change, right: Change) -> Change { Change(sum: left.sum &- right.sum) }
  }
}

extension ContentDigest: Equatable {
  /// Whether both are of the same content.
  ///
  /// - Precondition: Both are over payloads of one width.
  /// - Complexity: Constant over one image, else O(*u*) as ``value``: ask a store for its digest relative
  ///   to the other's image where this is done often.
  package static func == (left: ContentDigest, right: ContentDigest) -> Bool {
    precondition(left.payloadWidth == right.payloadWidth, "digests over one payload width are compared")
    return left.image == right.image ? left.change == right.change : left.value == right.value
  }
}

extension ContentDigest: CustomStringConvertible {
  package var description: String {
    "\(image.usedExtentCount) × \(String(image.tag, radix: 16)) + \(String(change.sum, radix: 16))"
  }
}
