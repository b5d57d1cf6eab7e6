extension ExtentStore {
  /// A larger disk with the same content, zeros beyond.
  ///
  /// - Precondition: The geometry has extents of the same size and payload width, and no fewer.
  package func grown(to geometry: ExtentGeometry) -> ExtentStore {
    let larger = ExtentStore(geometry: geometry, image: image)
    let step = 4_096
    for start in stride(from: 0, to: self.geometry.extentCount, by: step) {
      let extents = start..<min(start + step, self.geometry.extentCount)
      if checksum(ofRegion: extents) == larger.checksum(ofRegion: extents) { continue }
      var payloads: [UInt8] = []
      read(extents, appendingTo: &payloads)
      larger.write(extents, payloads: payloads.span.bytes)
    }
    return larger
  }
}
