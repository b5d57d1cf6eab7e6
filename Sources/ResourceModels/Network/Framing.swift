/// How much of a link's raw rate carries data.
package struct Framing: Sendable, Hashable {
  /// Bytes of data in a full segment: 1,500 less 40 of IPv4 and TCP and 12 of time stamps.
  package let segmentPayload: Int
  /// What such a segment occupies on the link.
  package let segmentOnWire: Int

  /// 2 bytes of point-to-point header, as in the packet-level reference runs (ns-3.37).
  package static let pointToPoint = Framing(segmentPayload: 1448, segmentOnWire: 1502)
  /// 14 bytes of header, 4 of check sequence, 8 of preamble and 12 of gap (IEEE 802.3).
  package static let ethernet = Framing(segmentPayload: 1448, segmentOnWire: 1538)

  /// - Precondition: `0 < segmentPayload <= segmentOnWire`.
  package init(segmentPayload: Int, segmentOnWire: Int) {
    precondition(segmentPayload > 0 && segmentPayload <= segmentOnWire, "a segment carries data")
    self.segmentPayload = segmentPayload
    self.segmentOnWire = segmentOnWire
  }

  /// The part of the raw rate that is data: 0.964 point to point, 0.941 on Ethernet.
  package var goodput: Double { Double(segmentPayload) / Double(segmentOnWire) }
}
