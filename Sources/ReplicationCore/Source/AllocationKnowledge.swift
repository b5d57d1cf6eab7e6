package import Quantities

/// Which sides of a replication can tell what of a disk is allocated.
///
/// - Source: VMware, vSphere Replication 8.5 documentation, "How vSphere Replication synchronizes data during
///   initial configuration": full benefit when both sides know, half of it when one does; VMFS and vSAN know,
///   NFS may not.
package enum AllocationKnowledge: String, Sendable, Hashable, CaseIterable {
  case both
  case sourceOnly
  case targetOnly
  case neither

  package var isKnownAtSource: Bool { self == .both || self == .sourceOnly }
  package var isKnownAtTarget: Bool { self == .both || self == .targetOnly }
}

/// What one compare request reads on each side before it can be answered.
package struct CompareReads: Sendable, Hashable {
  package let source: ByteCount
  package let target: ByteCount
}
