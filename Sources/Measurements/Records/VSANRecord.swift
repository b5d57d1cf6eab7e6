package import Quantities

/// How a vSAN datastore stood at the end of a run and at its worst, and what its cluster did.
package struct VSANRecord: Sendable, Hashable {
  package let objectCount: Int
  package let componentCount: Int
  /// Components out of reach, whose content may come back.
  package let absentCount: Int
  /// Components whose content is gone, or which found no place.
  package let degradedCount: Int
  /// Components that can be reached and are not up to date.
  package let staleCount: Int
  /// Objects that can be used but lack redundancy.
  package let reducedObjectCount: Int
  package let inaccessibleObjectCount: Int
  /// Components that were made anew on another device.
  package let rebuiltCount: Int
  /// Damaged extents that were repaired from another copy.
  package let repairedExtentCount: Int
  /// What rebuilds, moves and catching up have copied.
  package let resyncedSize: ByteCount
  /// What was wrong in the course of the run.
  package let conditions: VSANConditions

  package init(
    objectCount: Int, componentCount: Int, absentCount: Int, degradedCount: Int, staleCount: Int,
    reducedObjectCount: Int, inaccessibleObjectCount: Int, rebuiltCount: Int, repairedExtentCount: Int,
    resyncedSize: ByteCount, conditions: VSANConditions = VSANConditions()
  ) {
    self.objectCount = objectCount
    self.componentCount = componentCount
    self.absentCount = absentCount
    self.degradedCount = degradedCount
    self.staleCount = staleCount
    self.reducedObjectCount = reducedObjectCount
    self.inaccessibleObjectCount = inaccessibleObjectCount
    self.rebuiltCount = rebuiltCount
    self.repairedExtentCount = repairedExtentCount
    self.resyncedSize = resyncedSize
    self.conditions = conditions
  }
}
