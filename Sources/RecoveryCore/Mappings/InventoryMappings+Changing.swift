extension InventoryMappings {
  /// Takes a mapping away, and the one in the other direction with it where that leads back to the source and is to go too.
  ///
  /// Machines that are configured already keep their places.
  package mutating func unmap(
    _ source: MappableObjectID, from side: PairSide, andBack takesReverse: Bool
  ) throws(MappingRefusal) {
    let target = objects[side].contains(source) ? target(of: source, from: side) : nil
    try unmap(source, from: side)
    guard takesReverse, let target, self.target(of: target, from: side.other) == source else { return }
    try unmap(target, from: side.other)
  }

  /// Maps an object to another target than before, or to one at all; the rules for addresses of the old mapping are lost.
  ///
  /// The product has no such operation: people delete the mapping and make another. Either both is done or nothing.
  ///
  /// - Parameter reverse: Whether the new target is mapped back to the source, and the old one no longer is.
  package mutating func remap(
    _ source: MappableObjectID, to target: MappableObjectID, from side: PairSide, reverse: Bool
  ) throws(MappingRefusal) {
    var changed = self
    if objects[side].contains(source), self.target(of: source, from: side) != nil {
      try changed.unmap(source, from: side, andBack: reverse)
    }
    try changed.map(source, to: target, from: side, reverse: reverse)
    self = changed
  }

  /// Whether a folder and a resource of one site are in different datacenters, where no machine can be in both.
  package func areApart(folder: MappableObjectID, resource: MappableObjectID, at side: PairSide) -> Bool {
    guard let folderCenter = objects[side][folder].datacenter,
      let resourceCenter = objects[side][resource].datacenter
    else { return false }
    return folderCenter != resourceCenter
  }
}
