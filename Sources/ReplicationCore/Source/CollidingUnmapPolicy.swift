/// What happens to an UNMAP of the guest that hits extents of the instance in flight not yet read.
///
/// - Source: ESXi advanced setting `HBR.DemandlogFailCollidingUnmap`, values 0–3; Broadcom KB 410023 suggests 0, 2
///   or 3 when guests hang or replicas bloat. What the values mean is not published: these readings are
///   *unverified*.
package enum CollidingUnmapPolicy: Int, Sendable, Hashable, CaseIterable {
  /// The extents are copied to the demand log first, as for a write.
  case preserve = 0
  /// The command is refused to the guest.
  case refuse = 1
  /// The guest is told that it is done, and nothing is freed: UNMAP is a hint.
  case ignore = 2
  /// The colliding extents keep their content, and the rest is freed.
  case freeTheRest = 3
}

/// What became of an UNMAP.
package enum UnmapOutcome: Sendable, Hashable {
  /// The extents of `freed` hold zeros from now on, those of `written` (ends that the command covers in part) are
  /// written. The driver changes the disk accordingly.
  case passed(freed: [Range<Int>], written: [Range<Int>], cost: WriteCost)
  /// The guest gets an error, and the disk stays as it is.
  case refused

  package static let withoutEffect = UnmapOutcome.passed(freed: [], written: [], cost: .none)
}
