/// What carries the data of a protection group to the other site.
package enum ReplicationType: String, Sendable, Hashable, CaseIterable {
  case unknown = "UNKNOWN"
  /// Storage arrays replicate whole devices.
  case arrayBased = "ABR"
  /// vSphere Replication copies each machine by itself.
  case vSphereReplication = "HBR"
  /// Arrays replicate virtual volumes in groups.
  case virtualVolumes = "VVOL"
}
