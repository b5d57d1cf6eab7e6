/// What survives of the tracking of one disk when its virtual machine is off: the bitmaps and the demand log.
///
/// A delta goes on from it after a power-on or a vMotion, where a disk without it needs a full sync.
package struct PersistentState: Sendable {
  package let geometry: ExtentGeometry
  /// Extents written since the instance in flight began, or since the last one was complete.
  package let dirty: DirtyBitmap
  /// The instance in flight, if there is one.
  package let instance: Instance?

  /// The instance that was being sent.
  package struct Instance: Sendable {
    /// The number of the instance within its replication group.
    package let sequence: UInt64
    /// The extents of the instance.
    package let transfer: DirtyBitmap
    /// Extents of the instance below this one were read.
    package let cursor: Int
    /// What the disk no longer holds of the extents not yet read.
    package let preserved: PreservedExtents

    /// - Precondition: All are of one geometry. Every preserved extent is of the instance and not yet read.
    package init(sequence: UInt64, transfer: DirtyBitmap, cursor: Int, preserved: PreservedExtents) {
      precondition(transfer.geometry == preserved.geometry, "an instance is of one disk")
      precondition(
        0...transfer.geometry.extentCount ~= cursor, "the cursor of an instance lies on its disk")
      precondition(
        (preserved.extents.nextRun(from: 0)?.lowerBound ?? cursor) >= cursor,
        "what is preserved is not yet read")
      preserved.extents.forEachRun { run in
        precondition(transfer.nextClearRun(in: run) == nil, "what is preserved is of the instance")
      }
      self.sequence = sequence
      self.transfer = transfer
      self.cursor = cursor
      self.preserved = preserved
    }
  }

  /// - Precondition: The instance is of the same geometry.
  package init(dirty: DirtyBitmap, instance: Instance? = nil) {
    precondition(
      instance == nil || instance?.transfer.geometry == dirty.geometry, "a state is of one disk")
    geometry = dirty.geometry
    self.dirty = dirty
    self.instance = instance
  }
}
