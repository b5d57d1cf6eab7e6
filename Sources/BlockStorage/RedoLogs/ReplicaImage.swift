/// A disk at one point in time: a base disk seen through complete redo logs.
///
/// Recovery reads it, and a test image lies over it. The logs are values, so the image stays readable while
/// the chain goes on, as long as the base is not written.
package struct ReplicaImage: ExtentReading {
  package typealias ReadFailure = Never

  package let base: ExtentStore
  /// Complete logs, oldest first.
  package let logs: [RedoLog]

  /// - Precondition: The logs are complete and of the geometry of `base`.
  package init(base: ExtentStore, logs: [RedoLog]) {
    for log in logs {
      precondition(log.isComplete, "an incomplete redo log is never read through")
      precondition(log.geometry == base.geometry, "a redo log lies over a disk of its geometry")
    }
    self.base = base
    self.logs = logs
  }

  package var geometry: ExtentGeometry { base.geometry }

  package func read(_ extents: Range<Int>, appendingTo payloads: inout [UInt8]) {
    let start = payloads.count
    base.read(extents, appendingTo: &payloads)
    payloads.withUnsafeMutableBytes { bytes in
      guard let target = bytes.baseAddress else { return }
      for log in logs { log.overlay(extents, onto: target + start) }
    }
  }

  /// The digest of the image, computed from what base and logs really store.
  package func digest(relativeTo image: BaseImage) -> ContentDigest {
    var digest = base.digest(relativeTo: image)
    for (index, log) in logs.enumerated() {
      digest = digest + log.digestChange(over: base, through: Array(logs[..<index]))
    }
    return digest
  }

  /// As ``ExtentStore/digestSum(ofRegion:)``.
  package func digestSum(ofRegion extents: Range<Int>) -> UInt64 {
    var payloads: [UInt8] = []
    read(extents, appendingTo: &payloads)
    return payloads.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return 0 }
      return ExtentContribution.sum(of: start, width: geometry.payloadWidth, extents: extents)
    }
  }
}
