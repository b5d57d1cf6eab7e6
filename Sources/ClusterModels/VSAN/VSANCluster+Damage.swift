import Quantities

extension VSANCluster {
  /// What a checksum found when a damaged extent was read.
  package struct Finding: Sendable, Hashable {
    package let object: ObjectID
    package let extent: Int
    /// Whether the other parts sufficed to write it anew; if not, its content is lost.
    package let isRepaired: Bool
  }

  /// An extent that one part of an object no longer holds as it was written.
  struct Damage: Sendable, Hashable {
    let part: Int
    let extent: Int
  }

  /// Bit rot: one part of the object no longer holds an extent; nobody knows until it is read.
  ///
  /// - Parameter extent: Names the extent among those of the object.
  /// - Returns: Whether there is an active part to be damaged; the first one is.
  package mutating func corrupt(extent: Int, of object: ObjectID) -> Bool {
    guard let part = activeParts(of: object).first else { return false }
    let damage = Damage(part: part, extent: extent)
    if !self[object].damages.contains(damage) { self[object].damages.append(damage) }
    return true
  }

  /// Extents of the object were overwritten as a whole: damage in them is gone.
  package mutating func overwritten(_ object: ObjectID, where isWritten: (Int) -> Bool) {
    self[object].damages.removeAll { isWritten($0.extent) }
  }

  /// Everything of the object, or some extents, is read with its checksums: damage on active parts is found.
  ///
  /// It is repaired from the other parts if they suffice. Either way it is over: what could not be repaired is told by
  /// ``takeFindings()``, and the driver sees to it that nobody is given the content.
  ///
  /// - Source: VMware, vSAN documentation, "Using checksum": repaired from another copy, an error without one.
  package mutating func read(_ object: ObjectID, where isRead: (Int) -> Bool = { _ in true }) {
    let damages = self[object].damages
    guard !damages.isEmpty, isAccessible(object) else { return }
    let active = activeParts(of: object)
    let layout = self[object].layout
    for damage in damages where isRead(damage.extent) && active.contains(damage.part) {
      let sound = active.count { part in !damages.contains(Damage(part: part, extent: damage.extent)) }
      let isRepaired = sound >= layout.neededParts
      if isRepaired { repairedExtentCount += 1 }
      self[object].damages.removeAll { $0 == damage }
      findings.append(Finding(object: object, extent: damage.extent, isRepaired: isRepaired))
    }
  }

  /// Reads everything that exists with its checksums.
  package mutating func scrub() {
    for index in objects.indices where objects[index]?.damages.isEmpty == false {
      read(ObjectID(index: index, generation: generations[index]))
    }
  }

  package var hasFindings: Bool { !findings.isEmpty }

  package mutating func takeFindings() -> [Finding] {
    defer { findings.removeAll() }
    return findings
  }
}
